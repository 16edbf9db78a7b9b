/**
 * Working hours in Asterisk's own terms, so that the fallback keeps them without the engine (law L2, ROUTE-07).
 */
import { type DayRange, type Hours, minutes, type Weekday } from "../core/routing/hours.ts";
import { displayName, safe } from "./safe.ts";
import type { View } from "./templates.ts";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"] as const;

/** One range for GotoIfTime; `last` is the last minute that is open, because Asterisk includes it. */
export interface OpeningRange {
  readonly from: string;
  readonly last: string;
  /** `mon-fri`, or `*` for a day that is known otherwise. */
  readonly days: string;
  readonly zone: string;
}

/**
 * What the template of the fallback's settings needs: exceptions first, then holidays, then the week, as in
 * core/routing/hours.ts. GotoIfTime knows no years, so an exception's date is compared as a text.
 */
export function openingView(hours: Hours | undefined): View {
  const { exceptions = [], holidays = [] } = hours ?? {};
  const zone = hours ? safe("zone", hours.zone) : "";
  return {
    zone,
    hoursText: hoursText(hours),
    always: hours === undefined,
    dated: exceptions.length > 0,
    exceptions: exceptions.map((each) => ({
      date: safe("date", each.date),
      label: `on${each.date.replaceAll("-", "")}`,
      about: displayName(each.name ?? "", "exception"),
      times: each.open.flatMap((range, index) =>
        rangeView(range, "*", zone).map((view) => ({ ...view, first: index === 0 })),
      ),
      shut: each.open.length === 0,
    })),
    holidays: holidays.map(({ monthDay, name }) => {
      const [month = "", day = ""] = monthDay.split("-");
      const text = MONTHS[Number(month) - 1] ?? "";
      return {
        month: safe("word", text),
        day: safe("count", Number(day)),
        about: displayName(name ?? "", "holiday"),
      };
    }),
    ranges: hours ? openingRanges(hours).map((range) => ({ ...range })) : [],
  };
}

/** The ranges of a week; ranges that contain no minute are left out. */
export function openingRanges(hours: Hours): OpeningRange[] {
  const zone = safe("zone", hours.zone);
  return hours.week.flatMap((range) =>
    range.days.length === 0 ? [] : rangeView(range, daysText(range.days), zone),
  );
}

/** The same for the reader of the file: `mon-fri 09:00-17:59 in Europe/Moscow, 2 exceptions`. */
export function hoursText(hours: Hours | undefined): string {
  if (!hours) return "always open";
  const ranges = openingRanges(hours).map(({ days, from, last }) => `${days} ${from}-${last}`);
  const week = ranges.length > 0 ? ranges.join(", ") : "no day of the week";
  const more = [counted(hours.exceptions, "exception"), counted(hours.holidays, "holiday")].join("");
  return `${week} in ${safe("zone", hours.zone)}${more}`;
}

function counted(list: readonly unknown[] | undefined, what: string): string {
  if (!list || list.length === 0) return "";
  return `, ${list.length} ${what}${list.length > 1 ? "s" : ""}`;
}

function rangeView(range: DayRange, days: string, zone: string): (OpeningRange & View)[] {
  const [from, to] = [minutes(range.from), minutes(range.to)];
  return from >= to ? [] : [{ from: clock(from), last: clock(to - 1), days, zone }];
}

/** Days that follow each other as Asterisk and people write them: `mon-fri`, `mon-wed&sun`. */
function daysText(days: readonly Weekday[]): string {
  const runs: Weekday[][] = [];
  for (const day of [...new Set(days)].sort()) {
    const run = runs.at(-1);
    if (run?.at(-1) === day - 1) run.push(day);
    else runs.push([day]);
  }
  const name = (day: Weekday | undefined) => safe("word", DAYS[(day ?? 1) - 1] ?? "");
  return runs.map((run) => (run.length > 1 ? `${name(run[0])}-${name(run.at(-1))}` : name(run[0]))).join("&");
}

function clock(minute: number): string {
  const text = `${Math.floor(minute / 60)}`.padStart(2, "0");
  return safe("time", `${text}:${String(minute % 60).padStart(2, "0")}`);
}
