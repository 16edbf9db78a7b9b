/** The retention of recordings: what is past it, and what its latest run did (REC-03). */
import { sql } from "kysely";
import type { Db } from "../database.ts";

/** One run of the retention. Times are ISO 8601. */
export interface RetentionRun {
  readonly startedAt: string;
  readonly endedAt: string;
  readonly deleted: number;
  /** Those that resisted; they are tried again at the next run. */
  readonly failed: number;
  /** `daily`, or the key that asked for it. */
  readonly by: string;
}

/** Where it is kept among the company's settings. */
export const RETENTION_RUN = "recordingRetention";

/** Of the recording `r`, its call's line `l`. */
export const isExpired = sql<boolean>`r.adopted_at < now() - make_interval(
         days => case when l.id is null then r.retention_days else l.retention_days end)`;

/** The latest run; undefined: there was none. */
export async function lastRetentionRun(db: Db): Promise<RetentionRun | undefined> {
  const query = db.selectFrom("company_setting").select("value").where("name", "=", RETENTION_RUN);
  return (await query.executeTakeFirst())?.value as RetentionRun | undefined;
}

/** How many recordings are past their retention, and how many of those a legal hold keeps; the others are due. */
export async function countExpired(db: Db): Promise<{ due: number; held: number }> {
  const { rows } = await sql<{ due: number; held: number }>`
    select count(*) filter (where not r.held)::int as due, count(*) filter (where r.held)::int as held
      from recording r left join call c on c.id = r.call_id left join line l on l.id = c.line_id
     where r.state = 'kept' and ${isExpired}`.execute(db);
  return rows[0] ?? { due: 0, held: 0 };
}
