/**
 * Agents who also take queue calls: what the queue takes of them is not there for the campaign.
 */
import type { PacedAgent, PacingView } from "../pacer.ts";

export interface BlendedAgent extends PacedAgent {
  /** Takes calls of the queue as well. */
  readonly takesQueue?: boolean | undefined;
}

/** The queue, as far as it takes the campaign's agents. */
export interface QueueFacts {
  /** Callers in the queue. */
  readonly waiting: number;
  /** Calls per second that arrive. */
  readonly arrivals: number;
  /** Agents of the queue who do not work in the campaign: of them idle, and in all. */
  readonly othersIdle: number;
  readonly others: number;
}

export interface FloorFacts
  extends Pick<PacingView, "now" | "waiting" | "inFlight" | "windowEnd" | "room" | "next"> {
  readonly agents: readonly BlendedAgent[];
  readonly queue?: QueueFacts | undefined;
}

/**
 * The campaign's view of a floor. Idle are the agents who are idle and have announced no break. The queue's callers
 * wait before the campaign's as far as nobody else is free for them, and the calls it expects compete for the agents it
 * shares with the campaign, in proportion to how many of its agents they are.
 */
export function viewOf({ agents, queue, ...rest }: FloorFacts): PacingView {
  let idle = 0;
  let blended = 0;
  for (const { state, pausePending, takesQueue } of agents) {
    if (state === "idle" && !pausePending) idle++;
    if (takesQueue) blended++;
  }
  const view = { ...rest, agents, idle };
  if (!queue || blended === 0) return view;
  const served = Math.max(0, queue.waiting - queue.othersIdle);
  return {
    ...view,
    waiting: rest.waiting + Math.min(served, blended),
    arrivals: (queue.arrivals * blended) / (blended + queue.others),
  };
}
