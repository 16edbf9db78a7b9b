/** How e-mail leaves the house. */
import type { Sent } from "../../store/messages.ts";
import type { Log } from "../log.ts";

export interface Letter {
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly purpose: string;
}

export interface MailPort {
  /** @throws Refused when trying again is in vain, and anything else when it is not */
  send(letter: Letter): Promise<Sent>;
  close(): void;
}

/** The other side will never take this message. */
export class Refused extends Error {}

/** Without an SMTP server a mail is kept in its row and said in the log; nothing claims that it was sent. */
export function logMail(log: Log): MailPort {
  return {
    async send({ id, purpose }) {
      log.info({ mail: id, purpose }, "There is no SMTP server (DOZVON_SMTP_URL): a mail was only kept.");
      return "logged";
    },
    close() {},
  };
}
