/** The contacts that somebody picked, by their ids or by what they have in common, for what is done to them next. */
import { sql } from "kysely";
import type { Db } from "../database.ts";
import { type ContactFilter, contactsMatching, type Reach } from "../reads/contact-filter.ts";

export type Picked = { readonly ids: readonly string[] } | { readonly filter: ContactFilter };

/** A million contacts take longer than a request for one. */
const LONG = "180s";

/**
 * Puts them into the table `picked (id)`, which lives as long as the transaction: a million ids never leave the
 * database. They are locked, in the order of their ids, so that two who pick the same do not wait for each other.
 * @returns how many
 */
export async function pickContacts(trx: Db, picked: Picked, reach: Reach): Promise<number> {
  await sql`select set_config('statement_timeout', ${LONG}, true)`.execute(trx);
  await sql`drop table if exists pg_temp.picked`.execute(trx);
  await sql`create temp table picked (id uuid primary key) on commit drop`.execute(trx);
  let query = contactsMatching(trx, "ids" in picked ? {} : picked.filter, reach);
  if ("ids" in picked) query = query.where(sql<boolean>`contact.id = any(${picked.ids}::uuid[])`);
  const locked = query.orderBy("contact.id").forUpdate("contact");
  const { numAffectedRows } = await sql`insert into picked ${locked}`.execute(trx);
  await sql`analyze picked`.execute(trx);
  return Number(numAffectedRows ?? 0);
}

/** The first of these ids that was not picked. */
export async function firstMissing(trx: Db, ids: readonly string[]): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id from unnest(${ids}::uuid[]) with ordinality wanted (id, n)
     where id not in (select id from picked) order by n limit 1`.execute(trx);
  return rows[0]?.id;
}
