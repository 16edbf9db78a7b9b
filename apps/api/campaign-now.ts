/** How a campaign stands at this moment: its agents, and what keeps it from dialling. */
import type { FloorView } from "../commands/port.ts";
import { servesCampaign } from "../core/dialling/agents.ts";
import type { Campaign } from "../core/dialling/campaign.ts";
import { type Hindrance, hindrancesOf } from "../core/dialling/hindrances.ts";
import { listOutlook, placesCalls } from "../store/reads/list-outlook.ts";
import type { ApiContext } from "./context.ts";

/** What keeps it from dialling. Of a campaign that does not run, that is all there is to say. */
export async function warningsOf(
  { db, mayDial }: ApiContext,
  campaign: Campaign,
  floor: FloorView | null,
  exceeded: boolean,
): Promise<Hindrance[]> {
  const { state } = campaign;
  if (state !== "running")
    return [{ code: "not-running", text: `the campaign is ${state}, so it dials nobody` }];
  const ids = new Set(campaign.agents);
  const agents = floor?.agents.filter(({ id }) => ids.has(id));
  const list = await listOutlook(db, campaign, { now: Date.now(), mayDial });
  return hindrancesOf({ campaign, dials: await placesCalls(db, campaign), agents, list, exceeded });
}

/** In figures. */
export function agentsNow({ agents }: FloorView, campaign: Campaign) {
  const ids = new Set(campaign.agents);
  const serving = agents.filter(({ id }) => ids.has(id));
  const count = (one: (agent: (typeof serving)[number]) => boolean) => serving.filter(one).length;
  return {
    total: ids.size,
    free: count(
      (agent) =>
        servesCampaign(agent, campaign) &&
        agent.call === undefined &&
        // An open line keeps the phone busy.
        (campaign.connect === "open-line" ? agent.openLine : agent.device === "idle"),
    ),
    talking: count(({ call }) => call !== undefined && call.phase !== "wrap-up"),
    wrapUp: count(({ call }) => call?.phase === "wrap-up"),
    onBreak: count(({ state }) => state === "break"),
    offline: count(({ state }) => state === "offline"),
  };
}
