/**
 * Hours and days of a wall clock as instants. Days of 23 and 25 hours, midnights that do not exist, and zones whose
 * offset is not whole hours come out right, because only the zone's own calendar is asked (`Intl`; no clock is read).
 */
import type { Millis } from "../floor.ts";

export type Interval = "hour" | "day" | "total";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * The borders of the intervals that [since, until) consists of: `since`, every border between, `until`. The first
 * and the last interval may be shorter than the others.
 */
export function bordersOf(since: Millis, until: Millis, interval: Interval, zone: string): Millis[] {
  const borders = [since];
  if (interval !== "total") {
    const next = interval === "hour" ? nextHour : nextDay;
    for (let at = next(since, zone); at < until; at = next(at, zone)) borders.push(at);
  }
  return [...borders, until];
}

/** The first instant of the day that holds `at` in this zone. */
export function startOfDay(at: Millis, zone: string): Millis {
  return firstInstantOf(localDay(at, zone), zone);
}

/** The first instant of the day after the one that holds `at` in this zone. */
export function nextDay(at: Millis, zone: string): Millis {
  return firstInstantOf(localDay(at, zone) + 1, zone);
}

/** The next full hour on the zone's clock; where the clock is moved meanwhile, the hour's own end by the old clock. */
function nextHour(at: Millis, zone: string): Millis {
  return at + HOUR - modulo(at + offsetAt(at, zone), HOUR);
}

/** Days since 1970-01-01 on the zone's calendar. */
function localDay(at: Millis, zone: string): number {
  return Math.floor((at + offsetAt(at, zone)) / DAY);
}

/**
 * When this day begins: mostly midnight, and where the clock jumps over midnight, that jump. A border lies within
 * a day and a half of the same midnight in UTC; the search closes in on it to the millisecond.
 */
function firstInstantOf(day: number, zone: string): Millis {
  const guess = day * DAY - offsetAt(day * DAY, zone);
  if (localDay(guess, zone) === day && localDay(guess - 1, zone) === day - 1) return guess;
  let [before, after] = [day * DAY - 1.5 * DAY, day * DAY + 1.5 * DAY];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (localDay(middle, zone) >= day) after = middle;
    else before = middle;
  }
  return after;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** How far the zone's clock is ahead of UTC at this instant. */
function offsetAt(at: Millis, zone: string): number {
  let clock = clocks.get(zone);
  if (!clock) {
    clock = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    clocks.set(zone, clock);
  }
  const part: Record<string, number> = {};
  for (const { type, value } of clock.formatToParts(at)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - (at - modulo(at, 1000));
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
