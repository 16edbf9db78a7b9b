/**
 * The end of recordings: what is past its retention, what may be deleted, and the row that stays as proof (REC-03).
 */
import { sql } from "kysely";
import type { Db } from "../database.ts";
import { isExpired, RETENTION_RUN, type RetentionRun } from "../reads/retention.ts";
import { type Actor, audit } from "./audit.ts";

/** What became of a wish to delete: `held` by a legal hold; `nothing`: there is no sound to delete (any more). */
export type Deletion = "deleted" | "held" | "nothing" | "unknown";

/**
 * Removes a recording's file and turns its row into the proof of it, in one transaction with the audit. Should the
 * commit fail after the file went, the next try finds no file and completes the row.
 * @param remove takes the file away; false: it was not there.
 */
export function deleteRecording(
  db: Db,
  id: string,
  by: Actor,
  remove: (path: string) => Promise<boolean>,
): Promise<Deletion> {
  return db.transaction().execute(async (trx) => {
    const row = await trx
      .selectFrom("recording")
      .select(["state", "path", "held", "call_id", "kind", "sha256", "bytes", "duration_ms"])
      .where("id", "=", id)
      .forUpdate()
      .executeTakeFirst();
    if (!row) return "unknown";
    if (row.state !== "kept" || row.path === null) return "nothing";
    if (row.held) return "held";
    const present = await remove(row.path);
    await trx
      .updateTable("recording")
      .set({ state: "deleted", path: null, key_id: null, deleted_at: new Date() })
      .set({ deleted_by: by === "house" ? "retention" : by.keyId })
      .where("id", "=", id)
      .execute();
    const { call_id: callId, kind, sha256, bytes, duration_ms: durationMs } = row;
    await audit(trx, {
      by,
      action: "recording.deleted",
      subjectType: "recording",
      subjectId: id,
      detail: {
        ...{ callId, kind, sha256, bytes: Number(bytes), durationMs },
        reason: by === "house" ? "retention" : "asked",
        ...(!present && { file: "was missing" }),
      },
    });
    return "deleted";
  });
}

/**
 * Recordings that their line's retention says should be gone, oldest first; held ones are not among them.
 * @param after only those behind this id, so that one that resists does not block the others.
 */
export async function expiredRecordings(db: Db, limit: number, after: string | undefined): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select r.id from recording r
      left join call c on c.id = r.call_id
      left join line l on l.id = c.line_id
     where r.state = 'kept' and not r.held
       and ${isExpired}
       and (${after ?? null}::uuid is null or r.id > ${after ?? null}::uuid)
     order by r.id limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** Keeps the latest run, in one transaction with its audit. */
export async function noteRetentionRun(db: Db, run: Omit<RetentionRun, "by">, by: Actor): Promise<void> {
  const value = JSON.stringify({ ...run, by: by === "house" ? "daily" : by.keyId });
  const { deleted, failed } = run;
  const deed = { action: "recording.retention-run", subjectType: "recording", detail: { deleted, failed } };
  await db.transaction().execute(async (trx) => {
    await trx
      .insertInto("company_setting")
      .values({ name: RETENTION_RUN, value })
      .onConflict((conflict) => conflict.column("name").doUpdateSet({ value, updated_at: new Date() }))
      .execute();
    await audit(trx, { by, ...deed });
  });
}

/**
 * A line goes: its recordings keep the retention that it had. It is written to the calls too, because a recording that
 * is still in the spool is taken over when the line is no more.
 */
export async function keepRetention(trx: Db, lineId: string): Promise<void> {
  await sql`update call c set retention_days = l.retention_days from line l
             where l.id = c.line_id and l.id = ${lineId} and l.retention_days is not null`.execute(trx);
  await sql`update recording r set retention_days = l.retention_days from call c join line l on l.id = c.line_id
             where c.id = r.call_id and l.id = ${lineId}`.execute(trx);
}

/** Sets or lifts a legal hold. */
export function holdRecording(
  db: Db,
  id: string,
  held: boolean,
  by: Actor,
  reason: string | undefined,
): Promise<"done" | "nothing" | "unknown"> {
  return db.transaction().execute(async (trx) => {
    const row = await trx
      .selectFrom("recording")
      .select(["state", "held"])
      .where("id", "=", id)
      .forUpdate()
      .executeTakeFirst();
    if (!row) return "unknown";
    if (row.state !== "kept") return "nothing";
    if (row.held === held) return "done";
    await trx.updateTable("recording").set({ held }).where("id", "=", id).execute();
    const action = held ? "recording.held" : "recording.released";
    await audit(trx, {
      by,
      action,
      subjectType: "recording",
      subjectId: id,
      detail: reason ? { reason } : {},
    });
    return "done";
  });
}
