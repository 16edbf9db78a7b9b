/** Tables of recordings and of the audit, as kysely sees them. */
import type { ColumnType, Generated, JSONColumnType } from "kysely";
import type { FilePause } from "../core/records/pauses.ts";
import type { Role } from "./tables.ts";

export type RecordingKind = "call" | "voicemail";
export type RecordingState = "kept" | "empty" | "lost" | "deleted";

export interface RecordingTable {
  id: string;
  call_id: string;
  state: RecordingState;
  path: string | null;
  bytes: string | number | null;
  sha256: string | null;
  duration_ms: number | null;
  channels: number | null;
  repaired: Generated<boolean>;
  adopted_at: Generated<Date>;
  kind: Generated<RecordingKind>;
  key_id: string | null;
  held: Generated<boolean>;
  pauses: ColumnType<readonly FilePause[], string | undefined, string>;
  retention_days: number | null;
  deleted_at: Date | null;
  deleted_by: string | null;
}

export interface RecordingPauseTable {
  id: Generated<string>;
  call_id: string;
  from_at: Date;
  until_at: Date;
  to_at: Date | null;
  by_key: string | null;
  reason: string | null;
}

/** Only added to; the database refuses changes. */
export interface AuditTable {
  id: Generated<string>;
  at: ColumnType<Date, never, never>;
  key_id: string | null;
  role: Role | null;
  agent_id: string | null;
  action: string;
  subject_type: string;
  subject_id: string | null;
  detail: JSONColumnType<Record<string, unknown>>;
  address: string | null;
}

/** Their names in the database. */
export interface RecordingTables {
  recording: RecordingTable;
  recording_pause: RecordingPauseTable;
  audit: AuditTable;
}
