/** What an agent is shown, with all that they decide by; and how often people were shown. */
import { sql } from "kysely";
import type { AttemptEnding } from "../../core/dialling/campaign.ts";
import type { PreviewOutcome, SkipReason } from "../../core/dialling/preview.ts";
import type { Db } from "../database.ts";
import { listContacts } from "./contacts.ts";
import { type HistoryRow, listHistory } from "./history.ts";
import { scenarioOfLine } from "./scenarios.ts";

/** How much of a contact's history is shown at once; the rest has its own pages. */
const NEWEST = 10;

export interface ShownNumber {
  readonly phone: string;
  /** By this campaign. */
  readonly attempts: number;
  readonly lastAt: Date | null;
  readonly lastEnding: AttemptEnding | null;
  /** Whether its owner does not want to be called. */
  readonly refused: boolean;
}

export interface EarlierAttempt {
  readonly callId: string;
  readonly phone: string;
  readonly at: Date;
  readonly ending: AttemptEnding | null;
  readonly agentId: string | null;
}

export interface EarlierSkip {
  readonly at: Date;
  readonly agentId: string | null;
  readonly reason: SkipReason;
  readonly comment: string;
}

/** Undefined: the agent is shown nobody now. */
export async function previewOf(db: Db, agentId: string) {
  const row = await db
    .selectFrom("campaign_preview as preview")
    .innerJoin("campaign_contact as listed", "listed.id", "preview.campaign_contact_id")
    .innerJoin("campaign", "campaign.id", "preview.campaign_id")
    .select(["preview.id", "preview.shown_at as shownAt", "preview.until", "listed.id as listedId"])
    .select(["listed.name", "listed.contact_id as contactId", "listed.attempts as tried"])
    .select(["campaign.id as campaignId", "campaign.name as campaignName", "campaign.purpose"])
    .select(["campaign.line_id as lineId", "campaign.preview_timeout as onTimeout"])
    .where("preview.agent_id", "=", agentId)
    .where("preview.ended_at", "is", null)
    .executeTakeFirst();
  if (!row) return undefined;
  const { listedId, contactId } = row;
  const numbers = await numbersOf(db, listedId);
  const attempts = await attemptsOf(db, listedId);
  const skips = await skipsOf(db, listedId);
  const contact =
    contactId === null ? undefined : (await listContacts(db, { id: contactId, limit: 1 })).items[0];
  const history: readonly HistoryRow[] =
    contactId === null ? [] : (await listHistory(db, { contactId, limit: NEWEST })).items;
  const scenario = await scenarioOfLine(db, "outbound", row.lineId);
  return { ...row, numbers, attempts, skips, contact: contact ?? null, history, scenario: scenario ?? null };
}

export type PreviewRow = NonNullable<Awaited<ReturnType<typeof previewOf>>>;

/** In the order in which they would be called. */
async function numbersOf(db: Db, listed: string): Promise<ShownNumber[]> {
  return db
    .selectFrom("campaign_number as number")
    .leftJoin("refused_number as refusal", "refusal.phone", "number.phone")
    .select(["number.phone", "number.attempts", "number.last_at as lastAt"])
    .select("number.last_ending as lastEnding")
    .select(
      sql<boolean>`refusal.phone is not null and (refusal.until is null or refusal.until > now())`.as(
        "refused",
      ),
    )
    .where("number.campaign_contact_id", "=", listed)
    .orderBy("number.attempts")
    .orderBy("number.position")
    .execute();
}

async function attemptsOf(db: Db, listed: string): Promise<EarlierAttempt[]> {
  return db
    .selectFrom("attempt")
    .select(["call_id as callId", "number as phone", "created_at as at", "ending", "agent_id as agentId"])
    .where("campaign_contact_id", "=", listed)
    .orderBy("created_at", "desc")
    .limit(NEWEST)
    .execute();
}

async function skipsOf(db: Db, listed: string): Promise<EarlierSkip[]> {
  const rows = await db
    .selectFrom("campaign_preview")
    .select(["ended_at as at", "agent_id as agentId", "reason", "comment"])
    .where("campaign_contact_id", "=", listed)
    .where("outcome", "=", "skipped")
    .orderBy("ended_at", "desc")
    .limit(NEWEST)
    .execute();
  return rows.map(({ at, reason, ...row }) => ({ ...row, at: at as Date, reason: reason as SkipReason }));
}

/** How many are shown now, and by outcome how many showings have ended since then. */
export async function previewFigures(
  db: Db,
  campaign: string,
  since: Date,
): Promise<{ shown: number; outcomes: Partial<Record<PreviewOutcome, number>> }> {
  const rows = await db
    .selectFrom("campaign_preview")
    .select("outcome")
    .select((row) => row.fn.countAll<number>().as("count"))
    .where("campaign_id", "=", campaign)
    .where((row) => row.or([row("ended_at", "is", null), row("ended_at", ">", since)]))
    .groupBy("outcome")
    .execute();
  const outcomes = rows.flatMap(({ outcome, count }) => (outcome ? [[outcome, count] as const] : []));
  return {
    shown: rows.find(({ outcome }) => outcome === null)?.count ?? 0,
    outcomes: Object.fromEntries(outcomes),
  };
}
