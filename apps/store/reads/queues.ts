/** Queues and who is ticked in them. */
import { sql } from "kysely";
import type { Db } from "../database.ts";

/** When a place may be kept, and how often the customer is tried. */
export interface CallbackFields {
  readonly offer: boolean;
  readonly afterSeconds: number;
  readonly digit: string;
  readonly attempts: number;
  readonly retryMinutes: number;
  readonly withinHoursOnly: boolean;
}

/**
 * Queues by name. `agents` is in the order of offers (ROUTE-04).
 * @param only.id this one; only.agentId: those that this agent serves.
 */
export async function listQueues(db: Db, only: { id?: string; agentId?: string | undefined } = {}) {
  const rows = await db
    .selectFrom("queue")
    .select([
      "id",
      "name",
      "strategy",
      "answer_seconds as answerSeconds",
      "max_wait_seconds as maxWaitSeconds",
      "wrap_up as wrapUp",
      "wrap_up_seconds as wrapUpSeconds",
      "weight",
      "max_length as maxLength",
      "join_when_empty as joinWhenEmpty",
      "overflow_queue_id as overflowQueueId",
      "overflow_number as overflowNumber",
      "announce_position as announcePosition",
      "announce_wait as announceWait",
      "announce_every_seconds as announceEverySeconds",
      sql<
        Record<string, number>
      >`(select coalesce(jsonb_object_agg(agent_id, penalty), '{}') from queue_penalty where queue_id = queue.id)`.as(
        "penalties",
      ),
      sql<CallbackFields>`json_build_object('offer', callback_offer, 'afterSeconds', callback_after_seconds,
        'digit', callback_digit, 'attempts', callback_attempts, 'retryMinutes', callback_retry_minutes,
        'withinHoursOnly', callback_within_hours_only)`.as("callback"),
      "service_level_seconds as serviceLevelSeconds",
      "service_level_percent as serviceLevelPercent",
      "all_agents as allAgents",
      "version",
      "created_at as createdAt",
      sql<
        string[]
      >`array(select agent_id::text from queue_agent where queue_id = queue.id order by position, agent_id)`.as(
        "ticked",
      ),
    ])
    .$if(only.id !== undefined, (query) => query.where("id", "=", only.id as string))
    .$if(only.agentId !== undefined, (query) =>
      query.where(
        sql<boolean>`(all_agents or exists (select from queue_agent where queue_id = queue.id and agent_id = ${only.agentId}))`,
      ),
    )
    .orderBy("name")
    .execute();
  return rows.map(
    ({ allAgents, ticked, wrapUp, wrapUpSeconds, overflowQueueId, overflowNumber, ...row }) => ({
      ...row,
      wrapUp: { mode: wrapUp, ...(wrapUp === "limit" && { seconds: wrapUpSeconds }) },
      overflow: overflowQueueId
        ? { queueId: overflowQueueId }
        : overflowNumber
          ? { number: overflowNumber }
          : null,
      agents: allAgents ? ("all" as const) : ticked,
    }),
  );
}

/** Names of queues, for sentences. */
export async function queueNames(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db.selectFrom("queue").select(["id", "name"]).where("id", "in", ids).execute();
  return new Map(rows.map((row) => [row.id, row.name]));
}
