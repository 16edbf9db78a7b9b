/**
 * Contacts by what somebody typed (CONT-05): a part of a name, of a number, of an address, or of the name of the
 * organisation.
 *
 * The search field must answer at once whatever is typed, and the planner would guess wrong: what was loaded together
 * looks alike, so that a frequent part may be in no row for half of the table. The newest contacts are read one by one,
 * which is enough for every frequent part; all others are few enough to be gathered from the indexes.
 */
import { type RawBuilder, sql } from "kysely";
import type { Db } from "../database.ts";
import { containing } from "./containing.ts";

/** Whether something of the contact contains this text. */
export function matchingText(q: string): RawBuilder<boolean> {
  const ids = partsOf(q).map(({ found }) => found());
  return ids.length === 0
    ? sql<boolean>`false`
    : sql<boolean>`contact.id in (${sql.join(ids, sql` union `)})`;
}

/** So many are read whatever was typed: a part that one in fifteen has fills a page of twenty. */
const NEWEST = 300;
/** The most of each kind that are sorted by age. What more there are is left out. */
const GATHERED = 200;

/**
 * At most so many of the contacts that contain this text, the newest of what was found first; all of them, when they are
 * fewer. Text that has no trigram (`hasTrigram`) is looked for among the newest only.
 * @param db no transaction
 * @param only an agent's own contacts; undefined: everybody's
 */
export async function searchContacts(
  db: Db,
  q: string,
  only: string | undefined,
  limit: number,
): Promise<string[]> {
  const parts = partsOf(q);
  if (parts.length === 0) return [];
  const { looked, ids } = await amongNewest(db, parts, only, limit);
  const indexed = parts.filter((part) => part.indexed);
  if (ids.length === limit || looked < NEWEST || indexed.length === 0) return ids;
  const others = await byIndexes(db, indexed, only, limit);
  return [...new Set([...ids, ...others])].slice(0, limit);
}

/** @returns how many contacts were read, and those of them that match */
async function amongNewest(
  db: Db,
  parts: readonly Part[],
  only: string | undefined,
  limit: number,
): Promise<{ looked: number; ids: string[] }> {
  const own = only === undefined ? sql`` : sql`where owner_id = ${only}`;
  const matches = sql.join(
    parts.map(({ matches }) => matches),
    sql` or `,
  );
  const { rows } = await sql<{ looked: number; ids: string[] }>`
    with newest as materialized (
      select id, created_at from contact ${own} order by created_at desc, id desc limit ${NEWEST})
    select (select count(*) from newest)::int as looked, array(
      select id from newest join contact c using (id) where ${matches}
       order by newest.created_at desc, id desc limit ${limit}) as ids`.execute(db);
  return rows[0] ?? { looked: 0, ids: [] };
}

async function byIndexes(
  db: Db,
  parts: readonly Part[],
  only: string | undefined,
  limit: number,
): Promise<string[]> {
  const narrow = sql`${only === undefined ? sql`` : sql`and owner_id = ${only}`} limit ${GATHERED}`;
  const found = sql.join(
    parts.map((part) => sql`(select id from (${part.found(narrow)}) part limit ${GATHERED})`),
    sql` union all `,
  );
  return db.transaction().execute(async (trx) => {
    await sql`select set_config(name, 'off', true) from unnest(${ALL_BUT_BITMAPS}::text[]) name`.execute(trx);
    const { rows } = await sql<{ id: string }>`
      select id from contact where id in (${found}) order by created_at desc, id desc limit ${limit}`.execute(
      trx,
    );
    return rows.map(({ id }) => id);
  });
}

/** Ways in which the planner might read everything, in the hope of being through soon. */
const ALL_BUT_BITMAPS = ["enable_seqscan", "enable_indexscan", "enable_indexonlyscan", "jit"];

/** One of the things that a text may be a part of. */
interface Part {
  /** Whether contact `c` has it. */
  readonly matches: RawBuilder<unknown>;
  /** Selects the ids of contacts that have it. @param narrow what ends the query of rows with an `owner_id` */
  readonly found: (narrow?: RawBuilder<unknown>) => RawBuilder<unknown>;
  /** Whether an index finds it. */
  readonly indexed: boolean;
}

function partsOf(q: string): Part[] {
  const digits = q.replace(/\D/g, "");
  const words = /[^\d\s()+.-]/.test(q);
  return [
    ...(q.includes("@") ? [] : [ofName(q)]),
    ...(words && !q.includes("@") ? [ofOrganisation(q)] : []),
    ...(words && !/\s/.test(q.trim()) && q.trim().length > 2 ? [ofEmail(q)] : []),
    ...(!words && digits.length > 2 ? [ofPhone(q, digits)] : []),
  ];
}

/**
 * The key finds them quickly; the text itself says whether it was right. Letters have no case, and ё is е.
 * @param byKey an index may find them; to look at single rows the key is only work
 */
function contains(column: RawBuilder<unknown>, q: string, byKey = true): RawBuilder<boolean> {
  const text = q.trim().toLowerCase();
  const part = containing(text);
  // As a CASE it says nothing to the planner, which would take a frequent part for a rare one.
  const exact = sql<boolean>`case when translate(lower(${column}), 'ё', 'е') like translate(${part}, 'ё', 'е') then true else false end`;
  if (!isShort(text))
    return byKey ? sql<boolean>`(search_key(${column}) like search_key(${part}) and ${exact})` : exact;
  // One or two letters have no trigram inside a word; they have one at its beginning.
  const start = part.slice(1);
  return sql<boolean>`((search_key(${column}) like search_key(${start})
    or search_key(${column}) like search_key(${`% ${start}`})) and ${exact})`;
}

function isShort(text: string): boolean {
  return [...text].length <= 2;
}

/** Whether there is a trigram in it: three letters, or fewer at one end of a word. Else the index would be read whole. */
function hasTrigram(q: string): boolean {
  const text = q.trim().toLowerCase();
  return (isShort(text) ? LETTER : TRIGRAM).test(text);
}

/** Those of `search_key`. */
const LETTER = /[a-z0-9а-яёіїєґ]/;
const TRIGRAM = /[a-z0-9а-яёіїєґ]{3}|[^a-z0-9а-яёіїєґ][a-z0-9а-яёіїєґ]|[a-z0-9а-яёіїєґ]{2}[^a-z0-9а-яёіїєґ]/;

function ofName(q: string): Part {
  return {
    matches: contains(sql`c.name`, q, false),
    found: (narrow = sql``) => sql`select id from contact where ${contains(sql`name`, q)} ${narrow}`,
    indexed: hasTrigram(q),
  };
}

/** People of the organisations that are called so; their owner is the organisation's (OWN-04). */
function ofOrganisation(q: string): Part {
  const named = sql`kind = 'organisation' and ${contains(sql`name`, q)}`;
  const itself = sql`kind = 'organisation' and ${contains(sql`name`, q, false)}`;
  return {
    matches: sql`(select bool_or(${itself}) from contact where id = c.organisation_id)`,
    found: (narrow = sql``) => sql`
      select c.id from (select id from contact where ${named} ${narrow}) o
        join contact c on c.organisation_id = o.id`,
    indexed: hasTrigram(q),
  };
}

function ofEmail(q: string): Part {
  return {
    matches: sql`(select bool_or(${contains(sql`email`, q, false)}) from contact_email where contact_id = c.id)`,
    found: (narrow = sql``) =>
      sql`select contact_id as id from contact_email where ${contains(sql`email`, q)} ${narrow}`,
    indexed: hasTrigram(q),
  };
}

/** Any part of the number; with its beginning in one of the usual spellings, that beginning. */
function ofPhone(q: string, digits: string): Part {
  const international = q.trim().startsWith("+");
  const patterns = international
    ? [`+${digits}%`]
    : [`%${digits}%`, ...(/^8\d{3}/.test(digits) ? [`+7${digits.slice(1)}%`] : [])];
  const like = sql`(${sql.join(
    patterns.map((pattern) => sql`phone like ${pattern}`),
    sql` or `,
  )})`;
  return {
    matches: sql`(select bool_or(${like}) from contact_phone where contact_id = c.id)`,
    found: (narrow = sql``) => sql`select contact_id as id from contact_phone where ${like} ${narrow}`,
    indexed: true,
  };
}
