/**
 * A customer whom a campaign dialled has answered: the longest idle agent who may take them; nobody: a wait until the
 * deadline for one who becomes free; then the identifying message. Nobody is left in silence.
 */
import type { Agent, AgentId, Line, Millis } from "../floor.ts";
import { lineOf } from "../floor.ts";
import { recording } from "../routing/rule.ts";
import type { Turn } from "../turn.ts";
import { campaignsOf, freeFor } from "./agents.ts";
import type { Campaign } from "./campaign.ts";
import { attemptOfCall } from "./evolve.ts";
import type { Attempt } from "./floor.ts";

/** The engine decides so long before the dialplan's own clock would (68-campaign.conf): a decision has to get there. */
export const MARGIN_MS = 80;
/** With less than this left no phone is rung any more. */
const LEAST_MS = 300;
/** A phone that answers by itself does so at once; when another agent is free, nobody waits longer for it. */
const PATIENCE_MS = 1300;
/** What both take from the time in which an agent may become free. */
export const CONNECT_MARGINS_MS = MARGIN_MS + LEAST_MS;
/** Whoever asks these rules is a campaign. */
const RULE = "campaign";

/**
 * Gives the customer to an agent, or lets them wait, or gives up. The customer is in Stasis.
 * @param again it is known that they wait
 */
export function connect(turn: Turn, id: Attempt["id"], at: Millis, again = false): void {
  const attempt = turn.floor.attempts.get(id);
  const campaign = attempt && turn.floor.campaigns.get(attempt.campaignId);
  if (attempt?.stage !== "waiting") return;
  const left = (attempt.deadlineAt ?? at) - at;
  if (!campaign || left < LEAST_MS) {
    abandon(
      turn,
      attempt,
      at,
      campaign ? "no agent was there in time: the customer heard the message" : "the campaign is gone",
    );
    return;
  }
  const { agent, another } = chosenFor(turn, attempt, campaign);
  if (agent) offerTo(turn, attempt, campaign, agent, at, another ? Math.min(left, PATIENCE_MS) : left);
  else if (!again)
    turn.happened({
      kind: "CustomerWaits",
      ...named(attempt, at),
      because: {
        rule: RULE,
        text: `the customer had answered and waited ${(left / 1000).toFixed(1)} s at most for an agent: none of «${campaign.name}» was free`,
      },
    });
}

/** Nobody is there in time: the message, and the end. */
export function abandon(turn: Turn, attempt: Attempt, at: Millis, text: string): void {
  turn.happened({
    kind: "CustomerAbandoned",
    ...named(attempt, at),
    step: { kind: "abandon" },
    because: { rule: RULE, text },
  });
}

/** A customer who waits gets this agent, who has just become free. @returns whether one did */
export function serveWaiting(turn: Turn, agent: AgentId, at: Millis): boolean {
  const { floor } = turn;
  const waiting: Attempt[] = [];
  for (const attempt of floor.attempts.values()) if (attempt.stage === "waiting") waiting.push(attempt);
  if (waiting.length === 0) return false;
  const serves = new Set(campaignsOf(floor, agent).map(({ id }) => id));
  const first = waiting
    .filter(({ campaignId }) => serves.has(campaignId))
    .sort((one, other) => (one.deadlineAt ?? 0) - (other.deadlineAt ?? 0))[0];
  if (!first) return false;
  connect(turn, first.id, at);
  return floor.agents.get(agent)?.call?.id === first.call;
}

/** What belongs to every event of an attempt. */
export function named({ id: attempt, call, campaignId: campaign }: Attempt, at: Millis) {
  return { at, call, campaign, attempt };
}

/** Whom the contact asked for, if they are free; else who has been idle longest. Not one whose phone rang in vain. */
function chosenFor(
  turn: Turn,
  attempt: Attempt,
  campaign: Campaign,
): { agent: Agent | undefined; another: boolean } {
  const tried = turn.floor.calls.get(attempt.call)?.tried ?? [];
  const free = freeFor(turn.floor, campaign).filter(({ id }) => !tried.includes(id));
  const agent = free.find(({ id }) => id === attempt.agentId) ?? free[0];
  return { agent, another: free.length > 1 };
}

function offerTo(
  turn: Turn,
  attempt: Attempt,
  campaign: Campaign,
  agent: Agent,
  at: Millis,
  ms: number,
): void {
  const call = turn.floor.calls.get(attempt.call);
  if (!call) return;
  const line: Line | undefined = lineOf(turn.floor, call);
  const why =
    agent.id === attempt.agentId
      ? `the list asks for ${agent.name}`
      : `of the agents who were free for «${campaign.name}» ${agent.name} had been idle longest`;
  turn.happened({
    kind: "AgentOffered",
    at,
    call: call.id,
    agent: agent.id,
    queue: campaign.queueId,
    step: {
      kind: "connect",
      phone: agent.phone,
      // The dialplan's own net: a phone that does not answer by itself must not keep the customer.
      seconds: Math.floor(ms / 10) / 100,
      ...(agent.openLine !== undefined && { openLine: true }),
      // The dialplan begins it once for each call; that it was decided before does not say that it has begun.
      ...(line ? recording({ ...call, recorded: false }, line) : { record: "off", announce: false }),
    },
    because: { rule: RULE, text: why },
  });
}

/** The attempt of a call that asks again, if its agent is still to be found. */
export function askedAgain(turn: Turn, call: string, at: Millis): boolean {
  const attempt = attemptOfCall(turn.floor, call);
  // Who asked for a person during an announcement waits like a caller.
  if (!attempt || attempt.stage === "talking" || attempt.left === "self_service") return false;
  if (attempt.stage === "leaving") abandon(turn, attempt, at, "nobody is looked for any more");
  else connect(turn, attempt.id, at);
  return true;
}
