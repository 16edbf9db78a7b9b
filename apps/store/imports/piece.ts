/**
 * A piece of an import: what its rows lead to, their report, and how far the import is, in one transaction. It is there
 * whole or not at all, and never twice: the piece must begin where the import stands.
 */
import { sql } from "kysely";
import { type Card, type Refused, shortened } from "../../core/contacts/card.ts";
import { zoneOfCity } from "../../core/contacts/city-zones.ts";
import {
  createLoading,
  type DuplicatePolicy,
  type Loading,
  type NewRecord,
  type Outcome,
} from "../../core/contacts/loading.ts";
import type { Db } from "../database.ts";
import { tagsNamed } from "../writes/contacts.ts";
import { findExisting } from "./match.ts";
import { writeMerged } from "./merged.ts";
import type { Copy, CopyValue, ImportSession } from "./session.ts";

/** A row as it was read. */
export type ReadRow = { readonly row: number } & ({ readonly card: Card } | { readonly refused: Refused });

/** The import is not to go on: it was cancelled, or somebody else has it. */
export class ImportStopped extends Error {}

interface Standing {
  readonly policy: DuplicatePolicy;
  readonly owner_id: string | null;
  readonly agent_id: string | null;
  readonly tag: string | null;
}

/** Ids of tags by name, kept from piece to piece. */
export type KnownTags = Map<string, string>;

/**
 * Loads these rows.
 * @param after the row before the first of these, as the last piece left it
 * @throws ImportStopped; what PostgreSQL says against a row (class 22 or 23), and then nothing of the piece is there
 */
export async function savePiece(
  session: ImportSession,
  id: string,
  { after, rows, nextId }: { after: number; rows: readonly ReadRow[]; nextId: () => string },
  known: KnownTags,
): Promise<void> {
  const save = session.db.transaction().execute(async (trx) => {
    const standing = await takeUp(trx, id, after);
    const cards = rows.flatMap((row) => ("card" in row ? [withTag(row.card, standing.tag)] : []));
    const own = standing.agent_id ?? undefined;
    const found = await findExisting(trx, cards, standing.policy, own);
    const loading = createLoading(standing.policy, found, nextId);
    let card = 0;
    const outcomes = rows.map((row) =>
      "card" in row ? loading.take(row.row, cards[card++] as Card) : row.refused,
    );
    await nameTags(trx, loading, standing.agent_id, known);
    const given = await giveOwners(trx, loading.made);
    await session.copy(copies(loading.made, { ...standing, id }, known, () => report(id, rows, outcomes)));
    if (given) await ownersGiven(trx, "off");
    await writeMerged(trx, loading.merged, standing.agent_id, { id, tagOf: (name) => tagOf(known, name) });
    await goOn(trx, id, rows.at(-1)?.row ?? after, outcomes, loading);
  });
  await save.catch((error: unknown) => {
    // Tags that were made with it are not there.
    known.clear();
    throw error;
  });
}

async function takeUp(trx: Db, id: string, after: number): Promise<Standing> {
  const row = await trx
    .selectFrom("contact_import")
    .select(["policy", "owner_id", "agent_id", "tag", "state", "row_done"])
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirst();
  if (!row?.policy || row.state !== "running" || row.row_done !== after)
    throw new ImportStopped(`${row?.state ?? "gone"} at row ${row?.row_done ?? 0}`);
  return { ...row, policy: row.policy };
}

/** IMP-13. */
function withTag(card: Card, tag: string | null): Card {
  if (tag === null || card.tags.some((one) => one.toLowerCase() === tag.toLowerCase())) return card;
  return { ...card, tags: [...card.tags, tag] };
}

const tagOf = (known: KnownTags, name: string): string => {
  const id = known.get(name);
  if (id === undefined) throw new Error("a tag without an id");
  return id;
};

async function nameTags(trx: Db, loading: Loading, agentId: string | null, known: KnownTags): Promise<void> {
  const names = new Set([
    ...loading.made.flatMap(({ fields }) => fields.tags),
    ...loading.merged.flatMap(({ tags }) => tags),
  ]);
  const wanted = [...names].filter((name) => !known.has(name));
  const ids = await tagsNamed(trx, wanted, agentId);
  wanted.forEach((name, index) => {
    known.set(name, ids[index] ?? "");
  });
}

/**
 * Whose the new telephones and addresses are is known, and need not be looked up for each (migration 0229), unless somebody
 * comes into an organisation that was there: that one's owner counts.
 */
async function giveOwners(trx: Db, made: readonly NewRecord[]): Promise<boolean> {
  const own = new Set(made.map(({ id }) => id));
  const known = made.every(({ organisationId }) => organisationId === null || own.has(organisationId));
  if (known) await ownersGiven(trx, "on");
  return known;
}

/** Until the end of the transaction at most. */
async function ownersGiven(trx: Db, value: "on" | "off"): Promise<void> {
  await sql`select set_config('dozvon.owners_given', ${value}, true)`.execute(trx);
}

/** Everything that is only added, each made when it is asked for. */
function* copies(
  made: readonly NewRecord[],
  { id, owner_id, agent_id }: Standing & { id: string },
  known: KnownTags,
  report: () => CopyValue[][],
): Generator<Copy> {
  yield {
    into: "contact (id, kind, name, position, owner_id, organisation_id, city, zone, industry, site, inn, kpp, description, import_id)",
    rows: made.map(({ id: contact, kind, name, organisationId, fields }) => [
      ...[contact, kind, name, fields.position ?? null, owner_id, organisationId, fields.city ?? null],
      ...[fields.city === undefined ? null : (zoneOfCity(fields.city) ?? null), fields.industry ?? null],
      ...[fields.site ?? null, fields.inn ?? null, fields.kpp ?? null, fields.description ?? null, id],
    ]),
  };
  const each = (list: "phones" | "emails") =>
    made.flatMap(({ id: contact, fields }) => fields[list].map((text, at) => [contact, text, at, owner_id]));
  yield { into: "contact_phone (contact_id, phone, position, owner_id)", rows: each("phones") };
  yield { into: "contact_email (contact_id, email, position, owner_id)", rows: each("emails") };
  yield {
    into: "contact_tag (contact_id, tag_id, by_agent_id)",
    rows: made.flatMap(({ id: contact, fields }) =>
      fields.tags.map((name) => [contact, tagOf(known, name), agent_id]),
    ),
  };
  yield {
    into: "contact_import_row (import_id, number, result, reason, field, value, contact_id, organisation_id, matched_id, matched_by, matched_row)",
    rows: report(),
  };
}

function report(
  id: string,
  rows: readonly ReadRow[],
  outcomes: readonly (Outcome | Refused)[],
): CopyValue[][] {
  return rows.map(({ row }, index) => reportRow(id, row, outcomes[index] as Outcome | Refused));
}

function reportRow(id: string, row: number, outcome: Outcome | Refused): CopyValue[] {
  if (!("result" in outcome)) {
    const { reason, field, value } = outcome;
    const shown = value === null ? null : shortened(value);
    return [id, row, "refused", reason, field, shown, null, null, null, null, null];
  }
  const { result } = outcome;
  const matched =
    "matched" in outcome ? [outcome.matched.id, outcome.matched.by, outcome.matched.row] : [null, null, null];
  if (result === "skipped") return [id, row, result, outcome.reason, null, null, null, null, ...matched];
  return [id, row, result, null, null, null, outcome.contactId, outcome.organisationId, ...matched];
}

async function goOn(
  trx: Db,
  id: string,
  row: number,
  outcomes: readonly (Outcome | Refused)[],
  { made }: Loading,
): Promise<void> {
  const of = (result: Outcome["result"]) =>
    outcomes.filter((outcome) => "result" in outcome && outcome.result === result);
  const merged = of("merged") as Extract<Outcome, { result: "merged" }>[];
  const people = made.filter(({ kind }) => kind === "contact").length;
  const refused = outcomes.filter((outcome) => !("result" in outcome)).length;
  const organisations = merged.filter(({ organisationId }) => organisationId !== null).length;
  await sql`
    update contact_import
       set row_done = ${row}, attempts = 0,
           loaded = loaded + ${of("loaded").length}, merged = merged + ${merged.length},
           skipped = skipped + ${of("skipped").length}, refused = refused + ${refused},
           contacts_loaded = contacts_loaded + ${people},
           organisations_loaded = organisations_loaded + ${made.length - people},
           contacts_merged = contacts_merged + ${merged.length - organisations},
           organisations_merged = organisations_merged + ${organisations}
     where id = ${id}`.execute(trx);
}
