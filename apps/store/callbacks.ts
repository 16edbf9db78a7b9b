/** Kept places: written before the caller is told, and before each dial (law L4). */

import { sql } from "kysely";
import type { Callback } from "../core/floor.ts";
import { CALLBACK_FAILED } from "../core/records/missed.ts";
import type { Db } from "./database.ts";
import type { NewNotice } from "./intake.ts";
import { emitEvent } from "./writes/outbox.ts";

/** Writes a kept place down. Twice is once. */
export async function keepPlace(db: Db, callback: Callback): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const row = await trx
      .insertInto("callback")
      .values({
        id: callback.id,
        call_id: callback.call,
        queue_id: callback.queueId,
        line_id: callback.lineId,
        number: callback.number,
        contact_id: callback.contactId ?? null,
        owner_id: callback.ownerId ?? null,
        kept_at: new Date(callback.keptAt),
        next_at: new Date(callback.nextAt),
        channel: null,
        dialled_id: null,
        dialled_at: null,
        reason: null,
        ended_at: null,
      })
      .onConflict((conflict) => conflict.column("call_id").doNothing())
      .returning("id")
      .executeTakeFirst();
    if (row) await tell(trx, "callback.created", callback);
  });
}

/** Writes an attempt down: its channel, and the call that begins with it. */
export async function commitAttempt(
  db: Db,
  callback: Callback,
  dial: { readonly channel: string; readonly call: string },
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const { number, contactId = null } = callback;
    await trx
      .insertInto("attempt")
      .values({
        id: dial.channel,
        call_id: dial.call,
        agent_id: null,
        number,
        contact_id: contactId,
        reason: null,
      })
      .execute();
    await trx
      .updateTable("callback")
      .set({
        state: "calling",
        attempts: callback.attempts,
        channel: dial.channel,
        dialled_id: dial.call,
        dialled_at: new Date(),
      })
      .where("id", "=", callback.id)
      .execute();
  });
}

/**
 * How it ended, or when it is tried again; webhooks are told in the same transaction, and of a customer who could not be
 * reached so is whoever would have been told of the missed call.
 * @returns the notices that were made
 */
export async function settleCallback(
  db: Db,
  callback: Callback,
  state: "waiting" | "connected" | "failed" | "cancelled" | "expired",
  reason: string,
): Promise<readonly NewNotice[]> {
  return db.transaction().execute(async (trx) => {
    const ended = state === "waiting" ? null : new Date();
    const { attempts, nextAt } = callback;
    await trx
      .updateTable("callback")
      .set({ state, reason, attempts, next_at: new Date(nextAt), ended_at: ended })
      .where("id", "=", callback.id)
      .execute();
    if (state === "waiting") return [];
    const failed = state === "expired" || state === "failed";
    const notices = failed ? await noteFailed(trx, callback) : [];
    await tell(trx, failed ? "callback.failed" : `callback.${state}`, callback, { reason });
    return notices;
  });
}

/** MISS-02: the one to whom the customer's own call was offered first; nobody was: the line's responsible user (D-43). */
async function noteFailed(trx: Db, { call, lineId }: Callback): Promise<NewNotice[]> {
  const { rows } = await sql<NewNotice>`
    insert into notice (agent_id, kind, call_id, because)
    select told, 'callback.failed', ${call}::uuid, ${CALLBACK_FAILED}
      from (select coalesce((select first_offered_id from call where id = ${call}::uuid),
                            (select responsible_id from line where id = ${lineId}::uuid)) as told) who
     where told is not null
        on conflict do nothing
    returning id, agent_id as "agentId", kind, call_id as "callId", because, at`.execute(trx);
  return rows;
}

/** Kept places that are not served yet, as the floor has them. `dialledAt` of those in flight. */
export async function readCallbacks(db: Db): Promise<(Callback & { readonly dialledAt: number })[]> {
  const rows = await db
    .selectFrom("callback")
    .selectAll()
    .where("state", "in", ["waiting", "calling"])
    .orderBy("kept_at")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    call: row.call_id,
    queueId: row.queue_id,
    lineId: row.line_id,
    number: row.number,
    contactId: row.contact_id ?? undefined,
    ownerId: row.owner_id ?? undefined,
    keptAt: row.kept_at.getTime(),
    state: row.state === "calling" ? "calling" : row.next_at.getTime() > Date.now() ? "later" : "waiting",
    attempts: row.attempts,
    nextAt: row.next_at.getTime(),
    dialled:
      row.state === "calling" && row.channel && row.dialled_id
        ? { channel: row.channel, call: row.dialled_id }
        : undefined,
    dialledAt: row.dialled_at?.getTime() ?? 0,
  }));
}

/** Whether the record knows this call, and somebody was spoken to in it. */
export async function wasSpokenTo(db: Db, call: string): Promise<boolean> {
  const row = await db.selectFrom("call").select("connected_at").where("id", "=", call).executeTakeFirst();
  return row?.connected_at != null;
}

function tell(
  trx: Db,
  type: "callback.created" | "callback.connected" | "callback.failed" | "callback.cancelled",
  callback: Callback,
  more: object = {},
): Promise<string> {
  const { id, call, queueId, lineId, number, contactId = null, attempts } = callback;
  const data = { callbackId: id, fromCallId: call, queueId, lineId, number, contactId, attempts, ...more };
  return emitEvent(trx, type, { kind: "callback", id }, data);
}
