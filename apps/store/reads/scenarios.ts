/** Scripts, and which one belongs to a call. */
import { sql } from "kysely";
import type { Db } from "../database.ts";

/** By name, each with its results in order. */
export async function listScenarios(db: Db, id?: string) {
  return db
    .selectFrom("scenario")
    .select(["id", "name", "direction", "script", "line_ids as lineIds", "is_default as isDefault"])
    .select(["auto_dial as autoDial", "move_on_without_result as moveOnWithoutResult"])
    .select(
      sql<{ id: string; name: string }[]>`coalesce((
        select json_agg(json_build_object('id', r.id, 'name', r.name) order by r.position)
          from scenario_result r where r.scenario_id = scenario.id), '[]')`.as("results"),
    )
    .$if(id !== undefined, (query) => query.where("id", "=", id as string))
    .orderBy("name")
    .execute();
}

/**
 * The scenario that was picked for the list which the call was placed from (SCEN-11), else that of the call's line, else
 * the default of its direction (SCEN-03, SCEN-04); colleagues' calls have none.
 */
export async function scenarioOf(db: Db, call: { id: string; type: string; lineId: string | null }) {
  if (call.type === "internal") return undefined;
  const picked = await pickedFor(db, call.id);
  if (picked !== undefined) return (await listScenarios(db, picked))[0];
  return scenarioOfLine(db, call.type === "outbound" ? "outbound" : "inbound", call.lineId);
}

/** The scenario of calls in this direction on a line, else the direction's default. */
export async function scenarioOfLine(db: Db, direction: "inbound" | "outbound", lineId: string | null) {
  const own = (await listScenarios(db)).filter((each) => each.direction === direction);
  return (
    own.find((each) => lineId !== null && each.lineIds.includes(lineId)) ?? own.find((each) => each.isDefault)
  );
}

async function pickedFor(db: Db, callId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom("attempt")
    .innerJoin("call_list_item", "call_list_item.id", "attempt.errand_id")
    .innerJoin("call_list", "call_list.id", "call_list_item.list_id")
    .select("call_list.scenario_id as id")
    .where("attempt.call_id", "=", callId)
    .where("attempt.errand", "=", "list")
    .executeTakeFirst();
  return row?.id;
}
