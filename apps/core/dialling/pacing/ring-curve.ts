/**
 * What is believed about ringing before anything has been seen: so many live answers, around 12 s; some fast failures;
 * machines around 15 s; the rest rings out.
 */

/** Ages are counted in whole seconds up to this one; a number is rung for at most a minute. */
export const AGES = 64;

/** So many calls the belief is worth. */
const BELIEVED_CALLS = 60;
const FAST_FAILURES = 0.15;
const MACHINES = 0.25;

export interface RingCounts {
  /** Calls that reached the age. */
  readonly reached: Float64Array;
  /** Live answers, and every other end, at the age. */
  readonly live: Float64Array;
  readonly other: Float64Array;
}

/** @param answerRate the share of dials that a live person answers; @param ringSeconds when a number is given up */
export function believedRinging(answerRate: number, ringSeconds: number): RingCounts {
  const live = bell(12, 6, ringSeconds);
  const machines = bell(15, 6, ringSeconds);
  const counts = emptyRinging();
  let left = BELIEVED_CALLS;
  for (let age = 0; age < AGES; age++) {
    const failed = age >= 1 && age <= 3 ? FAST_FAILURES / 3 : 0;
    const others = failed + (machines[age] as number) * MACHINES;
    counts.reached[age] = Math.max(left, 0.5);
    counts.live[age] = Math.min(left, BELIEVED_CALLS * answerRate * (live[age] as number));
    const end = Math.min(left, BELIEVED_CALLS * (1 - answerRate) * others);
    counts.other[age] = age >= ringSeconds ? 0.9 * (counts.reached[age] as number) : end;
    left = age >= ringSeconds ? 0 : left - (counts.live[age] as number) - end;
  }
  return counts;
}

export function emptyRinging(): RingCounts {
  return { reached: new Float64Array(AGES), live: new Float64Array(AGES), other: new Float64Array(AGES) };
}

/** Shares by second of a bell around `middle` that ends with the ringing. */
function bell(middle: number, width: number, ringSeconds: number): Float64Array {
  const shares = new Float64Array(AGES);
  let sum = 0;
  for (let age = 0; age < ringSeconds; age++) {
    const off = (age + 0.5 - middle) / width;
    shares[age] = Math.exp(-0.5 * off * off);
    sum += shares[age] as number;
  }
  return shares.map((share) => share / sum);
}
