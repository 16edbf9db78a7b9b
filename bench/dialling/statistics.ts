/** Means with intervals over days, and shares pooled over them. */

/** Two-sided 95 % quantiles of Student's law by degrees of freedom; beyond them the normal law's is near enough. */
const STUDENT = [
  Number.NaN,
  ...[12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145],
  ...[2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045],
];

/** Half of the width of a 95 % interval of a mean; infinite for one day, of which nothing can be said. */
function halfWidth(squares: number, count: number): number {
  if (count < 2) return Number.POSITIVE_INFINITY;
  const student = STUDENT[count - 1] ?? 1.96 + 2.5 / (count - 1);
  return student * Math.sqrt(squares / (count - 1) / count);
}

/** The mean, and half of the width of its 95 % confidence interval. */
export function meanOf(values: readonly number[]): { readonly mean: number; readonly plusMinus: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, plusMinus: halfWidth(squares, values.length) };
}

/**
 * A share pooled over days, and the upper end of its 95 % confidence interval: a ratio estimator, whose spread is that
 * of the days' residuals (Cochran, Sampling Techniques, ch. 6). Days are independent; calls of a day are not.
 */
export function pooledShare(days: readonly { part: number; whole: number }[]): {
  readonly share: number;
  readonly upper: number;
} {
  const whole = days.reduce((sum, day) => sum + day.whole, 0);
  const share = days.reduce((sum, day) => sum + day.part, 0) / Math.max(1, whole);
  const squares = days.reduce((sum, { part, whole: own }) => sum + (part - share * own) ** 2, 0);
  const mean = Math.max(1, whole) / days.length;
  return { share, upper: share + halfWidth(squares, days.length) / mean };
}
