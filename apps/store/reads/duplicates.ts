/** What a search for duplicates found (DUP-01, DUP-03, DUP-07, DUP-08). */
import { sql } from "kysely";
import type { ContactKind } from "../../core/contacts/contact.ts";
import type { Db } from "../database.ts";

export interface DuplicateSummary {
  readonly kind: ContactKind;
  readonly groups: number;
  /** Without the bases. */
  readonly duplicates: number;
  readonly selected: number;
}

export interface DuplicateRow {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string | null;
  readonly createdAt: Date;
  readonly base: boolean;
  readonly selected: boolean;
  readonly matched: { field: string; value: string }[];
}

export interface DuplicateGroup {
  readonly number: number;
  readonly kind: ContactKind;
  /** The base is the first. */
  readonly records: DuplicateRow[];
}

/** The search, if it is this key's; a group without its base is none any more. */
export async function findSearch(db: Db, id: string, keyId: string) {
  const search = await db
    .selectFrom("duplicate_search")
    .select(["id", "base", "done", "created_at as createdAt"])
    .where("id", "=", id)
    .where("by_key_id", "=", keyId)
    .executeTakeFirst();
  if (!search) return undefined;
  const { rows } = await sql<DuplicateSummary>`
    select kind, count(*) filter (where base)::int as groups, count(*) filter (where not base)::int as duplicates,
           count(*) filter (where not base and selected)::int as selected
      from duplicate d where search_id = ${id} and ${isGroup} group by kind order by kind`.execute(db);
  return { ...search, kinds: rows };
}

const isGroup = sql<boolean>`exists (select from duplicate b
  where b.search_id = d.search_id and b.number = d.number and b.base)`;

/** Groups in the order of their numbers. @param after only those behind this number */
export async function listGroups(
  db: Db,
  searchId: string,
  { kind, after, limit, number }: { kind?: ContactKind; after: number; limit: number; number?: number },
): Promise<{ items: DuplicateGroup[]; next: number | null }> {
  const { rows } = await sql<DuplicateRow & { number: number; kind: ContactKind }>`
    select d.number, d.kind, d.base, d.selected, d.matched, c.id, c.name, c.owner_id as "ownerId",
           c.created_at as "createdAt"
      from duplicate d join contact c on c.id = d.contact_id
     where d.search_id = ${searchId} and d.number in (
       select b.number from duplicate b where b.search_id = ${searchId} and b.base and b.number > ${after}
          and (${kind ?? null}::text is null or b.kind = ${kind ?? null}::text)
          and (${number ?? null}::int is null or b.number = ${number ?? null}::int)
        order by b.number limit ${limit + 1})
     order by d.number, d.base desc, d.rank`.execute(db);
  const groups = new Map<number, DuplicateGroup>();
  for (const { number, kind, ...record } of rows) {
    const group = groups.get(number) ?? { number, kind, records: [] };
    group.records.push(record);
    groups.set(number, group);
  }
  const items = [...groups.values()].slice(0, limit);
  return { items, next: groups.size > limit ? (items.at(-1)?.number ?? null) : null };
}
