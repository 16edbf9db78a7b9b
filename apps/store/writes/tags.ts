/** Tags of many contacts at once (TAG-03, TAG-04). */
import { sql } from "kysely";
import type { Db } from "../database.ts";

/**
 * Puts tags on the contacts that were picked; what is there already stays as it is.
 * @param byAgent null: the administrator
 * @returns how many tags were new on their contact
 */
export async function assignTags(
  trx: Db,
  tagIds: readonly string[],
  byAgent: string | null,
): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into contact_tag (contact_id, tag_id, by_agent_id)
    select picked.id, t, ${byAgent}::uuid from picked cross join unnest(${tagIds}::uuid[]) t
        on conflict do nothing`.execute(trx);
  return Number(numAffectedRows ?? 0);
}

/**
 * Takes a tag off every contact that has it, and the tag itself when nothing has it any more.
 * @param ownerId only off the contacts of this agent; the tag goes with them only if it is this agent's
 * @returns off how many
 */
export async function removeTag(trx: Db, id: string, ownerId: string | undefined): Promise<number> {
  const owner = ownerId ?? null;
  const { numAffectedRows } = await sql`
    delete from contact_tag where tag_id = ${id} and (${owner}::uuid is null or contact_id in (
      select id from contact where owner_id = ${owner}::uuid))`.execute(trx);
  await sql`
    delete from tag where id = ${id} and (${owner}::uuid is null or owner_id = ${owner}::uuid)
       and not exists (select from contact_tag where tag_id = tag.id)`.execute(trx);
  return Number(numAffectedRows ?? 0);
}
