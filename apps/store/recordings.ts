/**
 * Recordings' rows, written by the engine's sweep.
 */

import { sql } from "kysely";
import type { RecordingStore } from "../engine/recordings.ts";
import type { Db } from "./database.ts";

/** Rows of recordings in PostgreSQL. */
export function recordingStore(db: Db): RecordingStore {
  return {
    async known(calls) {
      if (calls.length === 0) return new Map();
      const rows = await db
        .selectFrom("call")
        .select(["id", "arrived_at", "ended_at"])
        .where("id", "in", calls)
        .execute();
      return new Map(
        rows.map((row) => [row.id, { arrivedAt: row.arrived_at, ended: row.ended_at !== null }]),
      );
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
    async markLost() {
      const { rows } = await sql`
        insert into recording (id, call_id, state)
        select c.id, c.id, 'lost' from call c
         where c.ended_at between now() - interval '1 hour' and now() - interval '1 minute'
           and c.connected_at is not null
           and not exists (select from recording r where r.call_id = c.id)
           and exists (select from call_event e where e.call_id = c.id and e.source = 'engine'
                          and e.data -> 'step' ->> 'record' in ('stereo', 'mixed'))
        returning id`.execute(db);
      return rows.length;
    },
  };
}
