/**
 * Everything that can have happened, and how the floor moves with it.
 *
 * `evolve` is the only function that changes a floor, and it changes it in place: a contact centre has a few
 * thousand calls in its maps and fifty events a second, and nobody keeps an old floor.
 */
import { wrapUpOf } from "./agents/wrap-up.ts";
import type { Because } from "./because.ts";
import type { ConversationEvent } from "./conversation/events.ts";
import { evolveConversation } from "./conversation/evolve.ts";
import type { Step } from "./effects.ts";
import type {
  Agent,
  AgentId,
  AgentState,
  Call,
  Callback,
  CallId,
  Chosen,
  Device,
  Floor,
  Line,
  Millis,
  Queue,
  QueueId,
  Trunk,
} from "./floor.ts";
import type { NumberPlan } from "./numbers.ts";
import { evolveCallback } from "./queueing/evolve.ts";
import { type RecoveredCall, recoverCalls } from "./recovered.ts";
import { REMEMBERED } from "./routing/likely-free.ts";
import { replaceSettings } from "./settings-loaded.ts";

export type DomainEvent =
  | ConversationEvent
  | {
      kind: "CallArrived";
      at: Millis;
      call: CallId;
      channel: string;
      type: Call["kind"];
      lineId?: string | undefined;
      from?: string | undefined;
      /** Whom an agent calls, and who that agent is. */
      to?: string | undefined;
      agent?: AgentId | undefined;
      contactId?: string | undefined;
      ownerId?: AgentId | undefined;
      calledBack?: true | undefined;
      /** The line's queue: whose figures the call counts in, whoever answers it. */
      queue?: QueueId | undefined;
    }
  | {
      kind: "AgentOffered";
      at: Millis;
      call: CallId;
      agent: AgentId;
      /** On behalf of this queue; undefined for colleagues' calls. */
      queue?: QueueId | undefined;
      step: Step;
      because: Because;
      /** The call waited elsewhere in the dialplan, not in Stasis. */
      elsewhere?: true | undefined;
    }
  /** The caller waits for the owner, who is in a talk that is likely to end soon. */
  | { kind: "OwnerAwaited"; at: Millis; call: CallId; agent: AgentId; step: Step; because: Because }
  | { kind: "OwnerMissed"; at: Millis; call: CallId }
  | { kind: "TalksSeen"; at: Millis; talks: ReadonlyMap<AgentId, readonly number[]> }
  /** A menu is played; the call asks again with what was chosen in it. */
  | { kind: "MenuPlayed"; at: Millis; call: CallId; menu: string; step: Step; because: Because }
  | {
      kind: "MenuChose";
      at: Millis;
      call: CallId;
      menu: string;
      digit: string;
      /** Undefined: what the key leads to is no longer there. */
      chosen?: Chosen | undefined;
      /** The queue that was chosen: the call counts in its figures from here on. */
      queue?: QueueId | undefined;
      because: Because;
    }
  /** The arrival prompt is played; the call asks again after it. */
  | { kind: "CallWelcomed"; at: Millis; call: CallId; step: Step; because: Because }
  | { kind: "CallerWelcomed"; at: Millis; call: CallId }
  /** A number outside is dialled through a carrier. */
  | {
      kind: "ExternalDialled";
      at: Millis;
      call: CallId;
      number: string;
      /** Whose own number it is; this agent is offered nothing else meanwhile (law L7). */
      agent?: AgentId | undefined;
      step: Step;
      because: Because;
    }
  | { kind: "ExternalEnded"; at: Millis; call: CallId; result: string }
  /** The agent's phone is not there any more, in the middle of this call (F11). */
  | { kind: "PhoneLost"; at: Millis; call: CallId; agent: AgentId }
  /** An agent calls somebody: busy with it from now on. */
  | { kind: "CallPlaced"; at: Millis; call: CallId; agent: AgentId; channel: string }
  | { kind: "OfferEnded"; at: Millis; call: CallId; agent: AgentId; result: string }
  | {
      kind: "CallQueued";
      at: Millis;
      call: CallId;
      queue: QueueId;
      step: Step;
      because: Because;
      /** Since when it has waited, if not only now. */
      since?: Millis | undefined;
    }
  | { kind: "QueueJoined"; at: Millis; call: CallId; channel: string; queue: QueueId }
  | { kind: "CallRefused"; at: Millis; call: CallId; step: Step; because: Because }
  /** Asterisk's queue rings an agent for a call that waits. */
  | { kind: "QueueRang"; at: Millis; call: CallId; agent: AgentId; channel?: string | undefined }
  /** The agent's own channel for an offer, which later commands need. */
  | { kind: "LegSeen"; at: Millis; call: CallId; agent: AgentId; channel?: string | undefined }
  | { kind: "QueueRingEnded"; at: Millis; call: CallId; agent: AgentId }
  | { kind: "TalkStarted"; at: Millis; call: CallId; agent: AgentId; channel?: string | undefined }
  | { kind: "TalkEnded"; at: Millis; call: CallId; agent: AgentId }
  /** The agent has to complete the service of this call (AGENT-08). */
  | { kind: "WrapUpStarted"; at: Millis; call: CallId; agent: AgentId; until?: Millis | undefined }
  | { kind: "WrapUpEnded"; at: Millis; call: CallId; agent: AgentId; how: "completed" | "limit" }
  /** The service was completed during the talk, which ends with it (WRAP-08). */
  | { kind: "ServiceCompleted"; at: Millis; call: CallId; agent: AgentId }
  /** A decision that Asterisk did not carry out; the dialplan goes on with the call alone. */
  | { kind: "StepRefused"; at: Millis; call: CallId }
  | { kind: "CallGone"; at: Millis; call: CallId }
  | { kind: "DeviceChanged"; at: Millis; agent: AgentId; device: Device }
  | { kind: "StateChosen"; at: Millis; agent: AgentId; state: AgentState }
  | { kind: "StatePlanned"; at: Millis; agent: AgentId; state: AgentState | undefined }
  | {
      kind: "SettingsLoaded";
      at: Millis;
      agents: readonly Agent[];
      queues: readonly Queue[];
      lines: readonly Line[];
      trunks: readonly Trunk[];
      numbers?: NumberPlan | undefined;
    }
  /** The caller's place is kept, and the caller is told so. */
  | { kind: "CallbackKept"; at: Millis; call: CallId; callback: Callback; step: Step; because: Because }
  /** An agent is kept free, and the customer is going to be dialled. */
  | { kind: "CallbackStarted"; at: Millis; id: Callback["id"]; agent: AgentId; because: Because }
  | { kind: "CallbackDialled"; at: Millis; id: Callback["id"]; call: CallId; channel: string }
  /** The customer answered: the agent is not kept any more, but offered the call. */
  | { kind: "CallbackAnswered"; at: Millis; id: Callback["id"]; call: CallId }
  /** Not served yet, and again in line (`waiting`) or not before a time (`later`). */
  | {
      kind: "CallbackPutBack";
      at: Millis;
      id: Callback["id"];
      state: "waiting" | "later";
      attempts: number;
      nextAt: Millis;
    }
  | { kind: "CallbackOver"; at: Millis; id: Callback["id"] }
  | { kind: "CallbacksRecovered"; at: Millis; callbacks: readonly Callback[] }
  | { kind: "CallsRecovered"; at: Millis; calls: readonly RecoveredCall[] };

/** Moves the floor to after the event. Events about calls or agents that are unknown move nothing. */
export function evolve(floor: Floor, event: DomainEvent): void {
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
      changeCall(floor, event.call, event.at, { agentId: event.agent });
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
      freeAgent(floor, event.agent, event.call);
      if (call)
        changeCall(floor, event.call, event.at, {
          phase: "deciding",
          agentId: undefined,
          tried: [...call.tried, event.agent],
        });
      return;
    }
    case "CallQueued":
      changeCall(floor, event.call, event.at, {
        phase: "queued",
        phaseSince: event.since ?? event.at,
        queueId: event.queue,
        agentId: undefined,
        ...servedBy(floor, event.call, event.queue),
        ...recordedBy(event.step),
      });
      return;
    case "QueueJoined": {
      const call = floor.calls.get(event.call);
      if (call?.phase === "talking") return;
      freeOffered(floor, event.call);
      if (call?.phase === "queued") return;
      changeCall(floor, event.call, event.at, { phase: "queued", queueId: event.queue, agentId: undefined });
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
      changeCall(floor, event.call, event.at, { phase: "ending", agentId: undefined });
      return;
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
  if (call) floor.calls.set(id, { ...call, phaseSince: at, ...change });
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
  const lineId = floor.calls.get(id)?.lineId;
  const own = lineId === undefined ? undefined : floor.lines.get(lineId)?.queueId;
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
