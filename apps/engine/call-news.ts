/**
 * What becomes of a call → the live stream: from its arrival until somebody talks. What happens in a conversation is
 * told by conversation-news.ts.
 */
import type { DomainEvent } from "../core/events.ts";
import type { Floor } from "../core/floor.ts";
import { opensAtStart } from "../core/outgoing/errand.ts";
import { ringSeconds } from "../core/routing/ringing.ts";
import { announceConversation } from "./conversation-news.ts";
import type { LiveSink } from "./ports.ts";

/** Says what an event means to those who follow calls; many events say nothing. */
export function announceCall(floor: Floor, event: DomainEvent, sink: LiveSink): void {
  const news = newsOf(floor, event);
  if (news && "call" in event) sink.push("calls", news[0], { id: event.call, ...news[1] });
  if (event.kind === "TalkStarted" || event.kind === "CallPlaced") openCard(floor, event, sink);
  announceConversation(floor, event, sink);
}

/** The live stream's name of what happened, and what belongs to it beside the call's id. */
type News = readonly [kind: string, data: object];

function newsOf(floor: Floor, event: DomainEvent): News | undefined {
  switch (event.kind) {
    case "CallArrived":
      return ["call.arrived", { type: event.type, ...callerOf(floor, event.call) }];
    case "AgentOffered":
      return [
        "call.offered",
        {
          agentId: event.agent,
          because: event.because.text,
          ...(event.step.kind === "offer" && { ringSeconds: ringSeconds(event.step.seconds) }),
          ...callerOf(floor, event.call),
        },
      ];
    case "QueueRang":
      return [
        "call.offered",
        {
          agentId: event.agent,
          because: "the queue rings a free agent",
          ...queueRings(floor, event.call),
          ...callerOf(floor, event.call),
        },
      ];
    case "CallQueued":
      return ["call.queued", { queueId: event.queue, because: event.because.text }];
    case "OwnerAwaited":
      return ["call.awaiting-owner", { agentId: event.agent, because: event.because.text }];
    case "MenuPlayed":
      return ["call.menu", { menu: event.menu, because: event.because.text }];
    case "MenuChose":
      return ["call.chose", { digit: event.digit, because: event.because.text }];
    case "ExternalDialled":
      return ["call.dialled-outside", { number: event.number, because: event.because.text }];
    case "CallRefused":
      return ["call.refused", { because: event.because.text }];
    case "TalkStarted":
      return ["call.talking", { agentId: event.agent, since: new Date(event.at).toISOString() }];
    case "CallPlaced":
      return [
        "call.placed",
        { agentId: event.agent, to: floor.calls.get(event.call)?.to, errand: event.errand },
      ];
    default:
      return undefined;
  }
}

/**
 * CARD-20, D-35: an inbound call's card opens when it is accepted, that of a call we placed with the answer, or, when it
 * was placed for a task, as soon as it is dialled.
 */
function openCard(
  floor: Floor,
  event: { kind: "TalkStarted" | "CallPlaced"; call: string; agent: string },
  sink: LiveSink,
): void {
  const call = floor.calls.get(event.call);
  if (!call || call.kind === "internal") return;
  const early = opensAtStart(call.errand) && call.errand?.by === event.agent;
  if (early !== (event.kind === "CallPlaced")) return;
  const card = { id: call.id, callId: call.id, agentId: event.agent, direction: call.kind, to: call.to };
  sink.push("calls", "card.open", { ...card, ...callerOf(floor, call.id) });
}

/** What an offer and the card show: the caller, and the line's name, project and city (LINE-15, LINE-19). */
function callerOf(floor: Floor, id: string): object {
  const call = floor.calls.get(id);
  const line = call?.lineId ? floor.lines.get(call.lineId) : undefined;
  const { id: lineId, name: lineName, project, city } = line ?? {};
  const errand = call?.errand && { kind: call.errand.kind, id: call.errand.id };
  return { from: call?.from, contactId: call?.contactId, lineId, lineName, project, city, errand };
}

function queueRings(floor: Floor, id: string): { ringSeconds?: number } {
  const queue = floor.queues.get(floor.calls.get(id)?.queueId ?? "");
  return queue ? { ringSeconds: ringSeconds(queue.answerSeconds) } : {};
}
