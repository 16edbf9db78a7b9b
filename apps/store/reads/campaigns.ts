/** Campaigns with their settings, as people see them. */
import { sql } from "kysely";
import type { AmdSettings, Announcement, CampaignState } from "../../core/dialling/campaign.ts";
import type { Policy } from "../../core/dialling/policy.ts";
import type { Db } from "../database.ts";

export interface CampaignsWanted {
  readonly id?: string | undefined;
  readonly state?: CampaignState | undefined;
  /** Those that this agent serves. */
  readonly agentId?: string | undefined;
}

/** Campaigns, the newest first. `agentIds` are its own; with a queue that queue's agents serve it. */
export async function listCampaigns(db: Db, only: CampaignsWanted = {}) {
  const rows = await db
    .selectFrom("campaign")
    .select(["id", "key", "name", "mode", "state", "purpose", "line_id as lineId", "queue_id as queueId"])
    .select(["ratio", "connect", "blending", "shedding", "weight", "ring_seconds as ringSeconds"])
    .select(["amd", "message_sound_id as messageSoundId", "announcement", "policy"])
    .select(["announcement_sound_id as announcementSoundId", "trunk_ids as trunkIds"])
    .select(["calls_per_second as callsPerSecond", "max_lines as maxLines", "wrap_up", "wrap_up_seconds"])
    .select(["caller_numbers as callerNumbers", "created_at as createdAt", "started_at as startedAt"])
    .select(["ended_at as endedAt", "preview_seconds", "preview_timeout"])
    .select(
      sql<string[]>`array(select agent_id::text from campaign_agent where campaign_id = campaign.id
                           order by agent_id)`.as("agentIds"),
    )
    .$if(only.id !== undefined, (query) => query.where("id", "=", only.id as string))
    .$if(only.state !== undefined, (query) => query.where("state", "=", only.state as CampaignState))
    .$if(only.agentId !== undefined, (query) => query.where(servedBy(only.agentId as string)))
    .orderBy("created_at", "desc")
    .orderBy("key", "desc")
    .execute();
  return rows.map(
    ({ wrap_up: mode, wrap_up_seconds: seconds, preview_seconds, preview_timeout, ...row }) => ({
      ...row,
      preview: { seconds: preview_seconds, onTimeout: preview_timeout },
      ratio: row.ratio === null ? null : Number(row.ratio),
      amd: row.amd as AmdSettings | null,
      announcement: row.announcement as Announcement | null,
      policy: row.policy as Policy,
      wrapUp: mode && { mode, ...(mode === "limit" && seconds !== null && { seconds }) },
    }),
  );
}

export type CampaignRow = Awaited<ReturnType<typeof listCampaigns>>[number];

/** Through its queue, or by name. */
function servedBy(agentId: string) {
  return sql<boolean>`(
    exists (select from campaign_agent where campaign_id = campaign.id and agent_id = ${agentId}
               and campaign.queue_id is null)
    or exists (select from queue where queue.id = campaign.queue_id and (queue.all_agents or exists (
         select from queue_agent where queue_agent.queue_id = queue.id and queue_agent.agent_id = ${agentId}))))`;
}

/** Which campaign uses something, by name; undefined: none that is not over. */
export async function campaignUsing(
  db: Db,
  what: "line" | "queue" | "sound" | "trunk",
  id: string,
): Promise<string | undefined> {
  const query = db.selectFrom("campaign").select("name").orderBy("created_at");
  const row = await {
    line: () => query.where("line_id", "=", id),
    queue: () => query.where("queue_id", "=", id),
    sound: () =>
      query.where((row) =>
        row.or([
          row("message_sound_id", "=", id),
          row("announcement_sound_id", "=", id),
          sql<boolean>`amd->>'machineSoundId' = ${id}`,
        ]),
      ),
    trunk: () => query.where(sql<boolean>`${id}::uuid = any(trunk_ids)`),
  }
    [what]()
    .executeTakeFirst();
  return row?.name;
}

/** One campaign as the engine has it, in whatever state. */
export { loadCampaign } from "../campaigns.ts";
