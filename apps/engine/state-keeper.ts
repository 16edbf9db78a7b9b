/**
 * States that follow from what happened (a break after the call, a lost phone) are written down one after the other;
 * while the database is away they wait here. A restart finds them again: the plan is in the agent's row.
 */
import type { AgentId, AgentState } from "../core/floor.ts";
import type { Log, StateKeeper } from "./ports.ts";

const RETRY_MS = 1000;

interface Change {
  readonly agent: AgentId;
  readonly state: AgentState;
  readonly at: number;
}

/** @param write one transaction; throws when the database did not take it. */
export function createStateKeeper(
  write: (change: Change) => Promise<void>,
  log: Log,
): StateKeeper & { stop(): void } {
  const waiting: Change[] = [];
  let busy = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const work = async (): Promise<void> => {
    if (busy || stopped) return;
    busy = true;
    try {
      for (let [next] = waiting; next; [next] = waiting) {
        await write(next);
        waiting.shift();
      }
    } catch (error) {
      log.warn({ error: String(error) }, "An agent's state waits for the database.");
      timer = setTimeout(() => void work(), RETRY_MS);
    } finally {
      busy = false;
    }
  };
  return {
    save(change) {
      waiting.push(change);
      void work();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
