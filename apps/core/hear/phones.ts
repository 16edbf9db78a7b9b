/**
 * A phone that vanishes (F11): the agent is not offered calls until it is back, and the caller loses nothing by it.
 * While it rings it is looked after every two seconds; in a talk Asterisk misses its voice (rtp_timeout).
 */

import { pauseInQueues } from "../agents/pause.ts";
import { LOST } from "../events.ts";
import type { AgentCall, Millis } from "../floor.ts";
import type { Input } from "../inputs.ts";
import { agentAt, type Turn } from "../turn.ts";
import { adopt, withoutPartner } from "./adopt.ts";
import { endTalk } from "./service.ts";

/** Most phones are answered before anybody has to be asked. */
const FIRST_LOOK_MS = 1500;
const NEXT_LOOK_MS = 2000;

/** A phone rings: it will be looked after. */
export function lookAfter(turn: Turn, phone: string, call: AgentCall["id"], at: Millis): void {
  const first = at + FIRST_LOOK_MS;
  turn.ask({ kind: "wake", at: first, input: { kind: "stillRinging", at: first, call, phone } });
}

/** It rings still: is anybody there? */
export function stillRinging(turn: Turn, input: Extract<Input, { kind: "stillRinging" }>): void {
  const held = agentAt(turn.floor, input.phone)?.call;
  if (held?.id !== input.call || held.phase !== "offered") return;
  const next = input.at + NEXT_LOOK_MS;
  turn.ask({ kind: "probePhone", call: input.call, phone: input.phone });
  turn.ask({
    kind: "wake",
    at: next,
    input: { kind: "stillRinging", at: next, call: input.call, phone: input.phone },
  });
}

/** The phone that rings does not answer Asterisk: its leg is ended, and the caller goes on at once. */
export function phoneSilent(turn: Turn, input: Extract<Input, { kind: "phoneSilent" }>): void {
  const agent = agentAt(turn.floor, input.phone);
  const held = agent?.call;
  if (!agent || held?.id !== input.call || held.phase !== "offered") return;
  turn.happened({ kind: "PhoneLost", at: input.at, call: input.call, agent: agent.id });
  pauseInQueues(turn, agent.id);
  if (held.channel) turn.ask({ kind: "hangUp", call: input.call, channel: held.channel });
}

/**
 * The agent's voice was missed for too long; the customer is still there and goes to the head of the queue. The talk was
 * one like others, with its wrap-up; Asterisk's record may have told its end before, or does so later.
 */
export function phoneVanished(turn: Turn, input: Extract<Input, { kind: "phoneVanished" }>): void {
  const agent = agentAt(turn.floor, input.phone);
  adopt(turn, input);
  if (turn.floor.calls.get(input.call)?.regroup)
    turn.happened({ kind: "CallReturned", at: input.at, call: input.call });
  if (agent) {
    turn.happened({ kind: "PhoneLost", at: input.at, call: input.call, agent: agent.id });
    const lost = turn.floor.agents.get(agent.id) ?? agent;
    if (lost.call?.id === input.call && lost.call.phase === "talking") endTalk(turn, lost, input.at);
    turn.happened({
      kind: "OfferEnded",
      at: input.at,
      call: input.call,
      agent: agent.id,
      result: LOST,
    });
    pauseInQueues(turn, agent.id);
  }
  withoutPartner(turn, input);
}
