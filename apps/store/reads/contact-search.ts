/**
 * Contacts by what somebody typed (CONT-05): a part of a name, of a number, of an address, or of the name of the
 * organisation.
 */
import { type RawBuilder, sql } from "kysely";
import type { Db } from "../database.ts";
import { containing } from "./containing.ts";

/** Whether something of the contact contains this text. */
export function matchingText(q: string): RawBuilder<boolean> {
  const ids = sql.join(
    branches(q).map((branch) => sql`select id from (${branch()}) part`),
    sql` union `,
  );
  return sql<boolean>`contact.id in (${ids})`;
}

/**
 * At most so many of the contacts that contain this text, the newest of what was found first. Fast for a frequent part,
 * too, because no more is looked for than is shown.
 */
export async function searchContacts(
  db: Db,
  q: string,
  only: string | undefined,
  limit: number,
): Promise<string[]> {
  const own = only === undefined ? sql`` : sql`and c.owner_id = ${only}`;
  const parts = branches(q).map((branch) => sql`(${branch(own)} limit ${limit})`);
  const { rows } = await sql<{ id: string }>`
    select id from contact where id in (select id from (${sql.join(parts, sql` union all `)}) found)
     order by created_at desc, id desc limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** Selects `id`, and narrows `c`. */
type Branch = (own?: RawBuilder<unknown>) => RawBuilder<unknown>;

function branches(q: string): Branch[] {
  const digits = q.replace(/\D/g, "");
  const words = /[^\d\s()+.-]/.test(q);
  return [
    ...(q.includes("@") ? [] : [byName(q)]),
    ...(words && !q.includes("@") ? [byOrganisation(q)] : []),
    ...(words && !/\s/.test(q.trim()) && q.trim().length > 2 ? [byEmail(q)] : []),
    ...(!words && digits.length > 2 ? [byPhone(q, digits)] : []),
  ];
}

/** The key finds them quickly; the text itself says whether it was right. Letters have no case, and ё is е. */
function contains(column: RawBuilder<unknown>, q: string): RawBuilder<boolean> {
  const text = q.trim().toLowerCase();
  const part = containing(text);
  // As a CASE it says nothing to the planner, which would take a frequent part for a rare one.
  const exact = sql`case when translate(lower(${column}), 'ё', 'е') like translate(${part}, 'ё', 'е') then true else false end`;
  if ([...text].length > 2) return sql<boolean>`search_key(${column}) like search_key(${part}) and ${exact}`;
  // One or two letters have no trigram inside a word; they have one at its beginning.
  const start = part.slice(1);
  return sql<boolean>`(search_key(${column}) like search_key(${start})
    or search_key(${column}) like search_key(${`% ${start}`})) and ${exact}`;
}

function byName(q: string): Branch {
  return (own = sql``) =>
    sql`select c.id from contact c where ${contains(sql`c.name`, q)} ${own} order by c.created_at desc, c.id desc`;
}

/** People of the organisations that are called so. */
function byOrganisation(q: string): Branch {
  return (own = sql``) => sql`
    select c.id from contact o join contact c on c.organisation_id = o.id
     where o.kind = 'organisation' and ${contains(sql`o.name`, q)} ${own}`;
}

function byEmail(q: string): Branch {
  return (own = sql``) => sql`
    select c.id from contact_email e join contact c on c.id = e.contact_id
     where ${contains(sql`e.email`, q)} ${own}`;
}

/** Any part of the number; with its beginning in one of the usual spellings, that beginning. */
function byPhone(q: string, digits: string): Branch {
  const international = q.trim().startsWith("+");
  const patterns = international
    ? [`+${digits}%`]
    : [`%${digits}%`, ...(/^8\d{3}/.test(digits) ? [`+7${digits.slice(1)}%`] : [])];
  const like = sql.join(
    patterns.map((pattern) => sql`p.phone like ${pattern}`),
    sql` or `,
  );
  return (own = sql``) => sql`
    select c.id from contact_phone p join contact c on c.id = p.contact_id where (${like}) ${own}`;
}
