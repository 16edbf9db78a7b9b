/**
 * What Asterisk's own record says: who rings, who talks, who waits, who is gone (law L5).
 */
import { heardInRegroup, isParted, outsideCalled } from "../conversation/heard.ts";
import { broughtByPhone } from "../conversation/phone-brought.ts";
import { withdrawn } from "../dialling/leaving.ts";
import type { Agent, AgentCall, Floor } from "../floor.ts";
import type { Input } from "../inputs.ts";
import { attemptOver, callerLeft, customerServed } from "../queueing/attempt.ts";
import { agentAt, agentOn, type Turn } from "../turn.ts";
import { adopt } from "./adopt.ts";
import { attemptCallGone, attemptGone } from "./dialling.ts";
import { lookAfter } from "./phones.ts";
import { beginTalk, endTalk, settle } from "./service.ts";

/** The queue, or the fallback, rings an agent without asking us. */
export function phoneCalled(turn: Turn, input: Extract<Input, { kind: "phoneCalled" }>): void {
  const agent = agentAt(turn.floor, input.phone);
  if (!agent) {
    outsideCalled(turn, input);
    return;
  }
  if (agent.call?.id === input.call) {
    if (agent.call.channel === undefined && input.channel)
      turn.happened({
        kind: "LegSeen",
        at: input.at,
        call: input.call,
        agent: agent.id,
        channel: input.channel,
      });
    withdrawn(turn, agent.id);
    if (agent.call.phase === "offered") lookAfter(turn, input.phone, input.call, input.at);
    return;
  }
  if (agent.call || isOffered(turn.floor, input.call, agent)) return;
  turn.happened({
    kind: "QueueRang",
    at: input.at,
    call: input.call,
    agent: agent.id,
    channel: input.channel,
  });
  lookAfter(turn, input.phone, input.call, input.at);
}

/** An agent's phone enters or leaves a bridge. */
export function talkChanged(turn: Turn, input: Extract<Input, { kind: "talkStarted" | "talkEnded" }>): void {
  const { floor } = turn;
  if (input.kind === "talkEnded" && input.gone && input.channel)
    attemptGone(turn, input.channel, input.at, input.cause);
  if (heardInRegroup(turn, input)) return;
  const agent = agentAt(floor, input.phone) ?? agentOn(floor, input.channel);
  if (!agent) return;
  if (input.kind === "talkEnded" && !input.gone && isParted(floor.calls.get(input.call), agent)) return;
  const mine = agent.call?.id === input.call ? agent.call.phase : undefined;
  if (input.kind === "talkEnded" && mine === "offered" && !isOffered(floor, input.call, agent))
    turn.happened({ kind: "QueueRingEnded", at: input.at, call: input.call, agent: agent.id });
  if ((mine === "talking") === (input.kind === "talkStarted")) return; // Heard already, or never answered.
  const common = { at: input.at, call: input.call, agent: agent.id };
  if (input.kind === "talkEnded") {
    endTalk(turn, agent, input.at);
    return;
  }
  if (broughtByPhone(turn, { ...input, kind: "talkStarted" }, agent)) return;
  turn.happened({ kind: "TalkStarted", ...common, channel: input.channel });
  customerServed(turn, input.call, input.at);
  beginTalk(turn, agent.id, mine === "dialling");
}

/** A call waits in one of Asterisk's queues, perhaps without our doing. */
export function queueJoined(turn: Turn, input: Extract<Input, { kind: "queueJoined" }>): void {
  const queue = [...turn.floor.queues.values()].find((each) => each.key === input.queueKey);
  if (!queue) return;
  const call = turn.floor.calls.has(input.call) ? input.call : callOf(turn.floor, input.channel);
  if (call === undefined) adopt(turn, { ...input, lineKey: "" });
  turn.happened({
    kind: "QueueJoined",
    at: input.at,
    call: call ?? input.call,
    channel: input.channel,
    queue: queue.id,
  });
}

/** queue_log names the channel that waits, which is not the first of its call when an agent had called it. */
function callOf(floor: Floor, channel: string): string | undefined {
  for (const call of floor.calls.values()) if (call.channel === channel) return call.id;
  return undefined;
}

/** Asterisk did not take a step; the dialplan goes on with the call alone, perhaps to a talk of which we know already. */
export function stepRefused(turn: Turn, input: Extract<Input, { kind: "stepRefused" }>): void {
  const call = turn.floor.calls.get(input.call);
  if (call?.phase === "talking" && agentsIn(turn.floor, input.call, "talking").length > 0) return;
  if (call) turn.happened({ kind: "StepRefused", at: input.at, call: input.call });
}

/** The last channel is gone. */
export function callGone(turn: Turn, input: Extract<Input, { kind: "callGone" }>): void {
  for (const agent of agentsIn(turn.floor, input.call, "talking")) endTalk(turn, agent, input.at);
  attemptCallGone(turn, input.call, input.at);
  const dialling = agentsIn(turn.floor, input.call, "dialling");
  if (turn.floor.calls.has(input.call) || someoneIn(turn.floor, input.call))
    turn.happened({ kind: "CallGone", at: input.at, call: input.call });
  for (const agent of dialling) settle(turn, agent.id, input.at, true);
  attemptOver(turn, input.call, input.at, "nobody answered, or nobody was spoken to");
  callerLeft(turn, input.call, input.at);
}

function agentsIn(floor: Floor, call: string, phase: AgentCall["phase"]): Agent[] {
  const found: Agent[] = [];
  for (const agent of floor.agents.values())
    if (agent.call?.id === call && agent.call.phase === phase) found.push(agent);
  return found;
}

/** Whether the engine itself is offering this call to this agent. */
function isOffered(floor: Floor, call: string, agent: Agent): boolean {
  const known = floor.calls.get(call);
  return known?.phase === "offered" && known.agentId === agent.id;
}

function someoneIn(floor: Floor, call: string): boolean {
  for (const agent of floor.agents.values())
    if (agent.call?.id === call && agent.call.phase !== "wrap-up") return true;
  return false;
}
