import type { Because } from "./because.ts";
import type { ConversationEvent } from "./conversation/events.ts";
import type { DiallingEvent } from "./dialling/events.ts";
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
  Line,
  Millis,
  Queue,
  QueueId,
  Trunk,
} from "./floor.ts";
import type { NumberPlan } from "./numbers.ts";
import type { Errand } from "./outgoing/errand.ts";
import type { RecoveredCall } from "./recovered.ts";

/** How an offer ended that had led to a talk: the phone was lost in it (F11). */
export const LOST = "PHONELOST";

export type DomainEvent =
  | ConversationEvent
  | DiallingEvent
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
  | {
      kind: "CallPlaced";
      at: Millis;
      call: CallId;
      agent: AgentId;
      channel: string;
      /** The agent's own number outside, which is called first (LINE-13). */
      firstNumber?: string | undefined;
      errand?: Errand | undefined;
    }
  /** `result`: Asterisk's DIALSTATUS, or `LOST`: then a new round begins, without this agent. */
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
  /** The agent keeps this line open; undefined: none any more. */
  | { kind: "OpenLineChanged"; at: Millis; agent: AgentId; channel: string | undefined }
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
  /** The caller has left Asterisk's queue by the key, and waits for an answer. */
  | { kind: "CallbackAsked"; at: Millis; call: CallId }
  /** The caller's place is kept, and the caller is told so; without a step: is back in the queue already. */
  | {
      kind: "CallbackKept";
      at: Millis;
      call: CallId;
      callback: Callback;
      step?: Step | undefined;
      because: Because;
    }
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
