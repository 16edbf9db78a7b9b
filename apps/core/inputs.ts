/**
 * Everything the house can hear. Time, chance and what the directory knows come with the input (law L3).
 */
import type { ConversationAsk } from "./conversation/request.ts";
import type { SupervisionAsk } from "./conversation/supervise.ts";
import type { Before } from "./conversation/unmoved.ts";
import type { Campaign } from "./dialling/campaign.ts";
import type { Attempt, Taken } from "./dialling/floor.ts";
import type {
  Agent,
  AgentId,
  AgentState,
  Callback,
  CallId,
  Device,
  Line,
  Millis,
  Queue,
  Trunk,
} from "./floor.ts";
import type { NumberPlan } from "./numbers.ts";
import type { Errand } from "./outgoing/errand.ts";
import type { RecoveredCall } from "./recovered.ts";

/** What the directory knows about the caller's number. */
export interface Contact {
  readonly id: string;
  readonly ownerId?: AgentId | undefined;
}

/** Whom an agent calls: a checked number, or a colleague. */
export type Destination =
  | { readonly kind: "outside"; readonly number: string; readonly contactId?: string | undefined }
  | { readonly kind: "colleague"; readonly agent: AgentId };

/** A wrap-up that nobody has ended. */
export interface OpenWrapUp {
  readonly call: CallId;
  readonly agent: AgentId;
  readonly since: Millis;
  readonly until?: Millis | undefined;
}

export type Input =
  /** A customer's call waits in Stasis for a first decision. `draw` is in [0, 1). */
  | {
      kind: "callerArrived";
      at: Millis;
      call: CallId;
      channel: string;
      lineKey: string;
      from?: string | undefined;
      contact?: Contact | undefined;
      draw: number;
    }
  /** The agent's phone rang in vain (or could not ring), and the call waits for the next decision. */
  | {
      kind: "offerEnded";
      at: Millis;
      call: CallId;
      channel: string;
      lineKey: string;
      phone: string;
      result: string;
      draw: number;
    }
  /** The arrival prompt has been played (the step `welcome`). */
  | { kind: "welcomed"; at: Millis; call: CallId; channel: string; lineKey: string; draw: number }
  /** A key of a menu, or nobody pressing one, leads out of it: `digit` is `none` then. The target as rendered. */
  | {
      kind: "menuChose";
      at: Millis;
      call: CallId;
      channel: string;
      lineKey: string;
      menuKey: string;
      digit: string;
      action: "agent" | "queue" | "external";
      /** A phone, a queue's key, or a number in E.164. */
      target: string;
      draw: number;
    }
  /** A number outside, dialled by the step `external`, ended without a conversation. */
  | {
      kind: "externalEnded";
      at: Millis;
      call: CallId;
      channel: string;
      lineKey: string;
      trunkKey: string;
      result: string;
      draw: number;
    }
  /** The owner did not become free within the step `await-owner`. */
  | { kind: "ownerAwaited"; at: Millis; call: CallId; channel: string; lineKey: string; draw: number }
  /** Queue() gave the call back. */
  | {
      kind: "queueLeft";
      at: Millis;
      call: CallId;
      channel: string;
      lineKey: string;
      queueKey: string;
      result: string;
      draw: number;
    }
  /** A caller who waits asks to be called back. `allowed`: whether this number may be dialled. */
  | {
      kind: "callbackAsked";
      at: Millis;
      call: CallId;
      channel: string;
      lineKey: string;
      queueKey: string;
      from?: string | undefined;
      contact?: Contact | undefined;
      allowed: boolean;
      /** The id that the kept place gets. */
      id: string;
    }
  /** The kept place is written down. */
  | { kind: "callbackKept"; at: Millis; callback: Callback }
  | { kind: "callbackNotKept"; at: Millis; callback: Callback }
  /** An attempt is written down: now the customer may be dialled. */
  | { kind: "callbackCommitted"; at: Millis; id: Callback["id"]; call: CallId; channel: string }
  /** It is not; `refused`: the database would not take it later either. */
  | { kind: "callbackNotCommitted"; at: Millis; id: Callback["id"]; refused: boolean }
  /** The customer answered our call. */
  | { kind: "calledBack"; at: Millis; call: CallId; channel: string; lineKey: string; draw: number }
  /** A later attempt may be due. */
  | { kind: "callbackDue"; at: Millis; id: Callback["id"] }
  /** A person takes a call-back back. */
  | { kind: "callbackCancelled"; at: Millis; id: Callback["id"] }
  /** After a restart: an attempt whose channel is gone; `talked`: the record says that it was served. */
  | { kind: "callbackLost"; at: Millis; id: Callback["id"]; talked: boolean }
  /** After a restart: kept places that are not served yet. */
  | { kind: "callbacksRecovered"; at: Millis; callbacks: readonly Callback[] }
  /** Rows changed: these are all campaigns that are not over. */
  | { kind: "campaignsLoaded"; at: Millis; campaigns: readonly Campaign[] }
  /** A campaign's attempts are written down: now they may be dialled (law L4). */
  | { kind: "attemptsCommitted"; at: Millis; campaign: Campaign["id"]; attempts: readonly Taken[] }
  /** Calls that ring are to be hung up: too many would answer, or the campaign is stopped. */
  | {
      kind: "attemptsUnwanted";
      at: Millis;
      attempts: readonly Attempt["id"][];
      why: "shed" | "cancelled";
      text: string;
    }
  /** After a restart: dials whose channels are there still. */
  | { kind: "attemptsRecovered"; at: Millis; attempts: readonly Attempt[] }
  /** A live person answered a campaign's call and waits; the dialplan's own clock has so much left. */
  | {
      kind: "customerAnswered";
      at: Millis;
      call: CallId;
      channel: string;
      campaignKey: string;
      lineKey: string;
      number?: string | undefined;
      leftMs: number;
    }
  /** A customer has waited for an agent as long as may be. */
  | { kind: "connectDeadline"; at: Millis; attempt: Attempt["id"] }
  /** From Asterisk's record: the identifying message is being played. */
  | { kind: "abandonHeard"; at: Millis; call: CallId }
  | { kind: "machineHeard"; at: Millis; call: CallId; cause: string }
  | { kind: "announcementHeard"; at: Millis; call: CallId }
  /** From Asterisk's record: the carrier said nothing at all to the INVITE, not even 100. */
  | { kind: "carrierSilent"; at: Millis; call: CallId }
  /** So far its carrier has said nothing at all, and this dial goes on. */
  | { kind: "carrierQuiet"; at: Millis; attempt: Attempt["id"]; trunkKey: string }
  /** An agent dialled a colleague's short number (SOFT-08). */
  | {
      kind: "colleagueDialled";
      at: Millis;
      call: CallId;
      channel: string;
      shortNumber: string;
      byPhone: string;
    }
  /** A person asks the house to call somebody for this agent. The attempt is written down already (law L4). */
  | {
      kind: "callPlaced";
      at: Millis;
      call: CallId;
      /** The id that the agent's channel gets. */
      channel: string;
      agent: AgentId;
      to: Destination;
      lineId?: string | undefined;
      /** What it is placed for, which is claimed in the attempt's row already. */
      errand?: Errand | undefined;
    }
  /** An agent's phone dials a number outside. */
  | {
      kind: "numberDialled";
      at: Millis;
      call: CallId;
      channel: string;
      byPhone: string;
      /** E.164. */
      number: string;
      /** Whether the company lets such numbers be called. */
      allowed: boolean;
      /** It is on the refusal list. Calls from the workplace were asked about it before (dialling/by-hand.ts). */
      refused?: boolean | undefined;
      contact?: Contact | undefined;
    }
  /** A number is to be called and told a code. The attempt is written down already (law L4). */
  | {
      kind: "verificationAsked";
      at: Millis;
      call: CallId;
      channel: string;
      /** E.164. */
      number: string;
      code: string;
      language: "ru" | "en";
    }
  /** Asterisk refused to call a phone; there is no channel. */
  | {
      kind: "originateFailed";
      at: Millis;
      call: CallId;
      channel: string;
      /** Its answer did not come: there may be a channel. */
      unsure?: true | undefined;
    }
  /** A person ends a call; `agent`: their own. */
  | { kind: "hangUpAsked"; at: Millis; call: CallId; agent?: AgentId | undefined }
  /** The agent answers the call that rings for them, by a command of the panel (SOFT-14). */
  | { kind: "answerAsked"; at: Millis; call: CallId; agent: AgentId }
  /** Asterisk did not ask the phone to answer. */
  | { kind: "answerNotSent"; at: Millis; call: CallId; agent: AgentId; reason: string }
  /** A phone has been ringing for a while, if it still does. */
  | { kind: "stillRinging"; at: Millis; call: CallId; phone: string }
  /** A phone that should ring does not answer Asterisk. */
  | { kind: "phoneSilent"; at: Millis; call: CallId; phone: string }
  /** An agent's phone fell silent in a talk; the customer is there and asks. */
  | {
      kind: "phoneVanished";
      at: Millis;
      call: CallId;
      channel: string;
      lineKey: string;
      phone: string;
      draw: number;
    }
  /** From Asterisk's record: the customer and an agent hear each other from here on. */
  | { kind: "talkStarted"; at: Millis; call: CallId; phone: string; channel?: string | undefined }
  | {
      kind: "talkEnded";
      at: Millis;
      call: CallId;
      phone: string;
      channel?: string | undefined;
      /** The channel is no more; otherwise it has only left a bridge. */
      gone?: boolean | undefined;
      /** Why it is no more (Q.850). */
      cause?: number | undefined;
    }
  /** From Asterisk's record: a phone was called for this call; by the queue, unless the engine offered it. */
  | { kind: "phoneCalled"; at: Millis; call: CallId; phone: string; channel?: string | undefined }
  /** From queue_log: the call waits in this queue (also when the dialplan put it there alone). */
  | { kind: "queueJoined"; at: Millis; call: CallId; channel: string; queueKey: string }
  /** A person's request; `by` is the agent who asks, undefined: a supervisor. */
  | { kind: "conversationAsked"; at: Millis; call: CallId; by?: AgentId | undefined; ask: ConversationAsk }
  | { kind: "supervisionAsked"; at: Millis; call: CallId; by: AgentId; ask: SupervisionAsk }
  /** An agent keeps a line open from now on, or no more; `channel` is the id that it will have. */
  | { kind: "openLineAsked"; at: Millis; agent: AgentId; channel: string; open: boolean }
  /** From Asterisk's record: the line stands, or is gone. */
  | { kind: "openLineStands"; at: Millis; phone: string; channel: string }
  | { kind: "openLineGone"; at: Millis; phone: string; channel: string }
  /** ENV-03; `channel` is the id that the phone's channel will have. */
  | { kind: "echoAsked"; at: Millis; agent: AgentId; channel: string }
  /** The customer was waiting for somebody who is gone (55-regroup.conf). */
  | {
      kind: "partnerGone";
      at: Millis;
      call: CallId;
      channel: string;
      lineKey: string;
      draw: number;
    }
  /** A phone's own transfer key (REFER): the customer waits in Stasis. `number` is E.164, if it is one. */
  | {
      kind: "phoneTransferred";
      at: Millis;
      call: CallId;
      channel: string;
      lineKey: string;
      shortNumber: string;
      number?: string | undefined;
      byPhone: string;
      draw: number;
    }
  /** Asterisk did not move a channel; `before` as the effect had it. */
  | { kind: "moveRefused"; at: Millis; call: CallId; before?: Before | undefined }
  /** Asterisk did not take a step: the call is elsewhere in the dialplan by now, or its answer did not come. */
  | { kind: "stepRefused"; at: Millis; call: CallId }
  /** From Asterisk's record: the last channel is gone. */
  | { kind: "callGone"; at: Millis; call: CallId }
  | { kind: "deviceChanged"; at: Millis; phone: string; device: Device }
  | { kind: "stateChosen"; at: Millis; agent: AgentId; state: AgentState }
  /** Chosen during a call, for afterwards (AGENT-09); undefined: not any more. Written down already. */
  | { kind: "statePlanned"; at: Millis; agent: AgentId; state: AgentState | undefined }
  /** The agent completes the service of a call: its data are written down (WRAP-01, WRAP-08). */
  | { kind: "serviceCompleted"; at: Millis; call: CallId; agent: AgentId }
  /** A wrap-up's limit is over, if it is still the one that began at `since`. */
  | { kind: "wrapUpExpired"; at: Millis; call: CallId; agent: AgentId; since: Millis }
  /** After a restart: wrap-ups that are open according to the record. */
  | { kind: "wrapUpsRecovered"; at: Millis; wrapUps: readonly OpenWrapUp[] }
  /** Rows changed: these are all of them. Live parts of agents (device, call) are kept. */
  | {
      kind: "settingsLoaded";
      at: Millis;
      agents: readonly Agent[];
      queues: readonly Queue[];
      lines: readonly Line[];
      trunks: readonly Trunk[];
      numbers?: NumberPlan | undefined;
    }
  /** After a restart: how long agents' last talks were, in ms, the newest last. */
  | { kind: "talksSeen"; at: Millis; talks: ReadonlyMap<AgentId, readonly number[]> }
  /** After a restart: calls that were open according to the record and still have a channel. */
  | { kind: "callsRecovered"; at: Millis; calls: readonly RecoveredCall[] };
