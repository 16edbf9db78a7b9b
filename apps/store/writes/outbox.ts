/**
 * The outbox: what others are told is written in the transaction of the fact itself, so there is never one without
 * the other, whether or not the jobs process runs. It turns these rows into deliveries later.
 *
 * Rows that are facts by themselves (a call's end, an agent's state, a recording, a queue, a line) are told by
 * triggers (db/migrations/0010_outbox.sql); everything else calls these functions.
 */
import { sql } from "kysely";
import type { TEST_EVENT, WebhookEvent } from "../../core/webhook-events.ts";
import type { Db } from "../database.ts";

/** What an event is about. All events of one subject are numbered 1, 2, 3 … without gaps. */
export type Subject = { readonly call: string } | { readonly kind: string; readonly id: string };

/** An SMS may be this long (D-27). */
export const SMS_LENGTH = 140;

/**
 * Tells an event to every webhook that subscribed to its type.
 * @param trx the transaction that writes the fact; on its roll-back the event was never there.
 * @param data what the receiver gets as `data`, in camelCase; `callId` and `sequence` are added.
 * @returns the event's id, which stays the same in every delivery.
 */
export async function emitEvent(
  trx: Db,
  type: WebhookEvent | typeof TEST_EVENT,
  subject: Subject,
  data: Readonly<Record<string, unknown>>,
): Promise<string> {
  const call = "call" in subject ? subject.call : null;
  const name = "call" in subject ? `call:${subject.call}` : `${subject.kind}:${subject.id}`;
  const { rows } = await sql<{ id: string }>`
    select emit_event(${type}, ${name}, ${call}::uuid, ${JSON.stringify(data)}::jsonb) as id`.execute(trx);
  return (rows[0] as { id: string }).id;
}

/** An e-mail in plain text. `purpose` says what it is for, such as `call.missed`. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly purpose: string;
  /** The same message queued twice under one key is sent once. */
  readonly key?: string | undefined;
}

/** Sends an e-mail after the commit; without an SMTP server it is only kept and logged (state `logged`). */
export async function queueMail(trx: Db, { to, subject, text, purpose, key }: Mail): Promise<void> {
  await trx
    .insertInto("mail_out")
    .values({ to_address: to, subject, text, purpose, key: key ?? null })
    .onConflict((conflict) => conflict.column("key").doNothing())
    .execute();
  await wakeJobs(trx);
}

/** An SMS. `to` is E.164. */
export interface Sms {
  readonly to: string;
  readonly text: string;
  readonly purpose: string;
}

/**
 * Sends an SMS after the commit, by the driver of DOZVON_SMS_DRIVER.
 * @returns its id in sms_out, where its state can be read.
 * @throws RangeError when the text is empty or longer than SMS_LENGTH
 */
export async function queueSms(trx: Db, { to, text, purpose }: Sms): Promise<string> {
  const { length } = [...text];
  if (length < 1 || length > SMS_LENGTH)
    throw new RangeError(`an SMS has 1 to ${SMS_LENGTH} characters, not ${length}`);
  const { id } = await trx
    .insertInto("sms_out")
    .values({ to_number: to, text, purpose })
    .returning("id")
    .executeTakeFirstOrThrow();
  await wakeJobs(trx);
  return id;
}

/** Tells the jobs process, on commit, that there is something to do; it looks by itself every few seconds too. */
export async function wakeJobs(trx: Db): Promise<void> {
  await sql`select pg_notify('outbox', '')`.execute(trx);
}
