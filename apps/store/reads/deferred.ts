/** Deferred calls (DEFER-06, «My deferred»). */
import { sql } from "kysely";
import type { Db } from "../database.ts";
import { type Cursor, type Page, pageOf } from "./page.ts";

export interface DeferredFilter {
  readonly id?: string | undefined;
  readonly agentId?: string | undefined;
  readonly contactId?: string | undefined;
  readonly state?: "waiting" | "due" | "done" | "cancelled" | undefined;
  readonly after?: Cursor | undefined;
  readonly limit: number;
}

export type DeferredRow = Awaited<ReturnType<ReturnType<typeof selectDeferred>["execute"]>>[number];

/** One page of the deferred calls that match all of the filter: the open ones first, each group by the time due. */
export async function listDeferred(
  db: Db,
  { id, agentId, contactId, state, after, limit }: DeferredFilter,
): Promise<Page<DeferredRow>> {
  const rows = await selectDeferred(db)
    .$if(id !== undefined, (query) => query.where("id", "=", id as string))
    .$if(agentId !== undefined, (query) => query.where("agent_id", "=", agentId as string))
    .$if(contactId !== undefined, (query) => query.where("contact_id", "=", contactId as string))
    .$if(state !== undefined, (query) => query.where("state", "=", state as "due"))
    .$if(after !== undefined, (query) => query.where(behind(after as Cursor)))
    .orderBy(over)
    .orderBy("due_at")
    .orderBy("id")
    .limit(limit + 1)
    .execute();
  return pageOf(rows, limit);
}

const over = sql<boolean>`(state in ('done', 'cancelled'))`;

function behind({ at, id, second = false }: Cursor) {
  return sql<boolean>`(${over}, due_at, id) > (${second}::boolean, ${at}::timestamptz, ${id}::uuid)`;
}

function selectDeferred(db: Db) {
  return db
    .selectFrom("deferred_call")
    .select(["id", "agent_id as agentId", "contact_id as contactId", "number", "due_at as dueAt"])
    .select(["comment", "state", "from_call_id as fromCallId", "call_id as callId", "order_id as orderId"])
    .select("put_off_reason as putOffReason")
    .select(sql<Date | null>`case when put_off_reason is not null then auto_at end`.as("putOffUntil"))
    .select(sql<boolean>`(state in ('waiting', 'due') and due_at <= now())`.as("overdue"))
    .select(["created_at as createdAt", sql<string>`due_at::text`.as("cursorAt"), over.as("second")]);
}
