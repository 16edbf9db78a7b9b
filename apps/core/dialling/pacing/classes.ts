/**
 * Classes of numbers by how likely a live person answers. Which class answers how often is learned (answers.ts), each
 * from the common estimate on; here is only who belongs together.
 */

export interface NumberFacts {
  /** The attempt that is about to be made: 1 is the first. */
  readonly attempt: number;
  /** The hour of day where the number is, 0 to 23. */
  readonly hour: number;
  /** The list's own estimate of the answer rate, 0 to 1. */
  readonly score?: number | undefined;
}

/** Parts of the day by the hour they begin at. */
const PARTS_OF_DAY: readonly number[] = [0, 10, 13, 17];
const ATTEMPTS = 3;
/** Bands of a given score by their lower ends. */
const BANDS: readonly number[] = [0, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8];

/** Classes there are: by attempt and part of the day, and by the list's score. */
export const SCORE_CLASSES: number = ATTEMPTS * PARTS_OF_DAY.length + BANDS.length;

/**
 * The class of a number for `PacedCall.cls` and `PacingView.next`: by its score if the list has one, else by the number
 * of the attempt (first, second, later) and the part of the day.
 *
 * @returns a whole number from 0 to `SCORE_CLASSES` - 1
 */
export function scoreClass({ attempt, hour, score }: NumberFacts): number {
  if (score !== undefined && score >= 0) return ATTEMPTS * PARTS_OF_DAY.length + bandOf(BANDS, score);
  const before = Math.min(Math.max(Math.floor(attempt) || 1, 1), ATTEMPTS) - 1;
  return before * PARTS_OF_DAY.length + bandOf(PARTS_OF_DAY, hour);
}

/** The last band that begins at or below the value. */
function bandOf(begins: readonly number[], value: number): number {
  let band = 0;
  while (band + 1 < begins.length && value >= (begins[band + 1] as number)) band++;
  return band;
}
