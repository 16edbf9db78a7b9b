/** Whose number customers see, and whether it is proved (LINE-04, LINE-05). */
import type { Db } from "../database.ts";
import { readNumberPlan, readNumberSettings } from "../numbers.ts";

/** The company's choice with the end of the common number's proof. */
export async function companyNumbers(db: Db) {
  const { commonNumber, ...choice } = await readNumberSettings(db);
  const { common } = await readNumberPlan(db);
  return {
    ...choice,
    common: commonNumber ? { number: commonNumber, until: common?.validUntil } : undefined,
  };
}

/** Agents with the number that each has entered; `until` is null as long as it was never proved. */
export function agentNumbers(db: Db, agentId?: string) {
  return db
    .selectFrom("agent")
    .leftJoin("number_verification as proof", (join) =>
      join
        .onRef("proof.agent_id", "=", "agent.id")
        .onRef("proof.number", "=", "agent.shown_number")
        .on("proof.subject", "=", "agent"),
    )
    .select((row) => [
      "agent.id",
      "agent.name",
      "agent.short_number as shortNumber",
      "agent.shown_number as number",
      row.fn.max("proof.valid_until").as("until"),
    ])
    .$if(agentId !== undefined, (query) => query.where("agent.id", "=", agentId as string))
    .groupBy("agent.id")
    .orderBy("agent.name")
    .orderBy("agent.id")
    .execute();
}

/** The own PBX without its password. */
export function pbxRow(db: Db) {
  return db
    .selectFrom("trunk")
    .select(["id", "number", "host", "port", "username", "domain", "created_at as createdAt"])
    .where("kind", "=", "pbx")
    .executeTakeFirst();
}
