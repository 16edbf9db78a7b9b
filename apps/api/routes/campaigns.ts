/** Campaigns: how they dial, by which policy, and what people do with them. */
import type { Applied, CampaignMove } from "../../commands/port.ts";
import type { AmdSettings } from "../../core/dialling/campaign.ts";
import { unserved } from "../../core/dialling/hindrances.ts";
import { PRESET_NAMES, PRESETS } from "../../core/dialling/presets.ts";
import { type CampaignRow, listCampaigns, loadCampaign } from "../../store/reads/campaigns.ts";
import { type Api, type ApiContext, onlyAgent } from "../context.ts";
import { phoneFrom, phoneView } from "../phones.ts";
import { notFound } from "../problem.ts";
import * as S from "../schemas/campaigns.ts";
import { IdParams, Nothing } from "../schemas/common.ts";
import { iso, isoOrNull } from "../times.ts";

const tags = ["campaigns"];
const ledger = ["DIAL-15"];

const MOVES: Readonly<Record<CampaignMove, readonly [summary: string, description: string]>> = {
  start: [
    "Start a campaign",
    "From `draft`, `stopped` or `finished`: whoever still waits on the list, or was added since, is called. 409 when it cannot work at all: nobody serves it (`unserved`), nobody is on its list (`nobody-to-call`), its policy forbids it (`policy`). `warnings` says what keeps it from dialling for now.",
  ],
  pause: ["Pause a campaign", "It dials nobody new; calls in flight go on."],
  resume: ["Let a campaign go on", "From `paused` or `draining`."],
  drain: ["Drain a campaign", "It dials nobody new and is `stopped` when the last call has ended."],
  stop: ["Stop a campaign now", "What rings is hung up; who talks goes on talking."],
};

/** Adds the routes. */
export function campaignRoutes(api: Api, context: ApiContext): void {
  const { db, commands, country } = context;

  api.get(
    "/v1/campaigns",
    {
      config: { permission: "campaigns:read" },
      schema: {
        tags,
        summary: "List campaigns",
        description: "The newest first. An agent's key sees the campaigns it serves.",
        "x-ledger": ledger,
        querystring: S.CampaignQuery,
        response: { 200: S.CampaignList },
      },
    },
    async (request) => {
      const rows = await listCampaigns(db, { ...request.query, agentId: onlyAgent(request.caller) });
      return { items: rows.map(campaignView) };
    },
  );

  api.get(
    "/v1/campaigns/presets",
    {
      config: { permission: "campaigns:read" },
      schema: {
        tags,
        summary: "Ready policies",
        description: "Where a campaign's policy begins. Not legal advice.",
        "x-ledger": ["DIAL-02"],
        response: { 200: S.PresetList },
      },
    },
    async () => ({ items: PRESET_NAMES.map((name) => ({ name, policy: PRESETS[name] })) }),
  );

  api.post(
    "/v1/campaigns",
    {
      config: { permission: "campaigns:write" },
      schema: {
        tags,
        summary: "Create a campaign",
        description: "A draft, with nobody on its list. 422 names what its policy does not allow.",
        "x-ledger": ledger,
        body: S.NewCampaign,
        response: { 201: S.CampaignApplied },
      },
    },
    async (request, reply) => {
      const { amd = null, ...body } = request.body;
      const fields = { ...S.NEW_CAMPAIGN, ...body, ...numbersOf(body, country), amd: wholeAmd(amd) };
      const { id, applied } = await commands.send("campaign.create", fields, request.caller);
      return reply.code(201).send(await changed(context, id, applied));
    },
  );

  api.get(
    "/v1/campaigns/:id",
    {
      config: { permission: "campaigns:read" },
      schema: {
        tags,
        summary: "Show one campaign",
        description: "With its whole policy.",
        "x-ledger": ledger,
        params: IdParams,
        response: { 200: S.CampaignView },
      },
    },
    (request) => show(context, request.params.id, onlyAgent(request.caller)),
  );

  api.patch(
    "/v1/campaigns/:id",
    {
      config: { permission: "campaigns:write" },
      schema: {
        tags,
        summary: "Change a campaign, a running one too",
        description:
          "Mode, limits and policy hold for the next attempt; what is in flight ends as it began. The purpose stays once it has called anybody (409). Logged, and can be undone.",
        "x-ledger": ledger,
        params: IdParams,
        body: S.CampaignChange,
        response: { 200: S.CampaignApplied },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { amd, ...body } = request.body;
      const before = amd && (await findCampaign(context, id)).amd;
      const change = {
        ...body,
        ...numbersOf(body, country),
        ...(amd !== undefined && { amd: wholeAmd(amd && { ...before, ...amd }) }),
      };
      const { applied } = await commands.send("campaign.change", { id, change }, request.caller);
      return changed(context, id, applied);
    },
  );

  api.delete(
    "/v1/campaigns/:id",
    {
      config: { permission: "campaigns:write" },
      schema: {
        tags,
        summary: "Delete a campaign",
        description: "With its list. 409 when it has called anybody: its attempts are evidence.",
        "x-ledger": ledger,
        params: IdParams,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      await commands.send("campaign.delete", request.params, request.caller);
      return reply.code(204).send(undefined);
    },
  );

  for (const [move, [summary, description]] of Object.entries(MOVES))
    api.post(
      `/v1/campaigns/:id/${move}`,
      {
        config: { permission: "campaigns:run" },
        schema: {
          tags,
          summary,
          description: `${description} 409 in another state.`,
          "x-ledger": ledger,
          params: IdParams,
          response: { 200: S.Moved },
        },
      },
      async (request) => {
        const { id } = request.params;
        const wish = { id, move: move as CampaignMove };
        const { state, warnings } = await commands.send("campaign.move", wish, request.caller);
        return { id, state, warnings: [...warnings] };
      },
    );
}

/** The numbers shown, in any spelling, as E.164. @throws Problem 422 naming the one that is none */
function numbersOf({ callerNumbers }: { callerNumbers?: string[] }, country: string) {
  if (callerNumbers === undefined) return {};
  const read = (text: string, index: number) => phoneFrom(text, country, `callerNumbers.${index}`);
  return { callerNumbers: callerNumbers.map(read) };
}

/** What is not said is as app_amd has it. */
function wholeAmd(amd: Partial<AmdSettings> | null): AmdSettings | null {
  return amd && { ...S.NEW_AMD, ...amd };
}

/** @throws Problem 404, also for one that this agent does not serve */
export async function findCampaign({ db }: ApiContext, id: string, agentId?: string): Promise<CampaignRow> {
  const [row] = await listCampaigns(db, { id, agentId });
  if (!row) throw notFound("campaign");
  return row;
}

async function show(context: ApiContext, id: string, agentId?: string) {
  return campaignView(await findCampaign(context, id, agentId));
}

async function changed(context: ApiContext, id: string, applied: Applied["applied"]) {
  const campaign = await loadCampaign(context.db, id);
  return { ...(await show(context, id)), applied, warnings: campaign ? unserved(campaign) : [] };
}

function campaignView(row: CampaignRow) {
  return {
    ...row,
    callerNumbers: row.callerNumbers.map(phoneView),
    createdAt: iso(row.createdAt),
    startedAt: isoOrNull(row.startedAt),
    endedAt: isoOrNull(row.endedAt),
  };
}
