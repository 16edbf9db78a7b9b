/** The pacer's memory and its reasons, and what the abandonment limit is measured by. */
import { sql } from "kysely";
import type { Campaign } from "../core/dialling/campaign.ts";
import type { Db } from "./database.ts";
import { countAbandoned } from "./reads/campaign-figures.ts";

/** So many decisions are kept of each campaign, and looked after with every so many. */
const KEPT = 500;
const TIDY_EVERY = 50;

/** What each pacer knew when it was written down last, by campaign. */
export async function readSnapshots(db: Db): Promise<Map<string, unknown>> {
  const rows = await db.selectFrom("campaign_pacing").select(["campaign_id", "snapshot"]).execute();
  return new Map(rows.map((row) => [row.campaign_id, row.snapshot]));
}

/** A campaign that is gone meanwhile has none. */
export async function saveSnapshot(db: Db, campaign: string, snapshot: unknown): Promise<void> {
  await sql`
    insert into campaign_pacing (campaign_id, snapshot)
    select id, ${JSON.stringify(snapshot)}::jsonb from campaign where id = ${campaign}
        on conflict (campaign_id) do update set snapshot = excluded.snapshot, at = now()`.execute(db);
}

/** One decision with its reason (law L6); the oldest go. */
export async function addDecision(
  db: Db,
  {
    campaign,
    at,
    dialled,
    shed,
    because,
  }: {
    readonly campaign: string;
    readonly at: number;
    readonly dialled: number;
    readonly shed: number;
    readonly because: object;
  },
): Promise<void> {
  const { id } = await db
    .insertInto("pacing_decision")
    .values({ campaign_id: campaign, at: new Date(at), dialled, shed, because: JSON.stringify(because) })
    .returning("id")
    .executeTakeFirstOrThrow();
  if (Number(id) % TIDY_EVERY !== 0) return;
  await sql`
    delete from pacing_decision d using (
      select id, row_number() over (partition by campaign_id order by id desc) as place from pacing_decision
    ) newest where d.id = newest.id and newest.place > ${KEPT}`.execute(db);
}

/**
 * Calls of a campaign that a person has answered since then, and those of them that were abandoned; with the persons
 * whom AMD took for machines where the policy adds them.
 */
export async function measureAbandonment(
  db: Db,
  { id, policy }: Pick<Campaign, "id" | "policy">,
  since: number,
): Promise<{ live: number; lost: number }> {
  const { numerator, denominator } = await countAbandoned(db, id, policy.abandonment, new Date(since));
  return { live: denominator, lost: numerator };
}
