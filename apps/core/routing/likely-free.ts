/**
 * Will somebody who talks be free soon? Answered from the talk times seen, not from a guess.
 */

/** How many talk times are needed before they say anything. */
export const ENOUGH = 5;
/** How many talk times are remembered of one agent. */
export const REMEMBERED = 30;

/**
 * The share of talks, among those seen that lasted longer than this one has so far, that ended within `withinMs` more.
 * @param seen lengths of past talks in ms
 * @param elapsedMs how long this talk has lasted
 * @returns 0 to 1; undefined when too few talks have been seen, or none as long as this one
 */
export function likelyFreeWithin(
  seen: readonly number[],
  elapsedMs: number,
  withinMs: number,
): number | undefined {
  const longer = seen.filter((talk) => talk > elapsedMs);
  if (seen.length < ENOUGH || longer.length === 0) return undefined;
  return longer.filter((talk) => talk <= elapsedMs + withinMs).length / longer.length;
}
