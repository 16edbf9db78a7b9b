/** How long to wait before starting again what has died. */

export const SECOND_WAIT_MS = 200;
export const LONGEST_WAIT_MS = 1500;
/** What has lived this long was well, so its next death counts as the first. */
export const WELL_AFTER_MS = 10_000;

/**
 * The wait before the next start: none at the first death, then doubling while it keeps dying. Never above 1.5 s, so that together with the
 * start itself nobody waits more than 2 s for a part to be back.
 * @param deaths how often it has died in a row, this time included.
 */
export function restartWaitMs(deaths: number): number {
  return deaths <= 1 ? 0 : Math.min(SECOND_WAIT_MS * 2 ** (deaths - 2), LONGEST_WAIT_MS);
}

/** The number of deaths in a row, after one more death at this age. */
export function countDeaths(before: number, livedMs: number): number {
  return livedMs >= WELL_AFTER_MS ? 1 : before + 1;
}
