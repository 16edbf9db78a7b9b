/**
 * Inputs that the core wants to hear later: limits of wrap-up, of hold, of a pause.
 *
 * Nothing here survives a restart (core/effects.ts says what follows from that).
 */
import type { Input } from "../core/inputs.ts";
import type { Wakes } from "./ports.ts";

/** Node's longest timer; a later wake is taken in several sleeps. */
const LONGEST_MS = 2 ** 31 - 1;

/** Timers that do not keep the process alive. `hear` gets each input once, not before its time. */
export function createWakes(hear: (input: Input) => void): Wakes & { stop(): void } {
  const timers = new Set<NodeJS.Timeout>();
  const wake = (at: number, input: Input): void => {
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        if (Date.now() < at) wake(at, input);
        else hear({ ...input, at: Date.now() });
      },
      Math.min(LONGEST_MS, Math.max(0, at - Date.now())),
    );
    timer.unref();
    timers.add(timer);
  };
  return {
    wake,
    stop() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
