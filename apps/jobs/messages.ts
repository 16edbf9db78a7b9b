/** Sends one mail or one SMS; the job library tries again, later and later, what fails. */
import type { Db } from "../store/database.ts";
import { messageFailed, messageSent, openMail, openSms } from "../store/messages.ts";
import { type MailPort, Refused } from "./mail/port.ts";
import type { SmsPort } from "./sms/port.ts";

/** Whether the job library will not try again after this one. */
export type LastTry = boolean;

/** @throws what the server said, so that it is tried again */
export async function sendMail(db: Db, port: MailPort, id: string, last: LastTry): Promise<void> {
  const letter = await openMail(db, id);
  if (letter) await send(db, "mail_out", id, last, () => port.send(letter));
}

/** @throws what the gateway said, so that it is tried again */
export async function sendSms(db: Db, port: SmsPort, id: string, last: LastTry): Promise<void> {
  const message = await openSms(db, id);
  if (message) await send(db, "sms_out", id, last, () => port.send(message));
}

async function send(
  db: Db,
  table: "mail_out" | "sms_out",
  id: string,
  last: LastTry,
  work: () => Promise<"sent" | "logged">,
): Promise<void> {
  let state: "sent" | "logged";
  try {
    state = await work();
  } catch (error) {
    const final = last || error instanceof Refused;
    await messageFailed(db, table, { id, error: (error as Error).message, last: final });
    if (error instanceof Refused) return;
    throw error;
  }
  await messageSent(db, table, id, state);
}
