/** The mail about a missed call (MISS-01, MISS-02, MISS-03), in the language of the line. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import mustache from "mustache";
import { CALLBACK_FAILED } from "../../core/records/missed.ts";
import { home } from "../../home.ts";
import type { Db } from "../../store/database.ts";
import { missedMails } from "../../store/messages.ts";
import { queueMail } from "../../store/writes/outbox.ts";

type Row = Awaited<ReturnType<typeof missedMails>>[number];
type Language = "ru" | "en";

const WITHHELD: Readonly<Record<Language, string>> = { ru: "номер скрыт", en: "number withheld" };
const templates = new Map<Language, string>();

/** Queues the mails of one missed call; asking twice queues each once. */
export async function mailMissed(db: Db, call: string): Promise<void> {
  for (const row of await missedMails(db, call)) {
    if (row.email === null) continue;
    const { subject, text } = missedMail(row);
    await queueMail(db, { to: row.email, subject, text, purpose: "call.missed", key: `notice:${row.id}` });
  }
}

/** The first line of the template is the subject. Times are the line's own. */
export function missedMail(row: Omit<Row, "id" | "email">): { subject: string; text: string } {
  const language = row.language ?? "ru";
  const zone = row.hours?.zone ?? "UTC";
  const view = {
    agent: row.agentName,
    line: oneLine(row.lineName ?? row.lineNumber ?? "—"),
    number: row.from ?? WITHHELD[language],
    contact: row.contactName === null ? undefined : oneLine(row.contactName),
    callBack: row.from,
    at: new Intl.DateTimeFormat(language === "ru" ? "ru-RU" : "en-GB", {
      dateStyle: "short",
      timeStyle: "short",
      timeZone: zone,
    }).format(row.arrivedAt),
    zone,
    waited: Math.round((row.waitMs ?? 0) / 1000),
    reason: reason(row.because, language),
  };
  const plain = { escape: (text: unknown) => String(text) };
  const [subject = "", ...text] = mustache.render(template(language), view, undefined, plain).split("\n");
  return { subject, text: text.join("\n").trimStart() };
}

/** Names come from people: a line break in one must not begin another header or sentence. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

const REASONS: Readonly<Record<string, string>> = {
  "the call came out of hours": "звонок поступил в нерабочее время",
  "the call was offered to you first": "звонок был предложен вам первому",
  "nobody was there to take the call": "никого не было на месте",
  [CALLBACK_FAILED]: "клиент просил перезвонить, и дозвониться не удалось",
  "the call was offered to nobody": "звонок никому не был предложен",
  "the one to whom the call was offered first is gone": "того, кому звонок был предложен первым, больше нет",
};

function reason(because: string, language: Language): string {
  return language === "ru" ? (REASONS[because] ?? because) : because;
}

function template(language: Language): string {
  let text = templates.get(language);
  if (text === undefined) {
    text = readFileSync(join(home, "apps/jobs/templates", `missed.${language}.mustache`), "utf8");
    templates.set(language, text);
  }
  return text;
}
