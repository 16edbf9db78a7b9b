/**
 * When a delivery is tried again, and when it is given up. Pure, so that tests give it a shorter life.
 *
 * Two clocks. A delivery has its own: 5 s, 15 s, 45 s … an hour, for a receiver that dislikes this one event. And a
 * receiver that failed three times in a row has one: until it is back, one delivery at a time tries it, at least
 * every half minute, and the first success sends all that waits. So nothing waits an hour for a receiver that has
 * long been back (invariant N7: within 60 s), and a dead receiver is not asked a thousand times.
 */
export interface Patience {
  readonly firstMs: number;
  readonly factor: number;
  readonly longestMs: number;
  /** From the first failure to giving up. */
  readonly lifeMs: number;
  /** Failures in a row that make a receiver "away". */
  readonly awayAfter: number;
  readonly probeFirstMs: number;
  readonly probeLongestMs: number;
}

export const PATIENCE: Patience = {
  firstMs: 5000,
  factor: 3,
  longestMs: 3_600_000,
  lifeMs: 4 * 3_600_000,
  awayAfter: 3,
  probeFirstMs: 1000,
  probeLongestMs: 30_000,
};

/** Tries that failed together must not come back together. @param chance from 0 to 1 */
function spread(ms: number, chance: number): number {
  return Math.round(ms * (0.8 + 0.4 * chance));
}

/** How long a delivery waits after its n-th failure (from 1). */
export function retryIn(patience: Patience, failures: number, chance: number): number {
  const wait = patience.firstMs * patience.factor ** Math.min(failures - 1, 50);
  return spread(Math.min(wait, patience.longestMs), chance);
}

/** How long a receiver is left alone after so many failures in a row. */
export function probeIn(patience: Patience, failures: number, chance: number): number {
  const wait = patience.probeFirstMs * 2 ** Math.min(Math.max(0, failures - patience.awayAfter), 30);
  return spread(Math.min(wait, patience.probeLongestMs), chance);
}
