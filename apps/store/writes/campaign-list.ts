/** Putting people on a campaign's list, and taking them off it. */
import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import type { RefusalCode } from "../../core/dialling/verdict.ts";
import { zonesOf } from "../../core/dialling/zones.ts";
import type { Db } from "../database.ts";

/** Somebody with the numbers that are to be called, in the order of trying. */
export interface Listing {
  readonly contactId: string | null;
  readonly name: string;
  readonly phones: readonly string[];
  readonly zone: string | null;
  readonly priority: number;
  /** Undefined: at once. */
  readonly nextAt: Date | undefined;
  readonly agentId: string | null;
  readonly score: number | null;
}

/** What is known of contacts that are to be listed. */
export async function contactsToList(
  db: Db,
  ids: readonly string[],
): Promise<Map<string, { name: string; phones: string[] }>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom("contact")
    .select(["id", "name"])
    .select(
      sql<string[]>`array(select phone from contact_phone where contact_id = contact.id
                           order by contact_phone.position, phone)`.as("phones"),
    )
    .where("id", "in", ids)
    .execute();
  return new Map(rows.map(({ id, ...row }) => [id, row]));
}

/** Who and which numbers are on the list already, in whatever state. Keeps others from adding until the end. */
export async function lockListed(
  trx: Db,
  campaign: string,
  { contacts, phones }: { contacts: readonly string[]; phones: readonly string[] },
): Promise<{ contacts: Set<string>; phones: Set<string> }> {
  // Not the campaign's row: the list may grow while it dials.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`list:${campaign}`}, 150))`.execute(trx);
  const { rows } = await sql<{ contact: string | null; phone: string | null }>`
    select contact_id::text as contact, null as phone from campaign_contact
     where campaign_id = ${campaign} and contact_id = any(${contacts}::uuid[])
    union all
    select null, phone from campaign_number where campaign_id = ${campaign} and phone = any(${phones})`.execute(
    trx,
  );
  return {
    contacts: new Set(rows.flatMap(({ contact }) => contact ?? [])),
    phones: new Set(rows.flatMap(({ phone }) => phone ?? [])),
  };
}

/** Of these numbers, those that are on the refusal list for ever. */
export async function refusedForEver(db: Db, phones: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ phone: string }>`
    select phone from refused_number where phone = any(${phones}) and until is null`.execute(db);
  return new Set(rows.map(({ phone }) => phone));
}

/** Writes them in this order. */
export async function addToList(trx: Db, campaign: string, people: readonly Listing[]): Promise<void> {
  const rows = people.map((person, order) => ({ id: randomUUID(), order, ...person }));
  await sql`
    insert into campaign_contact (id, campaign_id, contact_id, name, priority, next_at, agent_id)
    select id, ${campaign}, "contactId", name, priority, coalesce("nextAt", now()), "agentId"
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
           as one(id uuid, "order" integer, "contactId" uuid, name text, priority integer, "nextAt" timestamptz,
                  "agentId" uuid)
     order by "order"`.execute(trx);
  const numbers = rows.flatMap(({ id, phones, zone, score }) =>
    phones.map((phone, position) => ({ id, phone, position, zone, score })),
  );
  await sql`
    insert into campaign_number (campaign_contact_id, campaign_id, phone, position, zone, score)
    select id, ${campaign}, phone, position, zone, score
      from jsonb_to_recordset(${JSON.stringify(numbers)}::jsonb)
           as one(id uuid, phone text, position integer, zone text, score real)`.execute(trx);
}

/** Takes those of these off who wait. @param contacts ids on the list */
export async function cancelListed(db: Db, campaign: string, contacts: readonly string[]): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable("campaign_contact")
    .set({ state: "cancelled", ended_at: new Date() })
    .where("campaign_id", "=", campaign)
    .where("state", "=", "waiting")
    .where("id", "in", contacts)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** Of a list of a million no statement would see the end in time. */
export const PIECE = 2000;

/** Takes some off who wait, at most `PIECE`; fewer: nobody waits any more. */
export async function cancelSome(db: Db, campaign: string): Promise<number> {
  const { numAffectedRows } = await sql`
    update campaign_contact set state = 'cancelled', ended_at = now()
     where id in (select id from campaign_contact where campaign_id = ${campaign} and state = 'waiting'
                   order by priority desc, next_at, position limit ${PIECE} for update)`.execute(db);
  return Number(numAffectedRows ?? 0);
}

/** Deletes some of a list, in whatever state, at most `PIECE`; fewer: it is empty. */
export async function deleteSome(db: Db, campaign: string): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from campaign_contact
     where id in (select id from campaign_contact where campaign_id = ${campaign} limit ${PIECE})`.execute(
    db,
  );
  return Number(numAffectedRows ?? 0);
}

/** Does it until there is less than a piece. @returns how many it were */
export async function inPieces(some: () => Promise<number>): Promise<number> {
  let all = 0;
  for (;;) {
    const done = await some();
    all += done;
    if (done < PIECE) return all;
  }
}

/** What may be otherwise by other rules. */
const BY_THE_RULES: readonly RefusalCode[] = [
  "closed",
  "too-many",
  "after-abandoned",
  "after-machine",
  "mode-forbidden",
  "machine-dialling",
];
/** More than are dialled before the others are asked about again by themselves. */
const MOST_ASKED_AGAIN = 20_000;

/** The campaign's rules have changed: who was put off by the old ones, the first of them, is asked about again. */
export async function askAgain(trx: Db, campaign: string): Promise<void> {
  await sql`
    update campaign_contact set next_at = now(), done_reason = null
     where id in (select id from campaign_contact
                   where campaign_id = ${campaign} and state = 'waiting' and next_at > now()
                     and done_reason = any(${BY_THE_RULES})
                   order by next_at limit ${MOST_ASKED_AGAIN})`.execute(trx);
}

/**
 * Something that kept people off lists is gone for these numbers: those of whom nothing keeps one of them off any more
 * wait again, and are asked about at once. What ends by itself keeps nobody off for good (take-rows.ts, `FOR_GOOD`).
 */
export async function reopenListed(trx: Db, phones: readonly string[]): Promise<void> {
  const { rows } = await sql<{ id: string; phone: string; zone: string | null }>`
    select listed.id, number.phone, coalesce(number.zone, contact.zone, organisation.zone) as zone
      from campaign_number number
      join campaign_contact listed on listed.id = number.campaign_contact_id
      join campaign on campaign.id = listed.campaign_id
      left join contact on contact.id = listed.contact_id
      left join contact organisation on organisation.id = contact.organisation_id
     where number.phone = any(${phones}) and number.last_ending is distinct from 'not_in_service'
       and listed.state = 'refused'
       and not exists (select from refused_number refused
                        where refused.phone = number.phone and refused.until is null)
       and (not jsonb_exists(campaign.policy->'consentFor', campaign.purpose)
            or exists (select from contact_consent consent
                        where consent.phone = number.phone and consent.purpose = campaign.purpose
                          and consent.withdrawn_at is null and (consent.until is null or consent.until > now())))`.execute(
    trx,
  );
  const ids = rows.filter(({ phone, zone }) => zonesOf(phone, zone).length > 0).map(({ id }) => id);
  await sql`
    update campaign_contact set state = 'waiting', next_at = now(), done_reason = null, ended_at = null
     where id = any(${ids}::uuid[]) and state = 'refused'`.execute(trx);
}
