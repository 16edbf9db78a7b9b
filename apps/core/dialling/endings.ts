/**
 * What a dial that nobody answered came to: the closed table from Q.850, which Asterisk makes of SIP answers
 * (RFC 3398), and whose doing each ending is (law L8).
 *
 * Only a 200 is an answer. What a carrier plays before it (early media) is heard by nobody and answers nothing.
 */
import type { Culprit, Ending } from "../ending.ts";
import type { AttemptEnding } from "./campaign.ts";

/** Q.850 → ending. A cause that is not here is a failure on the way. */
const CAUSES: Readonly<Record<number, AttemptEnding>> = {
  1: "not_in_service", // SIP 404, 485, 604
  3: "unreachable", // SIP 420
  16: "no_answer", // The network gave up without saying more.
  17: "busy", // SIP 486, 600
  18: "no_answer", // SIP 408
  19: "no_answer", // SIP 480, and our own ring limit
  20: "unreachable",
  21: "rejected", // SIP 401, 403, 407, 603
  22: "not_in_service", // SIP 410
  27: "unreachable", // SIP 502
  28: "not_in_service", // SIP 484
  31: "no_answer",
  34: "failed", // SIP 503, other 5xx
  38: "failed", // SIP 500
  41: "failed", // SIP 409
  42: "failed",
  44: "failed",
  58: "failed", // SIP 488, 606
  102: "failed", // SIP 504
  127: "failed", // SIP 487 and other 4xx
};

/** Causes that say something of the carrier and nothing of the number: another carrier may reach it. */
const CARRIERS_FAULT: ReadonlySet<number> = new Set([2, 34, 38, 41, 42, 44, 47, 102]);

/** Whose doing it is. */
export const ATTEMPT_CULPRITS: Readonly<Record<AttemptEnding, Culprit>> = {
  answered: "theirs",
  abandoned: "ours",
  hung_up: "theirs",
  self_service: "theirs",
  machine: "theirs",
  no_answer: "theirs",
  busy: "theirs",
  rejected: "theirs",
  unreachable: "carrier",
  not_in_service: "theirs",
  failed: "carrier",
  shed: "ours",
  cancelled: "ours",
  not_placed: "ours",
  lost: "ours",
};

/** The same as the ending of a call, whose words are fewer. */
export const CALL_ENDINGS: Readonly<Record<AttemptEnding, Ending>> = {
  answered: "answered",
  abandoned: "abandoned",
  hung_up: "abandoned",
  self_service: "self_service",
  machine: "machine",
  no_answer: "no_answer",
  busy: "busy",
  rejected: "rejected",
  unreachable: "unreachable",
  not_in_service: "not_in_service",
  failed: "failed",
  shed: "cancelled",
  cancelled: "cancelled",
  not_placed: "failed",
  lost: "lost",
};

/** The ending of a dial that was not answered. @param cause Q.850 of the hang-up */
export function unansweredEnding(cause: number | undefined): AttemptEnding {
  // Asterisk says nothing, or 0, when the other side ended the call without a reason.
  return cause === undefined || cause === 0 ? "no_answer" : (CAUSES[cause] ?? "failed");
}

/** Whether the next trunk should be tried: nobody's phone has rung. */
export function isCarriersFault(cause: number | undefined): boolean {
  return cause !== undefined && CARRIERS_FAULT.has(cause);
}
