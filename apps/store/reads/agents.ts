/** Agents and the lines they serve. */
import { sql } from "kysely";
import type { Db } from "../database.ts";
import { containing } from "./containing.ts";

export interface ServedLine {
  readonly id: string;
  readonly name: string;
  readonly number: string;
}

/**
 * Agents by short number, each with the lines whose queue they are in (LINE-17).
 * @param id only this one.
 */
export function listAgents(db: Db, id?: string) {
  return db
    .selectFrom("agent")
    .select([
      "agent.id",
      "agent.name",
      "agent.short_number as shortNumber",
      "agent.acceptance_needed as acceptanceNeeded",
      "agent.consultation_only as consultationOnly",
      "agent.deferred_auto_call as deferredAutoCall",
      "agent.phone",
      "agent.state",
      "agent.state_since as stateSince",
      "agent.pending_state as pendingState",
      "agent.call_mode as callMode",
      "agent.mobile",
      "agent.auto_answer as autoAnswer",
      "agent.email",
      "agent.forward_number as forwardNumber",
      "agent.forward_state as forwardState",
      "agent.created_at as createdAt",
      sql<ServedLine[]>`coalesce((
        select json_agg(json_build_object('id', line.id, 'name', line.name, 'number', line.number) order by line.number)
        from line join queue on queue.id = line.queue_id
        where queue.all_agents or exists (
          select from queue_agent where queue_agent.queue_id = queue.id and queue_agent.agent_id = agent.id)
      ), '[]')`.as("lines"),
    ])
    .$if(id !== undefined, (query) => query.where("agent.id", "=", id as string))
    .orderBy(sql`length(agent.short_number)`)
    .orderBy("agent.short_number")
    .execute();
}

/** The SIP account of an agent's phone; `digest` is as good as its password. */
export function phoneAccount(db: Db, id: string) {
  return db
    .selectFrom("agent")
    .select(["name", "phone", "sip_ha1 as digest", "call_mode as callMode"])
    .where("id", "=", id)
    .executeTakeFirst();
}

/** Colleagues by part of a name, or by the beginning of a short number, in the order of their numbers. */
export function listColleagues(db: Db, text: string, limit: number) {
  return db
    .selectFrom("agent")
    .select(["id", "name", "short_number as shortNumber"])
    .where((where) =>
      where.or([
        where("name", "ilike", containing(text)),
        where("short_number", "like", containing(text).slice(1)),
      ]),
    )
    .orderBy(sql`length(short_number)`)
    .orderBy("short_number")
    .limit(limit)
    .execute();
}

/** Names of agents, for sentences. */
export async function agentNames(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db.selectFrom("agent").select(["id", "name"]).where("id", "in", ids).execute();
  return new Map(rows.map((row) => [row.id, row.name]));
}
