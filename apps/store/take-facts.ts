/**
 * What the compliance gate has to know of somebody, read for many at once. Asked inside the transaction that takes
 * them, after their numbers are locked, so that no other taker can change the answer before the attempt is written.
 */
import { sql } from "kysely";
import type { Purpose } from "../core/dialling/campaign.ts";
import { type Callee, HISTORY_MS, type PastAttempt } from "../core/dialling/gate.ts";
import type { TriedNumber } from "../core/dialling/retry.ts";
import { zonesOf } from "../core/dialling/zones.ts";
import type { Db } from "./database.ts";
import { handDialled } from "./hand-dialled.ts";
import { numbersOfPeople, ownersOf, peopleOf } from "./same-person.ts";

/** Somebody on a list. */
export interface Candidate {
  readonly id: string;
  readonly contactId: string | null;
  readonly attempts: number;
}

/** One of a candidate's numbers, and what the gate has to know of it. */
export interface Reachable extends TriedNumber {
  readonly candidate: string;
  readonly attempts: number;
  readonly position: number;
  readonly score: number | null;
  /** The zone that an address gives. */
  readonly zone: string | null;
  readonly callee: Callee;
  /** The consent that is the evidence. */
  readonly consentId: string | null;
}

/** A number before the gate's facts are read. */
export type NumberRow = Omit<Reachable, "callee" | "lastEnding" | "consentId"> & {
  readonly contactId: string | null;
  readonly lastEnding: TriedNumber["lastEnding"] | null;
  /** Whose number it is, when the candidate is no contact. */
  readonly owners?: readonly string[] | undefined;
};

/** A call that nobody ended for so long is a record that was lost. */
const LONGEST_CALL_HOURS = 6;

/** The candidates' numbers in the order in which they should be tried: the least tried first. */
export async function numbersOf(db: Db, candidates: readonly Candidate[]): Promise<NumberRow[]> {
  const rows = await db
    .selectFrom("campaign_number as number")
    .innerJoin("campaign_contact as listed", "listed.id", "number.campaign_contact_id")
    .leftJoin("contact", "contact.id", "listed.contact_id")
    .leftJoin("contact as organisation", "organisation.id", "contact.organisation_id")
    .select(["listed.id as candidate", "listed.contact_id as contactId", "number.phone", "number.attempts"])
    .select(["number.position", "number.score", "number.last_ending as lastEnding"])
    .select((row) => row.fn.coalesce("number.zone", "contact.zone", "organisation.zone").as("zone"))
    .where(
      "number.campaign_contact_id",
      "in",
      candidates.map(({ id }) => id),
    )
    .orderBy("number.attempts")
    .orderBy("number.position")
    .execute();
  const plain = rows.filter(({ contactId }) => contactId === null);
  const owners = await ownersOf(
    db,
    plain.map(({ phone }) => phone),
  );
  return rows.map((row) => (row.contactId === null ? { ...row, owners: owners.get(row.phone) } : row));
}

/**
 * Keeps other takers away from these numbers and people until the transaction ends; does not wait for them.
 * @returns the keys that are ours: a phone, or `contact:<id>`
 */
export async function lockKeys(trx: Db, keys: readonly string[]): Promise<Set<string>> {
  await amongTakers(trx);
  const { rows } = await sql<{ key: string }>`
    select key from (select key, pg_try_advisory_xact_lock(hashtextextended(key, 150)) as ours
                       from unnest(${[...new Set(keys)].sort()}::text[]) key) locked
     where ours`.execute(trx);
  return new Set(rows.map(({ key }) => key));
}

/** Held by everybody who decides about numbers. */
const TAKERS = "takers";

/**
 * Waits until nobody changes facts by which others decide; from here on, until the end, nobody does. The clock is read
 * afterwards, since the calendar may have closed meanwhile.
 */
export async function amongTakers(trx: Db): Promise<void> {
  await sql`select pg_advisory_xact_lock_shared(hashtextextended(${TAKERS}, 150))`.execute(trx);
}

/** Waits until nobody decides about numbers by facts that are about to change, and keeps everybody from it until the end. */
export async function afterTakers(trx: Db): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${TAKERS}, 150))`.execute(trx);
}

/** The key of a contact for `lockKeys`. */
export function contactKey(contactId: string): string {
  return `contact:${contactId}`;
}

/** Everything the gate asks about these numbers, at this moment. */
export async function readFacts(
  db: Db,
  candidates: readonly Candidate[],
  numbers: readonly NumberRow[],
  { purpose, now }: { purpose: Purpose; now: number },
): Promise<Reachable[]> {
  const phones = [...new Set(numbers.map(({ phone }) => phone))];
  if (phones.length === 0) return [];
  const listed = candidates.flatMap(({ contactId }) => contactId ?? []);
  const contacts = [...new Set([...listed, ...numbers.flatMap(({ owners = [] }) => owners)])];
  const theirs = await numbersOfPeople(db, contacts);
  const all = [...new Set([...phones, ...[...theirs.values()].flat()])];
  const at = new Date(now);
  const since = new Date(now - HISTORY_MS);
  const [past, refusals, consents, talking] = [
    [...(await pastAttempts(db, all, contacts, since)), ...(await handDialled(db, all, contacts, since))],
    await refusalsOf(db, phones),
    await consentsOf(db, phones, purpose, at),
    await onThePhone(db, all, new Date(now - LONGEST_CALL_HOURS * 3_600_000)),
  ];
  const tries = new Map(candidates.map(({ id, attempts }) => [id, attempts]));
  const people = peopleOf(numbers, theirs);
  return numbers.map(({ lastEnding, contactId: _, owners: __, ...number }) => {
    const person = people.get(number.candidate);
    const consent = consents.get(number.phone);
    return {
      ...number,
      lastEnding: lastEnding ?? undefined,
      consentId: consent ?? null,
      callee: {
        phone: number.phone,
        zones: zonesOf(number.phone, number.zone),
        refusal: refusals.get(number.phone) ?? null,
        consent: consent !== undefined,
        past: past.filter(
          (attempt) =>
            person?.phones.has(attempt.number) ||
            (attempt.contactId !== null && person?.contacts.has(attempt.contactId)),
        ),
        attempts: tries.get(number.candidate) ?? 0,
        inCall: [...(person?.phones ?? [])].some((phone) => talking.has(phone)),
      },
    };
  });
}

type Remembered = PastAttempt & { readonly contactId: string | null };

/**
 * An agent's call whose record nobody has begun yet: it is younger than this, or it never was (store/attempts.ts finds
 * that out).
 */
const UNRECORDED_SECONDS = 30;

/**
 * Attempts of all campaigns and agents, without those of which we know that the person's phone did not ring: an agent's
 * own phone is called first (LINE-13), and when it was not lifted nobody was disturbed.
 */
async function pastAttempts(
  db: Db,
  phones: readonly string[],
  contacts: readonly string[],
  since: Date,
): Promise<Remembered[]> {
  const rows = await db
    .selectFrom("attempt")
    .leftJoin("call", "call.id", "attempt.call_id")
    .select(["attempt.number", "attempt.contact_id", "attempt.created_at", "attempt.ending"])
    .select(["attempt.ended_at", openAttempt.as("open")])
    .where((row) =>
      row.or([
        row("attempt.number", "in", phones),
        ...(contacts.length > 0 ? [row("attempt.contact_id", "in", contacts)] : []),
      ]),
    )
    .where((row) =>
      row.or([
        row("attempt.created_at", ">", since),
        row.and([row("attempt.campaign_id", "is not", null), row("attempt.ending", "is", null)]),
      ]),
    )
    .where("attempt.state", "in", ["placing", "placed"])
    .where(
      sql<boolean>`attempt.campaign_id is not null or attempt.agent_id is null or call.ended_at is null or exists (
        select from call_leg l where l.call_id = attempt.call_id and l.to_number = attempt.number)`,
    )
    .execute();
  return rows.map((row) => ({
    number: row.number,
    contactId: row.contact_id,
    at: row.created_at.getTime(),
    ending: row.ending ?? undefined,
    endedAt: row.ended_at?.getTime(),
    open: row.open,
  }));
}

/** A campaign's that has no ending; an agent's that is being placed, or whose call goes on. */
const openAttempt = sql<boolean>`case
  when attempt.campaign_id is not null then attempt.ending is null
  when call.id is not null then call.ended_at is null
       and attempt.created_at > now() - ${LONGEST_CALL_HOURS} * interval '1 hour'
  else attempt.created_at > now() - ${UNRECORDED_SECONDS} * interval '1 second' end`;

/** Who of these is on the refusal list, and until when. */
export async function refusalsOf(
  db: Db,
  phones: readonly string[],
): Promise<Map<string, { until?: number }>> {
  const rows = await db
    .selectFrom("refused_number")
    .select(["phone", "until"])
    .where("phone", "in", phones)
    .execute();
  return new Map(rows.map(({ phone, until }) => [phone, until ? { until: until.getTime() } : {}]));
}

/** Phone → the newest consent that holds. */
async function consentsOf(
  db: Db,
  phones: readonly string[],
  purpose: Purpose,
  at: Date,
): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom("contact_consent")
    .select(["phone", "id"])
    .where("phone", "in", phones)
    .where("purpose", "=", purpose)
    .where("given_at", "<=", at)
    .where((row) => row.or([row("until", "is", null), row("until", ">", at)]))
    .where("withdrawn_at", "is", null)
    .orderBy("given_at")
    .execute();
  return new Map(rows.map(({ phone, id }) => [phone, id]));
}

async function onThePhone(db: Db, phones: readonly string[], since: Date): Promise<Set<string>> {
  const rows = await db
    .selectFrom("call")
    .select(["from_number", "to_number"])
    .where("ended_at", "is", null)
    .where("arrived_at", ">", since)
    .where((row) => row.or([row("from_number", "in", phones), row("to_number", "in", phones)]))
    .execute();
  return new Set(rows.flatMap((row) => [row.from_number ?? "", row.to_number ?? ""]));
}
