/** Pauses of recordings, as rows: written before Asterisk is told, closed after it was told again. */
import { sql } from "kysely";
import type { Db } from "../database.ts";
import { type Actor, audit } from "./audit.ts";

export interface OpenPause {
  readonly call: string;
  readonly untilAt: Date;
}

/** Opens a pause, or gives the open one of this call another end. @returns true when it was open already. */
export function openPause(
  db: Db,
  pause: { call: string; from: Date; until: Date; by: Actor; reason: string | undefined },
): Promise<boolean> {
  const { call, from, until, by, reason } = pause;
  return db.transaction().execute(async (trx) => {
    const extended = await trx
      .updateTable("recording_pause")
      .set({ until_at: until })
      .where("call_id", "=", call)
      .where("to_at", "is", null)
      .returning("id")
      .executeTakeFirst();
    if (!extended)
      await trx
        .insertInto("recording_pause")
        .values({
          ...{ call_id: call, from_at: from, until_at: until, to_at: null, reason: reason ?? null },
          by_key: by === "house" ? null : by.keyId,
        })
        .execute();
    return extended !== undefined;
  });
}

/** Closes the open pause of a call, at the call's end at the latest. @returns false when none was open. */
export function closePause(db: Db, call: string, at: Date, by: Actor): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const closed = await trx
      .updateTable("recording_pause")
      .set({
        to_at: sql<Date>`greatest(from_at, least(${at}::timestamptz, (select ended_at from call where id = ${call})))`,
      })
      .where("call_id", "=", call)
      .where("to_at", "is", null)
      .returning("id")
      .executeTakeFirst();
    if (!closed) return false;
    await audit(trx, { by, action: "recording.resumed", subjectType: "call", subjectId: call });
    return true;
  });
}

/** A pause that Asterisk did not take was none. */
export async function dropPause(db: Db, call: string): Promise<void> {
  await db.deleteFrom("recording_pause").where("call_id", "=", call).where("to_at", "is", null).execute();
}

/** Everything that is paused now. */
export async function openPauses(db: Db): Promise<OpenPause[]> {
  const rows = await db
    .selectFrom("recording_pause")
    .select(["call_id", "until_at"])
    .where("to_at", "is", null)
    .execute();
  return rows.map(({ call_id, until_at }) => ({ call: call_id, untilAt: until_at }));
}
