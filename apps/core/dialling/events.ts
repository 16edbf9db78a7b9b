/**
 * What can have become of a campaign's dials. All but the first two are written down with their call (law L6).
 */
import type { Because } from "../because.ts";
import type { Step } from "../effects.ts";
import type { AgentId, CallId, Millis, TrunkId } from "../floor.ts";
import type { AttemptEnding, Campaign } from "./campaign.ts";
import type { Attempt } from "./floor.ts";

interface OfAttempt {
  readonly at: Millis;
  readonly call: CallId;
  readonly campaign: Campaign["id"];
  readonly attempt: Attempt["id"];
}

export type DiallingEvent =
  | { readonly kind: "CampaignsLoaded"; readonly at: Millis; readonly campaigns: readonly Campaign[] }
  | { readonly kind: "AttemptsRecovered"; readonly at: Millis; readonly attempts: readonly Attempt[] }
  /** Asterisk is asked to dial; again, when a trunk did not take it. */
  | ({
      readonly kind: "AttemptDialled";
      readonly number: string;
      /** Asked for. */
      readonly asked?: AgentId | undefined;
      readonly cls?: number | undefined;
      readonly trunkKey: string;
      readonly callerId: string | undefined;
      readonly turn: number;
      readonly refusedBy: readonly TrunkId[];
      readonly because: Because;
    } & OfAttempt)
  /** A live person is there, and by when an agent must be. */
  | ({ readonly kind: "AttemptAnswered"; readonly deadlineAt: Millis } & OfAttempt)
  /** No agent is free: the customer waits, until the deadline. */
  | ({ readonly kind: "CustomerWaits"; readonly because: Because } & OfAttempt)
  /** Nobody was there in time: the identifying message. Without a step the dialplan did it alone. */
  | ({
      readonly kind: "CustomerAbandoned";
      readonly step?: Step | undefined;
      readonly because: Because;
    } & OfAttempt)
  | ({ readonly kind: "MachineHeard"; readonly cause: string } & OfAttempt)
  /** Somebody hears an agentless campaign's announcement. */
  | ({ readonly kind: "AnnouncementHeard" } & OfAttempt)
  /** The carrier said nothing at all to its INVITE. */
  | ({ readonly kind: "CarrierSilent" } & OfAttempt)
  /** Nothing yet, for so long that the next dials go elsewhere; this one goes on. */
  | ({ readonly kind: "CarrierQuiet"; readonly trunkKey: string; readonly because: Because } & OfAttempt)
  /** We hang up a call that rings. */
  | ({
      readonly kind: "AttemptHungUp";
      readonly why: "shed" | "cancelled";
      readonly because: Because;
    } & OfAttempt)
  /** Its channel is gone, or never was. The row gets its ending from Asterisk's record (core/records/attempt.ts). */
  | ({
      readonly kind: "AttemptOver";
      readonly ending: AttemptEnding;
      readonly cause?: number | undefined;
      readonly text?: string | undefined;
    } & OfAttempt);
