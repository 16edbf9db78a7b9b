/** What an import brings to records that were there: empty fields are filled, lists grow, the rest stays (IMP-17). */
import { sql } from "kysely";
import { zoneOfCity } from "../../core/contacts/city-zones.ts";
import { type Merged, SINGLES } from "../../core/contacts/loading.ts";
import type { Db } from "../database.ts";

/** Writes it, and into each record's history what was filled and what the file says otherwise. */
export async function writeMerged(
  trx: Db,
  merged: readonly Merged[],
  agentId: string | null,
  { id, tagOf }: { id: string; tagOf: (name: string) => string },
): Promise<void> {
  if (merged.length === 0) return;
  await fill(trx, merged);
  const phones = merged.flatMap((each) => each.phones.map((phone) => [each.id, phone] as const));
  const emails = merged.flatMap((each) => each.emails.map((email) => [each.id, email] as const));
  const tags = merged.flatMap((each) => each.tags.map((name) => [each.id, tagOf(name)] as const));
  await sql`
    insert into contact_phone (contact_id, phone, position)
    select m.id, m.phone, m.n::integer + coalesce((select max(position) from contact_phone where contact_id = m.id), -1)
      from unnest(${ids(phones)}::uuid[], ${texts(phones)}::text[]) with ordinality as m (id, phone, n)
        on conflict do nothing`.execute(trx);
  await sql`
    insert into contact_email (contact_id, email, position)
    select m.id, m.email, m.n::integer + coalesce((select max(position) from contact_email where contact_id = m.id), -1)
      from unnest(${ids(emails)}::uuid[], ${texts(emails)}::text[]) with ordinality as m (id, email, n)
        on conflict do nothing`.execute(trx);
  await sql`
    insert into contact_tag (contact_id, tag_id, by_agent_id)
    select m.id, m.tag, ${agentId}::uuid from unnest(${ids(tags)}::uuid[], ${texts(tags)}::uuid[]) as m (id, tag)
        on conflict do nothing`.execute(trx);
  const told = merged.map(({ row, filled, kept, phones, emails, tags }) =>
    JSON.stringify({ importId: id, row, filled, kept, phones, emails, tags }),
  );
  await sql`
    insert into activity (contact_id, kind, by_agent_id, data)
    select m.id, 'merged', ${agentId}::uuid, m.data
      from unnest(${merged.map((each) => each.id)}::uuid[], ${told}::jsonb[]) as m (id, data)`.execute(trx);
}

/** A record that several rows were merged into comes several times; no field of it is filled twice. */
async function fill(trx: Db, merged: readonly Merged[]): Promise<void> {
  const filled = new Map<string, Record<string, string>>();
  for (const each of merged) {
    const zone = each.filled.city === undefined ? undefined : zoneOfCity(each.filled.city);
    const fields = { ...filled.get(each.id), ...each.filled, ...(zone && { zone }) };
    if (Object.keys(fields).length > 0) filled.set(each.id, fields);
  }
  if (filled.size === 0) return;
  const sets = [...SINGLES, "zone"].map(
    (field) =>
      sql`${sql.ref(field)} = coalesce(nullif(${sql.ref(`contact.${field}`)}, ''), m.data ->> ${sql.lit(field)})`,
  );
  const ids = [...filled.keys()];
  const data = [...filled.values()].map((each) => JSON.stringify(each));
  // The ids once more: by them the few are found, and not by reading everybody.
  await sql`
    update contact set updated_at = now(), ${sql.join(sets)}
      from unnest(${ids}::uuid[], ${data}::jsonb[]) as m (id, data)
     where contact.id = m.id and contact.id = any (${ids}::uuid[])`.execute(trx);
}

const ids = (pairs: readonly (readonly [string, string])[]) => pairs.map(([id]) => id);
const texts = (pairs: readonly (readonly [string, string])[]) => pairs.map(([, text]) => text);
