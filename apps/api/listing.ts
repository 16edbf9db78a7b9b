/** People for a campaign's list, as a request names them, on their way to the engine. */
import type { Static } from "typebox";
import type { ListedRow, NewListed } from "../commands/port.ts";
import { toE164 } from "../phone/number.ts";
import { contactsMatching } from "../store/reads/contact-filter.ts";
import { filterFrom } from "./contact-filters.ts";
import type { ApiContext, Caller } from "./context.ts";
import { instantFrom, zoneFrom } from "./periods.ts";
import { wrongField } from "./problem.ts";
import { type ListRequest, MOST_ROWS } from "./schemas/campaign-list.ts";

/** The engine takes so many at once: a talk that is to be held waits a few milliseconds for it. */
const CHUNK = 1000;

type Rows = Omit<NewListed, "row">[];
type Request = Static<typeof ListRequest>;
type Reported = Omit<ListedRow, "result"> & { result: ListedRow["result"] | "not-a-number" };
type Options = Pick<NewListed, "zone" | "priority" | "nextAt" | "agentId" | "score">;

/**
 * Adds each that can be added. @returns a report of the others
 * @throws Problem 422 naming what makes no sense at all; nobody is added then
 */
export async function addToList(
  context: ApiContext,
  campaign: string,
  { contacts = [], filter, ...options }: Request,
  caller: Caller,
) {
  checkOptions(options);
  const rows = [
    ...contacts.map((row, index) => rowOf(row, index, options, context.country)),
    ...(filter ? await matching(context, filter, options) : []),
  ];
  if (rows.length > MOST_ROWS) throw wrongField("filter", `more than ${MOST_ROWS} people; narrow the filter`);
  return addAll(context, campaign, rows, caller);
}

/** The row as the engine takes it, or undefined phones where none can be read: the report says so. */
function rowOf(
  row: NonNullable<Request["contacts"]>[number],
  index: number,
  options: Options,
  country: string,
): Rows[number] & { wrong?: string[] } {
  if (typeof row === "string") return { ...options, ...read([row], country) };
  const { phones, ...rest } = row;
  checkOptions(rest, `contacts.${index}.`);
  return { ...options, ...rest, ...(phones && read(phones, country)) };
}

function read(texts: readonly string[], country: string): { phones: string[]; wrong?: string[] } {
  const phones = texts.map((text) => toE164(text, country));
  const wrong = texts.filter((_, index) => phones[index] === undefined);
  return { phones: phones.flatMap((phone) => phone ?? []), ...(wrong.length > 0 && { wrong }) };
}

/** @throws Problem 422 naming what makes no sense */
function checkOptions({ zone, nextAt }: Options, before = ""): void {
  try {
    zoneFrom(zone);
  } catch {
    throw wrongField(`${before}zone`, `unknown time zone «${zone}»`);
  }
  if (nextAt !== undefined) instantFrom(nextAt, `${before}nextAt`);
}

/** Everybody who matches, at most one more than may be; the newest first. */
async function matching(
  { db, country }: ApiContext,
  filter: NonNullable<Request["filter"]>,
  options: Options,
): Promise<Rows> {
  const found = await contactsMatching(db, filterFrom(filter, country, "filter."))
    .orderBy("contact.created_at", "desc")
    .orderBy("contact.id", "desc")
    .limit(MOST_ROWS + 1)
    .execute();
  return found.map(({ id }) => ({ ...options, contactId: id }));
}

/** A chunk after the other; when one fails those before it are on the list, and asking again adds nobody twice. */
async function addAll(
  { commands }: ApiContext,
  id: string,
  rows: readonly (Rows[number] & { wrong?: string[] })[],
  caller: Caller,
) {
  const report: Reported[] = [];
  let added = 0;
  for (let from = 0; from < rows.length; from += CHUNK) {
    const chunk = rows.slice(from, from + CHUNK);
    const sound = chunk.flatMap(({ wrong, ...row }, index) =>
      wrong && row.phones?.length === 0 ? [] : { ...row, row: from + index },
    );
    const answer =
      sound.length === 0 ? [] : (await commands.send("campaign.list", { id, rows: sound }, caller)).rows;
    added += answer.filter(({ result }) => result === "added").length;
    const results = new Map(answer.map((one) => [one.row, one]));
    chunk.forEach(({ wrong = [] }, index) => {
      const row = from + index;
      const one: Reported = results.get(row) ?? { row, result: "not-a-number" };
      const left = [...(one.left ?? []), ...wrong];
      if (one.result !== "added" || left.length > 0 || one.notAllowed)
        report.push({ ...one, ...(left.length > 0 && { left }) });
    });
  }
  const notAllowed = report.reduce((sum, { notAllowed = [] }) => sum + notAllowed.length, 0);
  return { added, notAllowed, rows: report };
}
