/** The stretch of time that a statistic is asked for. */
import { bordersOf, type Interval, startOfDay } from "../core/statistics/intervals.ts";
import { wrongField } from "./problem.ts";
import { iso } from "./times.ts";

export interface Period {
  readonly since: number;
  readonly until: number;
  readonly interval: Interval;
  readonly zone: string;
  readonly borders: readonly number[];
}

const HOUR_MS = 3_600_000;
const LENGTHS = { hour: HOUR_MS, day: 24 * HOUR_MS } as const;
/** A hundred days of hours, six years of days. */
const MOST_INTERVALS = 2400;
const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2200, 0, 1);

/** Reads the query; without since and until it is today until now. @throws Problem 422 naming the field */
export function periodFrom(
  query: { since?: string; until?: string; interval: Interval; zone?: string },
  now: number,
): Period {
  const { interval } = query;
  const zone = zoneFrom(query.zone) ?? "UTC";
  const until = query.until === undefined ? now : instantFrom(query.until, "until");
  const since =
    query.since === undefined ? startOfDay(Math.min(now, until), zone) : instantFrom(query.since, "since");
  if (until <= since) throw wrongField("until", "must be later than since");
  if (interval !== "total" && (until - since) / LENGTHS[interval] > MOST_INTERVALS)
    throw wrongField(
      "interval",
      `at most ${MOST_INTERVALS} intervals; ask for longer ones or a shorter time`,
    );
  return { since, until, interval, zone, borders: bordersOf(since, until, interval, zone) };
}

/** The zone, or undefined when none was given. @throws Problem 422 when there is no such zone */
export function zoneFrom(zone: string | undefined): string | undefined {
  if (zone === undefined) return undefined;
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: zone });
    return zone;
  } catch {
    throw wrongField("zone", `unknown time zone «${zone}»`);
  }
}

/**
 * Since when and until when a list is asked for, as PostgreSQL takes it: it knows no year 0, and no offset beyond 16 h.
 * @throws Problem 422 naming the field
 */
export function rangeFrom<Query extends { since?: string; until?: string }>(query: Query): Query {
  const { since, until } = query;
  return {
    ...query,
    ...(since !== undefined && { since: iso(instantFrom(since, "since")) }),
    ...(until !== undefined && { until: iso(instantFrom(until, "until")) }),
  };
}

/** One instant, in milliseconds since 1970. @throws Problem 422 naming the field */
export function instantFrom(text: string, field: string): number {
  const at = Date.parse(text);
  if (!(at >= EARLIEST && at < LATEST)) throw wrongField(field, "must be a time of this century or the next");
  return at;
}
