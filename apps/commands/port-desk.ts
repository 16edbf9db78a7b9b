/** What the commands of an agent's outbound work take and answer, apart from campaigns. */
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

/** name → [arguments, answer]. */
export interface DeskCommands {
  "deferred.create": [DeferredFields & { agentId?: string }, { id: string }];
  "deferred.change": [
    { id: string; change: { due?: DueAt; comment?: string; state?: "done" | "cancelled" } },
    Record<string, never>,
  ];
  "deferred.delete": [{ id: string }, Record<string, never>];
  "deferred.call": [{ id: string }, Placed];
  "scenario.create": [ScenarioFields, { id: string }];
  "scenario.change": [{ id: string; change: Partial<ScenarioFields> }, Record<string, never>];
  "scenario.delete": [{ id: string }, Record<string, never>];
}
