/**
 * A campaign as its pacer sees it: from the floor, in seconds.
 */
import { occupied } from "../agents/eligible.ts";
import type { Agent, AgentId, Floor, Millis } from "../floor.ts";
import { agentsOf, servesCampaign } from "./agents.ts";
import type { Campaign } from "./floor.ts";
import type { PacedAgent, PacedCall, PacingView } from "./pacer.ts";

/**
 * @param shares who counts for which campaign now (`shareAgents`)
 * @param windowEnd when the window of the abandonment limit ends
 * @param room lines that may still be taken; undefined: no limit
 */
export function viewOf(
  floor: Floor,
  campaign: Campaign,
  at: Millis,
  { shares, windowEnd, room }: { shares: Shares; windowEnd: Millis; room?: number | undefined },
): PacingView {
  const agents = (shares.get(campaign.id) ?? []).map((agent) => pacedAgent(agent));
  const inFlight: PacedCall[] = [];
  let waiting = 0;
  for (const attempt of floor.attempts.values()) {
    if (attempt.campaignId !== campaign.id) continue;
    if (attempt.stage === "waiting") waiting += 1;
    if (attempt.stage === "ringing" && !attempt.ended)
      inFlight.push({ id: attempt.id, t0: attempt.dialledAt / 1000, cls: attempt.cls });
  }
  const idle = agents.filter(({ state }) => state === "idle").length;
  return { now: at / 1000, idle, waiting, agents, inFlight, windowEnd: windowEnd / 1000, room };
}

/** Agents by the campaign that counts on them. */
export type Shares = ReadonlyMap<Campaign["id"], readonly Agent[]>;

/**
 * Agents who serve several running campaigns count for one of them at a time, or each campaign would dial for the same
 * free agent. Each goes to the campaign that has least of its weight so far; who talks for a campaign counts for that.
 */
export function shareAgents(floor: Floor, campaigns: readonly Campaign[]): Shares {
  const shares = new Map<Campaign["id"], Agent[]>(campaigns.map(({ id }) => [id, []]));
  const serving = new Map<AgentId, Campaign[]>();
  for (const campaign of campaigns)
    for (const id of agentsOf(floor, campaign)) {
      const agent = floor.agents.get(id);
      if (agent && counts(agent, campaign)) serving.set(id, [...(serving.get(id) ?? []), campaign]);
    }
  const share = ({ id, weight }: Campaign): number => (shares.get(id)?.length ?? 0) / weight;
  for (const [id, choices] of [...serving].sort(([, one], [, other]) => one.length - other.length)) {
    const agent = floor.agents.get(id);
    const current = floor.attempts.get(floor.calls.get(agent?.call?.id ?? "")?.channel ?? "")?.campaignId;
    const chosen =
      choices.find((campaign) => campaign.id === current) ??
      choices.reduce((best, other) => (share(other) < share(best) ? other : best));
    if (agent) shares.get(chosen.id)?.push(agent);
  }
  return shares;
}

/** Signed in, reachable, and in a state that leads back to this campaign: free, in a call, or on a break. */
function counts(agent: Agent, campaign: Campaign): boolean {
  if (agent.state === "offline" || agent.phoneLost || agent.device === "unreachable") return false;
  return agent.state === "break" || servesCampaign(agent, campaign);
}

function pacedAgent(agent: Agent): PacedAgent {
  const { call, state, pendingState } = agent;
  const pausePending = pendingState === "break" || pendingState === "offline" ? true : undefined;
  const since = (call?.since ?? agent.stateSince) / 1000;
  if (call?.phase === "wrap-up") return { state: "wrap", since, pausePending };
  if (call) return { state: "talk", since, pausePending };
  if (state === "break") return { state: "break", since };
  // A phone that is off the hook without a call of ours: nobody knows until when.
  return {
    state: occupied(agent) === undefined && agent.device === "idle" ? "idle" : "talk",
    since,
    pausePending,
  };
}
