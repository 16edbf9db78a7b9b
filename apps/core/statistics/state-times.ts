/** An agent's states as stretches of time, cut at the borders of intervals (AGENT-11). */
import type { AgentState, Millis } from "../floor.ts";

/** Milliseconds in each state. */
export type StateTimes = Readonly<Record<AgentState, number>>;

export interface StateChange {
  readonly state: AgentState;
  readonly at: Millis;
}

/** No time in any state. */
export const NO_TIME: StateTimes = { offline: 0, break: 0, inbound: 0, outbound: 0 };

/**
 * The time in each state, for each interval.
 * @param changes of one agent, oldest first; the first may lie before the first border. Before it there is no state.
 * @param borders ascending; interval i is [borders[i], borders[i + 1])
 * @param now nothing later has happened yet: the last state lasts until here at most
 */
export function stateTimes(
  changes: readonly StateChange[],
  borders: readonly Millis[],
  now: Millis,
): StateTimes[] {
  const times: Record<AgentState, number>[] = borders.slice(1).map(() => ({ ...NO_TIME }));
  changes.forEach(({ state, at }, index) => {
    const until = Math.min(changes[index + 1]?.at ?? now, now);
    for (let place = intervalAt(borders, at); place < times.length; place++) {
      const [from, to] = [borders[place] as Millis, borders[place + 1] as Millis];
      if (from >= until) break;
      const own = times[place] as Record<AgentState, number>;
      own[state] += Math.max(0, Math.min(to, until) - Math.max(from, at));
    }
  });
  return times;
}

/** The interval that holds this instant; the first one for instants before all. */
function intervalAt(borders: readonly Millis[], at: Millis): number {
  let [low, high] = [0, borders.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((borders[middle] as Millis) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}
