/**
 * Everything the house can ask for. apps/asterisk/hands.ts knows how each is done.
 */
import type { Before } from "./conversation/unmoved.ts";
import type { AttemptEnding } from "./dialling/campaign.ts";
import type { AgentId, AgentState, Callback, CallId, Millis, RecordingMode } from "./floor.ts";
import type { Input } from "./inputs.ts";

/** Where a channel goes on in the dialplan. */
export type Step =
  | { kind: "offer"; phone: string; seconds: number; record: RecordingMode; announce: boolean }
  /** A campaign's customer gets an agent, whose phone is asked to answer by itself. */
  | {
      kind: "connect";
      phone: string;
      seconds: number;
      record: RecordingMode;
      announce: boolean;
      /** By the line that the agent keeps open. */
      openLine?: true | undefined;
    }
  /** No agent was there in time: the identifying message, and the end. */
  | { kind: "abandon" }
  | {
      kind: "queue";
      key: string;
      seconds: number;
      priority: number;
      /** The place to go back to, from 1; undefined: behind all others of this priority. */
      position?: number | undefined;
      record: RecordingMode;
      announce: boolean;
    }
  /** Music until the owner is free, or the time is over and the call asks again. */
  | { kind: "await-owner"; seconds: number; record: RecordingMode; announce: boolean }
  /** A voice menu; the call asks again with what was chosen, or ends in it. */
  | { kind: "menu"; menuKey: string }
  /** The call arrives on another line, which was the target of a transfer, and asks again there. */
  | { kind: "to-line"; lineKey: string }
  /** The line's arrival prompt; the call asks again after it. */
  | { kind: "welcome"; lineKey: string }
  /** A number outside, in E.164, through a carrier; `callerId` in E.164, or undefined for the carrier's own. */
  | {
      kind: "external";
      number: string;
      trunkKey: string;
      callerId: string | undefined;
      seconds: number;
      record: RecordingMode;
      announce: boolean;
      /** An agent calls a customer, for this line (its key, or null): the recording is the customer's. */
      placedFor?: string | null | undefined;
    }
  | { kind: "ending"; name: "out-of-hours" | "no-answer" | "not-in-service" | "unavailable" | "callback" };

export type Effect =
  /** Moves a channel that waits in Stasis (ARI), or one that waits elsewhere in the dialplan (AMI). */
  | { kind: "continue"; call: CallId; channel: string; step: Step; elsewhere?: true | undefined }
  /**
   * Moves a channel that is anywhere in the dialplan or in a conversation (AMI Redirect), with `other`, its partner
   * in the conversation, in the same breath, so that neither is hung up by the other's leaving.
   */
  | {
      kind: "redirect";
      call: CallId;
      channel: string;
      place: Place | Step;
      other?: { channel: string; place: Place } | undefined;
      /** Comes back with `moveRefused`. */
      before?: Before | undefined;
    }
  /** Calls a phone, which then goes on at `place`. The channel's id is ours and is known before (law L4). */
  | {
      kind: "originate";
      call: CallId;
      channel: string;
      phone: string;
      seconds: number;
      place: Place;
      /** What the phone shows. */
      callerId?: string | undefined;
      variables?: Readonly<Record<string, string>> | undefined;
      /** A channel of the call that it belongs to; without it the phone's is a call of its own. */
      originator?: string | undefined;
    }
  /** Nobody hears this channel, or it is heard again. */
  | { kind: "mute"; call: CallId; channel: string; muted: boolean }
  /** Writes a kept place down; `callbackKept` is heard after the commit, `callbackNotKept` when there was none. */
  | { kind: "keepPlace"; at: Millis; callback: Callback }
  /** Writes an attempt down and names its channel; `callbackCommitted` is heard after the commit (law L4). */
  | { kind: "commitCallback"; at: Millis; callback: Callback }
  /** How a call-back ended, or when it is tried again. */
  | {
      kind: "settleCallback";
      at: Millis;
      callback: Callback;
      state: "waiting" | "connected" | "failed" | "cancelled" | "expired";
      reason: string;
    }
  /** An attempt of a campaign that was never placed gets its ending; the others get theirs from Asterisk's record. */
  | { kind: "settleAttempt"; at: Millis; attempt: string; ending: AttemptEnding; reason: string }
  | { kind: "hangUp"; call: CallId; channel: string }
  /** A phone that rings is asked to answer by itself; if it could not be asked, that is heard (`answerNotSent`). */
  | { kind: "answer"; call: CallId; agent: AgentId; channel: string }
  /** Is a phone that rings still there? If not, that is heard (`phoneSilent`). */
  | { kind: "probePhone"; call: CallId; phone: string }
  /** Makes Asterisk's queue look at its members at once for this caller (agents/freed.ts). */
  | { kind: "nudge"; call: CallId; channel: string }
  /** A state that follows from what happened, not from a request, is written down. */
  | { kind: "saveState"; agent: AgentId; state: AgentState; at: Millis }
  /** An agent's places in Asterisk's queues follow the agent's state. */
  | { kind: "pauseMember"; phone: string; paused: boolean; reason: string }
  /**
   * The engine says `input` to the core at this time. Lost in a restart: who asks for it must also be content when
   * it never comes, or ask again at `callsRecovered`. The input must carry what shows whether it still matters.
   */
  | { kind: "wake"; at: Millis; input: Input };

/** A place in the dialplan. Built in the core of names that passed an allow-list, never of people's texts. */
export interface Place {
  readonly context: string;
  readonly extension: string;
}
