/** How SMS leave the house (verification of numbers, notices to clients). */
import type { Sent } from "../../store/messages.ts";
import type { Log } from "../log.ts";

export interface ShortMessage {
  readonly id: string;
  /** E.164. */
  readonly to: string;
  readonly text: string;
  readonly purpose: string;
}

export interface SmsPort {
  /** @throws Refused when trying again is in vain, and anything else when it is not */
  send(message: ShortMessage): Promise<Sent>;
}

/** Keeps the text in its row (sms_out) for whoever looks; the log names the last four digits and no text. */
export function logSms(log: Log): SmsPort {
  return {
    async send({ id, to, purpose }) {
      log.info({ sms: id, to: `…${to.slice(-4)}`, purpose }, "An SMS was only kept (DOZVON_SMS_DRIVER=log).");
      return "logged";
    },
  };
}
