/**
 * Why people of a list wait, or are not called any more, in words for the manager whose list it is.
 */
import type { DoneReason } from "./retry.ts";
import type { RefusalCode } from "./verdict.ts";

/** What a list says of its people beside the gate's refusals and the ends of their attempts. */
type Standing =
  | "due"
  | "for-an-agent"
  | "not-before"
  | "retry"
  | "in-hand"
  | "cancelled"
  /** Another contact took its place. */
  | "merged";

export type ListReasonCode = Standing | RefusalCode | DoneReason;

export const LIST_WORDS: Readonly<Record<ListReasonCode, string>> = {
  due: "may be taken as soon as an agent and a line are free",
  "for-an-agent": "due, and kept for the agent who was asked for",
  "not-before": "not to be called before the time that the list says",
  retry: "tried, and called again later by the retry rules",
  "in-hand": "being called, or shown to an agent",
  cancelled: "taken off the list",
  merged: "the same person is on the list as another contact",
  reached: "a person was reached",
  exhausted: "tried as often as the policy allows",
  "no-number": "none of the numbers is in service",
  skipped: "an agent was shown them and was done with them",
  "not-running": "the campaign was not running",
  "mode-forbidden": "the policy does not let this purpose be dialled in this mode",
  "machine-dialling": "the policy wants a person to dial for this purpose",
  refused: "on the refusal list",
  "no-consent": "no evidence of consent for this purpose",
  "zone-unknown": "the number belongs to no known country, so nobody can say what time it is there",
  "not-allowed": "numbers of this country may not be called from here (DOZVON_DIAL_ALLOW)",
  "in-flight": "was being called by somebody else",
  "in-call": "was on the phone with us",
  "too-many": "called as often as the policy allows in a day, a week or a month",
  "after-abandoned": "redial lock after an abandoned call",
  "after-machine": "redial lock after a machine answered",
  closed: "calendar closed: nobody may be called at this hour of their day",
};

/** @param code as the row has it; rows outlive codes */
export function listWords(code: string): string {
  return LIST_WORDS[code as ListReasonCode] ?? code;
}
