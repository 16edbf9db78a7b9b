/** Mails and SMS on their way out, as the jobs process sends them; and what a mail about a missed call says. */
import { sql } from "kysely";
import type { Db } from "./database.ts";

/** How a message ended. `logged`: there is nothing to send it with, so it is only kept. */
export type Sent = "sent" | "logged";

/** A mail that is still to be sent; undefined when it was sent, given up or removed. */
export function openMail(db: Db, id: string) {
  return db
    .selectFrom("mail_out")
    .select(["id", "to_address as to", "subject", "text", "purpose"])
    .where("id", "=", id)
    .where("state", "=", "taken")
    .executeTakeFirst();
}

/** An SMS that is still to be sent; undefined when it was sent, given up or removed. */
export function openSms(db: Db, id: string) {
  return db
    .selectFrom("sms_out")
    .select(["id", "to_number as to", "text", "purpose"])
    .where("id", "=", id)
    .where("state", "=", "taken")
    .executeTakeFirst();
}

/** Notes that a message left. */
export async function messageSent(
  db: Db,
  table: "mail_out" | "sms_out",
  id: string,
  state: Sent,
): Promise<void> {
  await sql`update ${sql.table(table)} set state = ${state}, attempts = attempts + 1, last_error = null,
                   done_at = now() where id = ${id}`.execute(db);
}

/** Notes an attempt that failed. @param last nobody will try again */
export async function messageFailed(
  db: Db,
  table: "mail_out" | "sms_out",
  { id, error, last }: { id: string; error: string; last: boolean },
): Promise<void> {
  await sql`update ${sql.table(table)} set attempts = attempts + 1, last_error = ${error.slice(0, 500)},
                   state = case when ${last} then 'failed' else state end,
                   done_at = case when ${last} then now() end where id = ${id}`.execute(db);
}

/** Everything that the mails about one missed call say: a row for each notice whose agent has an address. */
export function missedMails(db: Db, call: string) {
  return db
    .selectFrom("notice")
    .innerJoin("agent", "agent.id", "notice.agent_id")
    .innerJoin("call", "call.id", "notice.call_id")
    .leftJoin("line", "line.id", "call.line_id")
    .leftJoin("contact", "contact.id", "call.contact_id")
    .select([
      "notice.id",
      "agent.name as agentName",
      "agent.email",
      "call.from_number as from",
      "call.arrived_at as arrivedAt",
      "call.wait_ms as waitMs",
      "line.name as lineName",
      "line.number as lineNumber",
      "line.language",
      "line.hours",
      "contact.name as contactName",
      "call.ending",
      "notice.because",
    ])
    .where("notice.call_id", "=", call)
    .where("notice.kind", "in", ["call.missed", "callback.failed"])
    .where("agent.email", "is not", null)
    .execute();
}
