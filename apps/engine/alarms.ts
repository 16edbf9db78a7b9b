/**
 * Degraded modes by name, shown to supervisors and in /ready: «database away», «asterisk away», «spool too large».
 */
import type { Log } from "./ports.ts";

export class Alarms {
  readonly #raised = new Set<string>();
  readonly #log: Log;
  readonly #onChange: (alarms: readonly string[]) => void;

  constructor(log: Log, onChange: (alarms: readonly string[]) => void = () => {}) {
    this.#log = log;
    this.#onChange = onChange;
  }

  /** Raises or lowers an alarm; repeated calls say nothing new. */
  set(name: string, raised: boolean): void {
    if (this.#raised.has(name) === raised) return;
    if (raised) this.#raised.add(name);
    else this.#raised.delete(name);
    this.#log.warn({ alarm: name, raised }, raised ? `Alarm: ${name}.` : `Over: ${name}.`);
    this.#onChange(this.list());
  }

  list(): readonly string[] {
    return [...this.#raised];
  }
}
