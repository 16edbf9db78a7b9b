/**
 * Domain events → the live stream's messages: what a screen needs to show, and nothing more.
 */
import { shownState } from "../core/agents/shown-state.ts";
import { statusOf } from "../core/agents/status.ts";
import type { DomainEvent } from "../core/events.ts";
import { type Floor, waitingIn } from "../core/floor.ts";
import type { DueCall } from "../store/deferred.ts";
import type { ClosedCall, NewNotice } from "../store/intake.ts";
import type { DueOrder } from "../store/orders.ts";
import { announceCall } from "./call-news.ts";
import type { Announcer, LiveSink } from "./ports.ts";

/** An announcer that reads what it needs from the floor, which has already moved. */
export function createAnnouncer(floor: () => Floor, sink: LiveSink): Announcer {
  const shown: Shown = new Map();
  return {
    announce(event) {
      announceCall(floor(), event, sink);
      for (const id of agentsOf(event, shown)) announceAgent(floor(), id, shown, sink);
      const queue = queueMovedBy(event, floor());
      if (queue) announceQueue(floor(), queue, sink);
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
  for (const { id, agentId, kind, callId, because, at } of notices)
    sink.push("agents", "notice.created", {
      id,
      agentId,
      kind,
      callId,
      because,
      at: at.toISOString(),
    });
}

/** A deferred call is due: for its agent's screen. */
export function announceDue({ id, agentId, dueAt, ...call }: DueCall, sink: LiveSink): void {
  sink.push("agents", "deferred.due", { id: agentId, deferredId: id, dueAt: dueAt.toISOString(), ...call });
}

/**
 * An order is to be called again: for whoever promised it to the client, or, when nobody was reached, for all who know
 * its product.
 */
export function announceDueOrder(
  { agentIds, responsibleId, dueAt, id, ...order }: DueOrder,
  sink: LiveSink,
): void {
  const promised = order.status === "in_work" && responsibleId !== null ? [responsibleId] : agentIds;
  for (const agent of promised)
    sink.push("agents", "order.due", { id: agent, orderId: id, dueAt: dueAt.toISOString(), ...order });
}

/** A queue's counts after somebody came or left (ROUTE-12). */
export function announceQueue(floor: Floor, id: string, sink: LiveSink): void {
  sink.push("queues", "queue.changed", { id, waiting: waitingIn(floor, id).length });
}

/** What was last said of each agent: how it looked, and in which call. */
type Shown = Map<string, { face: string; call: string | undefined }>;

/** Whom an event may have moved: its agent, and whoever was last shown in its call (a call that goes frees them). */
function agentsOf(event: DomainEvent, shown: Shown): Set<string> {
  const agents = new Set("agent" in event && event.agent !== undefined ? [event.agent] : []);
  if ("call" in event) for (const [id, { call }] of shown) if (call === event.call) agents.add(id);
  return agents;
}

/** The queue whose count of waiting callers an event changes: a caller who is connected waits no longer. */
function queueMovedBy(event: DomainEvent, floor: Floor): string | undefined {
  if (event.kind === "CallQueued" || event.kind === "QueueJoined") return event.queue;
  return event.kind === "TalkStarted" ? floor.calls.get(event.call)?.queueId : undefined;
}

/** Only what a screen would show differently: a phone that turns busy while its agent rings says nothing new. */
function announceAgent(floor: Floor, id: string, shown: Shown, sink: LiveSink): void {
  const agent = floor.agents.get(id);
  if (!agent) return;
  const { call } = agent;
  const iso = (ms: number): string => new Date(ms).toISOString();
  const face = `${agent.state} ${agent.pendingState} ${statusOf(agent)} ${call?.id} ${call?.phase}`;
  if (shown.get(id)?.face === face) return;
  shown.set(id, { face, call: call?.id });
  sink.push("agents", "agent.changed", {
    id,
    state: agent.state,
    stateSince: iso(agent.stateSince),
    status: statusOf(agent),
    shown: shownState(agent.state, call?.phase),
    pendingState: agent.pendingState,
    device: agent.device,
    callId: call?.id,
    phase: call?.phase,
    phaseSince: call && iso(call.since),
    until: call?.until === undefined ? undefined : iso(call.until),
    talkingSince: call?.phase === "talking" ? iso(call.since) : undefined,
  });
}
