/** Sums over customers' calls, by queue or line and interval; core/statistics turns them into figures. */
import { type RawBuilder, sql } from "kysely";
import type { CallSums } from "../../../core/statistics/call-figures.ts";
import { WAIT_BUCKETS } from "../../../core/statistics/outcomes.ts";
import type { Db } from "../../database.ts";
import { instant, instants, isCustomers, outcomeOf } from "./outcome.ts";

export interface Asked {
  /** Ascending; interval i is [borders[i], borders[i + 1]). Milliseconds since 1970. */
  readonly borders: readonly number[];
  /** Only these; everything without. */
  readonly ids?: readonly string[] | undefined;
}

/** Sums of one queue, line or agent in one interval. */
export type SumsOf<Sums> = Sums & { readonly id: string; readonly interval: number };

/** Intervals in which nothing happened have no row. */
export async function callSums(
  db: Db,
  by: "queue" | "line",
  { borders, ids }: Asked,
): Promise<SumsOf<CallSums>[]> {
  const [since, until] = [borders[0] as number, borders.at(-1) as number];
  const id = sql.ref(by === "queue" ? "c.queue_id" : "c.line_id");
  const { rows } = await sql<SumsRow & { id: string; interval: number }>`
    with transferred as materialized (${transfersSince(since)}),
    picked as (
      select ${id} as id, width_bucket(c.arrived_at, ${instants(borders)}) - 1 as interval, ${columns}
      from call c ${joins}
      where c.arrived_at >= ${instant(since)} and c.arrived_at < ${instant(until)} and ${isCustomers}
        and ${ids ? sql`${id} = any(${ids}::uuid[])` : sql`${id} is not null`}
    )
    select id, interval, ${sums} from picked group by id, interval`.execute(db);
  return rows.map((row) => ({ id: row.id, interval: row.interval, ...sumsFrom(row) }));
}

/** A stretch of time until now, of one queue; of all customers' calls without a queue. */
export interface Window {
  readonly key: string;
  readonly queueId: string | null;
  readonly since: number;
}

/** Sums of calls that arrived since the window's beginning; windows without calls have no row. */
export async function windowSums(
  db: Db,
  windows: readonly Window[],
): Promise<(CallSums & { key: string; queueId: string | null })[]> {
  if (windows.length === 0) return [];
  const earliest = Math.min(...windows.map((window) => window.since));
  const rows = windows.map(({ key, queueId, since }) => ({ key, queue_id: queueId, since: new Date(since) }));
  const { rows: found } = await sql<SumsRow & { key: string; queue_id: string | null }>`
    with transferred as materialized (${transfersSince(earliest)}),
    picked as (
      select w.key, w.queue_id, ${columns}
      from call c
      join json_to_recordset(${JSON.stringify(rows)}::json) as w(key text, queue_id uuid, since timestamptz)
        on c.arrived_at >= w.since and (w.queue_id is null or c.queue_id = w.queue_id)
      ${joins}
      where c.arrived_at >= ${instant(earliest)} and ${isCustomers}
    )
    select key, queue_id, ${sums} from picked group by key, queue_id`.execute(db);
  return found.map((row) => ({ key: row.key, queueId: row.queue_id, ...sumsFrom(row) }));
}

/** The condition stands as text: with it the planner knows the index that holds nothing else. */
function transfersSince(since: number): RawBuilder<unknown> {
  return sql`select call_id, count(*)::int as transfers from call_event
    where kind in ('BLINDTRANSFER', 'ATTENDEDTRANSFER') and source = 'cel' and at >= ${instant(since)}
    group by call_id`;
}

/** A call is judged by the queue it was last offered for; without one, by its line's. */
const joins = sql`left join line l on l.id = c.line_id and c.queue_id is null
      left join queue q on q.id = coalesce(c.queue_id, l.queue_id)
      left join transferred x on x.call_id = c.id`;

const columns = sql`${outcomeOf} as outcome, c.type = 'missed' as missed, c.wait_ms, c.talk_ms, x.transfers,
        c.wait_ms <= q.service_level_seconds * 1000 as in_time,
        c.owner_id is not null as owned, c.owner_id = c.agent_id as by_owner`;

interface SumsRow extends Omit<CallSums, "abandoned"> {
  readonly abandoned: readonly number[];
}

const offered = sql`outcome <> 'out-of-hours'`;
const served = sql`outcome not in ('out-of-hours', 'waiting')`;
const answered = sql`outcome = 'answered'`;

const buckets = sql.join(
  WAIT_BUCKETS.map(({ fromSeconds, toSeconds }) => {
    const below = Number.isFinite(toSeconds) ? sql`and wait_ms < ${sql.lit(toSeconds * 1000)}` : sql``;
    return sql`count(*) filter (where outcome = 'abandoned' and wait_ms >= ${sql.lit(fromSeconds * 1000)} ${below})::int`;
  }),
);

const sums = sql`
      count(*) filter (where ${offered})::int as offered,
      count(*) filter (where ${answered})::int as answered,
      count(*) filter (where outcome = 'waiting')::int as waiting,
      count(*) filter (where outcome = 'no-answer')::int as "noAnswer",
      count(*) filter (where outcome = 'failed')::int as failed,
      count(*) filter (where outcome = 'out-of-hours')::int as "outOfHours",
      count(*) filter (where missed)::int as missed,
      count(*) filter (where ${answered} and in_time)::int as "answeredInTime",
      array[${buckets}] as abandoned,
      coalesce(sum(wait_ms) filter (where ${answered}), 0) as "answerMs",
      max(wait_ms) filter (where ${answered}) as "longestAnswerMs",
      coalesce(sum(wait_ms) filter (where ${served}), 0) as "waitMs",
      max(wait_ms) filter (where ${served}) as "longestWaitMs",
      coalesce(sum(talk_ms) filter (where ${answered}), 0) as "talkMs",
      coalesce(sum(transfers) filter (where ${offered}), 0) as transfers,
      count(*) filter (where ${offered} and owned)::int as "ownerCalls",
      count(*) filter (where ${answered} and by_owner)::int as "ownerAnswered",
      coalesce(sum(wait_ms) filter (where ${answered} and by_owner), 0) as "ownerAnswerMs",
      count(*) filter (where ${answered} and owned and by_owner is not true)::int as "otherAnswered",
      coalesce(sum(wait_ms) filter (where ${answered} and owned and by_owner is not true), 0) as "otherAnswerMs"`;

function sumsFrom(row: SumsRow): CallSums {
  return {
    offered: row.offered,
    answered: row.answered,
    waiting: row.waiting,
    noAnswer: row.noAnswer,
    failed: row.failed,
    outOfHours: row.outOfHours,
    missed: row.missed,
    answeredInTime: row.answeredInTime,
    abandoned: row.abandoned,
    answerMs: row.answerMs,
    longestAnswerMs: row.longestAnswerMs,
    waitMs: row.waitMs,
    longestWaitMs: row.longestWaitMs,
    talkMs: row.talkMs,
    transfers: row.transfers,
    ownerCalls: row.ownerCalls,
    ownerAnswered: row.ownerAnswered,
    ownerAnswerMs: row.ownerAnswerMs,
    otherAnswered: row.otherAnswered,
    otherAnswerMs: row.otherAnswerMs,
  };
}
