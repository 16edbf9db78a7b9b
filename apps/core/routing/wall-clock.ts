/**
 * Instants and wall clocks of time zones. Pure: `Intl` gives the same answer for the same instant.
 */
import type { Millis } from "../floor.ts";
import type { Weekday } from "./hours.ts";

export interface LocalDay {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly weekday: Weekday;
}

/** What a clock on the wall shows. */
export interface LocalTime extends LocalDay {
  /** Minutes since midnight. */
  readonly minute: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const clocks = new Map<string, Intl.DateTimeFormat>();

/** What the wall clocks of a zone show. @throws RangeError for a zone that does not exist */
export function localTime(zone: string, at: Millis): LocalTime {
  const shown = new Date(at + offsetAt(zone, at));
  return { ...dayOf(shown), minute: shown.getUTCHours() * 60 + shown.getUTCMinutes() };
}

/** `2026-03-02T09:30` of a zone's wall clock. */
export function localText(zone: string, at: Millis): string {
  return new Date(at + offsetAt(zone, at)).toISOString().slice(0, 16);
}

/** Local time minus UTC, in milliseconds, at this instant. */
export function offsetAt(zone: string, at: Millis): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of clockOf(zone).formatToParts(at)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

/** A stretch of time in which a zone keeps one offset. */
export interface Stretch {
  readonly from: Millis;
  readonly to: Millis;
  readonly offset: number;
}

/**
 * Time from an instant on, in pieces of at most a day in which the zone's clocks are not moved. A zone that moves
 * its clocks twice within a day does not exist.
 */
export function* stretches(zone: string, at: Millis): Generator<Stretch> {
  for (let from = at; ; from += DAY_MS) {
    const to = from + DAY_MS;
    const [before, after] = [offsetAt(zone, from), offsetAt(zone, to)];
    const moved = before === after ? to : firstWith(zone, after, from, to);
    yield { from, to: moved, offset: before };
    if (moved < to) yield { from: moved, to, offset: after };
  }
}

/** The local days that a stretch touches, with the instant of each day's midnight by the stretch's own offset. */
export function daysIn({ from, to, offset }: Stretch): (LocalDay & { readonly midnight: Millis })[] {
  const days: (LocalDay & { midnight: Millis })[] = [];
  const first = Math.floor((from + offset) / DAY_MS) * DAY_MS;
  for (let shown = first; shown < to + offset; shown += DAY_MS)
    days.push({ ...dayOf(new Date(shown)), midnight: shown - offset });
  return days;
}

/** Whether a zone of this name is known. */
export function zoneExists(zone: string): boolean {
  try {
    clockOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** The instant, to the minute, at which the zone's clocks are moved to this offset. */
function firstWith(zone: string, offset: number, from: Millis, to: Millis): Millis {
  let [before, after] = [Math.floor(from / MINUTE_MS), Math.ceil(to / MINUTE_MS)];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offsetAt(zone, middle * MINUTE_MS) === offset) after = middle;
    else before = middle;
  }
  return Math.min(to, after * MINUTE_MS);
}

function dayOf(shown: Date): LocalDay {
  return { date: shown.toISOString().slice(0, 10), weekday: (shown.getUTCDay() || 7) as Weekday };
}

function clockOf(zone: string): Intl.DateTimeFormat {
  let clock = clocks.get(zone);
  if (!clock) {
    const digits = "2-digit";
    clock = new Intl.DateTimeFormat("en-GB", {
      ...{ timeZone: zone, year: "numeric", month: digits, day: digits },
      ...{ hour: digits, minute: digits, second: digits, hourCycle: "h23" },
    });
    clocks.set(zone, clock);
  }
  return clock;
}
