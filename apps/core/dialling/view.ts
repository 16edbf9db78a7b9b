/**
 * Running campaigns as their pacers see them: from the floor, in seconds.
 */
import { occupied } from "../agents/eligible.ts";
import { asCampaignSees } from "../agents/open-line.ts";
import type { Agent, AgentId, Floor, Millis, QueueId } from "../floor.ts";
import { waitingIn } from "../floor.ts";
import { agentsOf, servesCampaign } from "./agents.ts";
import type { Campaign } from "./campaign.ts";
import type { PacedCall, PacingView } from "./pacer.ts";
import { type BlendedAgent, type QueueFacts, viewOf } from "./pacing/blending.ts";
import { shareAgents } from "./pacing/sharing.ts";
import { attemptsOf } from "./trunks.ts";

/** What belongs to a campaign's view beside the floor. */
export interface Outlook {
  readonly campaign: Campaign;
  /** The estimated share of dials that a live person answers. */
  readonly pHat: number;
  /** When the window of the abandonment limit ends. */
  readonly windowEnd: Millis;
  /** Lines that may still be taken now. */
  readonly room: number;
  /** Nobody on its list may be called now: no agent is kept for it, unless for the calls that it has. */
  readonly listEmpty?: boolean;
}

interface Seen extends BlendedAgent {
  readonly id: AgentId;
}

/**
 * The views of these campaigns, in their order. An agent who serves several counts for one of them at a time.
 * @param arrivals calls per second that come into a queue
 * @param looking agents who are shown somebody of a preview campaign, which has no other agents
 */
export function viewsOf(
  floor: Floor,
  outlooks: readonly Outlook[],
  at: Millis,
  arrivals: (queue: QueueId) => number,
  looking: ReadonlyMap<AgentId, Campaign["id"]> = new Map(),
): PacingView[] {
  const flights = outlooks.map(({ campaign }) => flightOf(floor, campaign));
  const shares = shareAgents(
    sharedAgents(floor, wanting(outlooks, flights), looking),
    outlooks.map(({ campaign: { weight }, pHat }, place) => {
      const { waiting = 0, inFlight = [] } = flights[place] ?? {};
      return { waiting, expected: inFlight.length * pHat, weight };
    }),
  );
  return outlooks.map(({ campaign, windowEnd, room }, place) => {
    const agents = shares[place] ?? [];
    return viewOf({
      now: at / 1000,
      ...(flights[place] ?? { waiting: 0, inFlight: [] }),
      ...{ agents, windowEnd: windowEnd / 1000, room },
      queue: campaign.blending ? queueOf(floor, agents, arrivals) : undefined,
    });
  });
}

interface Flight {
  readonly waiting: number;
  readonly inFlight: PacedCall[];
}

function flightOf(floor: Floor, campaign: Campaign): Flight {
  const attempts = attemptsOf(floor, campaign.id);
  return {
    waiting: attempts.filter(({ stage }) => stage === "waiting").length,
    inFlight: attempts
      .filter(({ stage, ended }) => stage === "ringing" && !ended)
      .map(({ id, dialledAt, cls }) => ({ id, t0: dialledAt / 1000, cls })),
  };
}

/** The campaigns that want agents, at their places. */
function wanting(outlooks: readonly Outlook[], flights: readonly Flight[]): [number, Outlook][] {
  return [...outlooks.entries()].filter(([place, { listEmpty }]) => {
    const { waiting = 0, inFlight = [] } = flights[place] ?? {};
    return !listEmpty || waiting + inFlight.length > 0;
  });
}

function sharedAgents(
  floor: Floor,
  outlooks: readonly [number, Outlook][],
  looking: ReadonlyMap<AgentId, Campaign["id"]>,
): { agent: Seen; serves: number[] }[] {
  const serving = new Map<AgentId, number[]>();
  for (const [place, { campaign }] of outlooks)
    for (const id of agentsOf(floor, campaign)) {
      const agent = floor.agents.get(id);
      const looksAt = looking.get(id);
      if (campaign.mode === "preview" ? looksAt !== campaign.id : looksAt !== undefined) continue;
      if (agent && counts(agent, campaign)) serving.set(id, [...(serving.get(id) ?? []), place]);
    }
  return [...serving].flatMap(([id, serves]) => {
    const agent = floor.agents.get(id);
    return agent ? { agent: seen(agent), serves } : [];
  });
}

/** Signed in, reachable, and in a state that leads back to this campaign: free, in a call, or on a break. */
function counts(agent: Agent, campaign: Campaign): boolean {
  if (agent.state === "offline" || agent.phoneLost || agent.device === "unreachable") return false;
  if (campaign.connect === "open-line" && agent.openLine === undefined) return false;
  return agent.state === "break" || servesCampaign(agent, campaign);
}

function seen(agent: Agent): Seen {
  const { id, call, state, pendingState } = agent;
  const common = {
    id,
    since: (call?.since ?? agent.stateSince) / 1000,
    pausePending: pendingState === "break" || pendingState === "offline" || undefined,
    takesQueue: state === "inbound",
  };
  if (call) return { ...common, state: call.phase === "wrap-up" ? "wrap" : "talk" };
  if (state === "break") return { ...common, state: "break" };
  // A phone that is off the hook without a call of ours: nobody knows until when.
  const reached = asCampaignSees(agent);
  return { ...common, state: reached.device === "idle" && !occupied(reached) ? "idle" : "talk" };
}

/** The queues that take some of these agents' time, taken together. */
function queueOf(
  floor: Floor,
  agents: readonly Seen[],
  arrivals: (queue: QueueId) => number,
): QueueFacts | undefined {
  const blended = new Set(agents.flatMap(({ id, takesQueue }) => (takesQueue ? [id] : [])));
  const queues = [...floor.queues.values()].filter((queue) => queue.agents.some((id) => blended.has(id)));
  if (queues.length === 0) return undefined;
  const others = new Set(queues.flatMap((queue) => queue.agents.filter((id) => !blended.has(id))));
  const inbound = [...others].flatMap((id) => {
    const agent = floor.agents.get(id);
    return agent?.state === "inbound" && agent.device !== "unreachable" ? [agent] : [];
  });
  return {
    waiting: queues.reduce((sum, { id }) => sum + waitingIn(floor, id).length, 0),
    arrivals: queues.reduce((sum, { id }) => sum + arrivals(id), 0),
    others: inbound.length,
    othersIdle: inbound.filter((agent) => agent.device === "idle" && !occupied(agent)).length,
  };
}
