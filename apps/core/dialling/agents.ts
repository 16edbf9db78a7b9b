/**
 * Which agents serve a campaign, and who of them may take a customer now.
 */
import { occupied } from "../agents/eligible.ts";
import { asCampaignSees } from "../agents/open-line.ts";
import type { Agent, AgentId, Floor } from "../floor.ts";
import { idleSince } from "../routing/strategy.ts";
import type { Campaign } from "./campaign.ts";

/** Its agents: those of its queue, or its own. */
export function agentsOf(floor: Floor, campaign: Campaign): readonly AgentId[] {
  return campaign.queueId === undefined
    ? campaign.agents
    : (floor.queues.get(campaign.queueId)?.agents ?? []);
}

/** Whether this agent's state is one in which the campaign's customers are taken. */
export function servesCampaign(agent: Pick<Agent, "state">, campaign: Pick<Campaign, "blending">): boolean {
  return agent.state === "outbound" || (campaign.blending && agent.state === "inbound");
}

/** `undefined` when the agent can take a customer of this campaign now; otherwise the reason, for `because`. */
export function cannotServe(agent: Agent, campaign: Campaign): string | undefined {
  if (agent.state === "inbound" && !campaign.blending) return "takes inbound calls only";
  if (agent.state === "offline") return "signed out";
  if (agent.state === "break") return "on a break";
  if (campaign.connect === "open-line" && agent.openLine === undefined) return "keeps no line open";
  return occupied(asCampaignSees(agent));
}

/** Who may take one now, the longest idle first. */
export function freeFor(floor: Floor, campaign: Campaign): Agent[] {
  const free: Agent[] = [];
  for (const id of agentsOf(floor, campaign)) {
    const agent = floor.agents.get(id);
    if (agent && asCampaignSees(agent).device === "idle" && !cannotServe(agent, campaign)) free.push(agent);
  }
  return free.sort((one, other) => idleSince(one) - idleSince(other));
}

/** Campaigns in which this agent may take a customer, in the order of their keys. */
export function campaignsOf(floor: Floor, id: AgentId): Campaign[] {
  return [...floor.campaigns.values()].filter((campaign) => agentsOf(floor, campaign).includes(id));
}
