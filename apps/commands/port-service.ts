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
export interface CompanySettings {
  /** Whether a call can be completed without a topic (WRAP-02, D-14). */
  wrapUpTopicRequired: boolean;
}

/** Whom to call: exactly one of the four. */
export interface PlacedCall {
  to: { number?: string; contactId?: string; shortNumber?: string; agentId?: string };
  /** The line that the call counts for, and whose number is shown. */
  lineId?: string;
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
  /** The customer is to be called later (WRAP-04). */
  deferred?: { due: DueAt; comment: string };
}

/** Whom to call later: a number, a contact, or the customer of a call. */
export interface DeferredFields {
  number?: string;
  contactId?: string;
  callId?: string;
  due: DueAt;
  comment: string;
}

export interface ScenarioFields {
  name: string;
  direction: "inbound" | "outbound";
  script: string;
  /** None: the default of its direction. */
  lineIds: string[];
  results: string[];
}

/** For a date, or for a time from now (DEFER-01). */
export type DueAt = { dueAt: string } | { inMinutes: number };
