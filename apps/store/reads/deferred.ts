/** Deferred calls (DEFER-06, «My deferred»). */
import type { Db } from "../database.ts";

export interface DeferredFilter {
  readonly id?: string | undefined;
  readonly agentId?: string | undefined;
  readonly state?: "waiting" | "due" | "done" | "cancelled" | undefined;
}

/** By the time they are due; at most 500. */
export function listDeferred(db: Db, { id, agentId, state }: DeferredFilter) {
  return db
    .selectFrom("deferred_call")
    .select(["id", "agent_id as agentId", "contact_id as contactId", "number", "due_at as dueAt"])
    .select(["comment", "state", "from_call_id as fromCallId", "call_id as callId"])
    .select("created_at as createdAt")
    .$if(id !== undefined, (query) => query.where("id", "=", id as string))
    .$if(agentId !== undefined, (query) => query.where("agent_id", "=", agentId as string))
    .$if(state !== undefined, (query) => query.where("state", "=", state as "due"))
    .orderBy("due_at")
    .limit(500)
    .execute();
}
