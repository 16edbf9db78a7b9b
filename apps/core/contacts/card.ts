/**
 * A row of a file as the records that it stands for, or what in it cannot be imported (IMP-02, IMP-04…IMP-10).
 *
 * A row with the name of an organisation and that of a person is this person in that organisation: the person has the
 * telephones, addresses and position, the organisation its trade, site, INN, KPP and description; both have city and tags.
 */
import { isEmail, LONGEST_TEXT, tidy } from "./contact.ts";
import type { ImportField, Mapping } from "./headings.ts";

/** Who is loaded. What is empty is not there. */
export interface Card {
  readonly organisation?: string | undefined;
  readonly name?: string | undefined;
  readonly position?: string | undefined;
  /** E.164, each once. */
  readonly phones: readonly string[];
  /** As written, each once whatever its case. */
  readonly emails: readonly string[];
  readonly city?: string | undefined;
  readonly industry?: string | undefined;
  readonly site?: string | undefined;
  readonly inn?: string | undefined;
  readonly kpp?: string | undefined;
  readonly description?: string | undefined;
  readonly tags: readonly string[];
}

/** Why a row is not imported. */
export type RefusalReason =
  | "too-long"
  | "not-a-number"
  | "not-an-address"
  | "unreadable"
  | "nobody"
  | "extra-cells"
  | "malformed"
  | "unknown-field"
  | "refused-by-database";

export interface Refused {
  readonly field: ImportField | null;
  readonly reason: RefusalReason;
  /** What stands there, shortened. */
  readonly value: string | null;
}

export interface CardRules {
  /** A number as it stands in a file → E.164; undefined: it is none. */
  readonly phone: (text: string) => string | undefined;
  /** How a number is shown, for somebody who has no name. */
  readonly shown: (phone: string) => string;
  /** Characters that a cell may have; a file's 250 (IMP-02). */
  readonly longest?: number;
}

/** What stands in the columns, by field; several cells where several columns fill one. */
export type Cells = Partial<Record<ImportField, readonly string[]>>;

/** Cells of a row, by field; blank ones are left out. */
export function cellsOf(row: readonly string[], mapping: Mapping): Cells {
  const cells: Partial<Record<ImportField, string[]>> = {};
  mapping.forEach((field, index) => {
    const text = row[index];
    if (field === null || text === undefined || text.trim() === "") return;
    const list = cells[field];
    if (list) list.push(text);
    else cells[field] = [text];
  });
  return cells;
}

/** The card of a row, or the first thing that is wrong with it. */
export function cardOf(cells: Cells, rules: CardRules): { card: Card } | { refused: Refused } {
  const wrong = firstWrong(cells, rules.longest ?? LONGEST_TEXT);
  if (wrong) return { refused: wrong };
  const phones = phonesOf(cells.phones ?? [], rules.phone);
  if ("refused" in phones) return phones;
  const emails = emailsOf(cells.emails ?? []);
  if ("refused" in emails) return emails;
  const organisation = joined(cells.organisation);
  const [phone] = phones.list;
  const name = joined(cells.name) ?? (organisation ? undefined : phone ? rules.shown(phone) : emails.list[0]);
  if (!organisation && !name) return { refused: { field: "name", reason: "nobody", value: null } };
  const described = cells.description?.map((text) => text.replace(/\r\n?/g, "\n").trim()).join("\n");
  return {
    card: {
      ...{ organisation, name, position: joined(cells.position), phones: phones.list, emails: emails.list },
      ...{ city: joined(cells.city), industry: joined(cells.industry), site: joined(cells.site) },
      ...{ inn: joined(cells.inn), kpp: joined(cells.kpp), description: described || undefined },
      tags: tagsOf(cells.tags ?? []),
    },
  };
}

/** What no database and no screen can show: control characters, and what a wrong encoding leaves. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const UNREADABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffd]/;
/** Looked for first: it is much quicker, and nearly no text has any. */
const SURROGATE = /[\ud800-\udfff]/;
const LONE_SURROGATE = /\p{Surrogate}/u;

function isUnreadable(text: string): boolean {
  return UNREADABLE.test(text) || (SURROGATE.test(text) && LONE_SURROGATE.test(text));
}

function firstWrong(cells: Cells, longest: number): Refused | undefined {
  for (const field of Object.keys(cells) as ImportField[])
    for (const text of cells[field] ?? []) {
      if (text.length > longest && [...text].length > longest)
        return { field, reason: "too-long", value: shortened(text) };
      if (isUnreadable(text)) return { field, reason: "unreadable", value: null };
    }
  return undefined;
}

/** A value as it is shown in a report. */
export function shortened(text: string): string {
  const letters = [...tidy(text)];
  return letters.length > 60 ? `${letters.slice(0, 59).join("")}…` : letters.join("");
}

/** IMP-06: by comma or semicolon, blanks around do not matter. An apostrophe makes a spreadsheet keep the plus. */
function phonesOf(
  cells: readonly string[],
  read: CardRules["phone"],
): { list: string[] } | { refused: Refused } {
  const list: string[] = [];
  for (const part of cells.flatMap((cell) => cell.split(/[,;]/))) {
    const text = part.trim().replace(/^'/, "");
    if (text === "") continue;
    const phone = read(text);
    if (phone === undefined)
      return { refused: { field: "phones", reason: "not-a-number", value: shortened(text) } };
    if (!list.includes(phone)) list.push(phone);
  }
  return { list };
}

/** IMP-07: only by comma, without spaces. */
function emailsOf(cells: readonly string[]): { list: string[] } | { refused: Refused } {
  const list: string[] = [];
  for (const part of cells.flatMap((cell) => cell.trim().split(","))) {
    if (part === "") continue;
    if (!isEmail(part))
      return { refused: { field: "emails", reason: "not-an-address", value: shortened(part) } };
    if (!list.some((other) => other.toLowerCase() === part.toLowerCase())) list.push(part);
  }
  return { list };
}

/** IMP-05: only by semicolon; a space after it does not matter. */
function tagsOf(cells: readonly string[]): string[] {
  const tags = cells.flatMap((cell) => cell.split(";")).map(tidy);
  return tags.filter((tag, index) => {
    const key = tag.toLowerCase();
    return tag !== "" && tags.findIndex((other) => other.toLowerCase() === key) === index;
  });
}

function joined(cells: readonly string[] | undefined): string | undefined {
  return cells === undefined ? undefined : tidy(cells.join(" ")) || undefined;
}
