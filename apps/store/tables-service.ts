/**
 * The tables of what surrounds a call: wrap-ups and completions, calls that agents place or put off, scripts.
 */
import type { ColumnType, Generated, JSONColumnType } from "kysely";
import type { AttemptEnding } from "../core/dialling/campaign.ts";
import type { ErrandKind } from "../core/outgoing/errand.ts";
import type { Created } from "./tables.ts";

export interface CallWrapUpTable {
  call_id: string;
  agent_id: string;
  started_at: Date;
  until_at: Date | null;
  ended_at: Date | null;
  ended_by: "completed" | "limit" | null;
}

export interface AttemptTable {
  id: string;
  call_id: string;
  agent_id: string | null;
  number: string;
  contact_id: string | null;
  state: Generated<"placing" | "placed" | "refused" | "not-placed">;
  reason: string | null;
  created_at: Created;
  errand: Generated<ErrandKind | null>;
  errand_id: Generated<string | null>;
  errand_settled: Generated<boolean>;
  /** Of a campaign: from here on. Such an attempt is open while `ending` is null. */
  campaign_id: Generated<string | null>;
  campaign_contact_id: Generated<string | null>;
  trunk_key: Generated<string | null>;
  caller_number: Generated<string | null>;
  ring_seconds: Generated<number | null>;
  ending: Generated<AttemptEnding | null>;
  /** Q.850. */
  cause: Generated<number | null>;
  answered_at: Generated<Date | null>;
  greeting_ended_at: Generated<Date | null>;
  connected_at: Generated<Date | null>;
  amd: ColumnType<object | null, string | null | undefined, string | null>;
  abandoned_at: Generated<Date | null>;
  message_played_at: Generated<Date | null>;
  /** The keys pressed during an agentless campaign's announcement. */
  pressed: Generated<string | null>;
  ended_at: Generated<Date | null>;
  because: ColumnType<object | null, string | null | undefined, string | null>;
}

export interface DeferredCallTable {
  id: Generated<string>;
  agent_id: string;
  contact_id: string | null;
  number: string;
  due_at: Date;
  comment: Generated<string>;
  state: Generated<"waiting" | "due" | "done" | "cancelled">;
  from_call_id: string | null;
  call_id: string | null;
  created_at: Created;
  created_by: string | null;
  order_id: Generated<string | null>;
  tries: Generated<number>;
  auto_at: Generated<Date | null>;
  put_off_reason: Generated<string | null>;
}

export type CallbackState = "waiting" | "calling" | "connected" | "failed" | "cancelled" | "expired";

export interface CallbackTable {
  id: string;
  call_id: string;
  queue_id: string;
  line_id: string;
  number: string;
  contact_id: string | null;
  owner_id: string | null;
  kept_at: Date;
  state: Generated<CallbackState>;
  attempts: Generated<number>;
  next_at: Date;
  channel: string | null;
  dialled_id: string | null;
  dialled_at: Date | null;
  reason: string | null;
  created_at: Created;
  ended_at: Date | null;
}

export interface ScenarioTable {
  id: Generated<string>;
  name: string;
  direction: "inbound" | "outbound";
  script: Generated<string>;
  line_ids: Generated<string[]>;
  is_default: Generated<boolean>;
  created_at: Created;
  auto_dial: Generated<boolean>;
  move_on_without_result: Generated<boolean>;
}

export interface ScenarioResultTable {
  id: Generated<string>;
  scenario_id: string;
  name: string;
  position: number;
}

export interface TopicTable {
  id: Generated<string>;
  name_ru: string;
  name_en: string;
  position: Generated<number>;
  archived: Generated<boolean>;
  created_at: Created;
}

export interface CompletionTable {
  call_id: string;
  agent_id: string;
  topic_ids: string[];
  comment: Generated<string>;
  after: "continue" | "break";
  completed_at: Generated<Date>;
  completed_by: string | null;
  result_id: string | null;
  id: Generated<string>;
  edited_at: Generated<Date | null>;
  edited_by_key_id: Generated<string | null>;
}

export interface CompanySettingTable {
  name: string;
  value: JSONColumnType<object>;
  updated_at: Generated<Date>;
}

/** Their names in the database. */
export interface ServiceTables {
  call_wrap_up: CallWrapUpTable;
  topic: TopicTable;
  completion: CompletionTable;
  company_setting: CompanySettingTable;
  attempt: AttemptTable;
  deferred_call: DeferredCallTable;
  callback: CallbackTable;
  scenario: ScenarioTable;
  scenario_result: ScenarioResultTable;
}
