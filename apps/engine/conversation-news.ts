/**
 * What becomes of a conversation → the live stream: what the two or three of them see on their screens.
 */

import type { RegroupEvent } from "../core/conversation/events.ts";
import { type Regroup, targetAgent } from "../core/conversation/regroup.ts";
import type { DomainEvent } from "../core/events.ts";
import type { Floor } from "../core/floor.ts";
import type { LiveSink } from "./ports.ts";

/** Says it to whoever follows the call; events of other kinds say nothing here. */
export function announceConversation(floor: Floor, event: DomainEvent, sink: LiveSink): void {
  switch (event.kind) {
    case "AnswerAsked":
    case "AnswerNotSent":
      sink.push("calls", event.kind === "AnswerAsked" ? "call.answering" : "call.answer-failed", {
        id: event.call,
        agentId: event.agent,
        because: event.because.text,
      });
      return;
    case "MicrophoneSwitched":
      sink.push("calls", "call.muted", { id: event.call, agentId: event.agent, muted: event.muted });
      return;
    case "SupervisionStarted":
    case "SupervisionChanged":
    case "SupervisionEnded":
      // Only for supervisors: the agent is not told (the audit is).
      sink.push("system", `call.${WORDS[event.kind]}`, {
        id: event.call,
        supervisorId: event.agent,
        ...("mode" in event && { mode: event.mode }),
      });
      return;
    default:
      if ("regroup" in event) announceRegroup(floor, event, sink);
  }
}

const WORDS = {
  SupervisionStarted: "supervised",
  SupervisionChanged: "supervised",
  SupervisionEnded: "supervision-ended",
} as const;

const STATES: Readonly<Record<RegroupEvent["kind"], string>> = {
  CallHeld: "call.held",
  CallResumed: "call.resuming",
  CallRejoined: "call.rejoined",
  CallParted: "call.parted",
  ConsultationStarted: "transfer.started",
  ConsultationSeen: "transfer.ringing",
  ConsultationAnswered: "transfer.offered",
  ConsultationEnded: "transfer.interrupted",
  ConferenceStarted: "conference.started",
  ConferenceLeft: "conference.left",
  TransferHanded: "transfer.accepted",
  TransferFailed: "transfer.failed",
  TransferCompleted: "transfer.completed",
  CallTransferred: "transfer.blind",
  MoveRefused: "call.unmoved",
};

function announceRegroup(floor: Floor, event: RegroupEvent, sink: LiveSink): void {
  const call = floor.calls.get(event.call);
  const colleague = event.colleague ?? targetAgent(event.regroup ?? undefined);
  sink.push("calls", STATES[event.kind], {
    id: event.call,
    agentId: event.agent,
    state: event.regroup?.kind ?? "talking",
    because: event.because.text,
    ...shownTarget(event.regroup),
    ...(colleague !== undefined && { colleagueId: colleague }),
    // XFER-15: until the call is theirs, the colleague sees the operator; afterwards the client.
    ...(SHOWING_OPERATOR.has(event.kind) && operator(floor, event.agent)),
    ...(event.kind === "TransferCompleted" && { from: call?.from, contactId: call?.contactId ?? null }),
  });
  if (event.kind !== "TransferCompleted" || colleague === undefined) return;
  // INT-01: the request intake wizard opens with the number in its search field and the client selected.
  sink.push("calls", "intake.open", {
    id: event.call,
    agentId: colleague,
    phone: call?.from ?? null,
    contactId: call?.contactId ?? null,
  });
}

const SHOWING_OPERATOR: ReadonlySet<RegroupEvent["kind"]> = new Set([
  "ConsultationStarted",
  "ConsultationAnswered",
]);

function operator(floor: Floor, id: string): object {
  const agent = floor.agents.get(id);
  return { operator: { id, name: agent?.name, shortNumber: agent?.shortNumber } };
}

function shownTarget(group: Regroup | null): object {
  if (!group || !("target" in group)) return {};
  const { target } = group;
  const needed = "acceptanceNeeded" in group ? { acceptanceNeeded: group.acceptanceNeeded } : {};
  return {
    target: { kind: target.kind, id: target.kind === "number" ? target.number : target.id },
    ...needed,
  };
}
