/** A contact's lists: each call replaces one of them, in the caller's transaction. */
import { sql } from "kysely";
import type { Db } from "../database.ts";

/** @param phones E.164, in the order in which they are called */
export async function setPhones(trx: Db, id: string, phones: readonly string[]): Promise<void> {
  await trx.deleteFrom("contact_phone").where("contact_id", "=", id).execute();
  if (phones.length === 0) return;
  const rows = phones.map((phone, position) => ({ contact_id: id, phone, position }));
  await trx.insertInto("contact_phone").values(rows).execute();
}

/** @param emails no two that differ in case only */
export async function setEmails(trx: Db, id: string, emails: readonly string[]): Promise<void> {
  await trx.deleteFrom("contact_email").where("contact_id", "=", id).execute();
  if (emails.length === 0) return;
  const rows = emails.map((email, position) => ({ contact_id: id, email, position }));
  await trx.insertInto("contact_email").values(rows).execute();
}

/**
 * Names that nobody of this owner has become new tags; tags that are not named are taken off.
 * @param ownerId the agent whose tags they are, null: the administrator's
 */
export async function setTags(
  trx: Db,
  id: string,
  names: readonly string[],
  ownerId: string | null,
): Promise<void> {
  const tagIds = [...new Set(await tagsNamed(trx, names, ownerId, id))];
  let gone = trx.deleteFrom("contact_tag").where("contact_id", "=", id);
  if (tagIds.length > 0) gone = gone.where("tag_id", "not in", tagIds);
  await gone.execute();
  if (tagIds.length === 0) return;
  await trx
    .insertInto("contact_tag")
    .values(tagIds.map((tag_id) => ({ contact_id: id, tag_id, by_agent_id: ownerId })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/**
 * The tags of these names: what the contact has already, else the owner's own, else the administrator's (TAG-07), else
 * new ones of the owner's.
 * @returns ids, one for each name; names that differ in case only are one tag
 */
export async function tagsNamed(
  trx: Db,
  names: readonly string[],
  ownerId: string | null,
  contactId: string | null = null,
): Promise<string[]> {
  if (names.length === 0) return [];
  const given = sql`unnest(${[...names]}::text[]) with ordinality as given (name, n)`;
  const known = sql`select distinct on (lower(name)) id, lower(name) as key
                      from tag left join contact_tag on tag_id = id and contact_id = ${contactId}::uuid
                     where tag_id is not null or owner_id = ${ownerId}::uuid or creator = 'admin'
                     order by lower(name), (tag_id is null), (owner_id is null), id`;
  await sql`
    insert into tag (name, owner_id, creator)
    select distinct on (lower(given.name)) given.name, ${ownerId}::uuid, ${ownerId === null ? "admin" : "agent"}
      from ${given} left join (${known}) k on k.key = lower(given.name) where k.id is null
     order by lower(given.name), n
        on conflict do nothing`.execute(trx);
  const { rows } = await sql<{ id: string }>`
    select k.id from ${given} join (${known}) k on k.key = lower(given.name) order by n`.execute(trx);
  return rows.map(({ id }) => id);
}
