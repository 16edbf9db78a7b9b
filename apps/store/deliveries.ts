/**
 * Deliveries of webhooks, as the jobs process works through them. All times are the database's own.
 */
import { sql } from "kysely";
import type { Db } from "./database.ts";

export interface Receiver {
  readonly id: string;
  readonly url: string;
  /** The newest first; the one before it for a day after it was changed. */
  readonly secrets: readonly string[];
  /** Failures in a row. */
  readonly failures: number;
  /** Whether a receiver that is away may be tried now. */
  readonly mayTry: boolean;
}

export interface Delivery {
  readonly id: string;
  readonly eventId: string;
  readonly type: string;
  readonly at: Date;
  readonly callId: string | null;
  readonly sequence: number;
  readonly data: Readonly<Record<string, unknown>>;
  readonly attempts: number;
}

/** What came of one attempt; `retryInMs` is used when it failed. */
export interface Attempt {
  readonly id: string;
  readonly delivered: boolean;
  readonly status: number | null;
  readonly error: string | null;
  readonly retryInMs: number;
}

/** The receiver, or undefined when it is gone or disabled. */
export async function findReceiver(db: Db, id: string): Promise<Receiver | undefined> {
  const row = await db
    .selectFrom("webhook")
    .select(["id", "url", "secret", "previous_secret", "failures"])
    .select(sql<boolean>`coalesce(previous_until > now(), false)`.as("both"))
    .select(sql<boolean>`coalesce(retry_at <= now(), true)`.as("mayTry"))
    .where("id", "=", id)
    .where("enabled", "=", true)
    .executeTakeFirst();
  if (!row) return undefined;
  const secrets = row.both && row.previous_secret ? [row.secret, row.previous_secret] : [row.secret];
  return { id: row.id, url: row.url, secrets, failures: row.failures, mayTry: row.mayTry };
}

/**
 * What should be delivered now: first what was never tried, then the oldest.
 * @param away one that is not due will do as well: any tells whether the receiver is back.
 */
export async function dueDeliveries(
  db: Db,
  webhook: string,
  { limit, away }: { limit: number; away: boolean },
): Promise<Delivery[]> {
  return db
    .selectFrom("webhook_delivery as d")
    .innerJoin("event_out as e", "e.id", "d.event_id")
    .select([
      "d.id",
      "d.attempts",
      "e.id as eventId",
      "e.type",
      "e.at",
      "e.call_id as callId",
      "e.sequence",
      "e.data",
    ])
    .where("d.webhook_id", "=", webhook)
    .where("d.state", "=", "pending")
    .$if(!away, (query) => query.where(sql<boolean>`d.next_at <= now()`))
    .orderBy("d.attempts")
    .orderBy("d.seq")
    .limit(limit)
    .execute();
}

/** Writes attempts down. What has been failing for `lifeMs` is dead from now on. */
export async function noteAttempts(db: Db, attempts: readonly Attempt[], lifeMs: number): Promise<void> {
  await sql`
    update webhook_delivery d set
           attempts = d.attempts + 1, last_at = now(), last_status = a.status, last_error = a.error,
           state = case when a.delivered then 'delivered'
                        when coalesce(d.first_failed_at, now()) <= now() - ${lifeMs} * interval '1 ms' then 'dead'
                        else 'pending' end,
           first_failed_at = case when a.delivered then d.first_failed_at else coalesce(d.first_failed_at, now()) end,
           next_at = now() + a.retry_in_ms * interval '1 ms'
      from json_to_recordset(${JSON.stringify(
        attempts.map(({ retryInMs, ...rest }) => ({ ...rest, retry_in_ms: retryInMs })),
      )}::json) as a (id uuid, delivered boolean, status int, error text, retry_in_ms float8)
     where d.id = a.id`.execute(db);
}

/** The receiver answers again: what waited because it was away is due at once. */
export async function receiverIsBack(db: Db, webhook: string): Promise<void> {
  await sql`update webhook_delivery set next_at = now() where webhook_id = ${webhook} and state = 'pending'
               and next_at > now()`.execute(db);
  await receiverIsWell(db, webhook);
}

/** No failure is counted any more. */
export async function receiverIsWell(db: Db, webhook: string): Promise<void> {
  await db
    .updateTable("webhook")
    .set({ failures: 0, failing_since: null, retry_at: null })
    .where("id", "=", webhook)
    .where("failures", ">", 0)
    .execute();
}

/**
 * Counts failures. While the receiver is away, what has waited for it for `lifeMs` is given up, tried or not.
 * @param tryInMs when it may be tried again; null: it is not away yet
 */
export async function receiverFailed(
  db: Db,
  webhook: string,
  { failures, tryInMs, lifeMs }: { failures: number; tryInMs: number | null; lifeMs: number },
): Promise<void> {
  await sql`update webhook set failures = failures + ${failures}, failing_since = coalesce(failing_since, now()),
                   retry_at = now() + ${tryInMs}::float8 * interval '1 ms' where id = ${webhook}`.execute(db);
  if (tryInMs === null) return;
  await sql`
    update webhook_delivery d set state = 'dead', last_error = coalesce(last_error, 'the receiver did not answer')
      from webhook w
     where w.id = d.webhook_id and w.id = ${webhook} and d.state = 'pending'
       and w.failing_since <= now() - ${lifeMs} * interval '1 ms'
       and d.created_at <= now() - ${lifeMs} * interval '1 ms'`.execute(db);
}

/** 410: the receiver wants nothing more. */
export async function receiverIsGone(db: Db, webhook: string): Promise<void> {
  const because = "the receiver answered 410 Gone";
  await db
    .updateTable("webhook")
    .set({ enabled: false, disabled_because: because })
    .where("id", "=", webhook)
    .execute();
  await db
    .updateTable("webhook_delivery")
    .set({ state: "dead", last_error: because })
    .where("webhook_id", "=", webhook)
    .where("state", "=", "pending")
    .execute();
}
