/**
 * The database's tables as kysely sees them. Written by hand; a test compares it with db/schema.sql.
 */
import type { ColumnType, Generated, JSONColumnType } from "kysely";
import type { RefusedCalls } from "../core/dialling/by-hand.ts";
import type { Calendar } from "../core/dialling/policy.ts";
import type { AgentState, RecordingMode, Strategy, VoicemailMode } from "../core/floor.ts";
import type { Hours } from "../core/routing/hours.ts";
import type { PromptSlot } from "../core/routing/prompts.ts";
import type { ContactTables } from "./tables-contacts.ts";
import type { DeskTables } from "./tables-desk.ts";
import type { DiallingTables } from "./tables-dialling.ts";
import type { DuplicateTables } from "./tables-duplicates.ts";
import type { MenuTables, MenuWhen } from "./tables-menus.ts";
import type { OutboxTables } from "./tables-outbox.ts";
import type { PacingTables } from "./tables-pacing.ts";
import type { RecordingTables } from "./tables-recordings.ts";
import type { RecordTables } from "./tables-records.ts";
import type { ServiceTables } from "./tables-service.ts";

export type Created = ColumnType<Date, Date | string | undefined, never>;

export interface AgentTable {
  id: Generated<string>;
  name: string;
  short_number: string;
  phone: string;
  sip_ha1: string;
  state: Generated<AgentState>;
  state_since: Generated<Date>;
  pending_state: Generated<AgentState | null>;
  call_mode: Generated<"phone" | "external" | "webrtc">;
  mobile: Generated<string | null>;
  auto_answer: Generated<boolean>;
  forward_number: string | null;
  forward_state: Generated<ForwardState>;
  created_at: Created;
  email: Generated<string | null>;
  acceptance_needed: Generated<boolean>;
  consultation_only: Generated<boolean>;
  shown_number: Generated<string | null>;
  deferred_auto_call: Generated<boolean | null>;
}

/** How far an agent's own number is (FWD-03). */
export type ForwardState = "none" | "pending" | "verified" | "approved";

export interface AgentStateChangeTable {
  id: Generated<string>;
  agent_id: string;
  state: AgentState;
  at: Generated<Date>;
  by_key: string | null;
}

export interface QueueTable {
  id: Generated<string>;
  key: string;
  name: string;
  strategy: Generated<Strategy>;
  answer_seconds: Generated<number>;
  max_wait_seconds: Generated<number>;
  wrap_up: Generated<"none" | "limit" | "until-completed">;
  wrap_up_seconds: Generated<number>;
  service_level_seconds: Generated<number>;
  service_level_percent: Generated<number>;
  all_agents: Generated<boolean>;
  weight: Generated<number>;
  max_length: number | null;
  join_when_empty: Generated<boolean>;
  overflow_queue_id: string | null;
  overflow_number: string | null;
  announce_position: Generated<boolean>;
  announce_wait: Generated<boolean>;
  announce_every_seconds: Generated<number>;
  callback_offer: Generated<boolean>;
  callback_after_seconds: Generated<number>;
  callback_digit: Generated<string>;
  callback_attempts: Generated<number>;
  callback_retry_minutes: Generated<number>;
  callback_within_hours_only: Generated<boolean>;
  version: Generated<number>;
  created_at: Created;
}

export interface QueueAgentTable {
  queue_id: string;
  agent_id: string;
  position: number;
}

export interface QueuePenaltyTable {
  queue_id: string;
  agent_id: string;
  penalty: number;
}

export interface SettingChangeTable {
  id: Generated<string>;
  at: Generated<Date>;
  key_id: string | null;
  role: string;
  command: string;
  subject_id: string;
  subject_name: string;
  before: JSONColumnType<Record<string, unknown>>;
  after: JSONColumnType<Record<string, unknown>>;
  undone_by: string | null;
}

export interface LineTable {
  id: Generated<string>;
  key: string;
  number: string;
  name: string;
  queue_id: string;
  owner_first: Generated<boolean>;
  priority: Generated<number>;
  owner_wait_seconds: Generated<number>;
  hours: JSONColumnType<Hours> | null;
  language: Generated<"ru" | "en">;
  recording: Generated<RecordingMode>;
  announce_recording: Generated<boolean>;
  retention_days: number | null;
  voicemail: Generated<VoicemailMode>;
  voicemail_seconds: Generated<number>;
  menu_id: string | null;
  menu_when: Generated<MenuWhen>;
  trunk_id: string | null;
  forward_mode: Generated<"off" | "number" | "agents">;
  forward_number: string | null;
  forward_number_verified_at: Date | null;
  forward_seconds: Generated<number>;
  forward_attempts: Generated<number>;
  forward_caller_id: Generated<"caller" | "line">;
  created_at: Created;
  responsible_id: Generated<string | null>;
  short_number: Generated<string | null>;
  consultation_only: Generated<boolean>;
  blind_no_answer: Generated<"end" | "return">;
  project: Generated<string | null>;
  city: Generated<string | null>;
  dial_preset: Generated<string>;
  dial_week: ColumnType<Calendar["week"] | null, string | null | undefined, string | null>;
  dial_refused: Generated<RefusedCalls>;
}

export interface SoundTable {
  id: Generated<string>;
  name: string;
  language: "ru" | "en" | null;
  original_name: string;
  format: "mp3" | "wav" | "wma";
  bytes: number;
  sha256: string;
  duration_ms: number;
  created_at: Created;
}

export interface LinePromptTable {
  line_id: string;
  slot: PromptSlot;
  kind: "none" | "sound";
  sound_id: string | null;
}

export interface TrunkTable {
  id: Generated<string>;
  key: string;
  name: string;
  addresses: string[];
  host: string | null;
  port: Generated<number>;
  username: string | null;
  password: string | null;
  /** How numbers are spelt towards this carrier: `+7495…` or `7495…`. */
  number_format: Generated<"e164" | "digits">;
  created_at: Created;
  kind: Generated<"carrier" | "pbx">;
  number: Generated<string | null>;
  domain: Generated<string | null>;
  /** What it carries of campaigns' calls. */
  max_lines: Generated<number | null>;
  calls_per_second: Generated<number | null>;
}

export interface NumberVerificationTable {
  id: Generated<string>;
  number: string;
  subject: "agent" | "company" | "line-forwarding" | "agent-forwarding";
  agent_id: string | null;
  line_id: string | null;
  method: "call" | "sms";
  code_hash: Buffer;
  attempts_left: Generated<number>;
  expires_at: Date;
  verified_at: Generated<Date | null>;
  valid_until: Generated<Date | null>;
  created_at: Created;
}

export interface CallTable {
  id: string;
  linkedid: string;
  type: "inbound" | "outbound" | "internal" | "missed";
  from_number: string | null;
  to_number: string | null;
  line_id: string | null;
  queue_id: string | null;
  contact_id: string | null;
  owner_id: string | null;
  agent_id: string | null;
  first_offered_id: string | null;
  arrived_at: Date;
  connected_at: Date | null;
  ended_at: Date | null;
  wait_ms: number | null;
  talk_ms: number | null;
  hold_ms: Generated<number | null>;
  ending: string | null;
  culprit: "ours" | "theirs" | "carrier" | null;
  cause: number | null;
  fallback: boolean;
  wrap_up_ms: number | null;
  transfers: Generated<number>;
  forwarded_to: string | null;
  /** Of its line, when that was deleted. */
  retention_days: number | null;
  updated_at: Generated<Date>;
}

export interface CallLegTable {
  channel: string;
  call_id: string;
  name: string;
  agent_id: string | null;
  started_at: Date;
  answered_at: Date | null;
  ended_at: Date | null;
  cause: number | null;
  talk_ms: number | null;
  /** The number outside that this leg called. */
  to_number: string | null;
}

export interface CallPartTable {
  call_id: string;
  position: number;
  kind: "talk" | "conference" | "consult" | "hold";
  agent_id: string | null;
  channel: string;
  from_at: Date;
  to_at: Date | null;
}

export interface CallEventTable {
  origin: string;
  call_id: string;
  at: Date;
  source: "cel" | "queue" | "engine";
  kind: string;
  data: JSONColumnType<Record<string, unknown>>;
}

export interface IntakeTable {
  source: string;
  file: string;
  offset: string | number;
  at: Generated<Date>;
}

export interface LiveEventTable {
  seq: string | number;
  at: Date;
  topic: "calls" | "agents" | "queues" | "system";
  kind: string;
  data: JSONColumnType<Record<string, unknown>>;
}

export type Role = "admin" | "supervisor" | "agent";

export interface ApiKeyTable {
  id: Generated<string>;
  name: string;
  role: Role;
  agent_id: string | null;
  hash: Buffer;
  created_at: Created;
  last_used_at: Date | null;
  revoked_at: Date | null;
}

export interface Database
  extends ContactTables,
    DuplicateTables,
    DeskTables,
    MenuTables,
    OutboxTables,
    ServiceTables,
    RecordingTables,
    RecordTables,
    DiallingTables,
    PacingTables {
  agent: AgentTable;
  agent_state_change: AgentStateChangeTable;
  queue: QueueTable;
  queue_agent: QueueAgentTable;
  queue_penalty: QueuePenaltyTable;
  setting_change: SettingChangeTable;
  line: LineTable;
  sound: SoundTable;
  line_prompt: LinePromptTable;
  trunk: TrunkTable;
  number_verification: NumberVerificationTable;
  call: CallTable;
  call_leg: CallLegTable;
  call_part: CallPartTable;
  call_event: CallEventTable;
  intake: IntakeTable;
  live_event: LiveEventTable;
  api_key: ApiKeyTable;
}
