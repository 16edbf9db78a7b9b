/** The rows of a take: who is due, whom the gate put off, and the attempts. */
import { sql } from "kysely";
import type { Campaign, ContactState } from "../core/dialling/campaign.ts";
import type { Refused } from "../core/dialling/verdict.ts";
import type { Db } from "./database.ts";
import type { Candidate, Reachable } from "./take-facts.ts";

/** An attempt's names, which the caller mints, and what is known of it before it is placed. */
export interface Minted {
  /** Of the channel, and of the attempt. */
  readonly id: string;
  /** Of the call that begins with that channel. */
  readonly callId: string;
  readonly trunkKey?: string | undefined;
  /** The number that is shown. */
  readonly callerNumber?: string | undefined;
}

export interface TakeRequest {
  /** The campaign's id. */
  readonly campaign: string;
  /** At most so many. */
  readonly most: number;
  /** Milliseconds since 1970; undefined: when everything is waited for that has to be. */
  readonly now?: number | undefined;
  /** @param attempt how often this number was tried by the campaign before */
  nextId(number: { readonly phone: string; readonly attempt: number }): Minted;
  /** Agents who are free: contacts who are to be called by one agent are taken only for these. */
  readonly agents?: readonly string[] | undefined;
  /** Whether a number may be called from here at all (DOZVON_DIAL_ALLOW); undefined: any may. */
  mayDial?(phone: string): boolean;
  /** An agent is kept for each of these calls until it is answered. */
  readonly agentKept?: boolean | undefined;
}

/** A request whose moment is known. */
export interface Decided extends TakeRequest {
  readonly now: number;
}

/** To be dialled: its attempt is written down. */
export interface Taken extends Minted {
  readonly campaignContactId: string;
  readonly contactId: string | null;
  readonly name: string;
  readonly phone: string;
  /** How likely a person answers, if somebody said so. */
  readonly score: number | null;
  readonly ringSeconds: number;
  /** Asked for this agent. */
  readonly agentId: string | null;
}

export interface Due extends Candidate {
  readonly name: string;
  readonly agentId: string | null;
}

/** Somebody who may be dialled, and the number that may be. */
export interface Allowed {
  readonly due: Due;
  readonly number: Reachable;
}

interface Wanted extends Pick<Decided, "campaign" | "now" | "agents"> {
  readonly seen: readonly string[];
  readonly limit: number;
}

/** Who is due, locked; rows that another taker holds are passed over. By priority, then by the time they are due. */
export async function dueContacts(
  trx: Db,
  { campaign, now, agents = [], seen, limit }: Wanted,
): Promise<Due[]> {
  const at = new Date(now);
  const { rows } = await sql<Due>`
    select due.id, due.contact_id as "contactId", due.name, due.attempts, due.agent_id as "agentId"
      from generate_series(9, 0, -1) level
     cross join lateral (
       select * from campaign_contact
        where campaign_id = ${campaign} and state = 'waiting' and priority = level and next_at <= ${at}
          and (agent_id is null or agent_id = any(${agents}::uuid[])) and id <> all(${seen}::uuid[])
        order by next_at, position
        limit ${limit}
          for update skip locked) due
     order by level desc, due.next_at, due.position
     limit ${limit}`.execute(trx);
  return rows;
}

/**
 * Keeps these contacts until the transaction ends; those that somebody changes or deletes at this moment are passed over,
 * or a change of thirty thousand would hold up every dial.
 * @returns the ids that are kept
 */
export async function keepContacts(trx: Db, due: readonly Due[]): Promise<Set<string>> {
  const ids = due.flatMap(({ contactId }) => contactId ?? []);
  const { rows } = await sql<{ id: string }>`
    select id from contact where id = any(${ids}::uuid[]) order by id for key share skip locked`.execute(trx);
  return new Set(rows.map(({ id }) => id));
}

/** The contact that is shown to this agent, locked. */
export async function namedContact(
  trx: Db,
  { campaign, contact, agentId }: { campaign: string; contact: string; agentId: string },
): Promise<Due | undefined> {
  return trx
    .selectFrom("campaign_contact")
    .select(["id", "contact_id as contactId", "name", "attempts", "agent_id as agentId"])
    .where("id", "=", contact)
    .where("campaign_id", "=", campaign)
    .where("state", "=", "taken")
    .where("taken_by", "=", agentId)
    .where(
      sql<boolean>`not exists (select from attempt where campaign_contact_id = campaign_contact.id and ending is null)`,
    )
    .forUpdate()
    .executeTakeFirst();
}

/** The showing of this contact ends with a call; from here on its attempt says whose it is. */
export async function previewCalled(
  trx: Db,
  contact: string,
  { attempt, byItself, now }: { attempt: string; byItself: boolean; now: number },
): Promise<void> {
  await trx
    .updateTable("campaign_preview")
    .set({ ended_at: new Date(now), outcome: "called", by_itself: byItself, attempt_id: attempt })
    .where("campaign_contact_id", "=", contact)
    .where("ended_at", "is", null)
    .execute();
  await trx.updateTable("campaign_contact").set({ taken_by: null }).where("id", "=", contact).execute();
}

/** The gate has refused whoever is shown: they wait on the list again, and the showing is over. */
export async function previewRefused(trx: Db, contact: string, now: number): Promise<void> {
  await trx
    .updateTable("campaign_preview")
    .set({ ended_at: new Date(now), outcome: "refused" })
    .where("campaign_contact_id", "=", contact)
    .where("ended_at", "is", null)
    .execute();
  await trx
    .updateTable("campaign_contact")
    .set({ state: "waiting", taken_at: null, taken_by: null })
    .where("id", "=", contact)
    .execute();
}

/** For good: nothing that time brings would let them be called. What may change is asked about again. */
const FOR_GOOD: ReadonlySet<string> = new Set(["refused", "no-consent", "zone-unknown"]);

/** Whether they go off the list for it. */
export function isForGood({ code, notBefore }: Refused): boolean {
  return notBefore === undefined && (code === "exhausted" || FOR_GOOD.has(code));
}

/** A day: calendars, limits and modes change. */
const RECHECK_MS = 86_400_000;

/** Writes down why somebody was not taken, and when to look again. */
export async function putOff(trx: Db, { id }: Due, refused: Refused, now: number): Promise<void> {
  const { code, notBefore } = refused;
  const state: ContactState = code === "exhausted" ? "done" : "refused";
  const nextAt = new Date(Math.max(notBefore ?? now + RECHECK_MS, now + 1000));
  await trx
    .updateTable("campaign_contact")
    .set({
      done_reason: code,
      ...(isForGood(refused) ? { state, ended_at: new Date(now) } : { next_at: nextAt }),
    })
    .where("id", "=", id)
    .execute();
}

/** The committed row, before anything rings (law L4). */
export async function writeAttempt(
  trx: Db,
  { id: campaignId, ringSeconds, policy }: Campaign,
  { due, number }: Allowed,
  { now, nextId }: Pick<Decided, "now" | "nextId">,
): Promise<Taken> {
  const { phone, score, zone, callee, consentId, attempts } = number;
  const minted: Minted = nextId({ phone, attempt: attempts });
  const at = new Date(now);
  const because = {
    zones: callee.zones,
    byAddress: zone !== null,
    attempts: due.attempts,
    lately: callee.past.length,
    consentId,
    policy: policy.preset,
  };
  await trx
    .insertInto("attempt")
    .values({
      ...{ id: minted.id, call_id: minted.callId, number: phone, contact_id: due.contactId, reason: null },
      ...{ agent_id: due.agentId, campaign_id: campaignId, campaign_contact_id: due.id, created_at: at },
      ...{ trunk_key: minted.trunkKey ?? null, caller_number: minted.callerNumber ?? null },
      ...{ ring_seconds: ringSeconds, because: JSON.stringify(because) },
    })
    .execute();
  await trx
    .updateTable("campaign_contact")
    .set({ state: "taken", taken_at: at, attempts: due.attempts + 1, done_reason: null })
    .where("id", "=", due.id)
    .execute();
  await trx
    .updateTable("campaign_number")
    .set({ attempts: attempts + 1, last_at: at })
    .where("campaign_contact_id", "=", due.id)
    .where("phone", "=", phone)
    .execute();
  const { contactId, name, agentId } = due;
  return { ...minted, campaignContactId: due.id, contactId, name, phone, score, ringSeconds, agentId };
}
