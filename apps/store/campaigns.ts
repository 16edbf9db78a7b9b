/** Campaigns as the engine has them, and the end of those that are through. */
import { type RawBuilder, type Selectable, sql } from "kysely";
import type { AmdSettings, Announcement, Campaign } from "../core/dialling/campaign.ts";
import type { Policy } from "../core/dialling/policy.ts";
import type { WrapUp } from "../core/floor.ts";
import type { Db } from "./database.ts";
import type { CampaignTable } from "./tables-dialling.ts";

/**
 * Campaigns that dial or may go on: running, paused and draining ones, and those that were stopped with calls in flight.
 * In the order of creation.
 */
export async function loadCampaigns(db: Db): Promise<Campaign[]> {
  const rows = await selectCampaigns(db)
    .where((row) =>
      row.or([
        row("state", "in", ["running", "paused", "draining"]),
        sql<boolean>`exists (select from attempt where campaign_id = campaign.id and ending is null)`,
      ]),
    )
    .execute();
  return rows.map(toCampaign);
}

/** One campaign in whatever state. */
export async function loadCampaign(db: Db, id: string): Promise<Campaign | undefined> {
  const row = await selectCampaigns(db).where("campaign.id", "=", id).executeTakeFirst();
  return row && toCampaign(row);
}

/**
 * Ends what is through: a running campaign with nobody left to call is `finished`, a draining one with no call in flight
 * is `stopped`. @returns those that ended
 */
export async function endCampaigns(
  db: Db,
  now: number,
): Promise<{ id: string; state: "finished" | "stopped" }[]> {
  const { rows } = await sql<{ id: string; state: "finished" | "stopped" }>`
    update campaign
       set state = case when state = 'draining' then 'stopped' else 'finished' end, ended_at = ${new Date(now)}
     where state in ('running', 'draining')
       and not exists (select from attempt where campaign_id = campaign.id and ending is null)
       and ${someone(sql`state = 'taken'`, sql`taken_at`)} is null
       and (campaign.state = 'draining' or ${someone(sql`state = 'waiting'`, sql`priority desc`)} is null)
    returning id, state`.execute(db);
  return rows;
}

/** The first in the order of an index, which is asked because of it: a list of a million is not read through for one. */
function someone(which: RawBuilder<unknown>, order: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(select id from campaign_contact where campaign_id = campaign.id and ${which} order by ${order} limit 1)`;
}

const agentIds = sql<string[]>`
  case when campaign.queue_id is null
       then array(select agent_id::text from campaign_agent where campaign_id = campaign.id order by agent_id)
       when queue.all_agents
       then array(select id::text from agent order by length(short_number), short_number)
       else array(select agent_id::text from queue_agent where queue_id = campaign.queue_id order by position)
  end`;

function selectCampaigns(db: Db) {
  return db
    .selectFrom("campaign")
    .leftJoin("queue", "queue.id", "campaign.queue_id")
    .selectAll("campaign")
    .select(["queue.wrap_up as queue_wrap_up", "queue.wrap_up_seconds as queue_wrap_up_seconds"])
    .select(agentIds.as("agents"))
    .orderBy("campaign.created_at")
    .orderBy("campaign.key");
}

type Row = Selectable<CampaignTable> & {
  queue_wrap_up: string | null;
  queue_wrap_up_seconds: number | null;
  agents: string[];
};

function toCampaign(row: Row): Campaign {
  return {
    id: row.id,
    key: row.key,
    name: row.name,
    mode: row.mode,
    state: row.state,
    purpose: row.purpose,
    lineId: row.line_id,
    queueId: row.queue_id ?? undefined,
    agents: row.agents,
    ratio: row.ratio === null ? undefined : Number(row.ratio),
    connect: row.connect,
    blending: row.blending,
    shedding: row.shedding,
    weight: row.weight,
    ringSeconds: row.ring_seconds,
    amd: (row.amd as AmdSettings | null) ?? undefined,
    messageSoundId: row.message_sound_id ?? undefined,
    announcementSoundId: row.announcement_sound_id ?? undefined,
    announcement: (row.announcement as Announcement | null) ?? undefined,
    policy: row.policy as Policy,
    trunkIds: row.trunk_ids,
    callsPerSecond: row.calls_per_second,
    maxLines: row.max_lines,
    callerNumbers: row.caller_numbers,
    wrapUp: wrapUpOf(row),
    preview: { seconds: row.preview_seconds, onTimeout: row.preview_timeout },
    startedAt: row.started_at?.getTime(),
  };
}

function wrapUpOf(row: Row): WrapUp | undefined {
  const own = row.wrap_up !== null;
  const mode = own ? row.wrap_up : row.queue_wrap_up;
  if (mode === "until-completed") return { mode };
  const seconds = own ? row.wrap_up_seconds : row.queue_wrap_up_seconds;
  return mode === "limit" && seconds !== null ? { mode, seconds } : undefined;
}
