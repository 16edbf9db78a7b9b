/**
 * Duplicates move into their base (DUP-10): what the base has stays; what it does not have comes from the first duplicate
 * that has it, by the order of the search; everything that hangs on them moves; then they are gone.
 */
import { sql } from "kysely";
import type { Db } from "../database.ts";
import { mergeListed } from "./merge-listed.ts";

/** As many numbers and addresses as a contact takes (api/schemas/contacts.ts). */
const MOST = 20;
const PLAIN = ["position", "city", "zone", "industry", "site", "inn", "kpp", "description"] as const;
/** Moved by rules of their own, or gone with the record. */
const OWN_RULES = [
  "contact",
  "contact_phone",
  "contact_email",
  "contact_tag",
  "campaign_contact",
  "duplicate",
];

/**
 * Merges what `gatherSelected` gathered.
 * @param account whose the bases are from now on (DUP-12); null: nobody's, the administrator's
 * @returns how many records went
 */
export async function mergeSelected(trx: Db, account: string | null): Promise<number> {
  await fillFields(trx);
  await addPhones(trx);
  await addEmails(trx);
  await sql`
    insert into contact_tag (contact_id, tag_id, by_agent_id, at)
    select m.base_id, t.tag_id, t.by_agent_id, t.at from contact_tag t join merging m using (contact_id)
        on conflict do nothing`.execute(trx);
  await moveWhatHangs(trx);
  await mergeListed(trx);
  await sql`update contact set owner_id = ${account}::uuid
             where id in (select base_id from merging) and owner_id is distinct from ${account}::uuid`.execute(
    trx,
  );
  await sql`update contact p set organisation_id = m.base_id from merging m
             where p.organisation_id = m.contact_id`.execute(trx);
  await sql`
    insert into activity (contact_id, kind, by_key_id, by_agent_id, data)
    select m.base_id, 'merged', acting('key'), acting('agent'),
           jsonb_build_object('count', count(*), 'names', jsonb_agg(c.name order by m.rank))
      from merging m join contact c on c.id = m.contact_id group by m.base_id`.execute(trx);
  const { numAffectedRows } = await sql`
    delete from contact where id in (select contact_id from merging)`.execute(trx);
  return Number(numAffectedRows ?? 0);
}

async function fillFields(trx: Db): Promise<void> {
  const filled = PLAIN.map((name) => {
    const column = sql.ref(name);
    return sql`${column} = coalesce(nullif(b.${column}, ''), d.${column})`;
  });
  const first = PLAIN.map((name) => {
    const column = sql.ref(name);
    return sql`(array_agg(c.${column} order by m.rank) filter (where c.${column} <> ''))[1] as ${column}`;
  });
  await sql`
    update contact b set ${sql.join(filled)}, updated_at = now()
      from (select m.base_id, ${sql.join(first)} from merging m join contact c on c.id = m.contact_id
             group by m.base_id) d
     where d.base_id = b.id`.execute(trx);
}

/** Numbers are places in a list: those that the base has keep theirs, others take what is free. */
async function addPhones(trx: Db): Promise<void> {
  await sql`
    insert into contact_phone (contact_id, phone, position)
    select base_id, phone, last + n from (
      select base_id, phone, row_number() over (partition by base_id order by rank, position) as n,
             coalesce((select max(p.position) from contact_phone p where p.contact_id = base_id), -1) as last,
             (select count(*) from contact_phone p where p.contact_id = base_id) as had
        from (select distinct on (m.base_id, p.phone) m.base_id, p.phone, m.rank, p.position
                from merging m join contact_phone p using (contact_id)
               where not exists (select from contact_phone b where b.contact_id = m.base_id and b.phone = p.phone)
               order by m.base_id, p.phone, m.rank) new) counted
     where had + n <= ${MOST}`.execute(trx);
}

async function addEmails(trx: Db): Promise<void> {
  await sql`
    insert into contact_email (contact_id, email, position)
    select base_id, email, last + n from (
      select base_id, email, row_number() over (partition by base_id order by rank, position) as n,
             coalesce((select max(p.position) from contact_email p where p.contact_id = base_id), -1) as last,
             (select count(*) from contact_email p where p.contact_id = base_id) as had
        from (select distinct on (m.base_id, lower(e.email)) m.base_id, e.email, m.rank, e.position
                from merging m join contact_email e using (contact_id)
               where not exists (select from contact_email b
                                  where b.contact_id = m.base_id and lower(b.email) = lower(e.email))
               order by m.base_id, lower(e.email), m.rank) new) counted
     where had + n <= ${MOST}`.execute(trx);
}

/** Calls, history, what is planned: every row of any table that names the contact. */
async function moveWhatHangs(trx: Db): Promise<void> {
  const { rows } = await sql<{ table: string; column: string }>`
    select k.conrelid::regclass::text as table, a.attname as column
      from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
     where k.contype = 'f' and k.confrelid = 'contact'::regclass
       and k.conrelid::regclass::text <> all(${OWN_RULES}::text[])`.execute(trx);
  for (const { table, column } of rows)
    await sql`update ${sql.table(table)} moved set ${sql.ref(column)} = m.base_id from merging m
               where moved.${sql.ref(column)} = m.contact_id`.execute(trx);
}
