/**
 * What can have become of a conversation.
 */
import type { Because } from "../because.ts";
import type { Step } from "../effects.ts";
import type { AgentId, CallId, Millis } from "../floor.ts";
import type { Regroup } from "./regroup.ts";
import type { SupervisionMode } from "./supervise.ts";
import type { Before } from "./unmoved.ts";

/** Something became of a conversation (core/conversation/): `regroup` is what it is from now on, null: a talk of two. */
export interface RegroupEvent {
  readonly kind:
    | "CallHeld"
    | "CallResumed"
    /** The customer and the agent hear each other again. */
    | "CallRejoined"
    /** The agent hung up while the customer was waiting. */
    | "CallParted"
    | "ConsultationStarted"
    | "ConsultationSeen"
    | "ConsultationAnswered"
    | "ConsultationEnded"
    | "ConferenceStarted"
    | "ConferenceLeft"
    | "TransferHanded"
    | "TransferFailed"
    | "TransferCompleted"
    | "CallTransferred"
    | "MoveRefused";
  readonly at: Millis;
  readonly call: CallId;
  /** Whose conversation it was. */
  readonly agent: AgentId;
  /** Who has, or gets, the customer beside or after the agent. */
  readonly colleague?: AgentId | undefined;
  readonly regroup: Regroup | null;
  readonly because: Because;
  /** Of `MoveRefused`: how things are again. */
  readonly before?: Before;
  /** For a call that waits in Stasis. */
  readonly step?: Step;
}

export type ConversationEvent =
  | RegroupEvent
  /** The number outside that an agent called has this channel. */
  | { readonly kind: "FarSideSeen"; readonly at: Millis; readonly call: CallId; readonly channel: string }
  /** From here on this channel is the side that is held, handed over and asks. */
  | { readonly kind: "SidesChanged"; readonly at: Millis; readonly call: CallId; readonly channel: string }
  /** SOFT-14: the phone is asked to answer, or could not be asked. Whether it answers is another event. */
  | {
      readonly kind: "AnswerAsked" | "AnswerNotSent";
      readonly at: Millis;
      readonly call: CallId;
      readonly agent: AgentId;
      readonly because: Because;
    }
  | {
      readonly kind: "MicrophoneSwitched";
      readonly at: Millis;
      readonly call: CallId;
      readonly agent: AgentId;
      readonly muted: boolean;
      readonly because: Because;
    }
  | {
      readonly kind: "SupervisionStarted";
      readonly at: Millis;
      readonly call: CallId;
      readonly agent: AgentId;
      readonly mode: SupervisionMode;
      readonly channel: string;
    }
  | {
      readonly kind: "SupervisionChanged";
      readonly at: Millis;
      readonly call: CallId;
      readonly agent: AgentId;
      readonly mode: SupervisionMode;
    }
  | { readonly kind: "SupervisionEnded"; readonly at: Millis; readonly call: CallId; readonly agent: AgentId }
  /** The customer has nobody to talk to any more and asks anew. */
  | { readonly kind: "CallReturned"; readonly at: Millis; readonly call: CallId };
