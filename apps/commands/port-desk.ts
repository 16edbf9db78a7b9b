/** What the commands of an agent's outbound work take and answer, apart from campaigns. */
import type { ContactFilter } from "../store/reads/contact-filter.ts";
import type { DueAt, Placed } from "./port-service.ts";

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

/** Which contacts: these, or those that a filter of GET /v1/contacts finds. An agent reaches its own ones. */
export type ContactSource = { contactIds: string[] } | { filter: ContactFilter };

/** Whom to call: a number or a contact. */
export interface DialTaskFields {
  number?: string;
  contactId?: string;
  name?: string;
  topic: string;
  comment: string;
  /** null: nobody yet. */
  agentId: string | null;
  lineId?: string | null;
}

/** What came of a task (DIAL-14). */
export type TaskOutcome = "successful" | "unsuccessful";

/** name → [arguments, answer]. */
export interface DeskCommands {
  "deferred.create": [DeferredFields & { agentId?: string }, { id: string }];
  "deferred.change": [
    { id: string; change: { due?: DueAt; comment?: string; state?: "done" | "cancelled" } },
    Record<string, never>,
  ];
  "deferred.delete": [{ id: string }, Record<string, never>];
  "deferred.call": [{ id: string }, Placed];
  "task.create": [DialTaskFields, { id: string }];
  /** One for each contact that has a number; `agentIds` in turn, or, when there are none, to the contacts' owners. */
  "task.createMany": [
    {
      source: ContactSource;
      topic: string;
      comment: string;
      agentIds: string[] | null;
      lineId?: string | null;
    },
    { created: number; skipped: { contactId: string; code: "no-number" | "not-allowed" }[] },
  ];
  "task.change": [
    {
      id: string;
      change: Partial<Pick<DialTaskFields, "name" | "number" | "topic" | "comment" | "agentId" | "lineId">>;
    },
    Record<string, never>,
  ];
  "task.delete": [{ id: string }, Record<string, never>];
  /** `agentId`: whose phone is called, if not the task's own agent's. */
  "task.call": [{ id: string; agentId?: string }, Placed];
  /** `cancel` closes nothing: back to the card. */
  "task.close": [{ id: string; outcome: TaskOutcome | "cancel"; comment: string }, Record<string, never>];
  "scenario.create": [ScenarioFields, { id: string }];
  "scenario.change": [{ id: string; change: Partial<ScenarioFields> }, Record<string, never>];
  "scenario.delete": [{ id: string }, Record<string, never>];
}
