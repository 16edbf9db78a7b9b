/**
 * What became of attempts: their evidence as it comes, their ending once, and what follows for the contact.
 */
import { sql } from "kysely";
import { type AttemptEnding, LIVE_ENDINGS } from "../core/dialling/campaign.ts";
import type { Policy } from "../core/dialling/policy.ts";
import { afterAttempt, type DoneReason, type TriedNumber } from "../core/dialling/retry.ts";
import type { Db } from "./database.ts";

/** The evidence of an attempt, in milliseconds since 1970 where it is a time. */
export interface AttemptFacts {
  readonly trunkKey?: string | undefined;
  readonly callerNumber?: string | undefined;
  readonly agentId?: string | undefined;
  readonly answeredAt?: number | undefined;
  readonly greetingEndedAt?: number | undefined;
  readonly connectedAt?: number | undefined;
  readonly abandonedAt?: number | undefined;
  readonly messagePlayedAt?: number | undefined;
  readonly amd?: AmdVerdict | undefined;
  readonly pressed?: string | undefined;
}

export interface AmdVerdict {
  readonly verdict: "person" | "machine" | "unsure";
  /** AMDCAUSE. */
  readonly cause: string;
  /** How long it took. */
  readonly ms: number;
}

export interface Settled {
  /** False: it had been settled before, and nothing was changed. */
  readonly settled: boolean;
  /** What the contact is now; undefined: it was not waiting for this attempt any more. */
  readonly contact?:
    | { readonly id: string; readonly state: "waiting"; readonly nextAt: number }
    | { readonly id: string; readonly state: "done"; readonly reason: DoneReason }
    | undefined;
}

/** Writes evidence down. What is written stays as it is: a second word on the same thing changes nothing. */
export async function noteAttempt(db: Db, id: string, facts: AttemptFacts): Promise<void> {
  const set = columns(facts);
  if (Object.keys(set).length > 0) await db.updateTable("attempt").set(set).where("id", "=", id).execute();
}

/** It is on its way: Asterisk has taken it. */
export async function attemptPlaced(db: Db, id: string, trunkKey?: string): Promise<void> {
  await db
    .updateTable("attempt")
    .set({ state: "placed", ...columns({ trunkKey }) })
    .where("id", "=", id)
    .where("state", "=", "placing")
    .execute();
}

/**
 * Writes an attempt's ending, once; asked again it changes nothing. In the same transaction its contact becomes what
 * the campaign's retry rules say (core/dialling/retry.ts).
 * @param db may be a transaction, of which it becomes a part
 */
export async function settleAttempt(
  db: Db,
  id: string,
  how: AttemptFacts & {
    readonly ending: AttemptEnding;
    readonly endedAt: number;
    /** Q.850. */
    readonly cause?: number | undefined;
  },
): Promise<Settled> {
  const work = async (trx: Db): Promise<Settled> => {
    const { ending, endedAt, cause, ...facts } = how;
    const live = LIVE_ENDINGS.includes(ending);
    const row = await trx
      .updateTable("attempt")
      .set({
        ...columns({
          ...facts,
          // What is counted has a time to be counted at.
          answeredAt: facts.answeredAt ?? (live ? endedAt : undefined),
          abandonedAt: facts.abandonedAt ?? (ending === "abandoned" ? endedAt : undefined),
        }),
        // The record knows the trunk that carried it; before, it was the one that was asked first.
        ...(facts.trunkKey !== undefined && { trunk_key: facts.trunkKey }),
        ...{ ending, cause: cause ?? null, ended_at: new Date(endedAt) },
        state: ending === "not_placed" ? "not-placed" : "placed",
      })
      .where("id", "=", id)
      .where("campaign_id", "is not", null)
      .where("ending", "is", null)
      .returning(["number", "campaign_id as campaignId", "campaign_contact_id as contact"])
      .executeTakeFirst();
    if (!row) return { settled: false };
    if (!row.contact) return { settled: true };
    return { settled: true, contact: await moveOn(trx, row.contact, row.number, ending, endedAt) };
  };
  return db.isTransaction ? work(db) : db.transaction().execute(work);
}

/** The contact after its attempt; undefined when it was taken off the list meanwhile. */
async function moveOn(
  trx: Db,
  id: string,
  phone: string,
  ending: AttemptEnding,
  endedAt: number,
): Promise<Settled["contact"]> {
  const back = ending === "not_placed" ? 1 : 0;
  const listed = await trx
    .updateTable("campaign_contact")
    .set((row) => ({ attempts: row("attempts", "-", back), last_ending: ending }))
    .where("id", "=", id)
    .returning(["campaign_id as campaignId", "state", "attempts"])
    .executeTakeFirst();
  if (!listed) return undefined;
  await trx
    .updateTable("campaign_number")
    .set((row) => ({ attempts: row("attempts", "-", back), last_ending: ending }))
    .where("campaign_contact_id", "=", id)
    .where("phone", "=", phone)
    .execute();
  if (listed.state !== "taken") return undefined;
  const policy = await policyOf(trx, listed.campaignId);
  const numbers = await numbersOf(trx, id);
  const alike = await alikeOf(trx, id, ending);
  const next = afterAttempt(policy, { ending, endedAt, attempts: listed.attempts, alike, numbers });
  const over = next.state === "done";
  await trx
    .updateTable("campaign_contact")
    .set({
      ...{ state: next.state, taken_at: null, taken_by: null },
      done_reason: over ? next.reason : null,
      ...(over ? { ended_at: new Date(endedAt) } : { next_at: new Date(next.nextAt) }),
    })
    .where("id", "=", id)
    .execute();
  return { id, ...next };
}

async function policyOf(trx: Db, campaignId: string): Promise<Policy> {
  const row = await trx
    .selectFrom("campaign")
    .select("policy")
    .where("id", "=", campaignId)
    .executeTakeFirstOrThrow();
  return row.policy as Policy;
}

async function numbersOf(trx: Db, id: string): Promise<TriedNumber[]> {
  const rows = await trx
    .selectFrom("campaign_number")
    .select(["phone", "last_ending"])
    .where("campaign_contact_id", "=", id)
    .execute();
  return rows.map(({ phone, last_ending }) => ({ phone, lastEnding: last_ending ?? undefined }));
}

async function alikeOf(trx: Db, id: string, ending: AttemptEnding): Promise<number> {
  const row = await trx
    .selectFrom("attempt")
    .select((one) => one.fn.countAll<number>().as("alike"))
    .where("campaign_contact_id", "=", id)
    .where("ending", "=", ending)
    .executeTakeFirstOrThrow();
  return row.alike;
}

/** Each only where nothing is written yet. */
function columns(facts: AttemptFacts) {
  const time = (column: string, value: number | undefined) =>
    value === undefined ? {} : { [column]: first(column, new Date(value)) };
  const text = (column: string, value: string | undefined) =>
    value === undefined ? {} : { [column]: first(column, value) };
  return {
    ...text("trunk_key", facts.trunkKey),
    ...text("caller_number", facts.callerNumber),
    ...(facts.agentId !== undefined && { agent_id: facts.agentId }),
    ...time("answered_at", facts.answeredAt),
    ...time("greeting_ended_at", facts.greetingEndedAt),
    ...time("connected_at", facts.connectedAt),
    ...time("abandoned_at", facts.abandonedAt),
    ...time("message_played_at", facts.messagePlayedAt),
    ...text("pressed", facts.pressed),
    ...(facts.amd && { amd: sql<string>`coalesce(amd, ${JSON.stringify(facts.amd)}::jsonb)` }),
  };
}

function first(column: string, value: Date | string) {
  return sql`coalesce(${sql.ref(column)}, ${value})`;
}
