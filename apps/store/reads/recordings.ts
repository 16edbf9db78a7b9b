/** Recordings, newest first. */
import { sql } from "kysely";
import type { Db } from "../database.ts";
import { concerns } from "./calls.ts";
import { type Cursor, type Page, pageOf } from "./page.ts";

export interface RecordingFilter {
  readonly id?: string | undefined;
  readonly callId?: string | undefined;
  readonly state?: "kept" | "empty" | "lost" | undefined;
  readonly agentId?: string | undefined;
  readonly lineId?: string | undefined;
  /** ISO 8601; by the time when the recording was taken over. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** Narrows to calls that concerned this agent. */
  readonly only?: string | undefined;
  readonly after?: Cursor | undefined;
  readonly limit: number;
}

export interface RecordingRow {
  readonly id: string;
  readonly callId: string;
  readonly state: "kept" | "empty" | "lost";
  readonly path: string | null;
  readonly bytes: number | null;
  readonly sha256: string | null;
  readonly durationMs: number | null;
  readonly channels: number | null;
  readonly repaired: boolean;
  readonly adoptedAt: Date;
  readonly cursorAt: string;
}

/** One page of the recordings that match all of the filter. */
export async function listRecordings(db: Db, filter: RecordingFilter): Promise<Page<RecordingRow>> {
  let query = db
    .selectFrom("recording")
    // A recording may be taken over before its call's record is complete.
    .leftJoin("call", "call.id", "recording.call_id")
    .select([
      "recording.id",
      "recording.call_id as callId",
      "recording.state",
      "recording.path",
      sql<number | null>`recording.bytes`.as("bytes"),
      "recording.sha256",
      "recording.duration_ms as durationMs",
      "recording.channels",
      "recording.repaired",
      "recording.adopted_at as adoptedAt",
      sql<string>`recording.adopted_at::text`.as("cursorAt"),
    ]);
  if (filter.id) query = query.where("recording.id", "=", filter.id);
  if (filter.callId) query = query.where("recording.call_id", "=", filter.callId);
  if (filter.state) query = query.where("recording.state", "=", filter.state);
  if (filter.agentId) query = query.where("call.agent_id", "=", filter.agentId);
  if (filter.lineId) query = query.where("call.line_id", "=", filter.lineId);
  if (filter.since) query = query.where(sql<boolean>`recording.adopted_at >= ${filter.since}::timestamptz`);
  if (filter.until) query = query.where(sql<boolean>`recording.adopted_at < ${filter.until}::timestamptz`);
  if (filter.only) query = query.where(concerns(filter.only));
  if (filter.after)
    query = query.where(
      sql<boolean>`(recording.adopted_at, recording.id) < (${filter.after.at}::timestamptz, ${filter.after.id}::uuid)`,
    );
  const rows = await query
    .orderBy("recording.adopted_at", "desc")
    .orderBy("recording.id", "desc")
    .limit(filter.limit + 1)
    .execute();
  return pageOf(rows, filter.limit);
}
