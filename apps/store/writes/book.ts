/** What is done to the contacts that were picked (writes/picked.ts), all at once (CONT-04). */
import { sql } from "kysely";
import type { Db } from "../database.ts";

/**
 * Gives contacts to another owner; people follow their organisation and are left out (OWN-04). History and notices are
 * written by the database.
 */
export async function passContacts(
  trx: Db,
  ownerId: string | null,
): Promise<{ passed: number; nested: number }> {
  const { numAffectedRows } = await sql`
    update contact set owner_id = ${ownerId}::uuid, updated_at = now()
     where id in (select id from picked) and organisation_id is null and owner_id is distinct from ${ownerId}::uuid`.execute(
    trx,
  );
  const { rows } = await sql<{ nested: number }>`
    select count(*)::int as nested from contact
     where id in (select id from picked) and organisation_id is not null
       and organisation_id not in (select id from picked)`.execute(trx);
  return { passed: Number(numAffectedRows ?? 0), nested: rows[0]?.nested ?? 0 };
}

/** Organisations go with their people. @returns how many went, those people among them */
export async function deleteContacts(trx: Db): Promise<{ deleted: number }> {
  const { numAffectedRows } = await sql`
    delete from contact where id in (select id from picked union
       select id from contact where organisation_id in (select id from picked))`.execute(trx);
  return { deleted: Number(numAffectedRows ?? 0) };
}
