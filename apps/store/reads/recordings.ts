/** Recordings and messages, newest first. */
import { sql } from "kysely";
import type { FilePause } from "../../core/records/pauses.ts";
import type { Db } from "../database.ts";
import type { RecordingKind, RecordingState } from "../tables-recordings.ts";
import { talkedIn } from "./calls.ts";
import { type Cursor, type Page, pageOf } from "./page.ts";

export interface RecordingFilter {
  readonly ids?: readonly string[] | undefined;
  readonly callId?: string | undefined;
  readonly kind?: RecordingKind | undefined;
  readonly state?: RecordingState | undefined;
  readonly held?: boolean | undefined;
  readonly agentId?: string | undefined;
  readonly lineId?: string | undefined;
  /** ISO 8601; by the time when the recording was taken over. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** Narrows to recordings of calls in which this agent talked; messages are the supervisors' (REC-05). */
  readonly only?: string | undefined;
  readonly after?: Cursor | undefined;
  readonly limit: number;
}

export interface RecordingRow {
  readonly id: string;
  readonly callId: string;
  readonly kind: RecordingKind;
  readonly state: RecordingState;
  readonly path: string | null;
  readonly bytes: number | null;
  readonly sha256: string | null;
  readonly durationMs: number | null;
  readonly channels: number | null;
  readonly repaired: boolean;
  readonly keyId: string | null;
  readonly held: boolean;
  readonly pauses: readonly FilePause[];
  readonly adoptedAt: Date;
  readonly deletedAt: Date | null;
  readonly deletedBy: string | null;
  /** Of the call; null while its record is incomplete. */
  readonly arrivedAt: Date | null;
  readonly from: string | null;
  readonly lineId: string | null;
  readonly lineName: string | null;
  readonly agentId: string | null;
  readonly cursorAt: string;
}

/** One page of the recordings that match all of the filter. */
export async function listRecordings(db: Db, filter: RecordingFilter): Promise<Page<RecordingRow>> {
  let query = narrowed(selectRecordings(db), filter);
  const { since, until, after } = filter;
  if (since) query = query.where(sql<boolean>`recording.adopted_at >= ${since}::timestamptz`);
  if (until) query = query.where(sql<boolean>`recording.adopted_at < ${until}::timestamptz`);
  if (after)
    query = query.where(
      sql<boolean>`(recording.adopted_at, recording.id) < (${after.at}::timestamptz, ${after.id}::uuid)`,
    );
  const rows = await query
    .select(sql<string>`recording.adopted_at::text`.as("cursorAt"))
    .orderBy("recording.adopted_at", "desc")
    .orderBy("recording.id", "desc")
    .limit(filter.limit + 1)
    .execute();
  return pageOf(rows, filter.limit);
}

/** One page of what was deleted, the latest deletion first: the proof (REC-03). */
export async function listDeletions(
  db: Db,
  filter: Pick<RecordingFilter, "since" | "until" | "after" | "limit">,
): Promise<Page<RecordingRow>> {
  const { since, until, after } = filter;
  let query = selectRecordings(db).where("recording.state", "=", "deleted");
  if (since) query = query.where(sql<boolean>`recording.deleted_at >= ${since}::timestamptz`);
  if (until) query = query.where(sql<boolean>`recording.deleted_at < ${until}::timestamptz`);
  if (after)
    query = query.where(
      sql<boolean>`(recording.deleted_at, recording.id) < (${after.at}::timestamptz, ${after.id}::uuid)`,
    );
  const rows = await query
    .select(sql<string>`recording.deleted_at::text`.as("cursorAt"))
    .orderBy("recording.deleted_at", "desc")
    .orderBy("recording.id", "desc")
    .limit(filter.limit + 1)
    .execute();
  return pageOf(rows, filter.limit);
}

function selectRecordings(db: Db) {
  return (
    db
      .selectFrom("recording")
      // A recording may be taken over before its call's record is complete.
      .leftJoin("call", "call.id", "recording.call_id")
      .leftJoin("line", "line.id", "call.line_id")
      .select([
        "recording.id",
        "recording.call_id as callId",
        "recording.kind",
        "recording.state",
        "recording.path",
        sql<number | null>`recording.bytes`.as("bytes"),
        "recording.sha256",
        "recording.duration_ms as durationMs",
        "recording.channels",
        "recording.repaired",
        "recording.key_id as keyId",
        "recording.held",
        "recording.pauses",
        "recording.adopted_at as adoptedAt",
        "recording.deleted_at as deletedAt",
        "recording.deleted_by as deletedBy",
        "call.arrived_at as arrivedAt",
        "call.from_number as from",
        "call.line_id as lineId",
        "line.name as lineName",
        "call.agent_id as agentId",
      ])
  );
}

function narrowed(query: ReturnType<typeof selectRecordings>, filter: RecordingFilter) {
  let narrow = query;
  const equal = [
    ["recording.call_id", filter.callId],
    ["recording.kind", filter.kind],
    ["recording.state", filter.state],
    ["recording.held", filter.held],
    ["call.agent_id", filter.agentId],
    ["call.line_id", filter.lineId],
  ] as const;
  for (const [column, value] of equal)
    if (value !== undefined) narrow = narrow.where(sql.ref(column), "=", value);
  if (filter.ids) narrow = narrow.where("recording.id", "in", filter.ids);
  if (filter.only) narrow = narrow.where("recording.kind", "=", "call").where(talkedIn(filter.only));
  return narrow;
}

/** Until when the recording of a call is paused, if it is now. */
export async function pausedUntil(db: Db, callId: string): Promise<Date | undefined> {
  const row = await db
    .selectFrom("recording_pause")
    .select("until_at")
    .where("call_id", "=", callId)
    .where("to_at", "is", null)
    .executeTakeFirst();
  return row?.until_at;
}

/** Master key → how many recordings it wraps. */
export async function recordingsByKey(db: Db): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom("recording")
    .select((row) => ["key_id", row.fn.countAll<string>().as("count")])
    .where("key_id", "is not", null)
    .groupBy("key_id")
    .execute();
  return new Map(rows.map(({ key_id, count }) => [key_id as string, Number(count)]));
}
