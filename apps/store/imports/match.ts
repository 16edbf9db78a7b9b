/** Who in the service has the names, addresses or numbers of these rows (IMP-15, IMP-16): one query for each kind of key. */
import { type RawBuilder, sql } from "kysely";
import type { Card } from "../../core/contacts/card.ts";
import type { ContactKind } from "../../core/contacts/contact.ts";
import {
  type DuplicatePolicy,
  type Existing,
  type Fields,
  type Found,
  keysOf,
  type MatchedBy,
} from "../../core/contacts/loading.ts";
import type { Db } from "../database.ts";

const WAYS = ["name", "email", "phone"] as const;

/**
 * Each key by its index, whatever the planner believes: what it knows of a table that grows by the thousand is old, and
 * half of the time it would read the whole table for each piece again. `offset 0` keeps it from joining otherwise.
 */
const OWNERS: Readonly<Record<MatchedBy, RawBuilder<unknown>>> = {
  name: sql`cross join lateral (select * from contact where lower(name) = lower(k.key) offset 0) c`,
  email: sql`cross join lateral (select contact_id from contact_email where lower(email) = lower(k.key) offset 0) e
             cross join lateral (select * from contact where id = e.contact_id offset 0) c`,
  phone: sql`cross join lateral (select contact_id from contact_phone where phone = k.key offset 0) p
             cross join lateral (select * from contact where id = p.contact_id offset 0) c`,
};

interface Hit {
  readonly n: number;
  readonly id: string;
  readonly kind: ContactKind;
  readonly name: string;
  readonly owner_id: string | null;
}

/**
 * Looks up everything that the rows could match. With `merge` the records found are locked and come with their fields.
 * @param only the agent whose records may be changed; undefined: all may
 */
export async function findExisting(
  trx: Db,
  cards: readonly Card[],
  policy: DuplicatePolicy,
  only: string | undefined,
): Promise<Found> {
  const hits = new Map<string, Hit>();
  if (policy !== "all") for (const by of WAYS) await look(trx, by, cards, policy, hits);
  const fields = policy === "merge" ? await readFields(trx, hits.values()) : new Map<string, Fields>();
  const existing = new Map<string, Existing>();
  for (const { id, kind, name, owner_id } of hits.values()) {
    const foreign = only !== undefined && owner_id !== only;
    // Who was deleted between the two looks is not there.
    const gone = policy === "merge" && !fields.has(id);
    if (!gone && !existing.has(id)) existing.set(id, { id, kind, name, foreign, fields: fields.get(id) });
  }
  return {
    find: (by, key, kind) => existing.get(hits.get(placeOf(policy, by, kind, key))?.id ?? ""),
  };
}

const placeOf = (policy: DuplicatePolicy, by: MatchedBy, kind: ContactKind, key: string) =>
  `${policy === "merge" ? kind : ""}:${by}:${key}`;

async function look(
  trx: Db,
  by: MatchedBy,
  cards: readonly Card[],
  policy: DuplicatePolicy,
  hits: Map<string, Hit>,
): Promise<void> {
  const wanted = new Map<string, { key: string; kind: ContactKind }>();
  for (const card of cards) {
    const kind = card.organisation === undefined ? "contact" : "organisation";
    for (const key of keysOf(card, by)) wanted.set(placeOf(policy, by, kind, key), { key, kind });
  }
  const list = [...wanted];
  if (list.length === 0) return;
  const keys = list.map(([, { key }]) => key);
  const kinds = list.map(([, { kind }]) => kind);
  // IMP-16, IMP-19: never across kinds, and never people in organisations.
  const same = policy === "merge" ? sql`where c.kind = k.kind and c.organisation_id is null` : sql``;
  const { rows } = await sql<Hit>`
    select distinct on (k.n) k.n::integer as n, c.id, c.kind, c.name, c.owner_id
      from unnest(${keys}::text[], ${kinds}::text[]) with ordinality as k (key, kind, n)
           ${OWNERS[by]} ${same}
     order by k.n, c.created_at, c.id`.execute(trx);
  for (const hit of rows) {
    const place = list[hit.n - 1]?.[0];
    if (place !== undefined) hits.set(place, hit);
  }
}

type FieldsRow = Record<Exclude<keyof Fields, "phones" | "emails" | "tags">, string | null> &
  Pick<Fields, "phones" | "emails" | "tags"> & { id: string };

/** Locked in one order, so that two who lock many do not wait for each other. */
async function readFields(trx: Db, hits: Iterable<Hit>): Promise<Map<string, Fields>> {
  const ids = [...new Set([...hits].map(({ id }) => id))];
  if (ids.length === 0) return new Map();
  await sql`select id from contact where id = any (${ids}::uuid[]) order by id for update`.execute(trx);
  const { rows } = await sql<FieldsRow>`
    select id, position, city, industry, site, inn, kpp, description,
           array(select phone from contact_phone where contact_id = contact.id) as phones,
           array(select email from contact_email where contact_id = contact.id) as emails,
           array(select tag.name from contact_tag join tag on tag.id = tag_id where contact_id = contact.id) as tags
      from contact where id = any (${ids}::uuid[])`.execute(trx);
  return new Map(
    rows.map(({ id, phones, emails, tags, ...singles }) => {
      const known = Object.entries(singles).filter(([, value]) => value !== null && value !== "");
      return [id, { ...Object.fromEntries(known), phones, emails, tags }];
    }),
  );
}
