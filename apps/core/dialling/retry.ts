/**
 * What becomes of somebody on a list after an attempt: done, or called again later.
 */
import type { Millis } from "../floor.ts";
import type { AttemptEnding } from "./campaign.ts";
import type { Policy } from "./policy.ts";

/** A number of the contact, as it stands after the attempt. */
export interface TriedNumber {
  readonly phone: string;
  readonly lastEnding?: AttemptEnding | undefined;
}

/** Why nobody of a list is called any more. */
export const DONE_REASONS = [
  /** A person was reached. */
  "reached",
  /** Often enough. */
  "exhausted",
  /** None of the numbers is in service. */
  "no-number",
  /** Preview: the agent passed. */
  "skipped",
] as const;
export type DoneReason = (typeof DONE_REASONS)[number];

export type Afterwards =
  | { readonly state: "done"; readonly reason: DoneReason }
  | { readonly state: "waiting"; readonly nextAt: Millis };

export interface Tried {
  readonly ending: AttemptEnding;
  readonly endedAt: Millis;
  /** How often this campaign has tried the contact, this attempt included unless no phone rang. */
  readonly attempts: number;
  /** How many of those ended in the same way, this one included. */
  readonly alike: number;
  readonly numbers: readonly TriedNumber[];
}

/** When nothing was sent it is no attempt, and may be made up for soon. */
const NOT_PLACED_MS = 60_000;

/** By the retry rules of the campaign's policy. A number that is not in service is not dialled again, others are. */
export function afterAttempt(policy: Policy, tried: Tried): Afterwards {
  const { ending, endedAt, attempts, alike, numbers } = tried;
  if (ending === "not_placed") return { state: "waiting", nextAt: endedAt + NOT_PLACED_MS };
  if (ending === "answered" || ending === "self_service") return { state: "done", reason: "reached" };
  if (!numbers.some(isInService)) return { state: "done", reason: "no-number" };
  const { total } = policy.attempts;
  if (total !== null && attempts >= total) return { state: "done", reason: "exhausted" };
  if (ending === "not_in_service") return { state: "waiting", nextAt: endedAt };
  const rule = policy.retry[ending];
  if (!rule || alike >= rule.most) return { state: "done", reason: "exhausted" };
  return { state: "waiting", nextAt: endedAt + rule.minutes * 60_000 };
}

/** Whether it makes sense to dial this number of a contact. */
export function isInService({ lastEnding }: TriedNumber): boolean {
  return lastEnding !== "not_in_service";
}
