/** The contact base as a table: card data without calls and comments (REP-09). */
import type { Db } from "../database.ts";
import type { ContactFilter } from "./contact-filter.ts";
import { type ContactRow, listContacts } from "./contacts.ts";
import { parseCursor } from "./page.ts";

/** A contact with the names that it only refers to. */
export interface ExportedContact extends ContactRow {
  /** The name of whose contact it is. */
  readonly owner: string | null;
  /** The name of the organisation that it is a person of. */
  readonly organisation: string | null;
}

const PAGE = 1000;

/**
 * All contacts that match, the newest first, some at a time: whoever takes them slowly keeps nothing open here.
 * @param only narrows to one owner
 */
export async function* exportContacts(
  db: Db,
  filter: ContactFilter,
  only: string | undefined,
): AsyncGenerator<ExportedContact[]> {
  const agents = new Map(
    (await db.selectFrom("agent").select(["id", "name"]).execute()).map(({ id, name }) => [id, name]),
  );
  let after: ReturnType<typeof parseCursor>;
  do {
    const { items, next } = await listContacts(db, { ...filter, only, after, limit: PAGE });
    const organisations = await namesOf(db, items);
    yield items.map((row) => ({
      ...row,
      owner: agents.get(row.ownerId ?? "") ?? null,
      organisation: organisations.get(row.organisationId ?? "") ?? null,
    }));
    after = next === null ? undefined : parseCursor(next);
  } while (after);
}

async function namesOf(db: Db, people: readonly ContactRow[]): Promise<Map<string, string>> {
  const ids = [...new Set(people.flatMap(({ organisationId }) => organisationId ?? []))];
  if (ids.length === 0) return new Map();
  const rows = await db.selectFrom("contact").select(["id", "name"]).where("id", "in", ids).execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}
