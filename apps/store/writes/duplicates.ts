/** Duplicates deleted, or merged into their base, all at once (DUP-09..12). */
import { sql } from "kysely";
import type { Db } from "../database.ts";

/**
 * Puts the selected duplicates with their bases into the table `merging (contact_id, base_id, rank)`, which lives as long
 * as the transaction, and locks them.
 * @param only both have to be this owner's still
 * @returns how many
 */
export async function gatherSelected(trx: Db, searchId: string, only: string | undefined): Promise<number> {
  await sql`select set_config('statement_timeout', '180s', true)`.execute(trx);
  await sql`drop table if exists pg_temp.merging`.execute(trx);
  await sql`create temp table merging (contact_id uuid primary key, base_id uuid, rank int) on commit drop`.execute(
    trx,
  );
  await sql`select id from contact where id in (select contact_id from duplicate where search_id = ${searchId})
             order by id for update`.execute(trx);
  const own = only === undefined ? sql`` : sql`and c.owner_id = ${only} and o.owner_id = ${only}`;
  const { numAffectedRows } = await sql`
    insert into merging
    select c.id, o.id, d.rank
      from duplicate d join duplicate b on b.search_id = d.search_id and b.number = d.number and b.base
      join contact c on c.id = d.contact_id join contact o on o.id = b.contact_id
     where d.search_id = ${searchId} and not d.base and d.selected
       and c.organisation_id is null and o.organisation_id is null ${own}`.execute(trx);
  await sql`analyze merging`.execute(trx);
  return Number(numAffectedRows ?? 0);
}

/** DUP-11: whose records they were is told, unless it was their own doing. */
export async function tellOwners(
  trx: Db,
  what: "deleted" | "merged",
  actor: string | undefined,
): Promise<void> {
  const concerned =
    what === "deleted"
      ? sql`select contact_id as id from merging`
      : sql`select contact_id as id from merging union select base_id from merging`;
  const because = `${what === "deleted" ? "duplicates of yours were deleted" : "records of yours were merged"}`;
  await sql`
    insert into notice (agent_id, kind, count, because)
    select owner_id, ${`contact.${what}`}, count(*), ${because} from contact
     where id in (${concerned}) and owner_id is not null and owner_id is distinct from ${actor ?? null}::uuid
     group by owner_id`.execute(trx);
}

/** Recordings of the calls of what is going to be deleted. */
export async function recordingsOfSelected(trx: Db): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select r.id from recording r join call c on c.id = r.call_id
     where r.state = 'kept' and c.contact_id in (
       select contact_id from merging union
       select id from contact where organisation_id in (select contact_id from merging))
     order by r.id`.execute(trx);
  return rows.map(({ id }) => id);
}

/** With everything that hangs on them; calls stay in the journal. @returns how many duplicates, without people */
export async function deleteSelected(trx: Db): Promise<number> {
  await sql`delete from deferred_call where contact_id in (
    select contact_id from merging union
    select id from contact where organisation_id in (select contact_id from merging))`.execute(trx);
  const { numAffectedRows } = await sql`
    delete from contact where id in (select contact_id from merging)`.execute(trx);
  return Number(numAffectedRows ?? 0);
}

/** Notes that a search is done with. @returns false: it was already, or is not this key's */
export async function closeSearch(
  trx: Db,
  id: string,
  keyId: string,
  done: "deleted" | "merged",
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable("duplicate_search")
    .set({ done })
    .where("id", "=", id)
    .where("by_key_id", "=", keyId)
    .where("done", "is", null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Another base (DUP-07), or another selection (DUP-08); what is not said stays. */
export async function chooseInGroup(
  trx: Db,
  choice: {
    searchId: string;
    number: number;
    baseId?: string | undefined;
    selectedIds?: readonly string[] | undefined;
  },
): Promise<void> {
  const { searchId, number, baseId, selectedIds } = choice;
  if (baseId !== undefined)
    await sql`update duplicate set base = contact_id = ${baseId}
               where search_id = ${searchId} and number = ${number}`.execute(trx);
  if (selectedIds !== undefined)
    await sql`update duplicate set selected = contact_id = any(${selectedIds}::uuid[])
               where search_id = ${searchId} and number = ${number}`.execute(trx);
}
