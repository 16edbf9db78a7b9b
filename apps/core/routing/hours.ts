/**
 * Working hours of a line, in the line's own zone (ROUTE-07, D-07).
 *
 * Zone arithmetic needs `Intl`, which is deterministic for a given instant; no clock is read here.
 */
import type { Millis } from "../floor.ts";

/** ISO weekday: 1 = Monday … 7 = Sunday. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

export interface Hours {
  /** IANA zone, such as Europe/Moscow. */
  readonly zone: string;
  /** Open ranges; `from` included, `to` excluded, as HH:MM of the line's wall clock; `to` may be 24:00. */
  readonly week: readonly { readonly days: readonly Weekday[]; readonly from: string; readonly to: string }[];
}

const WEEKDAYS: Readonly<Record<string, Weekday>> = {
  Mon: 1,
  Tue: 2,
  Wed: 3,
  Thu: 4,
  Fri: 5,
  Sat: 6,
  Sun: 7,
};
const clocks = new Map<string, Intl.DateTimeFormat>();

/** Whether the line is open at this instant. No hours: always. */
export function isOpen(hours: Hours | undefined, at: Millis): boolean {
  if (!hours) return true;
  const { day, minute } = wallClock(hours.zone, at);
  return hours.week.some(
    (range) => range.days.includes(day) && minutes(range.from) <= minute && minute < minutes(range.to),
  );
}

/** Weekday and minute of the day in a zone. */
export function wallClock(zone: string, at: Millis): { day: Weekday; minute: number } {
  let clock = clocks.get(zone);
  if (!clock) {
    clock = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      weekday: "short",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    clocks.set(zone, clock);
  }
  const parts: Record<string, string> = {};
  for (const part of clock.formatToParts(at)) parts[part.type] = part.value;
  return { day: WEEKDAYS[parts.weekday ?? ""] ?? 1, minute: Number(parts.hour) * 60 + Number(parts.minute) };
}

/** What is wrong with these hours, naming the field; empty when they are fine. */
export function hoursProblems(hours: Hours): { field: string; message: string }[] {
  const problems: { field: string; message: string }[] = [];
  if (!zoneExists(hours.zone))
    problems.push({ field: "hours.zone", message: `unknown time zone «${hours.zone}»` });
  hours.week.forEach((range, index) => {
    if (minutes(range.from) >= minutes(range.to))
      problems.push({ field: `hours.week.${index}.to`, message: `must be later than from (${range.from})` });
    const clash = hours.week.findIndex((other, place) => place < index && overlap(range, other));
    if (clash >= 0)
      problems.push({
        field: `hours.week.${index}`,
        message: `overlaps with hours.week.${clash} (${hours.week[clash]?.from}-${hours.week[clash]?.to})`,
      });
  });
  return problems;
}

function overlap(a: Hours["week"][number], b: Hours["week"][number]): boolean {
  const sameDay = a.days.some((day) => b.days.includes(day));
  return sameDay && minutes(a.from) < minutes(b.to) && minutes(b.from) < minutes(a.to);
}

function minutes(time: string): number {
  const [hour, minute] = time.split(":");
  return Number(hour) * 60 + Number(minute);
}

function zoneExists(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
