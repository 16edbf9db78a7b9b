/**
 * How a process of ours ends: on SIGTERM or SIGINT, in order, and not later than a few seconds.
 */
const PATIENCE_MS = 4000;

/** Runs `stop` once when the process is told to end, then exits with 0. */
export function onStop(stop: () => Promise<void>): void {
  let asked = false;
  const end = (): void => {
    if (asked) return;
    asked = true;
    setTimeout(() => process.exit(0), PATIENCE_MS).unref();
    stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
}
