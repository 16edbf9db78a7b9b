/**
 * What is wrong with hours before they are saved: each problem names its field.
 */
import { type DayRange, type Hours, minutes } from "./hours.ts";
import { zoneExists } from "./wall-clock.ts";

export interface HoursProblem {
  /** A path such as `hours.exceptions.2.open.0.to`. */
  readonly field: string;
  readonly message: string;
}

/** Everything that is wrong; empty when the hours are fine. */
export function hoursProblems(hours: Hours): HoursProblem[] {
  const zone = zoneExists(hours.zone)
    ? []
    : [{ field: "hours.zone", message: `unknown time zone «${hours.zone}»` }];
  const { exceptions = [], holidays = [] } = hours;
  const problems = [
    ...zone,
    ...rangeProblems("hours.week", hours.week, (a, b) => a.days.some((day) => b.days.includes(day))),
    ...exceptions.flatMap(({ open }, index) => rangeProblems(`hours.exceptions.${index}.open`, open)),
    ...dateProblems("hours.exceptions", "date", exceptions.map(({ date }) => date)), // biome-ignore format: one list per line.
    ...dateProblems("hours.holidays", "monthDay", holidays.map(({ monthDay }) => monthDay)), // biome-ignore format: one list per line.
  ];
  return problems.length > 0 || everOpens(hours)
    ? problems
    : [{ field: "hours.week", message: "a line that is never open: say when it is" }];
}

function everOpens({ week, exceptions = [] }: Hours): boolean {
  return week.some(({ days }) => days.length > 0) || exceptions.some(({ open }) => open.length > 0);
}

/** Ranges that end before they begin, or overlap with one before them on the same day. */
function rangeProblems<Range extends DayRange>(
  field: string,
  ranges: readonly Range[],
  sameDay: (a: Range, b: Range) => boolean = () => true,
): HoursProblem[] {
  return ranges.flatMap((range, index) => {
    const problems: HoursProblem[] = [];
    if (minutes(range.from) >= minutes(range.to))
      problems.push({ field: `${field}.${index}.to`, message: `must be later than from (${range.from})` });
    const place = ranges.findIndex(
      (other, before) => before < index && sameDay(range, other) && overlap(range, other),
    );
    const other = ranges[place];
    if (other)
      problems.push({
        field: `${field}.${index}`,
        message: `overlaps with ${field}.${place} (${other.from}-${other.to})`,
      });
    return problems;
  });
}

/** Days that no calendar has, and days that are named twice. */
function dateProblems(list: string, name: string, days: readonly string[]): HoursProblem[] {
  return days.flatMap((day, index) => {
    const field = `${list}.${index}.${name}`;
    if (!dayExists(day)) return [{ field, message: `there is no such day (${day})` }];
    return days.indexOf(day) < index ? [{ field, message: `${day} is named twice` }] : [];
  });
}

/** @param day YYYY-MM-DD, or MM-DD of any year */
function dayExists(day: string): boolean {
  const full = day.length === 5 ? `2024-${day}` : day; // 2024 has a 29th of February.
  const date = new Date(`${full}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(full);
}

function overlap(a: DayRange, b: DayRange): boolean {
  return minutes(a.from) < minutes(b.to) && minutes(b.from) < minutes(a.to);
}
