/**
 * What the commands of an agent's shift take and answer: completions, calls that are placed or put off, scripts.
 */

export interface TopicFields {
  nameRu: string;
  nameEn: string;
  position: number;
  archived: boolean;
}

/** What is the same for the whole company. */
export type { CompanyValues as CompanySettings } from "../store/reads/company.ts";

/** Whom to call: exactly one of the four. */
export interface PlacedCall {
  to: { number?: string; contactId?: string; shortNumber?: string; agentId?: string };
  /** The line that the call counts for, and whose number is shown. */
  lineId?: string;
  /** The customer asked for this call, although the number is on the refusal list (core/dialling/by-hand.ts). */
  askedFor?: boolean;
}

export interface Placed {
  callId: string;
  /** E.164, or a colleague's short number. */
  number: string;
  /** null: nobody we know has this number (SOFT-07). */
  contactId: string | null;
}

/** What the completion window holds (WRAP-02, WRAP-03). */
export interface Completion {
  topicIds: string[];
  comment: string;
  after: "continue" | "break";
  /** One of the results of the call's scenario (SCEN-12). */
  resultId?: string;
  /** What came of the task that the call was placed for (D-13). */
  outcome?: "successful" | "unsuccessful";
  /** The customer is to be called later (WRAP-04). */
  deferred?: { due: DueAt; comment: string };
}

/** For a date, or for a time from now (DEFER-01). */
export type DueAt = { dueAt: string } | { inMinutes: number };
