/** E-mail by SMTP. nodemailer is loaded with the first mail: most hours send none. */
import type { Transporter } from "nodemailer";
import { type MailPort, Refused } from "./port.ts";

const PATIENCE_MS = 15_000;

/** @param url such as `smtps://user:password@mail.example.com`; `smtp://…?requireTLS=true` insists on STARTTLS */
export function smtpMail(url: string, from: string): MailPort {
  let transport: Promise<Transporter> | undefined;
  const open = async (): Promise<Transporter> => {
    const { createTransport } = await import("nodemailer");
    const limits = {
      connectionTimeout: PATIENCE_MS,
      greetingTimeout: PATIENCE_MS,
      socketTimeout: PATIENCE_MS,
    };
    return createTransport({ url, ...limits, disableFileAccess: true, disableUrlAccess: true });
  };
  return {
    async send({ id, to, subject, text }) {
      transport ??= open();
      try {
        // The same id in every try, so that a mailbox can see that two are one.
        await (await transport).sendMail({ from, to, subject, text, messageId: `<${id}@dozvon>` });
      } catch (error) {
        const { responseCode } = error as { responseCode?: number };
        if (responseCode !== undefined && responseCode >= 500) throw new Refused((error as Error).message);
        throw error;
      }
      return "sent";
    },
    close() {
      void transport?.then((open) => open.close());
    },
  };
}
