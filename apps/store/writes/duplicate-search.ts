/**
 * Finds records that are the same one (DUP-01..06), in the database and all at once.
 *
 * Equal in one of the fields is enough, and what two records share with a third makes three of the same. People of
 * organisations are never compared: not with each other, nor across organisations (DUP-04, IMP-19).
 */
import { type RawBuilder, sql } from "kysely";
import type { ContactKind, DuplicateField } from "../../core/contacts/contact.ts";
import type { Db } from "../database.ts";
import type { BaseCriterion } from "../tables-duplicates.ts";

export interface DuplicateQuestion {
  readonly keyId: string | null;
  /** Whose: `all`, or of these owners; null among them: nobody's. */
  readonly owners: "all" | readonly (string | null)[];
  readonly kinds: readonly ContactKind[];
  readonly fields: readonly DuplicateField[];
  readonly base: BaseCriterion;
}

const LONG = "180s";

/** @returns the search's id. What this key had found before is forgotten. */
export async function findDuplicates(trx: Db, question: DuplicateQuestion): Promise<string> {
  const { keyId, base } = question;
  await sql`select set_config('statement_timeout', ${LONG}, true)`.execute(trx);
  await trx.deleteFrom("duplicate_search").where("by_key_id", "is not distinct from", keyId).execute();
  const { id } = await trx
    .insertInto("duplicate_search")
    .values({ by_key_id: keyId, base })
    .returning("id")
    .executeTakeFirstOrThrow();
  await gatherRepeated(trx, question);
  await joinGroups(trx);
  await sql`
    insert into duplicate (search_id, contact_id, kind, number, rank, base, matched)
    select ${id}, contact_id, kind, dense_rank() over (order by label), rank, rank = 1, matched
      from (select n.contact_id, n.label, c.kind,
                   row_number() over (partition by n.label order by ${ORDERS[base]}, c.created_at, c.id) as rank,
                   (select jsonb_agg(jsonb_build_object('field', r.field, 'value', r.value) order by r.field, r.value)
                      from repeated r where r.contact_id = n.contact_id) as matched
              from same n join contact c on c.id = n.contact_id) ranked`.execute(trx);
  return id;
}

/** Every value that more than one record of a kind has. */
async function gatherRepeated(trx: Db, { owners, kinds, fields }: DuplicateQuestion): Promise<void> {
  const whose = owners === "all" ? sql`` : sql`and (${ownedBy(owners)})`;
  const pool = sql`select id, kind from contact
    where organisation_id is null and kind = any(${kinds}::text[]) ${whose}`;
  const values = fields.map((field) => VALUES[field]);
  await sql`drop table if exists pg_temp.repeated, pg_temp.same`.execute(trx);
  await sql`
    create temp table repeated on commit drop as
    select kind, field, value, contact_id from (
      select pool.kind, v.field, v.value, v.contact_id,
             count(*) over (partition by pool.kind, v.field, v.value) as times
        from (${pool}) pool join (${sql.join(values, sql` union all `)}) v (contact_id, field, value) on v.contact_id = pool.id) counted
     where times > 1`.execute(trx);
  await sql`create index on repeated (contact_id)`.execute(trx);
  await sql`analyze repeated`.execute(trx);
}

/** Each takes the least label among those it shares a value with, until nothing changes. */
async function joinGroups(trx: Db): Promise<void> {
  await sql`
    create temp table same on commit drop as
    select contact_id, row_number() over (order by kind, contact_id)::int as label
      from (select distinct kind, contact_id from repeated) each_one`.execute(trx);
  await sql`create unique index on same (contact_id)`.execute(trx);
  for (let changed = 1n; changed > 0n; ) {
    const { numAffectedRows } = await sql`
      update same set label = least_of.label
        from (select r.contact_id, min(v.label) as label
                from repeated r
                join (select kind, field, value, min(label) as label
                        from repeated join same using (contact_id) group by kind, field, value) v
               using (kind, field, value)
               group by r.contact_id) least_of
       where least_of.contact_id = same.contact_id and least_of.label < same.label`.execute(trx);
    changed = numAffectedRows ?? 0n;
  }
}

function ownedBy(owners: readonly (string | null)[]): RawBuilder<unknown> {
  const ids = owners.filter((owner) => owner !== null);
  const nobodys = owners.includes(null) ? sql`or owner_id is null` : sql``;
  return sql`owner_id = any(${ids}::uuid[]) ${nobodys}`;
}

/** A record has each of its values once. */
const VALUES: Readonly<Record<DuplicateField, RawBuilder<unknown>>> = {
  phone: sql`select contact_id, 'phone' as field, phone as value from contact_phone`,
  email: sql`select contact_id, 'email', lower(email) from contact_email`,
  name: sql`select id, 'name', lower(name) from contact`,
  inn: sql`select id, 'inn', inn from contact where inn is not null`,
  site: sql`select id, 'site', rtrim(regexp_replace(lower(site), '^(https?://)?(www\\.)?', ''), '/') from contact
             where site is not null`,
};

/** The record that comes first survives; the older one of two that are alike. */
const ORDERS: Readonly<Record<BaseCriterion, RawBuilder<unknown>>> = {
  oldest: sql`c.created_at`,
  newest: sql`c.created_at desc`,
  "most-filled": sql`num_nonnulls(c.position, c.city, c.industry, c.site, c.inn, c.kpp, c.description)
    + (select count(*) from contact_phone p where p.contact_id = c.id)
    + (select count(*) from contact_email e where e.contact_id = c.id) desc`,
  "most-active": sql`(select count(*) from call where call.contact_id = c.id)
    + (select count(*) from activity a where a.contact_id = c.id) desc`,
};
