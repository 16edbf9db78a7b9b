/**
 * pino's lines without pino, for the AGI app: it must be small, since it lives only for the day the engine does not
 * (9 MB, measured).
 */
type Write = (fields: object, text: string) => void;

/** JSON lines on standard output, with pino's levels. */
export function plainLog(name: string): Record<"debug" | "info" | "warn" | "error", Write> {
  const at =
    (level: number): Write =>
    (fields, msg) =>
      void process.stdout.write(`${JSON.stringify({ level, time: Date.now(), name, ...fields, msg })}\n`);
  return { debug: () => {}, info: at(30), warn: at(40), error: at(50) };
}
