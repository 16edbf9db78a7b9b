/**
 * Says when a deferred call is due (DEFER-01, DEFER-06). The rows are the truth: they are looked at when the next one
 * is due, after every change, and every minute, so a restart loses nothing.
 */
import type { DueCall } from "../store/deferred.ts";
import type { Log } from "./ports.ts";

const LOOK_MS = 60_000;

export interface DeferredClock {
  /** Something changed: look now. */
  soon(): void;
  stop(): void;
}

/**
 * @param take marks what is due, in one transaction with its event, and answers it with the time of the next one
 * @param tell says it to the agent's screen
 */
export function createDeferredClock(
  take: () => Promise<{ due: readonly DueCall[]; next: Date | undefined }>,
  tell: (call: DueCall) => void,
  log: Log,
): DeferredClock {
  let timer: NodeJS.Timeout | undefined;
  let working = false;
  let again = false;
  let stopped = false;
  const look = async (): Promise<void> => {
    if (working) {
      again = true;
      return;
    }
    working = true;
    clearTimeout(timer);
    let wait = LOOK_MS;
    try {
      const { due, next } = await take();
      for (const call of due) tell(call);
      if (next) wait = Math.max(0, Math.min(LOOK_MS, next.getTime() - Date.now()));
    } catch (error) {
      log.warn({ error: String(error) }, "Deferred calls wait for the database.");
    }
    working = false;
    if (stopped) return;
    if (again) {
      again = false;
      void look();
    } else timer = setTimeout(() => void look(), wait).unref();
  };
  void look();
  return {
    soon: () => void look(),
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
