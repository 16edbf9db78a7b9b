/**
 * «When next?»: at which instants a line opens and closes, whatever the zone's clocks do (ROUTE-07, ROUTE-08).
 */
import type { Millis } from "../floor.ts";
import { type Hours, isOpen, isOpenAt, minutes, rangesOf } from "./hours.ts";
import { daysIn, localTime, type Stretch, stretches } from "./wall-clock.ts";

/** Hours whose week never opens, or never closes, are looked through for a year; dated exceptions for ever. */
const HORIZON_MS = 370 * 86_400_000;

export interface NextTimes {
  readonly open: boolean;
  /** When it opens or closes next; undefined: never. */
  readonly nextChangeAt: Millis | undefined;
  /** When it opens next, if it is closed; undefined: it is open, or never will be. */
  readonly nextOpenAt: Millis | undefined;
}

/** Whether the line is open, and when that changes. No hours: open for ever. */
export function nextTimes(hours: Hours | undefined, at: Millis): NextTimes {
  const open = isOpen(hours, at);
  const next = hours && changes(hours, at).next();
  const nextChangeAt = next && !next.done ? next.value.at : undefined;
  return { open, nextChangeAt, nextOpenAt: open ? undefined : nextChangeAt };
}

/** The times between `from` and `to` at which the line is open, cut off at both. No hours: all of it. */
export function openTimes(
  hours: Hours | undefined,
  from: Millis,
  to: Millis,
): { readonly from: Millis; readonly to: Millis }[] {
  if (!hours) return [{ from, to }];
  const times: { from: Millis; to: Millis }[] = [];
  let since = isOpen(hours, from) ? from : undefined;
  for (const change of changes(hours, from)) {
    if (change.at >= to) break;
    if (change.open) since = change.at;
    else if (since !== undefined) times.push({ from: since, to: change.at });
    if (!change.open) since = undefined;
  }
  if (since !== undefined) times.push({ from: since, to });
  return times;
}

/** Every opening and closing after an instant, in order. */
function* changes(hours: Hours, at: Millis): Generator<{ at: Millis; open: boolean }> {
  let open = isOpen(hours, at);
  const dates = hours.exceptions?.map(({ date }) => Date.parse(date)) ?? [];
  const horizon = Math.max(at + HORIZON_MS, ...dates.map((date) => date + 3 * 86_400_000));
  for (const stretch of stretches(hours.zone, at)) {
    if (stretch.from > horizon) return;
    for (const moment of boundaries(hours, stretch)) {
      if (moment <= at) continue;
      const now = isOpenAt(hours, localTime(hours.zone, moment));
      if (now !== open) yield { at: moment, open: now };
      open = now;
    }
  }
}

/** Instants of a stretch at which the answer may change, in order; its beginning is one (clocks may be moved there). */
function boundaries(hours: Hours, stretch: Stretch): Millis[] {
  const moments = new Set([stretch.from]);
  for (const day of daysIn(stretch))
    for (const range of rangesOf(hours, day))
      for (const minute of [minutes(range.from), minutes(range.to)])
        moments.add(day.midnight + minute * 60_000);
  return [...moments].filter((moment) => stretch.from <= moment && moment < stretch.to).sort((a, b) => a - b);
}
