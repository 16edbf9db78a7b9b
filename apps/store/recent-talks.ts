/** How long agents' last talks were: what the engine knew before a restart. */
import { sql } from "kysely";
import type { Db } from "./database.ts";

/** Agent id → lengths in ms, the newest last, at most `most` of each. */
export async function readRecentTalks(db: Db, most: number): Promise<Map<string, number[]>> {
  const { rows } = await sql<{ agentId: string; talks: number[] }>`
    select agent.id as "agentId", array_agg(talk.talk_ms order by talk.arrived_at) as talks
    from agent cross join lateral (
      select talk_ms, arrived_at from call
      where call.agent_id = agent.id and talk_ms > 0 and connected_at is not null
      order by arrived_at desc limit ${most}
    ) talk group by agent.id`.execute(db);
  return new Map(rows.map((row) => [row.agentId, row.talks]));
}
