/**
 * Working hours of a line, in the line's own zone (ROUTE-07, D-07).
 *
 * A day's ranges come from the first of these that speaks of it: an exception for its date, a yearly holiday, the
 * week. Zone arithmetic needs `Intl`, which is deterministic for a given instant; no clock is read here.
 */
import type { Millis } from "../floor.ts";
import { type LocalDay, type LocalTime, localTime } from "./wall-clock.ts";

/** ISO weekday: 1 = Monday … 7 = Sunday. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** `from` included, `to` excluded, as HH:MM of the line's wall clock; `to` may be 24:00. */
export interface DayRange {
  readonly from: string;
  readonly to: string;
}

export interface Hours {
  /** IANA zone, such as Europe/Moscow. */
  readonly zone: string;
  /** Open ranges of ordinary days. */
  readonly week: readonly (DayRange & { readonly days: readonly Weekday[] })[];
  /** Days that are not as their weekday, by date (YYYY-MM-DD); no ranges: closed all day. They outrank holidays. */
  readonly exceptions?: readonly HoursException[] | undefined;
  /** Days of every year (MM-DD) on which the line is closed, or open at other times (campaigns' calendars). */
  readonly holidays?: readonly Holiday[] | undefined;
}

export interface Holiday {
  readonly monthDay: string;
  readonly name?: string | undefined;
  readonly open?: readonly DayRange[] | undefined;
}

export interface HoursException {
  readonly date: string;
  readonly name?: string | undefined;
  readonly open: readonly DayRange[];
}

/** Whether the line is open at this instant. No hours: always. */
export function isOpen(hours: Hours | undefined, at: Millis): boolean {
  return !hours || isOpenAt(hours, localTime(hours.zone, at));
}

/** Whether these hours are open at this reading of the line's wall clock. */
export function isOpenAt(hours: Hours, { minute, ...day }: LocalTime): boolean {
  return rangesOf(hours, day).some(({ from, to }) => minutes(from) <= minute && minute < minutes(to));
}

/** The open ranges of one local day, in the order in which they were written. */
export function rangesOf(hours: Hours, day: LocalDay): readonly DayRange[] {
  const exception = hours.exceptions?.find(({ date }) => date === day.date);
  if (exception) return exception.open;
  const holiday = hours.holidays?.find(({ monthDay }) => day.date.endsWith(`-${monthDay}`));
  if (holiday) return holiday.open ?? [];
  return hours.week.filter(({ days }) => days.includes(day.weekday));
}

/** `HH:MM` in minutes since midnight. */
export function minutes(time: string): number {
  const [hour, minute] = time.split(":");
  return Number(hour) * 60 + Number(minute);
}
