/**
 * Domain events → the live stream's messages: what a screen needs to show, and nothing more.
 */
import { statusOf } from "../core/agents/status.ts";
import type { DomainEvent } from "../core/events.ts";
import type { Floor } from "../core/floor.ts";
import { waitingIn } from "../core/floor.ts";
import { ringSeconds } from "../core/routing/ringing.ts";
import type { DueCall } from "../store/deferred.ts";
import type { ClosedCall, NewNotice } from "../store/intake.ts";
import { announceConversation } from "./conversation-news.ts";
import type { Announcer } from "./ports.ts";

export interface LiveSink {
  push(topic: "calls" | "agents" | "queues" | "system", kind: string, data: object): void;
}

/** An announcer that reads what it needs from the floor, which has already moved. */
export function createAnnouncer(floor: () => Floor, sink: LiveSink): Announcer {
  const shown: Shown = new Map();
  return {
    announce(event) {
      announceCall(floor(), event, sink);
      for (const id of agentsOf(event, shown)) announceAgent(floor(), id, shown, sink);
      if (event.kind === "TalkStarted") announceConnected(floor(), event.call, sink);
      if (event.kind === "CallQueued" || event.kind === "QueueJoined")
        announceQueue(floor(), event.queue, sink);
    },
  };
}

/** The end of a call, once its record is complete and readable. */
export function announceClosed(closed: ClosedCall, sink: LiveSink): void {
  const { id, record } = closed;
  sink.push("calls", "call.ended", {
    id,
    type: record.type,
    ending: record.ending,
    culprit: record.culprit,
    agentId: record.agentId,
    lineId: record.lineId,
    queueId: record.queueId,
    waitMs: record.waitMs,
    talkMs: record.talkMs,
  });
}

/** Notices of missed calls, for those whom they are for (MISS-03). */
export function announceNotices(notices: readonly NewNotice[], sink: LiveSink): void {
  for (const { id, agentId, callId, because, at } of notices)
    sink.push("agents", "notice.created", {
      id,
      agentId,
      kind: "call.missed",
      callId,
      because,
      at: at.toISOString(),
    });
}

/** A deferred call is due: for its agent's screen. */
export function announceDue({ id, agentId, dueAt, ...call }: DueCall, sink: LiveSink): void {
  sink.push("agents", "deferred.due", { id: agentId, deferredId: id, dueAt: dueAt.toISOString(), ...call });
}

/** A queue's counts after somebody came or left (ROUTE-12). */
export function announceQueue(floor: Floor, id: string, sink: LiveSink): void {
  sink.push("queues", "queue.changed", { id, waiting: waitingIn(floor, id).length });
}

function announceCall(floor: Floor, event: DomainEvent, sink: LiveSink): void {
  switch (event.kind) {
    case "CallArrived":
      sink.push("calls", "call.arrived", {
        id: event.call,
        type: event.type,
        ...callerOf(floor, event.call),
      });
      return;
    case "AgentOffered":
      sink.push("calls", "call.offered", {
        id: event.call,
        agentId: event.agent,
        because: event.because.text,
        ...(event.step.kind === "offer" && { ringSeconds: ringSeconds(event.step.seconds) }),
        ...callerOf(floor, event.call),
      });
      return;
    case "QueueRang":
      sink.push("calls", "call.offered", {
        id: event.call,
        agentId: event.agent,
        because: "the queue rings a free agent",
        ...queueRings(floor, event.call),
        ...callerOf(floor, event.call),
      });
      return;
    case "CallQueued":
      sink.push("calls", "call.queued", {
        id: event.call,
        queueId: event.queue,
        because: event.because.text,
      });
      return;
    case "OwnerAwaited":
      sink.push("calls", "call.awaiting-owner", {
        id: event.call,
        agentId: event.agent,
        because: event.because.text,
      });
      return;
    case "MenuPlayed":
      sink.push("calls", "call.menu", { id: event.call, menu: event.menu, because: event.because.text });
      return;
    case "MenuChose":
      sink.push("calls", "call.chose", { id: event.call, digit: event.digit, because: event.because.text });
      return;
    case "ExternalDialled":
      sink.push("calls", "call.dialled-outside", {
        id: event.call,
        number: event.number,
        because: event.because.text,
      });
      return;
    case "CallRefused":
      sink.push("calls", "call.refused", { id: event.call, because: event.because.text });
      return;
    case "TalkStarted":
      sink.push("calls", "call.talking", {
        id: event.call,
        agentId: event.agent,
        since: new Date(event.at).toISOString(),
      });
      openCard(floor, event, sink);
      return;
    case "CallPlaced":
      sink.push("calls", "call.placed", {
        id: event.call,
        agentId: event.agent,
        to: floor.calls.get(event.call)?.to,
      });
      return;
    default:
      announceConversation(floor, event, sink);
  }
}

/** CARD-20, D-35: an inbound call's card opens when it is accepted, that of a call we placed with the answer. */
function openCard(floor: Floor, event: { call: string; agent: string }, sink: LiveSink): void {
  const call = floor.calls.get(event.call);
  if (!call || call.kind === "internal") return;
  const card = { id: call.id, callId: call.id, agentId: event.agent, direction: call.kind, to: call.to };
  sink.push("calls", "card.open", { ...card, ...callerOf(floor, call.id) });
}

/** What an offer and the card show: the caller, and the line's name, project and city (LINE-15, LINE-19). */
function callerOf(floor: Floor, id: string): object {
  const call = floor.calls.get(id);
  const line = call?.lineId ? floor.lines.get(call.lineId) : undefined;
  const { id: lineId, name: lineName, project, city } = line ?? {};
  return { from: call?.from, contactId: call?.contactId, lineId, lineName, project, city };
}

function queueRings(floor: Floor, id: string): { ringSeconds?: number } {
  const queue = floor.queues.get(floor.calls.get(id)?.queueId ?? "");
  return queue ? { ringSeconds: ringSeconds(queue.answerSeconds) } : {};
}

/** What was last said of each agent: how it looked, and in which call. */
type Shown = Map<string, { face: string; call: string | undefined }>;

/** Whom an event may have moved: its agent, and whoever was last shown in its call (a call that goes frees them). */
function agentsOf(event: DomainEvent, shown: Shown): Set<string> {
  const agents = new Set("agent" in event && event.agent !== undefined ? [event.agent] : []);
  if ("call" in event) for (const [id, { call }] of shown) if (call === event.call) agents.add(id);
  return agents;
}

/** A caller who is connected waits no longer. */
function announceConnected(floor: Floor, id: string, sink: LiveSink): void {
  const queue = floor.calls.get(id)?.queueId;
  if (queue) announceQueue(floor, queue, sink);
}

/** Only what a screen would show differently: a phone that turns busy while its agent rings says nothing new. */
function announceAgent(floor: Floor, id: string, shown: Shown, sink: LiveSink): void {
  const agent = floor.agents.get(id);
  if (!agent) return;
  const { call } = agent;
  const face = `${agent.state} ${agent.pendingState} ${statusOf(agent)} ${call?.id} ${call?.phase}`;
  if (shown.get(id)?.face === face) return;
  shown.set(id, { face, call: agent.call?.id });
  sink.push("agents", "agent.changed", {
    id,
    state: agent.state,
    stateSince: new Date(agent.stateSince).toISOString(),
    status: statusOf(agent),
    pendingState: agent.pendingState,
    device: agent.device,
    callId: call?.id,
    phase: call?.phase,
    phaseSince: call && new Date(call.since).toISOString(),
    until: call?.until === undefined ? undefined : new Date(call.until).toISOString(),
    talkingSince: agent.call?.phase === "talking" ? new Date(agent.call.since).toISOString() : undefined,
  });
}
