/** What the dialler needs from the world; bin/engine.ts joins it with the real things. */
import type { AttemptEnding, Campaign } from "../../core/dialling/campaign.ts";
import type { Hindrance } from "../../core/dialling/hindrances.ts";
import type { AgentId, CallId, Floor } from "../../core/floor.ts";
import type { Input } from "../../core/inputs.ts";
import type { AttemptRecord } from "../../core/records/attempt.ts";
import type { OpenAttempt } from "../../store/open-attempts.ts";
import type { Taken, TakeRequest } from "../../store/take.ts";
import type { LiveSink, Log } from "../ports.ts";
import type { PreviewStore } from "./previews.ts";

export interface DiallerStore {
  campaigns(): Promise<readonly Campaign[]>;
  take(request: TakeRequest): Promise<readonly Taken[]>;
  /** Asterisk has been asked to dial. */
  placed(attempt: string, trunkKey: string): Promise<void>;
  settle(attempt: string, how: Settlement): Promise<void>;
  /** Ends campaigns that are through. @returns whether any was */
  endCampaigns(now: number): Promise<boolean>;
  openAttempts(): Promise<readonly OpenAttempt[]>;
  /** What the record says of an attempt whose call is over. */
  recordOf(
    attempt: string,
    call: CallId,
  ): Promise<{ readonly record: AttemptRecord; readonly agentId: AgentId | undefined } | undefined>;
  /** What pacers knew when we were here last, by campaign. */
  snapshots(): Promise<ReadonlyMap<string, unknown>>;
  saveSnapshot(campaign: string, snapshot: unknown): Promise<void>;
  decided(decision: Decided): Promise<void>;
  /** Why nobody on this campaign's list may be called now; undefined: somebody may. */
  listBlocked(campaign: Campaign, now: number): Promise<Hindrance | undefined>;
  /** Of calls answered by a person since then: all, and those that were abandoned. */
  abandonment(campaign: Campaign, since: number): Promise<{ readonly live: number; readonly lost: number }>;
}

export interface Settlement {
  readonly ending: AttemptEnding;
  readonly endedAt: number;
  readonly record?: AttemptRecord | undefined;
  readonly agentId?: AgentId | undefined;
}

/** Why so many were dialled (law L6). */
export interface Decided {
  readonly campaign: string;
  readonly at: number;
  readonly dialled: number;
  readonly shed: number;
  readonly because: object;
}

export interface DiallerPorts {
  floor(): Floor;
  hear(input: Input): void;
  readonly store: DiallerStore;
  readonly previews: PreviewStore;
  /** Whether Asterisk can be asked to dial now. */
  ready(): boolean;
  /** Whether Asterisk has this channel; throws when it cannot say. */
  alive(channel: string): Promise<boolean>;
  /** Sets a global variable of the dialplan's. @throws when Asterisk is away */
  tell(name: string, value: string): Promise<void>;
  /** Whether anything has come back to the INVITE of this channel, or it is gone; throws when Asterisk cannot say. */
  spoken(channel: string): Promise<boolean>;
  /** Whether all of Asterisk's record is in the database. */
  caughtUp(): Promise<boolean>;
  callIdOf(channel: string): CallId;
  readonly live: LiveSink;
  readonly log: Log;
}
