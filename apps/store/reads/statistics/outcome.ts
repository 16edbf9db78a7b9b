/** What became of a call, in SQL: the same words and the same list as in core/statistics/outcomes.ts. */
import { sql } from "kysely";
import { endingsOf, type Outcome } from "../../../core/statistics/outcomes.ts";

/** The outcome of the row `call` aliased as `c`: one of Outcome, or `waiting`. */
export const outcomeOf = sql<Outcome | "waiting">`case
  when c.connected_at is not null then 'answered'
  when c.ended_at is null then 'waiting'
  when c.ending = any(${endingsOf("abandoned")}::text[]) then 'abandoned'
  when c.ending = any(${endingsOf("called-back")}::text[]) then 'called-back'
  when c.ending = any(${endingsOf("no-answer")}::text[]) then 'no-answer'
  when c.ending = any(${endingsOf("out-of-hours")}::text[]) then 'out-of-hours'
  else 'failed' end`;

/** Customers' calls on lines of ours: the only ones that queues and lines are measured by. */
export const isCustomers = sql<boolean>`(c.type in ('inbound', 'missed')
  and (c.ending is null or c.ending <> all(${endingsOf("not-ours")}::text[])))`;

/** A list of instants as PostgreSQL takes them. */
export function instants(times: readonly number[]) {
  return sql`${times.map((time) => new Date(time).toISOString())}::timestamptz[]`;
}

/** One instant. */
export function instant(time: number) {
  return sql`${new Date(time).toISOString()}::timestamptz`;
}
