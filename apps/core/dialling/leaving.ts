/**
 * An agent who goes away while a campaign's customer is being connected to them. The customer has two seconds in all,
 * so nobody waits for a phone that is not going to be answered.
 */
import type { AgentId } from "../floor.ts";
import type { Turn } from "../turn.ts";
import { servesCampaign } from "./agents.ts";
import { attemptOfCall } from "./evolve.ts";

/**
 * Whose state has just changed, or whose phone has just begun to ring: if it rings for a campaign that they do not serve
 * any more, it stops, and the dialplan asks for another agent (68-campaign.conf, campaign-again).
 */
export function withdrawn(turn: Turn, id: AgentId): void {
  const agent = turn.floor.agents.get(id);
  if (agent?.call?.phase !== "offered" || agent.call.channel === undefined) return;
  const attempt = attemptOfCall(turn.floor, agent.call.id);
  const campaign = attempt && turn.floor.campaigns.get(attempt.campaignId);
  if (attempt?.stage !== "connecting" || !campaign || servesCampaign(agent, campaign)) return;
  turn.ask({ kind: "hangUp", call: attempt.call, channel: agent.call.channel });
}
