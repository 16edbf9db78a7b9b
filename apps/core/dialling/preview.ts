/**
 * Preview: an agent sees whom to call before anything is dialled, and decides. Who is shown somebody next, when that is
 * over without a decision, and what a skip makes of the contact. Pure: the rows are in store/previews.ts.
 */
import type { Agent, AgentId, Floor, Millis } from "../floor.ts";
import { notFree } from "../outgoing/place.ts";
import { agentsOf, servesCampaign } from "./agents.ts";
import type { Campaign, CampaignMode } from "./campaign.ts";

/** As what the gate and the policy see a call that is placed because the time was over. */
export const BY_ITSELF = "progressive" as const satisfies CampaignMode;

/**
 * What became of a showing. `returned`: the agent went away, or the campaign does not run any more. `refused`: when the
 * agent asked for the call, the gate let none of the numbers be called any more.
 */
export const PREVIEW_OUTCOMES = ["called", "skipped", "timed-out", "returned", "refused"] as const;
export type PreviewOutcome = (typeof PREVIEW_OUTCOMES)[number];

/** Why agents skip: a closed list (law L8). */
export const SKIP_REASONS = [
  ...(["already-talked", "wrong-person", "wrong-time", "not-relevant"] as const),
  /** Asked us not to call: the numbers go on the refusal list. */
  ...(["do-not-call", "other"] as const),
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** The same in agents' words. */
export const SKIP_WORDS: Readonly<Record<SkipReason, { readonly ru: string; readonly en: string }>> = {
  "already-talked": { ru: "уже говорили", en: "already talked to" },
  "wrong-person": { ru: "не тот человек", en: "wrong person" },
  "wrong-time": { ru: "неудобное время", en: "not a good time" },
  "not-relevant": { ru: "не подходит", en: "not relevant" },
  "do-not-call": { ru: "просил не звонить", en: "asked not to be called" },
  other: { ru: "другое", en: "other" },
};

/** Somebody who is shown to an agent now. */
export interface Shown {
  readonly id: string;
  readonly campaignId: Campaign["id"];
  /** Undefined: the agent was deleted meanwhile. */
  readonly agentId: AgentId | undefined;
  readonly until: Millis;
}

/** What has to be done about a showing. */
export type PreviewEnd =
  | { readonly kind: "return"; readonly because: string }
  | { readonly kind: "pause" | "call" };

/** How a showing ends now without the agent's word; undefined: the agent may still decide. */
export function previewEnd(floor: Floor, shown: Shown, at: Millis): PreviewEnd | undefined {
  const campaign = floor.campaigns.get(shown.campaignId);
  const agent = shown.agentId === undefined ? undefined : floor.agents.get(shown.agentId);
  const because = whyReturned(floor, campaign, agent);
  if (because !== undefined || !campaign || !agent) return { kind: "return", because: because ?? "is gone" };
  if (at < shown.until) return undefined;
  // Who is busy with another call did not let the time pass.
  if (agent.call) return { kind: "return", because: "the agent is in another call" };
  const callable = campaign.preview.onTimeout === "call" && notFree(floor, agent.id) === undefined;
  return { kind: callable ? "call" : "pause" };
}

function whyReturned(floor: Floor, campaign: Campaign | undefined, agent: Agent | undefined) {
  if (!campaign || !shows(campaign)) return "the campaign shows nobody any more";
  if (!agent || !agentsOf(floor, campaign).includes(agent.id)) return "the agent does not serve the campaign";
  return servesCampaign(agent, campaign) ? undefined : `the agent is ${agent.state}`;
}

/** Whether this campaign shows people to agents now. */
export function shows({ mode, state }: Campaign): boolean {
  return mode === "preview" && state === "running";
}

/**
 * Who is to be shown somebody, and from which campaigns, the one first that showed them nobody for the longest time.
 * @param engaged agents who see somebody already, or of whom something is being done
 * @param last when this agent was last shown somebody of this campaign; 0: never
 */
export function readyForPreview(
  floor: Floor,
  engaged: ReadonlySet<AgentId>,
  last: (agent: AgentId, campaign: Campaign["id"]) => Millis,
): { readonly agent: AgentId; readonly campaigns: readonly Campaign["id"][] }[] {
  const wanting = new Map<AgentId, Campaign["id"][]>();
  for (const campaign of floor.campaigns.values()) {
    if (!shows(campaign)) continue;
    for (const id of agentsOf(floor, campaign)) {
      const agent = floor.agents.get(id);
      if (!agent || engaged.has(id) || !servesCampaign(agent, campaign)) continue;
      if (notFree(floor, id) === undefined) wanting.set(id, [...(wanting.get(id) ?? []), campaign.id]);
    }
  }
  return [...wanting].map(([agent, campaigns]) => ({
    agent,
    campaigns: campaigns.sort((one, other) => last(agent, one) - last(agent, other)),
  }));
}

/** What the agent wants to become of somebody who is skipped. */
export type SkipTo =
  | { readonly next: "end" }
  | { readonly next: "at"; readonly at: Millis }
  | { readonly next: "finish" };

export type AfterSkip =
  /** `last`: behind everybody, whatever the priority was. */
  | { readonly state: "waiting"; readonly nextAt: Millis; readonly last: boolean }
  | { readonly state: "done"; readonly reason: "skipped" }
  | { readonly state: "refused"; readonly reason: "refused" };

/** What a skip makes of the contact. Who does not want to be called is done with, whatever the agent wished. */
export function afterSkip(reason: SkipReason, to: SkipTo, now: Millis): AfterSkip {
  if (reason === "do-not-call") return { state: "refused", reason: "refused" };
  if (to.next === "finish") return { state: "done", reason: "skipped" };
  return to.next === "at"
    ? { state: "waiting", nextAt: Math.max(to.at, now), last: false }
    : { state: "waiting", nextAt: now, last: true };
}
