/**
 * Recordings' rows, written by the engine's sweep.
 */
import type { RecordingStore } from "../engine/recordings.ts";
import type { Db } from "./database.ts";

/** Rows of recordings in PostgreSQL. */
export function recordingStore(db: Db): RecordingStore {
  return {
    async endedAmong(calls) {
      if (calls.length === 0) return new Map();
      const rows = await db
        .selectFrom("call")
        .select(["id", "arrived_at"])
        .where("id", "in", calls)
        .where("ended_at", "is not", null)
        .execute();
      return new Map(rows.map((row) => [row.id, row.arrived_at]));
    },
    async keep(row) {
      const { id, state, path, bytes, sha256, channels, repaired } = row;
      const values = {
        id,
        call_id: row.callId,
        state,
        path,
        bytes,
        sha256,
        channels,
        repaired,
        duration_ms: row.durationMs,
      };
      await db
        .insertInto("recording")
        .values(values)
        .onConflict((conflict) =>
          conflict
            .column("id")
            .doUpdateSet({ state, path, bytes, sha256, channels, repaired, duration_ms: row.durationMs }),
        )
        .execute();
    },
  };
}
