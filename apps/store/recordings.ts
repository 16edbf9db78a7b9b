/**
 * Recordings' rows, written by the engine's sweep.
 */

import { sql } from "kysely";
import { bridgedSpans } from "../core/records/pauses.ts";
import type { RecordingStore } from "../engine/recordings.ts";
import type { Db } from "./database.ts";

/** Rows of recordings in PostgreSQL. */
export function recordingStore(db: Db): RecordingStore {
  return {
    async known(calls) {
      if (calls.length === 0) return new Map();
      const rows = await db
        .selectFrom("call")
        .select(["id", "arrived_at", "ended_at", "from_number", "line_id"])
        .select(sql<boolean>`exists (select from recording_pause p where p.call_id = call.id)`.as("paused"))
        .where("id", "in", calls)
        .execute();
      return new Map(
        rows.map(({ id, arrived_at, ended_at, from_number: from, line_id: lineId, paused }) => [
          id,
          { arrivedAt: arrived_at, ended: ended_at !== null, paused, from, lineId },
        ]),
      );
    },
    async pausesOf(call) {
      const facts = await db
        .selectFrom("call_event")
        .innerJoin("call", "call.id", "call_event.call_id")
        .select(["call_event.at", "call_event.kind"])
        .where("call_event.call_id", "=", call)
        .where("call_event.kind", "in", ["BRIDGE_ENTER", "BRIDGE_EXIT"])
        .where(sql<boolean>`call_event.data ->> 'uniqueId' = call.linkedid`)
        .orderBy("call_event.at")
        .orderBy("call_event.origin")
        .execute();
      const pauses = await db
        .selectFrom("recording_pause")
        .select(["from_at", "to_at"])
        .where("call_id", "=", call)
        .execute();
      return {
        bridged: bridgedSpans(
          facts.map(({ at, kind }) => ({
            at: at.getTime(),
            kind: kind === "BRIDGE_ENTER" ? kind : "BRIDGE_EXIT",
          })),
        ),
        pauses: pauses.map(({ from_at, to_at }) => ({
          from: from_at.getTime(),
          to: to_at?.getTime() ?? Number.POSITIVE_INFINITY,
        })),
      };
    },
    async keep(row) {
      const { state, path, bytes, sha256, channels, repaired } = row;
      const values = {
        ...{ state, path, bytes, sha256, channels, repaired },
        duration_ms: row.durationMs,
        key_id: row.keyId,
        pauses: JSON.stringify(row.pauses),
      };
      await db
        .insertInto("recording")
        .values({
          id: row.id,
          call_id: row.callId,
          kind: row.kind,
          ...values,
          retention_days: retentionOf(row.callId),
        })
        .onConflict((conflict) => conflict.column("id").doUpdateSet(values))
        .execute();
    },
    async markLost() {
      const { rows } = await sql`
        insert into recording (id, call_id, state)
        select c.id, c.id, 'lost' from call c
         where c.ended_at between now() - interval '1 hour' and now() - interval '1 minute'
           and c.connected_at is not null
           and not exists (select from recording r where r.call_id = c.id and r.kind = 'call')
           and exists (select from call_event e where e.call_id = c.id and e.source = 'engine'
                          and e.data -> 'step' ->> 'record' in ('stereo', 'mixed'))
        returning id`.execute(db);
      return rows.length;
    },
  };
}

/** What a call's line says of its recordings, or said when it was deleted; kept with the recording (REC-03). */
function retentionOf(callId: string) {
  return sql<number | null>`(select coalesce(line.retention_days, call.retention_days)
    from call left join line on line.id = call.line_id where call.id = ${callId})`;
}
