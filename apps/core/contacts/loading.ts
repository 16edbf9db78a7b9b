/**
 * What becomes of the rows of an import (IMP-15…IMP-20): each is compared, in its turn, with what is in the service then,
 * rows before it included, and is loaded, merged into another record, or skipped.
 *
 *   rows ─▶ keysOf ─▶ the database finds who has them ─▶ createLoading(found) ─▶ take(row) … ─▶ outcome, records to write
 */
import type { Card } from "./card.ts";
import type { ContactKind } from "./contact.ts";

/** `skip`: do not load duplicates; `merge`: into the existing record; `all`: load regardless. */
export type DuplicatePolicy = "skip" | "merge" | "all";

export type MatchedBy = "name" | "email" | "phone";

/** Somebody who is there already, in the database or from a row before. */
export interface Existing {
  readonly id: string;
  readonly kind: ContactKind;
  readonly name: string;
  /** The row that made it; undefined: it was there before. */
  readonly row?: number | undefined;
  /** Not the importing agent's: it is neither changed nor doubled. */
  readonly foreign?: boolean;
  /** As it is now; of records of the database only when rows may be merged into it. */
  readonly fields?: Fields;
}

/** What a record has. It changes while rows are merged into it. */
export interface Fields {
  position?: string | undefined;
  city?: string | undefined;
  industry?: string | undefined;
  site?: string | undefined;
  inn?: string | undefined;
  kpp?: string | undefined;
  description?: string | undefined;
  readonly phones: string[];
  readonly emails: string[];
  readonly tags: string[];
}

/** A record to be made. */
export interface NewRecord {
  readonly id: string;
  readonly kind: ContactKind;
  readonly name: string;
  readonly organisationId: string | null;
  readonly fields: Fields;
}

/** What merging brought to a record that was there before the rows of this turn. */
export interface Merged {
  readonly id: string;
  readonly row: number;
  readonly filled: Readonly<Partial<Record<Single, string>>>;
  readonly phones: readonly string[];
  readonly emails: readonly string[];
  readonly tags: readonly string[];
  /** What the file says otherwise: the record's own stays (IMP-17). */
  readonly kept: Readonly<Partial<Record<Single | "name", string>>>;
}

export const SINGLES = ["position", "city", "industry", "site", "inn", "kpp", "description"] as const;
export type Single = (typeof SINGLES)[number];

export type Outcome =
  | { readonly result: "loaded"; readonly contactId: string | null; readonly organisationId: string | null }
  | {
      readonly result: "merged";
      /** A person that was added to the organisation. */
      readonly contactId: string | null;
      readonly organisationId: string | null;
      readonly matched: Match;
    }
  | { readonly result: "skipped"; readonly reason: "duplicate" | "not-yours"; readonly matched: Match };

export interface Match {
  readonly id: string;
  readonly row: number | null;
  readonly by: MatchedBy;
}

/** Whom a key leads to. With `merge` organisations and people are looked for apart (IMP-16). */
export interface Found {
  find(by: MatchedBy, key: string, kind: ContactKind): Existing | undefined;
}

export interface Loading {
  /** The next row's fate. */
  take(row: number, card: Card): Outcome;
  /** Records to make, organisations before their people. */
  readonly made: readonly NewRecord[];
  readonly merged: readonly Merged[];
}

/** The name by which a row is compared: its organisation's, else the person's. */
export function nameOf(card: Card): string {
  return card.organisation ?? card.name ?? "";
}

const kindOf = (card: Card): ContactKind => (card.organisation === undefined ? "contact" : "organisation");

/** An organisation is who has its name (IMP-18); a person is rather who has the number. */
const ORDER: Readonly<Record<ContactKind, readonly MatchedBy[]>> = {
  organisation: ["name", "email", "phone"],
  contact: ["phone", "email", "name"],
};

/**
 * Starts with what the database found for the keys of these rows.
 * @param nextId ids of new records
 */
export function createLoading(policy: DuplicatePolicy, found: Found, nextId: () => string): Loading {
  const made: NewRecord[] = [];
  const merged: Merged[] = [];
  const here = new Map<string, Existing>();
  const across = policy === "skip";
  const keyOf = (by: MatchedBy, key: string, kind: ContactKind) =>
    `${across ? "" : kind}${by}:${by === "phone" ? key : key.toLowerCase()}`;

  function match(card: Card): { existing: Existing; by: MatchedBy } | undefined {
    const kind = kindOf(card);
    for (const by of ORDER[kind])
      for (const key of keysOf(card, by)) {
        const existing = found.find(by, key, kind) ?? here.get(keyOf(by, key, kind));
        if (existing) return { existing, by };
      }
    return undefined;
  }

  function remember(existing: Existing, names: readonly string[], { phones, emails }: Fields): void {
    const put = (by: MatchedBy, key: string) => {
      const place = keyOf(by, key, existing.kind);
      if (!here.has(place)) here.set(place, existing);
    };
    for (const name of names) put("name", name);
    for (const email of emails) put("email", email);
    for (const phone of phones) put("phone", phone);
  }

  function make(row: number, card: Card): { contactId: string | null; organisationId: string | null } {
    if (card.organisation === undefined) {
      const id = add(row, "contact", card.name ?? "", null, personOf(card, true));
      return { contactId: id, organisationId: null };
    }
    const fields = organisationOf(card);
    const organisationId = add(row, "organisation", card.organisation, null, fields);
    return { organisationId, contactId: nest(row, card, organisationId) };
  }

  function nest(row: number, card: Card, organisationId: string): string | null {
    if (card.name === undefined) return null;
    return add(row, "contact", card.name, organisationId, personOf(card, false));
  }

  function add(
    row: number,
    kind: ContactKind,
    name: string,
    organisationId: string | null,
    fields: Fields,
  ): string {
    const id = nextId();
    made.push({ id, kind, name, organisationId, fields });
    // People in organisations are never merged with anybody (IMP-19).
    if (policy === "skip" || (policy === "merge" && organisationId === null))
      remember({ id, kind, name, row, fields }, [name], fields);
    return id;
  }

  function merge(row: number, card: Card, existing: Existing): void {
    const { fields } = existing;
    if (!fields) throw new Error("a record to merge into comes without its fields");
    const brought = card.organisation === undefined ? personOf(card, true) : organisationOf(card);
    const { kept, ...result } = enrich(fields, brought);
    const name = nameOf(card);
    const other = name.toLowerCase() !== existing.name.toLowerCase();
    if (existing.row === undefined)
      merged.push({ id: existing.id, row, ...result, kept: { ...(other && { name }), ...kept } });
    remember(existing, [], fields);
  }

  return {
    made,
    merged,
    take(row, card) {
      const hit = policy === "all" ? undefined : match(card);
      if (!hit) return { result: "loaded", ...make(row, card) };
      const { existing, by } = hit;
      const matched = { id: existing.id, row: existing.row ?? null, by };
      if (policy === "skip") return { result: "skipped", reason: "duplicate", matched };
      if (existing.foreign) return { result: "skipped", reason: "not-yours", matched };
      merge(row, card, existing);
      if (existing.kind === "contact")
        return { result: "merged", contactId: existing.id, organisationId: null, matched };
      const contactId = nest(row, card, existing.id);
      return { result: "merged", contactId, organisationId: existing.id, matched };
    },
  };
}

/** What a row is looked for by, in one way. */
export function keysOf(card: Card, by: MatchedBy): readonly string[] {
  if (by === "phone") return card.phones;
  return by === "email" ? card.emails : [nameOf(card)];
}

/** Fills what is empty and adds what is not there; everything else stays (IMP-17). */
function enrich(fields: Fields, brought: Fields): Omit<Merged, "id" | "row"> {
  const filled: Partial<Record<Single, string>> = {};
  const kept: Partial<Record<Single, string>> = {};
  for (const field of SINGLES) {
    const [now, text] = [fields[field], brought[field]];
    if (text === undefined || text === now) continue;
    if (now !== undefined) kept[field] = text;
    else {
      fields[field] = text;
      filled[field] = text;
    }
  }
  return {
    ...{ filled, kept },
    phones: addNew(fields.phones, brought.phones),
    emails: addNew(fields.emails, brought.emails),
    tags: addNew(fields.tags, brought.tags),
  };
}

function addNew(list: string[], more: readonly string[]): string[] {
  const keys = new Set(list.map((each) => each.toLowerCase()));
  const added = more.filter((each) => !keys.has(each.toLowerCase()));
  list.push(...added);
  return added;
}

/** A person's part of a row; alone it has all of it. */
function personOf(card: Card, alone: boolean): Fields {
  const { position, city, phones, emails, tags } = card;
  const lists = { phones: [...phones], emails: [...emails], tags: [...tags] };
  if (!alone) return { position, city, ...lists };
  const { industry, site, inn, kpp, description } = card;
  return { position, city, industry, site, inn, kpp, description, ...lists };
}

/** The organisation's part; without a person in the row it has all of it. */
function organisationOf(card: Card): Fields {
  if (card.name === undefined) return personOf(card, true);
  const { city, industry, site, inn, kpp, description, tags } = card;
  return { city, industry, site, inn, kpp, description, phones: [], emails: [], tags: [...tags] };
}
