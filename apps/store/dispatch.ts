/**
 * From the outbox to the job library: rows that wait become deliveries and jobs, in one transaction each. Only the
 * jobs process does this, so the library's own tables (schema graphile_worker) are there.
 */
import { sql } from "kysely";
import type { Db } from "./database.ts";

/** So many rows are one transaction. */
export const OUTBOX_BATCH = 200;

/** The names of the jobs, as the job library knows them. */
export const JOBS = {
  deliver: "deliver",
  missed: "missed-mail",
  mail: "mail",
  sms: "sms",
  tidy: "tidy",
} as const;

/** How often a mail or an SMS is tried; the library waits e^n seconds, so about six hours together. */
export const MESSAGE_ATTEMPTS = 10;
/** Messages before deliveries: they are few, and people wait for them. */
const FIRST = -10;

/** Makes deliveries of events that wait. @returns how many events; OUTBOX_BATCH when there may be more */
export function dispatchEvents(db: Db): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ type: string; call: string | null }>`
      with taken as (
        select id, seq, type, call_id, at from event_out where dispatched_at is null order by seq limit ${OUTBOX_BATCH}
           for update skip locked
      ), made as (
        insert into webhook_delivery (webhook_id, event_id)
        select w.id, e.id from taken e
          join webhook w on w.enabled and w.created_at <= e.at and (e.type = any (w.events) or '*' = any (w.events))
         order by e.seq
            on conflict do nothing
      )
      update event_out e set dispatched_at = now() from taken where e.id = taken.id
      returning e.type, coalesce(e.call_id, (e.data ->> 'fromCallId')::uuid) as call`.execute(trx);
    for (const { type, call } of rows)
      if ((type === "call.missed" || type === "callback.failed") && call)
        await sql`select graphile_worker.add_job(${JOBS.missed}, ${JSON.stringify({ call })}::json,
                    job_key := ${`${type}:${call}`}, priority := ${FIRST})`.execute(trx);
    return rows.length;
  });
}

/** Makes jobs of mails and SMS that wait. @returns how many */
export async function dispatchMessages(db: Db): Promise<number> {
  return (await takeMessages(db, "mail_out", JOBS.mail)) + (await takeMessages(db, "sms_out", JOBS.sms));
}

function takeMessages(db: Db, table: "mail_out" | "sms_out", job: string): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const rows = await trx
      .updateTable(table)
      .set({ state: "taken" })
      .where("id", "in", (query) =>
        query
          .selectFrom(table)
          .select("id")
          .where("state", "=", "queued")
          .orderBy("created_at")
          .limit(OUTBOX_BATCH)
          .forUpdate()
          .skipLocked(),
      )
      .returning("id")
      .execute();
    for (const { id } of rows)
      await sql`select graphile_worker.add_job(${job}, ${JSON.stringify({ id })}::json,
                  max_attempts := ${MESSAGE_ATTEMPTS}, job_key := ${`${job}:${id}`}, priority := ${FIRST})`.execute(
        trx,
      );
    return rows.length;
  });
}

/**
 * One job per receiver that something waits for, at the time when it is due. The job's key makes it one however often
 * this is asked; its queue lets only one run at a time.
 * @param awayAfter failures in a row from which on only `retry_at` counts
 */
export async function wakePumps(db: Db, awayAfter: number): Promise<void> {
  await sql`
    select graphile_worker.add_job(${JOBS.deliver}, json_build_object('webhook', due.id),
             queue_name := 'webhook:' || due.id, job_key := 'webhook:' || due.id, run_at := due.at)
      from (select w.id, case when w.failures >= ${awayAfter} and p.at is not null then coalesce(w.retry_at, p.at)
                              else p.at end as at
              from webhook w
              cross join lateral (select min(next_at) as at from webhook_delivery
                                   where webhook_id = w.id and state = 'pending') p
             where w.enabled) due
     where due.at is not null`.execute(db);
}

/** Frees the jobs of a process that was killed, which the library would leave alone for four hours. */
export async function unlockLeftovers(db: Db): Promise<void> {
  await sql`select graphile_worker.force_unlock_workers(array(
              select distinct locked_by from graphile_worker.jobs where locked_by is not null))`.execute(db);
}

/** Deletes what nobody will ask for any more; numbers of calls begin anew only after a month of silence. */
export async function tidyOutbox(db: Db): Promise<void> {
  await sql`delete from webhook_delivery where state = 'delivered' and created_at < now() - interval '3 days'`.execute(
    db,
  );
  await sql`delete from webhook_delivery where state = 'dead' and created_at < now() - interval '30 days'`.execute(
    db,
  );
  await sql`delete from event_out e where e.dispatched_at is not null and e.at < now() - interval '7 days'
               and not exists (select from webhook_delivery d where d.event_id = e.id)`.execute(db);
  await sql`delete from event_subject where subject like 'call:%' and at < now() - interval '30 days'`.execute(
    db,
  );
  await sql`delete from mail_out where done_at < now() - interval '30 days'`.execute(db);
  await sql`delete from sms_out where done_at < now() - interval '30 days'`.execute(db);
  await sql`delete from notice where read_at < now() - interval '90 days'`.execute(db);
}
