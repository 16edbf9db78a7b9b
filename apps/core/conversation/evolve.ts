/**
 * How the floor moves with what becomes of a conversation.
 */

import type { Agent, AgentId, Call, Floor } from "../floor.ts";
import type { ConversationEvent, RegroupEvent } from "./events.ts";
import { type Regroup, targetAgent } from "./regroup.ts";
import { putBack } from "./unmoved.ts";

/** Moves the floor; `evolve` in evolve.ts hands these events on. */
export function evolveConversation(floor: Floor, event: ConversationEvent): void {
  switch (event.kind) {
    case "FarSideSeen":
      setCall(floor, event.call, undefined, { far: event.channel });
      return;
    case "SidesChanged":
      setCall(floor, event.call, undefined, { channel: event.channel });
      return;
    case "AnswerAsked":
    case "AnswerNotSent":
      return;
    case "MicrophoneSwitched": {
      const call = floor.agents.get(event.agent)?.call;
      if (call?.id === event.call) setAgent(floor, event.agent, { call: { ...call, muted: event.muted } });
      return;
    }
    case "SupervisionStarted": {
      const { at, call: id, agent, mode, channel } = event;
      setAgent(floor, agent, { call: { id, phase: "talking", since: at, as: "supervisor", mode, channel } });
      return;
    }
    case "SupervisionChanged": {
      const call = floor.agents.get(event.agent)?.call;
      if (call?.id === event.call) setAgent(floor, event.agent, { call: { ...call, mode: event.mode } });
      return;
    }
    case "SupervisionEnded":
      release(floor, event.call, event.agent);
      return;
    case "CallReturned":
      setCall(floor, event.call, event.at, {
        phase: "deciding",
        agentId: undefined,
        tried: [],
        regroup: undefined,
      });
      return;
    default:
      regrouped(floor, event);
  }
}

function regrouped(floor: Floor, event: RegroupEvent): void {
  const call = floor.calls.get(event.call);
  if (!call) return;
  if (event.before) {
    putBack(floor, event.before);
    return;
  }
  const before = call.regroup;
  const after = event.regroup ?? undefined;
  floor.calls.set(call.id, { ...call, regroup: after });
  switch (event.kind) {
    case "ConsultationStarted":
      occupy(floor, call.id, targetAgent(after), "offered", event.at);
      return;
    case "ConsultationAnswered":
      occupy(floor, call.id, targetAgent(after), "talking", event.at);
      return;
    case "ConsultationEnded":
    case "CallRejoined":
      release(floor, call.id, consultantOf(before));
      setCall(floor, call.id, event.at, { phase: "talking", agentId: event.agent });
      return;
    case "TransferFailed":
    case "CallParted":
      release(floor, call.id, consultantOf(before));
      return;
    case "CallTransferred":
      transferred(floor, call, event);
      return;
    case "ConferenceLeft":
      // Whoever stays begins a talk of their own with the next event.
      release(floor, call.id, targetAgent(before));
      return;
    case "TransferCompleted":
      release(floor, call.id, targetAgent(before));
      setCall(floor, call.id, event.at, { phase: "talking", agentId: targetAgent(before) });
      return;
    default:
      return;
  }
}

/** Blind: as if the engine had offered the call to the target; a line is a new arrival. */
function transferred(floor: Floor, call: Call, event: RegroupEvent): void {
  const target = event.regroup && "target" in event.regroup ? event.regroup.target : undefined;
  if (!target) return;
  if (target.kind === "agent") {
    setCall(floor, call.id, event.at, { phase: "offered", agentId: target.id });
    setAgent(floor, target.id, { call: { id: call.id, phase: "offered", since: event.at } });
  } else if (target.kind === "number")
    setCall(floor, call.id, event.at, { phase: "external", agentId: undefined });
  else setCall(floor, call.id, event.at, { ...NEW_ON_LINE, lineId: target.id });
}

/** What a call has behind it on a line counts on that line only (XFER-07). The recording goes on. */
const NEW_ON_LINE = {
  ...{ phase: "deciding", agentId: undefined, regroup: undefined, handedToLine: true },
  ...{ queueId: undefined, servedBy: undefined, calledBack: undefined, urgent: undefined, cutOff: undefined },
  ...{ menuPlayed: undefined, chosen: undefined, welcomed: false },
  ...{ ownerAwaited: undefined, dialled: undefined, tried: [] },
} as const satisfies Partial<Call>;

function consultantOf(group: Regroup | undefined): AgentId | undefined {
  return group?.kind === "conference" ? undefined : targetAgent(group);
}

/** The target of a consultation is in this call, but not with the customer. */
function occupy(
  floor: Floor,
  id: string,
  agent: AgentId | undefined,
  phase: "offered" | "talking",
  at: number,
): void {
  if (agent === undefined) return;
  const channel = floor.agents.get(agent)?.call?.channel;
  setAgent(floor, agent, { call: { id, phase, since: at, as: "consultant", channel } });
}

function release(floor: Floor, id: string, agent: AgentId | undefined): void {
  if (agent !== undefined && floor.agents.get(agent)?.call?.id === id)
    setAgent(floor, agent, { call: undefined });
}

function setAgent(floor: Floor, id: AgentId, change: Partial<Agent>): void {
  const agent = floor.agents.get(id);
  if (agent) floor.agents.set(id, { ...agent, ...change });
}

/** @param at when a phase began; undefined: the phase goes on. */
function setCall(floor: Floor, id: string, at: number | undefined, change: Partial<Call>): void {
  const call = floor.calls.get(id);
  if (call) floor.calls.set(id, { ...call, phaseSince: at ?? call.phaseSince, ...change });
}
