/**
 * What Asterisk tells of a regrouped conversation. A channel that leaves a bridge because we moved it has not ended
 * its talk: the agent stays busy for everybody else, and no wrap-up begins.
 */
import type { Because } from "../because.ts";
import type { Agent, Call } from "../floor.ts";
import { beginTalk } from "../hear/service.ts";
import type { Input } from "../inputs.ts";
import { agentAt, agentOn, type Turn } from "../turn.ts";
import type { RegroupEvent } from "./events.ts";
import { type Regroup, targetAgent } from "./regroup.ts";
import { actOf } from "./request.ts";
import { joinAll } from "./transfer.ts";

export type TalkInput = Extract<Input, { kind: "talkStarted" | "talkEnded" }>;

/**
 * Whether an agent's leaving of a bridge is only a parting: the conversation goes on, and the agent belongs to it.
 * Whoever counts talk or begins a wrap-up asks this first; a channel that is gone (`gone`) is never only parted.
 */
export function isParted(call: Call | undefined, agent: Agent): boolean {
  const group = call?.regroup;
  if (!group || group.kind === "transferring") return false;
  return group.by === agent.id || targetAgent(group) === agent.id;
}

/** Takes what belongs to a regrouped call or a supervisor. @returns whether nobody else has to look at it. */
export function heardInRegroup(turn: Turn, input: TalkInput): boolean {
  const { floor } = turn;
  const agent = agentAt(floor, input.phone) ?? agentOn(floor, input.channel);
  const call = floor.calls.get(input.call);
  if (agent?.call?.as === "supervisor" && agent.call.id === input.call)
    return supervisorHeard(turn, input, agent);
  const group = call?.regroup;
  if (!call || !group) return false;
  if (input.channel === call.channel) return customerHeard(turn, input, call, group);
  if (isTarget(group, agent, input)) return targetHeard(turn, input, group, agent);
  if (agent?.id !== group.by || group.kind === "transferring") return false;
  if (input.kind === "talkStarted" || !input.gone) return true;
  holderGone(turn, input, group);
  return false;
}

/** The channel of somebody outside, which no agent has: whom an agent calls, or consults. */
export function outsideCalled(turn: Turn, input: Extract<Input, { kind: "phoneCalled" }>): void {
  const call = turn.floor.calls.get(input.call);
  const group = call?.regroup;
  if (call?.kind === "outbound" && call.phase === "external" && !group && input.channel) {
    turn.happened({ kind: "FarSideSeen", at: input.at, call: call.id, channel: input.channel });
    return;
  }
  if (group?.kind !== "consulting" || group.target.kind !== "number" || group.channel) return;
  if (input.phone !== group.target.trunkKey || input.channel === call?.channel) return;
  say(
    turn,
    input,
    group.by,
    "ConsultationSeen",
    { ...group, channel: input.channel },
    "the number is dialled",
  );
}

function supervisorHeard(turn: Turn, input: TalkInput, agent: Agent): boolean {
  const group = turn.floor.calls.get(input.call)?.regroup;
  if (input.kind === "talkEnded" && input.gone && input.channel === agent.call?.channel) {
    turn.happened({ kind: "SupervisionEnded", at: input.at, call: input.call, agent: agent.id });
    if (group?.kind === "handing" && targetAgent(group) === agent.id)
      say(turn, input, group.by, "TransferFailed", null, `${agent.name} hung up`);
  }
  return true;
}

/** The customer enters a bridge again: with whom, the group knows. */
function customerHeard(turn: Turn, input: TalkInput, _call: Call, group: Regroup): boolean {
  if (input.kind === "talkEnded") return !input.gone;
  switch (group.kind) {
    case "held":
    case "consulting":
    case "returning":
      say(turn, input, group.by, "CallRejoined", null, "the caller and the agent talk again");
      return true;
    case "handing":
      arrived(turn, input, group);
      return true;
    case "conference":
    case "transferring":
      return true;
  }
}

function isTarget(group: Regroup, agent: Agent | undefined, input: TalkInput): boolean {
  if (!("target" in group)) return false;
  if (group.target.kind === "agent") return agent?.id === group.target.id;
  if (group.kind === "transferring")
    return group.target.kind === "number" && input.phone === group.target.trunkKey;
  return "channel" in group && group.channel !== undefined && group.channel === input.channel;
}

function targetHeard(turn: Turn, input: TalkInput, group: Regroup, agent: Agent | undefined): boolean {
  const gone = input.kind === "talkEnded" && input.gone === true;
  switch (group.kind) {
    case "consulting":
      if (input.kind === "talkStarted") answered(turn, input, group);
      else if (gone) {
        const text = group.answered ? "the colleague hung up" : "the colleague did not answer";
        say(
          turn,
          input,
          group.by,
          "ConsultationEnded",
          { kind: "returning", by: group.by, since: input.at },
          text,
        );
      }
      return true;
    case "handing":
      if (gone) say(turn, input, group.by, "TransferFailed", null, "the colleague hung up");
      return true;
    case "conference":
      if (gone) say(turn, input, group.by, "ConferenceLeft", null, "the colleague left; two are left");
      return !gone;
    case "transferring":
      if (input.kind === "talkStarted") arrived(turn, input, group);
      return input.kind === "talkStarted" || agent === undefined;
    default:
      return false;
  }
}

function answered(turn: Turn, input: TalkInput, group: Extract<Regroup, { kind: "consulting" }>): void {
  if (group.answered) return;
  say(turn, input, group.by, "ConsultationAnswered", { ...group, answered: true }, "the colleague answered");
  if (!group.thenConference) return;
  const act = actOf(turn, input.at, input.call, group.by);
  if (act) joinAll(act);
}

/** The customer and the target hear each other. */
function arrived(
  turn: Turn,
  input: TalkInput,
  group: Extract<Regroup, { kind: "handing" | "transferring" }>,
): void {
  const agent = targetAgent(group);
  const channel = agent === undefined ? undefined : turn.floor.agents.get(agent)?.call?.channel;
  say(
    turn,
    input,
    group.by,
    "TransferCompleted",
    null,
    "the caller talks with whom they were handed to",
    agent,
  );
  if (agent !== undefined) takesOver(turn, input, agent, channel ?? input.channel);
}

/** The agent of a regrouped call has hung up. */
function holderGone(turn: Turn, input: TalkInput, group: Regroup): void {
  if (group.kind === "handing") return;
  const colleague = targetAgent(group);
  if (group.kind !== "conference") {
    const text = "the agent hung up while the caller was waiting";
    say(turn, input, group.by, "CallParted", null, text, colleague);
    return;
  }
  say(turn, input, group.by, "ConferenceLeft", null, "the agent left; two are left", colleague);
  if (colleague !== undefined) takesOver(turn, input, colleague, group.channel);
}

/** Who was consulted has the customer from here on: the talk, its wrap-up and its place in the record. */
function takesOver(turn: Turn, { at, call }: TalkInput, agent: string, channel: string | undefined): void {
  turn.happened({ kind: "TalkStarted", at, call, agent, channel });
  beginTalk(turn, agent, false);
}

function say(
  turn: Turn,
  input: { at: number; call: string },
  agent: string,
  kind: RegroupEvent["kind"],
  regroup: Regroup | null,
  text: string,
  colleague?: string,
): void {
  const because: Because = { rule: RULES[kind] ?? "L1", text };
  turn.happened({ kind, at: input.at, call: input.call, agent, colleague, regroup, because });
}

const RULES: Partial<Record<RegroupEvent["kind"], string>> = {
  CallRejoined: "SOFT-02",
  ConsultationAnswered: "XFER-03",
  ConsultationEnded: "XFER-03",
  ConferenceLeft: "XFER-04",
  TransferCompleted: "XFER-01",
};
