/**
 * Working hours in Asterisk's own terms, so that the fallback keeps them without the engine (law L2, ROUTE-07).
 */
import type { Hours, Weekday } from "../core/routing/hours.ts";
import { safe } from "./safe.ts";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** One range for GotoIfTime; `last` is the last minute that is open, because Asterisk includes it. */
export interface OpeningRange {
  readonly from: string;
  readonly last: string;
  readonly days: string;
  readonly zone: string;
}

/** The ranges of a week; ranges that contain no minute are left out. */
export function openingRanges(hours: Hours): OpeningRange[] {
  const zone = safe("zone", hours.zone);
  return hours.week.flatMap((range) => {
    const [from, to] = [minutes(range.from), minutes(range.to)];
    if (from >= to || range.days.length === 0) return [];
    return [{ from: clock(from), last: clock(to - 1), days: daysText(range.days), zone }];
  });
}

/** The same for the reader of the file: `mon-fri 09:00-17:59 in Europe/Moscow`. */
export function hoursText(hours: Hours | undefined): string {
  if (!hours) return "always open";
  const ranges = openingRanges(hours).map(({ days, from, last }) => `${days} ${from}-${last}`);
  return ranges.length > 0 ? `${ranges.join(", ")} in ${safe("zone", hours.zone)}` : "never open";
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

function minutes(time: string): number {
  const [hour, minute] = time.split(":");
  return Number(hour) * 60 + Number(minute);
}

function clock(minute: number): string {
  const text = `${Math.floor(minute / 60)}`.padStart(2, "0");
  return safe("time", `${text}:${String(minute % 60).padStart(2, "0")}`);
}
