/** Lines: inbound numbers with their settings. */
import { sql } from "kysely";
import { STANDARD_PROMPTS } from "../../core/routing/prompts.ts";
import type { Db } from "../database.ts";
import { readPrompts } from "../prompts.ts";

/**
 * Lines by number.
 * @param only.id this one; only.agentId: those that this agent serves (LINE-17).
 */
export async function listLines(db: Db, only: { id?: string; agentId?: string | undefined } = {}) {
  const prompts = await readPrompts(db);
  const rows = await db
    .selectFrom("line")
    .select([
      "id",
      "number",
      "name",
      "queue_id as queueId",
      "owner_first as ownerFirst",
      "priority",
      "owner_wait_seconds as ownerWaitSeconds",
      "hours",
      "language",
      "recording",
      "announce_recording as announceRecording",
      "retention_days as retentionDays",
      "voicemail",
      "voicemail_seconds as voicemailSeconds",
      "project",
      "city",
      "dial_preset as dialPreset",
      "dial_week as dialWeek",
      "dial_refused as dialRefused",
      "responsible_id as responsibleId",
      "short_number as shortNumber",
      "consultation_only as consultationOnly",
      "blind_no_answer as blindNoAnswer",
      "menu_id as menuId",
      "menu_when as menuWhen",
      "trunk_id as trunkId",
      "forward_mode as forwardMode",
      "forward_number as forwardNumber",
      "forward_number_verified_at as forwardVerifiedAt",
      "forward_seconds as forwardSeconds",
      "forward_attempts as forwardAttempts",
      "forward_caller_id as forwardCallerId",
      "created_at as createdAt",
    ])
    .$if(only.id !== undefined, (query) => query.where("id", "=", only.id as string))
    .$if(only.agentId !== undefined, (query) =>
      query.where(
        sql<boolean>`exists (select from queue where queue.id = line.queue_id and (queue.all_agents or exists (
          select from queue_agent where queue_agent.queue_id = queue.id and queue_agent.agent_id = ${only.agentId})))`,
      ),
    )
    .orderBy("number")
    .execute();
  return rows.map((row) => ({ ...row, prompts: prompts.get(row.id) ?? STANDARD_PROMPTS }));
}
