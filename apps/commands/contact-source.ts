/** Contacts for a list or for tasks: named ones, or all that a filter finds; an agent's own ones (ROLE-02). */
import type { Db } from "../store/database.ts";
import { type ContactRow, listContacts } from "../store/reads/contacts.ts";
import { parseCursor } from "../store/reads/page.ts";
import { isId, ownAgent } from "./context.ts";
import { type Asker, CommandProblem, type ContactSource } from "./port.ts";

/** So many at once; a campaign takes more. */
export const MOST_CONTACTS = 10_000;
const PAGE = 1000;

/**
 * The contacts, in the order in which they were named, or the newest first.
 * @throws CommandProblem 422 when one that is named is not there, or there are too many
 */
export async function contactsOf(trx: Db, source: ContactSource, by: Asker): Promise<ContactRow[]> {
  return "filter" in source ? matching(trx, source.filter, by) : named(trx, source.contactIds, by);
}

async function matching(
  trx: Db,
  filter: Extract<ContactSource, { filter: object }>["filter"],
  by: Asker,
): Promise<ContactRow[]> {
  const found: ContactRow[] = [];
  let next: string | null = null;
  do {
    const after = next === null ? undefined : parseCursor(next);
    const page = await listContacts(trx, { ...filter, only: ownAgent(by), after, limit: PAGE });
    found.push(...page.items);
    next = page.next;
    if (found.length > MOST_CONTACTS)
      throw new CommandProblem(
        422,
        "too-many",
        `more than ${MOST_CONTACTS} contacts match; narrow the filter`,
        "source.filter",
      );
  } while (next !== null);
  return found;
}

async function named(trx: Db, ids: readonly string[], by: Asker): Promise<ContactRow[]> {
  const rows = new Map<string, ContactRow>();
  const wanted = [...new Set(ids)];
  for (let from = 0; from < wanted.length; from += PAGE) {
    const part = wanted.slice(from, from + PAGE).filter(isId);
    const page = await listContacts(trx, { ids: part, only: ownAgent(by), limit: PAGE });
    for (const row of page.items) rows.set(row.id, row);
  }
  return wanted.map((id, index) => {
    const row = rows.get(id);
    if (row) return row;
    throw new CommandProblem(422, "unknown", "there is no such contact", `source.contactIds.${index}`);
  });
}
