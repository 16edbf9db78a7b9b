/** What follows a call: topics, completions, wrap-ups, and the company's settings for them. */
import type { Db } from "../database.ts";

/** Topics in the order of the completion window. */
export function listTopics(db: Db, id?: string) {
  return db
    .selectFrom("topic")
    .select(["id", "name_ru as nameRu", "name_en as nameEn", "position", "archived"])
    .$if(id !== undefined, (query) => query.where("id", "=", id as string))
    .orderBy("position")
    .orderBy("name_ru")
    .execute();
}

/** What the agents of a call wrote down about it. */
export function completionsOf(db: Db, callId: string) {
  return db
    .selectFrom("completion")
    .select(["agent_id as agentId", "topic_ids as topicIds", "comment", "after", "result_id as resultId"])
    .select(["completed_at as completedAt"])
    .where("call_id", "=", callId)
    .orderBy("completed_at")
    .execute();
}

/** The agents' time after a call (WRAP-07). */
export function wrapUpsOf(db: Db, callId: string) {
  return db
    .selectFrom("call_wrap_up")
    .select(["agent_id as agentId", "started_at as startedAt", "ended_at as endedAt", "ended_by as endedBy"])
    .where("call_id", "=", callId)
    .orderBy("started_at")
    .execute();
}
