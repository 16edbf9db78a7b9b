/** How much waits to be told to others, for the metrics. */
import { sql } from "kysely";
import type { Db } from "../database.ts";

export interface OutboxFigures {
  /** Events that are not yet deliveries. */
  readonly events: number;
  readonly deliveriesPending: number;
  /** Since when the oldest delivery waits, in seconds; 0: none does. */
  readonly oldestSeconds: number;
  readonly deliveriesDead: number;
  readonly mails: number;
  readonly sms: number;
}

/** Counted now, all by partial indexes. */
export async function outboxFigures(db: Db): Promise<OutboxFigures> {
  const { rows } = await sql<OutboxFigures>`
    select (select count(*) from event_out where dispatched_at is null) as events,
           d.pending as "deliveriesPending", d.oldest as "oldestSeconds",
           (select count(*) from webhook_delivery where state = 'dead') as "deliveriesDead",
           (select count(*) from mail_out where state in ('queued', 'taken')) as mails,
           (select count(*) from sms_out where state in ('queued', 'taken')) as sms
      from (select count(*) as pending,
                   coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as oldest
              from webhook_delivery where state = 'pending') d`.execute(db);
  return rows[0] as OutboxFigures;
}
