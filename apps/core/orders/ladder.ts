/**
 * The redial ladder (ORDQ-12, ORDQ-13, D-15, D-17, D-18): what an unsuccessful call makes of an order.
 *
 *   failures 1 to 3   no call-back date; redialled after the pause, 2 to 3 minutes
 *   from the 4th on   a call-back date each time: one hour ahead, within the day
 */
import type { Millis } from "../floor.ts";
import { nextDay } from "../statistics/intervals.ts";

/** So many failures, the one that is being saved included, need no date. */
export const WITHOUT_DATE = 3;
const AHEAD_MS = 3_600_000;
/** People choose a time while the clock goes on, and in whole minutes. */
const GRACE_MS = 5 * 60_000;
const SECOND_MS = 1000;

/** How the quick redial is timed (D-18), in seconds from the failed call. */
export interface QuickRedial {
  /** Not earlier. */
  readonly afterSeconds: number;
  /** Not later. */
  readonly bySeconds: number;
}

/** @param failures with the one that is being saved */
export function needsDate(failures: number): boolean {
  return failures > WITHOUT_DATE;
}

/** The date that the rule gives: in an hour, or at the last second of the day when that is sooner. */
export function callBackAt(now: Millis, zone: string): Millis {
  return Math.min(now + AHEAD_MS, lastSecond(now, zone));
}

/**
 * The date that is kept for one that was given: within the day, and one hour ahead or more. One that is an hour ahead
 * late in the evening is moved to the end of the day (D-17).
 * @returns why it is none, when it is not
 */
export function keptDate(given: Millis, now: Millis, zone: string): { at: Millis } | { wrong: string } {
  const last = lastSecond(now, zone);
  if (given < Math.max(now, callBackAt(now, zone) - GRACE_MS)) return { wrong: "must be an hour ahead" };
  if (given <= last) return { at: given };
  return given <= now + AHEAD_MS + GRACE_MS ? { at: last } : { wrong: "must be today" };
}

/** When the order is to be called next, after an unsuccessful call. @param date the call-back date, if it needs one */
export function dueAfterFailure(now: Millis, date: Millis | undefined, quick: QuickRedial): Millis {
  return date ?? now + quick.afterSeconds * SECOND_MS;
}

/** By when a quick redial has to be made. @param failedAt the last unsuccessful call */
export function redialBy(failedAt: Millis, quick: QuickRedial): Millis {
  return failedAt + quick.bySeconds * SECOND_MS;
}

function lastSecond(now: Millis, zone: string): Millis {
  return nextDay(now, zone) - SECOND_MS;
}
