/**
 * Who is shown to which agent, as rows: one showing at a time for an agent and for a contact, which two unique indexes
 * keep whoever writes. A contact that is shown is `taken`, so that nobody else dials it meanwhile.
 */

import {
  type AfterSkip,
  afterSkip,
  type Shown,
  type SkipReason,
  type SkipTo,
} from "../core/dialling/preview.ts";
import type { AgentId, Millis } from "../core/floor.ts";
import type { Db } from "./database.ts";
import { inOneTransaction, judge, lockCampaign, mayDialAtAll } from "./take.ts";
import { afterTakers, amongTakers } from "./take-facts.ts";
import { dueContacts, putOff, type TakeRequest } from "./take-rows.ts";
import { addRefusals } from "./writes/refusals.ts";

/** Somebody who is shown, and what an agent's screen begins with. */
export interface NewlyShown extends Shown {
  readonly agentId: AgentId;
  readonly campaignName: string;
  readonly contactId: string | null;
  readonly name: string;
}

export interface ShowRequest extends Pick<TakeRequest, "campaign" | "now" | "mayDial"> {
  readonly agentId: AgentId;
}

/** How many are looked at in one round, and for one showing. */
const ROUND = 10;
const MOST_LOOKED_AT = 200;

/**
 * Shows this agent the next of the campaign whom the gate would let be called now. Whoever may not be called now is put
 * off. @returns undefined: there is nobody now. @throws whatever the database throws; nobody is shown then
 */
export async function showNext(
  db: Db,
  { campaign: id, agentId, now: clock, mayDial }: ShowRequest,
): Promise<NewlyShown | undefined> {
  return inOneTransaction(db, async (trx) => {
    const campaign = await lockCampaign(trx, id);
    if (campaign?.mode !== "preview" || !mayDialAtAll(campaign)) return undefined;
    await amongTakers(trx);
    const now = clock ?? Date.now();
    const seen: string[] = [];
    while (seen.length < MOST_LOOKED_AT) {
      const due = await dueContacts(trx, { campaign: id, now, agents: [agentId], seen, limit: ROUND });
      if (due.length === 0) return undefined;
      seen.push(...due.map((one) => one.id));
      let next: { id: string; name: string; contactId: string | null } | undefined;
      for (const one of await judge(trx, campaign, due, { now, agentKept: true, mayDial })) {
        if (one === "busy") continue;
        if ("refused" in one) await putOff(trx, one.due, one.refused, now);
        else next ??= one.due;
      }
      if (!next) continue;
      const until = now + campaign.preview.seconds * 1000;
      const shown = await writeShown(trx, { campaign: id, contact: next.id, agentId, now, until });
      const { name, contactId } = next;
      return { id: shown, campaignId: id, campaignName: campaign.name, agentId, until, name, contactId };
    }
    return undefined;
  });
}

async function writeShown(
  trx: Db,
  row: { campaign: string; contact: string; agentId: AgentId; now: Millis; until: Millis },
): Promise<string> {
  const at = new Date(row.now);
  await trx
    .updateTable("campaign_contact")
    .set({ state: "taken", taken_at: at, taken_by: row.agentId, done_reason: null })
    .where("id", "=", row.contact)
    .execute();
  const { id } = await trx
    .insertInto("campaign_preview")
    .values({
      ...{ campaign_id: row.campaign, campaign_contact_id: row.contact, agent_id: row.agentId },
      ...{ shown_at: at, until: new Date(row.until) },
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** All that is shown now, to agents who may be gone; the oldest first. */
export async function openPreviews(db: Db): Promise<Shown[]> {
  const rows = await db
    .selectFrom("campaign_preview")
    .select(["id", "campaign_id", "agent_id", "until"])
    .where("ended_at", "is", null)
    .orderBy("shown_at")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    campaignId: row.campaign_id,
    agentId: row.agent_id ?? undefined,
    until: row.until.getTime(),
  }));
}

/** One that is shown now, with what a call or a skip needs; undefined: it is over, or there is none. */
export async function findShown(db: Db, id: string) {
  return db
    .selectFrom("campaign_preview as preview")
    .innerJoin("campaign_contact as listed", "listed.id", "preview.campaign_contact_id")
    .innerJoin("campaign", "campaign.id", "preview.campaign_id")
    .select(["preview.id", "preview.agent_id as agentId", "preview.campaign_id as campaignId"])
    .select(["listed.id as listedId", "listed.contact_id as contactId", "campaign.line_id as lineId"])
    .where("preview.id", "=", id)
    .where("preview.ended_at", "is", null)
    .executeTakeFirst();
}

/** To whom it was shown, be it over or not. */
export async function wasShownTo(db: Db, id: string): Promise<AgentId | undefined> {
  const row = await db
    .selectFrom("campaign_preview")
    .select("agent_id")
    .where("id", "=", id)
    .executeTakeFirst();
  return row?.agent_id ?? undefined;
}

/** Whether this contact of a list has this number there. @param phone E.164 */
export async function isListedNumber(db: Db, listed: string, phone: string): Promise<boolean> {
  const row = await db
    .selectFrom("campaign_number")
    .select("phone")
    .where("campaign_contact_id", "=", listed)
    .where("phone", "=", phone)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Gives somebody back to the list, as if they had not been shown: to the place they had.
 * @returns false: it was over already, and nothing was changed
 */
export function giveBack(
  db: Db,
  id: string,
  outcome: "returned" | "timed-out",
  now: Millis,
): Promise<boolean> {
  return over(db, id, { outcome, ended_at: new Date(now) }, { state: "waiting" }, now);
}

/** The agent skips: the showing is over, and the contact becomes what core/dialling/preview.ts says. */
export function skipShown(
  db: Db,
  id: string,
  { reason, comment, to, now }: { reason: SkipReason; comment: string; to: SkipTo; now: Millis },
): Promise<boolean> {
  const ended = { outcome: "skipped", reason, comment, ended_at: new Date(now) } as const;
  return over(db, id, ended, afterSkip(reason, to, now), now);
}

async function over(
  db: Db,
  id: string,
  ended: {
    outcome: "returned" | "timed-out" | "skipped";
    ended_at: Date;
    reason?: SkipReason;
    comment?: string;
  },
  next: AfterSkip | { readonly state: "waiting" },
  now: Millis,
): Promise<boolean> {
  const work = async (trx: Db): Promise<boolean> => {
    const shown = await findShown(trx, id);
    if (!shown) return false;
    if (next.state === "refused") await afterTakers(trx);
    // In the order of takeShown, so that neither waits for the other in a circle: the contact first.
    await trx
      .selectFrom("campaign_contact")
      .select("id")
      .where("id", "=", shown.listedId)
      .forUpdate()
      .execute();
    const row = await trx
      .updateTable("campaign_preview")
      .set(ended)
      .where("id", "=", id)
      .where("ended_at", "is", null)
      .returning("id")
      .executeTakeFirst();
    if (!row) return false;
    if (next.state === "refused") await refuseNumbers(trx, shown.listedId, ended.comment ?? "");
    await trx
      .updateTable("campaign_contact")
      .set({ taken_at: null, taken_by: null, ...columnsOf(next, now) })
      .where("id", "=", shown.listedId)
      .where("state", "=", "taken")
      .execute();
    return true;
  };
  return inOneTransaction(db, work);
}

function columnsOf(next: AfterSkip | { readonly state: "waiting" }, now: Millis) {
  if (next.state !== "waiting")
    return { state: next.state, done_reason: next.reason, ended_at: new Date(now) };
  if (!("nextAt" in next)) return { state: next.state };
  return { state: next.state, next_at: new Date(next.nextAt), ...(next.last && { priority: 0 }) };
}

/** Whoever asked not to be called is not called at any of these numbers, by anybody. */
async function refuseNumbers(trx: Db, listed: string, comment: string): Promise<void> {
  const numbers = await trx
    .selectFrom("campaign_number")
    .select("phone")
    .where("campaign_contact_id", "=", listed)
    .execute();
  const reason = comment || "asked an agent not to be called";
  await addRefusals(
    trx,
    numbers.map(({ phone }) => ({ phone, reason, source: "agent" as const, until: null })),
  );
}
