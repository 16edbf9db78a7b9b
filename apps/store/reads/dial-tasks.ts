/** Dial tasks: the open ones first, each group by their age. */
import { sql } from "kysely";
import type { Db } from "../database.ts";
import { type Cursor, type Page, pageOf } from "./page.ts";

export interface DialTaskFilter {
  readonly id?: string | undefined;
  readonly agentId?: string | undefined;
  /** Nobody's. */
  readonly unassigned?: boolean | undefined;
  readonly contactId?: string | undefined;
  /** Closed ones too (DIAL-12). */
  readonly completed?: boolean | undefined;
  readonly after?: Cursor | undefined;
  readonly limit: number;
}

export type DialTaskRow = Awaited<ReturnType<ReturnType<typeof selectTasks>["execute"]>>[number];

/** One page of the tasks that match all of the filter. */
export async function listDialTasks(db: Db, filter: DialTaskFilter): Promise<Page<DialTaskRow>> {
  const { id, agentId, contactId, after } = filter;
  const rows = await selectTasks(db)
    .$if(id !== undefined, (query) => query.where("dial_task.id", "=", id as string))
    .$if(agentId !== undefined, (query) => query.where("dial_task.agent_id", "=", agentId as string))
    .$if(filter.unassigned === true, (query) => query.where("dial_task.agent_id", "is", null))
    .$if(contactId !== undefined, (query) => query.where("dial_task.contact_id", "=", contactId as string))
    .$if(!filter.completed && id === undefined, (query) => query.where("closed_at", "is", null))
    .$if(after !== undefined, (query) => query.where(behind(after as Cursor)))
    .orderBy(closed)
    .orderBy("dial_task.created_at")
    .orderBy("dial_task.id")
    .limit(filter.limit + 1)
    .execute();
  return pageOf(rows, filter.limit);
}

/** How many wait for this agent, for the number beside the name (DIAL-11); for everybody, without one. */
export async function openTasks(db: Db, agentId?: string): Promise<number> {
  const { count } = await db
    .selectFrom("dial_task")
    .select((row) => row.fn.countAll<string>().as("count"))
    .where("closed_at", "is", null)
    .$if(agentId !== undefined, (query) => query.where("agent_id", "=", agentId as string))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** The calls that were placed for it, newest first. */
export function callsOfErrand(db: Db, errandId: string, limit = 50) {
  return db
    .selectFrom("attempt")
    .leftJoin("call", "call.id", "attempt.call_id")
    .select(["attempt.call_id as callId", "attempt.agent_id as agentId", "attempt.created_at as at"])
    .select(["call.ending", "call.talk_ms as talkMs", "call.ended_at as endedAt"])
    .where("errand_id", "=", errandId)
    .where("attempt.state", "not in", ["refused", "not-placed"])
    .orderBy("attempt.created_at", "desc")
    .limit(limit)
    .execute();
}

const closed = sql<boolean>`(dial_task.closed_at is not null)`;

function behind({ at, id, second = false }: Cursor) {
  return sql<boolean>`(${closed}, dial_task.created_at, dial_task.id) > (${second}::boolean, ${at}::timestamptz, ${id}::uuid)`;
}

function selectTasks(db: Db) {
  return db
    .selectFrom("dial_task")
    .leftJoin("agent", "agent.id", "dial_task.agent_id")
    .select(["dial_task.id", "dial_task.agent_id as agentId", "agent.name as agentName"])
    .select(["contact_id as contactId", "dial_task.name", "number", "line_id as lineId", "topic", "comment"])
    .select(["dial_task.state", "calls", "call_id as callId", "result", "closed_at as closedAt"])
    .select(["dial_task.created_at as createdAt", closed.as("second")])
    .select(sql<string>`dial_task.created_at::text`.as("cursorAt"));
}
