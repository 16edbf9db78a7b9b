/**
 * How the floor moves with each event.
 *
 * `evolve` is the only function that changes a floor, and it changes it in place: a contact centre has a few
 * thousand calls in its maps and fifty events a second, and nobody keeps an old floor.
 */
import { wrapUpOf } from "./agents/wrap-up.ts";
import { evolveConversation } from "./conversation/evolve.ts";
import { evolveDialling, followAttempt } from "./dialling/evolve.ts";
import type { Step } from "./effects.ts";
import { type DomainEvent, LOST } from "./events.ts";
import type { Agent, AgentId, Call, CallId, Floor, Millis, QueueId } from "./floor.ts";
import { lineOf } from "./floor.ts";
import { evolveCallback } from "./queueing/evolve.ts";
import { recoverCalls, recoverWrapUps } from "./recovered.ts";
import { REMEMBERED } from "./routing/likely-free.ts";
import { replaceSettings } from "./settings-loaded.ts";

/** Moves the floor to after the event. Events about calls or agents that are unknown move nothing. */
export function evolve(floor: Floor, event: DomainEvent): void {
  followAttempt(floor, event);
  switch (event.kind) {
    case "CallArrived":
      floor.calls.set(event.call, {
        id: event.call,
        channel: event.channel,
        kind: event.type,
        lineId: event.lineId,
        from: event.from,
        to: event.to,
        contactId: event.contactId,
        ownerId: event.ownerId,
        arrivedAt: event.at,
        phase: "deciding",
        phaseSince: event.at,
        tried: [],
        welcomed: false,
        recorded: false,
        calledBack: event.calledBack,
      });
      return;
    case "AgentOffered":
      changeCall(floor, event.call, event.at, {
        phase: "offered",
        agentId: event.agent,
        ...servedBy(floor, event.call, event.queue),
        ...recordedBy(event.step),
      });
      changeAgent(floor, event.agent, { call: { id: event.call, phase: "offered", since: event.at } });
      return;
    case "PhoneLost":
      changeAgent(floor, event.agent, { phoneLost: true });
      changeCall(floor, event.call, event.at, { urgent: true });
      return;
    case "CallPlaced":
      changeCall(floor, event.call, event.at, {
        agentId: event.agent,
        ...(event.errand && { errand: { ...event.errand, by: event.agent } }),
      });
      changeAgent(floor, event.agent, {
        call: { id: event.call, phase: "dialling", since: event.at, channel: event.channel },
      });
      return;
    case "MenuPlayed":
      changeCall(floor, event.call, event.at, { phase: "menu", menuPlayed: true });
      return;
    case "MenuChose":
      changeCall(floor, event.call, event.at, {
        phase: "deciding",
        menuPlayed: true,
        chosen: event.chosen,
        ...(event.chosen?.kind === "queue" && { servedBy: event.chosen.queue }),
      });
      return;
    case "CallWelcomed":
      changeCall(floor, event.call, event.at, { phase: "welcome", ...recordedBy(event.step) });
      return;
    case "CallerWelcomed":
      changeCall(floor, event.call, event.at, { phase: "deciding", welcomed: true });
      return;
    case "ExternalDialled":
      changeCall(floor, event.call, event.at, {
        phase: "external",
        ...(floor.calls.get(event.call)?.kind !== "outbound" && { agentId: event.agent }),
        dialled: [...(floor.calls.get(event.call)?.dialled ?? []), event.number],
        ...recordedBy(event.step),
      });
      if (event.agent)
        changeAgent(floor, event.agent, { call: { id: event.call, phase: "offered", since: event.at } });
      return;
    case "OwnerAwaited":
      changeCall(floor, event.call, event.at, {
        phase: "awaiting-owner",
        ownerAwaited: true,
        ...recordedBy(event.step),
      });
      return;
    case "OwnerMissed":
      changeCall(floor, event.call, event.at, { phase: "deciding", ownerAwaited: true });
      return;
    case "TalksSeen":
      for (const [agent, talks] of event.talks) floor.talks.set(agent, talks);
      return;
    case "ExternalEnded":
      freeOffered(floor, event.call);
      changeCall(floor, event.call, event.at, {
        phase: "deciding",
        ...(floor.calls.get(event.call)?.kind !== "outbound" && { agentId: undefined }),
      });
      return;
    case "OfferEnded": {
      const call = floor.calls.get(event.call);
      // After a talk its wrap-up goes on.
      if (floor.agents.get(event.agent)?.call?.phase !== "wrap-up") freeAgent(floor, event.agent, event.call);
      if (call)
        changeCall(floor, event.call, event.at, {
          phase: "deciding",
          agentId: undefined,
          tried: event.result === LOST ? [event.agent] : [...call.tried, event.agent],
          cutOff: call.cutOff || event.result === LOST,
        });
      return;
    }
    case "CallQueued":
      changeCall(floor, event.call, event.at, {
        phase: "queued",
        phaseSince: event.since ?? event.at,
        queueId: event.queue,
        joined: undefined,
        agentId: undefined,
        ...servedBy(floor, event.call, event.queue),
        ...recordedBy(event.step),
      });
      return;
    case "QueueJoined": {
      const call = floor.calls.get(event.call);
      if (call?.phase === "talking") return;
      freeOffered(floor, event.call);
      changeCall(floor, event.call, call?.phase === "queued" ? call.phaseSince : event.at, {
        ...(call?.phase !== "queued" && { phase: "queued", queueId: event.queue, agentId: undefined }),
        joined: true,
      });
      return;
    }
    case "CallRefused":
      changeCall(floor, event.call, event.at, { phase: "ending", agentId: undefined });
      return;
    case "QueueRang":
      changeAgent(floor, event.agent, {
        call: { id: event.call, phase: "offered", since: event.at, channel: event.channel },
      });
      return;
    case "LegSeen": {
      const held = floor.agents.get(event.agent)?.call;
      if (held?.id === event.call && event.channel)
        changeAgent(floor, event.agent, { call: { ...held, channel: event.channel } });
      return;
    }
    case "QueueRingEnded":
      freeAgent(floor, event.agent, event.call);
      return;
    case "TalkStarted":
      freeOffered(floor, event.call, event.agent);
      changeCall(floor, event.call, event.at, { phase: "talking", agentId: talkerOf(floor, event) });
      // An agent who holds one call and speaks in another is in the first one still, unless the channel has moved.
      if (isNewTalk(floor.agents.get(event.agent), event))
        changeAgent(floor, event.agent, {
          call: {
            id: event.call,
            phase: "talking",
            since: event.at,
            channel: event.channel ?? floor.agents.get(event.agent)?.call?.channel,
            wrapUp: wrapUpOf(floor, event.call),
          },
        });
      return;
    case "TalkEnded":
      rememberTalk(floor, event);
      freeAgent(floor, event.agent, event.call);
      changeAgent(floor, event.agent, { lastTalkEndedAt: event.at });
      return;
    case "WrapUpStarted":
      changeAgent(floor, event.agent, {
        call: { id: event.call, phase: "wrap-up", since: event.at, until: event.until },
      });
      return;
    case "WrapUpEnded":
      freeAgent(floor, event.agent, event.call);
      return;
    case "ServiceCompleted": {
      const held = floor.agents.get(event.agent)?.call;
      if (held?.id === event.call) changeAgent(floor, event.agent, { call: { ...held, completed: true } });
      return;
    }
    case "StepRefused":
      // It waits in Asterisk's queue, whatever else was decided for it.
      if (floor.calls.get(event.call)?.joined) return;
      freeOffered(floor, event.call);
      changeCall(floor, event.call, event.at, {
        phase: "deciding",
        agentId: undefined,
        // A menu that was not reached is not a menu that was played.
        ...(floor.calls.get(event.call)?.phase === "menu" && { menuPlayed: false }),
      });
      return;
    case "CallGone":
      for (const agent of floor.agents.values())
        if (agent.call?.phase !== "wrap-up") freeAgent(floor, agent.id, event.call);
      floor.calls.delete(event.call);
      return;
    case "DeviceChanged":
      changeAgent(floor, event.agent, {
        device: event.device,
        // It is back when it has been away.
        ...(floor.agents.get(event.agent)?.device === "unreachable" && { phoneLost: undefined }),
      });
      return;
    case "OpenLineChanged":
      changeAgent(floor, event.agent, { openLine: event.channel });
      return;
    case "StateChosen":
      changeAgent(floor, event.agent, {
        state: event.state,
        stateSince: event.at,
        phoneLost: undefined,
        pendingState: undefined,
      });
      return;
    case "StatePlanned":
      changeAgent(floor, event.agent, { pendingState: event.state });
      return;
    case "SettingsLoaded":
      replaceSettings(floor, event);
      return;
    case "CallsRecovered":
      recoverCalls(floor, event.calls);
      return;
    case "CallbackKept":
      floor.callbacks.set(event.callback.id, event.callback);
      if (event.step) changeCall(floor, event.call, event.at, { phase: "ending", agentId: undefined });
      return;
    case "AttemptsRecovered":
      evolveDialling(floor, event);
      recoverWrapUps(floor, event.attempts);
      return;
    case "CampaignsLoaded":
    case "AttemptDialled":
    case "AttemptAnswered":
    case "CustomerWaits":
    case "CustomerAbandoned":
    case "MachineHeard":
    case "AnnouncementHeard":
    case "CarrierSilent":
    case "CarrierQuiet":
    case "AttemptHungUp":
    case "AttemptOver":
      evolveDialling(floor, event);
      return;
    case "CallbackAsked": {
      const call = floor.calls.get(event.call);
      if (call) floor.calls.set(call.id, { ...call, joined: undefined });
      return;
    }
    case "CallbackStarted":
    case "CallbackDialled":
    case "CallbackAnswered":
    case "CallbackPutBack":
    case "CallbackOver":
    case "CallbacksRecovered":
      evolveCallback(floor, event);
      return;
    default:
      evolveConversation(floor, event);
  }
}

function changeCall(floor: Floor, id: CallId, at: Millis, change: Partial<Call>): void {
  const call = floor.calls.get(id);
  const left = change.phase !== undefined && change.phase !== "queued";
  if (call) floor.calls.set(id, { ...call, phaseSince: at, ...(left && { joined: undefined }), ...change });
}

function changeAgent(floor: Floor, id: AgentId, change: Partial<Agent>): void {
  const agent = floor.agents.get(id);
  if (agent) floor.agents.set(id, { ...agent, ...change });
}

/** In an internal call both sides are agents; the call's agent is the one who was called. */
function talkerOf(floor: Floor, event: { call: CallId; agent: AgentId }): AgentId {
  const call = floor.calls.get(event.call);
  return call?.kind === "internal" && call.agentId ? call.agentId : event.agent;
}

function isNewTalk(agent: Agent | undefined, event: { call: CallId; channel?: string | undefined }): boolean {
  if (agent?.call?.phase !== "talking") return true;
  return agent.call.id !== event.call && event.channel !== undefined && agent.call.channel === event.channel;
}

function freeAgent(floor: Floor, id: AgentId, call: CallId): void {
  if (floor.agents.get(id)?.call?.id === call) changeAgent(floor, id, { call: undefined });
}

/** Whoever was being offered this call is not any more. */
function freeOffered(floor: Floor, call: CallId, except?: AgentId): void {
  for (const agent of floor.agents.values())
    if (agent.call?.id === call && agent.call.phase === "offered" && agent.id !== except)
      freeAgent(floor, agent.id, call);
}

/** A queue that is not the line's own serves the call from now on. */
function servedBy(floor: Floor, id: CallId, queue: QueueId | undefined): Partial<Call> {
  const own = lineOf(floor, floor.calls.get(id))?.queueId;
  return queue === undefined || queue === own ? {} : { servedBy: queue };
}

function rememberTalk(floor: Floor, event: { agent: AgentId; call: CallId; at: Millis }): void {
  const held = floor.agents.get(event.agent)?.call;
  if (held?.id !== event.call || held.phase !== "talking") return;
  const seen = floor.talks.get(event.agent) ?? [];
  floor.talks.set(event.agent, [...seen, event.at - held.since].slice(-REMEMBERED));
}

function recordedBy(step: Step): Partial<Call> {
  return "record" in step && step.record !== "off" ? { recorded: true } : {};
}
