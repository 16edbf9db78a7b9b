/**
 * How a campaign's list stands, added up from what every change of it wrote down (db/migrations/0221): a list may have a
 * million people, and somebody looks at it every few seconds.
 */
import { type RawBuilder, sql } from "kysely";
import type { ContactState } from "../../core/dialling/campaign.ts";
import type { Db } from "../database.ts";

export interface ListReason {
  readonly state: ContactState;
  /** core/dialling/list-words.ts. */
  readonly code: string;
  readonly count: number;
  /** Of those who wait: when the first is due, or is looked at again. */
  readonly nextAt: Date | null;
}

/** Whether the people of this code wait for nothing but an agent and a line. */
export function isDue(code: string): boolean {
  return code === "due" || code === "for-an-agent";
}

/** How many of the list stand as they do for which reason, the commonest first. */
export async function listReasons(db: Db, campaign: string, now: number): Promise<ListReason[]> {
  const at = sql`${new Date(now)}::timestamptz`;
  // Who becomes due within these ten minutes is counted one by one.
  const waiting = sql`campaign_contact where campaign_id = ${campaign} and state = 'waiting'`;
  const later = sql`list_code(state, done_reason, last_ending)`;
  const code = codeOf(sql`next_at <= ${at}`, sql`agent_id is not null`, later);
  const { rows } = await sql<ListReason>`
    with counted as (
      select state, ${codeOf(sql`due < ten_minutes(${at})`, sql`kept`, sql`code`)} as code, due as since, sum(change) as count
        from campaign_tally
       where campaign_id = ${campaign} and due is distinct from ten_minutes(${at})
       group by state, code, kept, due having sum(change) > 0
      union all
      select state, ${code}, ten_minutes(${at}), count(*) from ${waiting}
         and next_at >= ten_minutes(${at}) and next_at < ten_minutes(${at}) + interval '10 minutes'
       group by 1, 2),
    reason as materialized (
      select state, code, sum(count)::int as count, min(since) as since from counted group by state, code)
    select state, reason.code, count, case when state = 'waiting' then (
             select min(first.next_at) from generate_series(0, 9) level cross join lateral (
               select next_at from ${waiting} and priority = level and next_at >= reason.since and ${code} = reason.code
                order by next_at limit 1) first) end as "nextAt"
      from reason order by count desc, code`.execute(db);
  return rows;
}

function codeOf(
  due: RawBuilder<unknown>,
  kept: RawBuilder<unknown>,
  later: RawBuilder<unknown>,
): RawBuilder<unknown> {
  return sql`case when ${due} then case when ${kept} then 'for-an-agent' else 'due' end else ${later} end`;
}
