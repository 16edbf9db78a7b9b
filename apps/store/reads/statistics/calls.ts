/** Sums over customers' calls, by queue or line and interval; core/statistics turns them into figures. */
import { type RawBuilder, sql } from "kysely";
import type { CallSums } from "../../../core/statistics/call-figures.ts";
import { WAIT_BUCKETS } from "../../../core/statistics/outcomes.ts";
import type { Db } from "../../database.ts";
import { instant, instants, isCustomers, outcomeOf } from "./outcome.ts";
import { inOneReading } from "./reading.ts";

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
  const query = sql<SumsOf<CallSums>>`
    with picked as (
      select ${id} as id, width_bucket(c.arrived_at, ${instants(borders)}) - 1 as interval, ${columns}
      from call c ${joins}
      where c.arrived_at >= ${instant(since)} and c.arrived_at < ${instant(until)} and ${isCustomers}
        and ${ids ? sql`${id} = any(${ids}::uuid[])` : sql`${id} is not null`}
    )
    select id, interval, ${sums}
    from (select id, interval, ${kinds} from picked group by id, interval, ${kind}) grouped
    group by id, interval`;
  return (await inOneReading(db, (trx) => query.execute(trx))).rows;
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
  const { rows: found } = await sql<CallSums & { key: string; queue_id: string | null }>`
    with picked as (
      select w.key, w.queue_id, ${columns}
      from call c
      join json_to_recordset(${JSON.stringify(rows)}::json) as w(key text, queue_id uuid, since timestamptz)
        on c.arrived_at >= w.since and (w.queue_id is null or c.queue_id = w.queue_id)
      ${joins}
      where c.arrived_at >= ${instant(earliest)} and ${isCustomers}
    )
    select key, queue_id, ${sums}
    from (select key, queue_id, ${kinds} from picked group by key, queue_id, ${kind}) grouped
    group by key, queue_id`.execute(db);
  return found.map(({ queue_id, ...row }) => ({ ...row, queueId: queue_id }));
}

/** A call is judged by the queue it was last offered for; without one, by its line's. */
const joins = sql`left join line l on l.id = c.line_id and c.queue_id is null
      left join queue q on q.id = coalesce(c.queue_id, l.queue_id)`;

const columns = sql`${outcomeOf} as outcome, c.type = 'missed' as missed, c.wait_ms, c.talk_ms, c.wrap_up_ms, c.transfers,
        width_bucket(c.wait_ms, ${WAIT_BUCKETS.map(({ fromSeconds }) => fromSeconds * 1000)}::integer[]) as bucket,
        c.wait_ms <= q.service_level_seconds * 1000 as in_time,
        c.owner_id is not null as owned, c.owner_id = c.agent_id as by_owner`;

/** Calls of one kind are summed up first: telling twenty figures apart for every single call would take far longer. */
const kind = sql`outcome, missed, bucket, in_time, owned, by_owner`;
const kinds = sql`${kind}, count(*) as n, sum(wait_ms) as wait_ms, max(wait_ms) as longest_ms, sum(talk_ms) as talk_ms,
      sum(wrap_up_ms) as wrap_up_ms,
      sum(transfers) as transfers`;

const offered = sql`outcome <> 'out-of-hours'`;
const served = sql`outcome not in ('out-of-hours', 'waiting')`;
const answered = sql`outcome = 'answered'`;
const byOther = sql`${answered} and owned and by_owner is not true`;

const count = (which: RawBuilder<unknown>) => sql`coalesce(sum(n) filter (where ${which}), 0)::int`;
const total = (what: string, which: RawBuilder<unknown>) =>
  sql`coalesce(sum(${sql.ref(what)}) filter (where ${which}), 0)::float8`;

const sums = sql`
      ${count(offered)} as offered,
      ${count(answered)} as answered,
      ${count(sql`outcome = 'waiting'`)} as waiting,
      ${count(sql`outcome = 'called-back'`)} as "calledBack",
      ${count(sql`outcome = 'no-answer'`)} as "noAnswer",
      ${count(sql`outcome = 'failed'`)} as failed,
      ${count(sql`outcome = 'out-of-hours'`)} as "outOfHours",
      ${count(sql`missed`)} as missed,
      ${count(sql`${answered} and in_time`)} as "answeredInTime",
      array[${sql.join(WAIT_BUCKETS.map((_, index) => count(sql`outcome = 'abandoned' and bucket = ${sql.lit(index + 1)}`)))}] as abandoned,
      ${total("wait_ms", answered)} as "answerMs",
      max(longest_ms) filter (where ${answered}) as "longestAnswerMs",
      ${total("wait_ms", served)} as "waitMs",
      max(longest_ms) filter (where ${served}) as "longestWaitMs",
      ${total("talk_ms", answered)} as "talkMs",
      ${total("wrap_up_ms", offered)} as "wrapUpMs",
      ${total("transfers", offered)} as transfers,
      ${count(sql`${offered} and owned`)} as "ownerCalls",
      ${count(sql`${answered} and by_owner`)} as "ownerAnswered",
      ${total("wait_ms", sql`${answered} and by_owner`)} as "ownerAnswerMs",
      ${count(byOther)} as "otherAnswered",
      ${total("wait_ms", byOther)} as "otherAnswerMs"`;
