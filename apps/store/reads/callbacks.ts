/** Kept places, for the API. */
import type { Db } from "../database.ts";
import type { CallbackState } from "../tables-service.ts";

export interface CallbackFilter {
  readonly queueId?: string | undefined;
  readonly state?: CallbackState | undefined;
}

/** The newest first; at most 500. */
export function listCallbacks(db: Db, { queueId, state }: CallbackFilter) {
  return db
    .selectFrom("callback")
    .select(["id", "call_id as callId", "queue_id as queueId", "line_id as lineId", "number"])
    .select(["contact_id as contactId", "kept_at as keptAt", "state", "attempts", "next_at as nextAt"])
    .select(["dialled_id as dialledCallId", "reason", "ended_at as endedAt"])
    .$if(queueId !== undefined, (query) => query.where("queue_id", "=", queueId as string))
    .$if(state !== undefined, (query) => query.where("state", "=", state as CallbackState))
    .orderBy("created_at", "desc")
    .limit(500)
    .execute();
}
