/** Tags, and whose contacts they are on (TAG-05, TAG-07). */
import { sql } from "kysely";
import type { Db } from "../database.ts";

export interface TagRow {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string | null;
  readonly creator: "admin" | "agent";
  /** On how many contacts, of those that were asked about. */
  readonly contacts: number;
}

/**
 * Tags in the order of their names.
 * @param ownerId the tags of this agent: its own ones and those on its contacts, counted on its contacts; without it
 * the administrator's, counted on all contacts.
 */
export async function listTags(db: Db, ownerId?: string, id?: string): Promise<TagRow[]> {
  const owner = ownerId ?? null;
  const { rows } = await sql<TagRow>`
    select t.id, t.name, t.owner_id as "ownerId", t.creator, count(c.id)::int as contacts
      from tag t
      left join contact_tag ct on ct.tag_id = t.id
      left join contact c on c.id = ct.contact_id and (${owner}::uuid is null or c.owner_id = ${owner}::uuid)
     where (${id ?? null}::uuid is null or t.id = ${id ?? null}::uuid)
     group by t.id
    having case when ${owner}::uuid is null then t.creator = 'admin' or t.owner_id is null
                else t.owner_id = ${owner}::uuid or count(c.id) > 0 end
     order by lower(t.name), t.id`.execute(db);
  return rows;
}
