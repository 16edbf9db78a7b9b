/** Campaigns: how they dial, by which policy, and what people do with them. */

import { wishedPolicy } from "../core/dialling/wished-policy.ts";
import type { Db } from "../store/database.ts";
import { type CampaignRow, listCampaigns } from "../store/reads/campaigns.ts";
import { askAgain, deleteSome, inPieces } from "../store/writes/campaign-list.ts";
import { nextKey } from "../store/writes/keys.ts";
import { checkCallerNumbers, checkCampaign, type WholeCampaign } from "./campaign-checks.ts";
import type { CampaignFields } from "./campaign-ports.ts";
import { type Context, isId, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { CommandProblem } from "./port.ts";
import { logged } from "./settings.ts";

type Names = "campaign.create" | "campaign.change" | "campaign.delete";

export function campaignCommands({ configure, write }: Context): Pick<Handlers, Names> {
  return {
    "campaign.create": (fields) =>
      configure(async (trx) => {
        const policy = wishedPolicy(undefined, fields.policy);
        if (!policy) throw new CommandProblem(422, "incomplete", "which preset?", "policy.preset");
        const whole = { ...fields, policy };
        await checkCampaign(trx, whole);
        await checkCallerNumbers(trx, whole.callerNumbers);
        const key = await nextKey(trx, "campaign");
        const { id } = await trx
          .insertInto("campaign")
          .values({ key, ...columns(whole), started_at: null, ended_at: null })
          .returning("id")
          .executeTakeFirstOrThrow();
        await setAgents(trx, id, whole.agentIds);
        return { result: { id }, focus: { nothing: true } };
      }),
    "campaign.change": ({ id, change }, by) =>
      configure(async (trx) => {
        const before = await campaignRow(trx, id);
        await logged(
          { trx, by, command: "campaign.change", fields: Object.keys(change) },
          () => listCampaigns(trx, { id }),
          async () => {
            const whole = changed(before, change);
            if (change.purpose !== undefined && change.purpose !== before.purpose)
              await requireUnused(trx, id);
            await checkCampaign(trx, whole);
            await checkCallerNumbers(trx, whole.callerNumbers, { known: before.callerNumbers });
            await trx.updateTable("campaign").set(columns(whole)).where("id", "=", id).execute();
            await setAgents(trx, id, whole.agentIds);
            if (change.policy !== undefined || change.mode !== undefined) await askAgain(trx, id);
          },
        );
        return { result: {}, focus: { nothing: true } };
      }),
    "campaign.delete": async ({ id }) => {
      const mayGo = async (trx: Db) => {
        await campaignRow(trx, id);
        await requireUnused(trx, id);
      };
      // The list goes first: with a million all at once it would take longer than a statement may.
      await inPieces(() =>
        write(async (trx) => {
          await mayGo(trx);
          return deleteSome(trx, id);
        }),
      );
      return configure(async (trx) => {
        await mayGo(trx);
        await trx.deleteFrom("campaign").where("id", "=", id).execute();
        return { result: {}, focus: { nothing: true } };
      });
    },
  };
}

/** The campaign, locked against everybody who takes from it. @throws CommandProblem 404 */
export async function campaignRow(trx: Db, id: string): Promise<CampaignRow> {
  const locked = isId(id)
    ? await trx.selectFrom("campaign").select("id").where("id", "=", id).forUpdate().executeTakeFirst()
    : undefined;
  required(locked, "campaign");
  const [row] = await listCampaigns(trx, { id });
  return required(row, "campaign");
}

/** With the change; a queue and agents of its own take each other's place, and a ratio goes with its mode. */
function changed(before: CampaignRow, change: Partial<CampaignFields>): WholeCampaign {
  const { policy: wish, ...fields } = change;
  const whole = { ...before, ...fields, policy: wishedPolicy(before.policy, wish ?? {}) ?? before.policy };
  if (change.queueId && change.agentIds === undefined) whole.agentIds = [];
  if (change.agentIds && change.agentIds.length > 0 && change.queueId === undefined) whole.queueId = null;
  return { ...whole, ratio: whole.mode === "power" ? whole.ratio : null };
}

async function setAgents(trx: Db, id: string, agents: readonly string[]): Promise<void> {
  await trx.deleteFrom("campaign_agent").where("campaign_id", "=", id).execute();
  const rows = agents.map((agent_id) => ({ campaign_id: id, agent_id }));
  if (rows.length > 0) await trx.insertInto("campaign_agent").values(rows).execute();
}

/** What it has done is evidence of this campaign, for this purpose. */
async function requireUnused(trx: Db, id: string): Promise<void> {
  const attempt = await trx
    .selectFrom("attempt")
    .select("id")
    .where("campaign_id", "=", id)
    .limit(1)
    .executeTakeFirst();
  if (attempt)
    throw new CommandProblem(
      409,
      "has-called",
      "this campaign has called people, and its attempts are evidence",
    );
}

function columns(campaign: WholeCampaign) {
  const json = (value: object | null) => (value === null ? null : JSON.stringify(value));
  return {
    name: campaign.name,
    mode: campaign.mode,
    purpose: campaign.purpose,
    line_id: campaign.lineId,
    queue_id: campaign.queueId,
    ratio: campaign.mode === "power" ? campaign.ratio : null,
    connect: campaign.connect,
    blending: campaign.blending,
    shedding: campaign.shedding,
    weight: campaign.weight,
    ring_seconds: campaign.ringSeconds,
    amd: json(campaign.amd),
    message_sound_id: campaign.messageSoundId,
    announcement_sound_id: campaign.announcementSoundId,
    announcement: json(campaign.announcement),
    policy: JSON.stringify(campaign.policy),
    trunk_ids: campaign.trunkIds,
    calls_per_second: campaign.callsPerSecond,
    max_lines: campaign.maxLines,
    caller_numbers: campaign.callerNumbers,
    wrap_up: campaign.wrapUp?.mode ?? null,
    wrap_up_seconds: campaign.wrapUp?.seconds ?? null,
    preview_seconds: campaign.preview.seconds,
    preview_timeout: campaign.preview.onTimeout,
  };
}
