/**
 * What a campaign may do: the limits that the compliance gate (gate.ts) and the pacer keep. One object per campaign,
 * stored whole, so that a later change of a preset changes no campaign. Not legal advice: presets.ts names its sources.
 */
import type { Hours } from "../routing/hours.ts";
import type { AttemptEnding, CampaignMode, Purpose } from "./campaign.ts";

/** When people may be called, by the clock on their own wall. */
export type Calendar = Omit<Hours, "zone">;

/** What an abandoned call is, and how many there may be. */
export interface AbandonmentPolicy {
  /** Abandoned calls in per cent of those answered by a person. */
  readonly limitPercent: number;
  /** Over how long they are counted, backwards from now: 24, 720 (30 days), or any other. */
  readonly windowHours: number;
  /** Whether persons whom AMD took for machines are added to the abandoned ones (Ofcom's 2010 formula). */
  readonly countFalsePositives: boolean;
  /** An agent has to be there within so many seconds … */
  readonly connectSeconds: number;
  /** … of the answer, or of the end of the called person's greeting (16 CFR 310.4(b)(4)(ii)). */
  readonly clock: "answer" | "greeting-end";
  /** Whether who called is said when no agent is there. */
  readonly message: boolean;
  /** The key that puts the number on the refusal list while the message or an announcement plays; null: none. */
  readonly refusalKey: string | null;
}

/** For how long a number is left alone, unless an agent is sure to be there (preview, or one kept for the call). */
export interface RedialPolicy {
  readonly abandonedHours: number;
  readonly machineHours: number;
}

/** At most so many attempts in any 24 hours, 7 days and 31 days, by all campaigns and agents together; null: any number. */
export interface AttemptPolicy {
  /** What is counted: this number's attempts, or all of the person's (230-FZ speaks of the debtor). */
  readonly per: "number" | "person";
  readonly day: number | null;
  readonly week: number | null;
  readonly month: number | null;
  /** By this campaign, for one contact. */
  readonly total: number | null;
}

export interface RetryRule {
  /** The contact is called again after so many minutes. */
  readonly minutes: number;
  /** After so many endings of this kind the contact is done. */
  readonly most: number;
}

export interface Policy {
  /** Where it began. */
  readonly preset: string;
  readonly abandonment: AbandonmentPolicy;
  /** Nobody's phone is let ring for less before we hang up: 15 s (16 CFR 310.4(b)(4)(i), Ofcom). */
  readonly minRingSeconds: number;
  readonly redial: RedialPolicy;
  readonly attempts: AttemptPolicy;
  /** After endings that are not named the contact is done. */
  readonly retry: Readonly<Partial<Record<AttemptEnding, RetryRule>>>;
  readonly calendar: Calendar;
  /** How numbers may be dialled for this purpose. */
  readonly modes: Readonly<Record<Purpose, readonly CampaignMode[]>>;
  /** For these purposes there has to be evidence that the person agreed. */
  readonly consentFor: readonly Purpose[];
}

/** The least that `minRingSeconds` may be. */
export const LEAST_RING_SECONDS = 15;

/** Endings after which another attempt may make sense; a person who was reached is not called again by a retry. */
export const RETRIED = [
  "no_answer",
  "busy",
  "machine",
  "abandoned",
  "hung_up",
  "rejected",
  "unreachable",
  "failed",
  "shed",
  "cancelled",
  "lost",
] as const satisfies readonly AttemptEnding[];
