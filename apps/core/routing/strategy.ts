/**
 * Which of the free agents gets the call (ROUTE-02..04).
 */
import type { Agent, Millis, Strategy } from "../floor.ts";

/**
 * Chooses one of `free`, which is in the queue's configured order and not empty.
 * @param draw chance in [0, 1), used by `random` only.
 */
export function choose(
  strategy: Strategy,
  free: readonly Agent[],
  draw: number,
): { agent: Agent; text: string } {
  const first = free[0];
  if (!first) throw new Error("choose() needs at least one free agent");
  switch (strategy) {
    case "sequential": // D-40: from the first agent each time.
      return { agent: first, text: "sequential: the first free agent in the queue's order" };
    case "random": {
      const agent = free[Math.min(free.length - 1, Math.floor(draw * free.length))] ?? first;
      return { agent, text: `random: one of ${free.length} free agents` };
    }
    case "most-idle": {
      const agent = free.reduce((best, other) => (idleSince(other) < idleSince(best) ? other : best), first);
      return { agent, text: "most idle: the longest time since the last conversation" };
    }
  }
}

/** The end of the last conversation; without one, the moment of entering the inbound state (D-42). */
export function idleSince(agent: Agent): Millis {
  return agent.lastTalkEndedAt ?? agent.stateSince;
}
