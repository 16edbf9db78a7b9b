/** Scripts, and which one belongs to a call. */
import { sql } from "kysely";
import type { Db } from "../database.ts";

/** By name, each with its results in order. */
export async function listScenarios(db: Db, id?: string) {
  return db
    .selectFrom("scenario")
    .select(["id", "name", "direction", "script", "line_ids as lineIds", "is_default as isDefault"])
    .select(
      sql<{ id: string; name: string }[]>`coalesce((
        select json_agg(json_build_object('id', r.id, 'name', r.name) order by r.position)
          from scenario_result r where r.scenario_id = scenario.id), '[]')`.as("results"),
    )
    .$if(id !== undefined, (query) => query.where("id", "=", id as string))
    .orderBy("name")
    .execute();
}

/** The scenario of the call's line, else the default of its direction (SCEN-03, SCEN-04); colleagues' calls have none. */
export async function scenarioOf(db: Db, call: { type: string; lineId: string | null }) {
  if (call.type === "internal") return undefined;
  const direction = call.type === "outbound" ? "outbound" : "inbound";
  const own = (await listScenarios(db)).filter((each) => each.direction === direction);
  return (
    own.find((each) => call.lineId !== null && each.lineIds.includes(call.lineId)) ??
    own.find((each) => each.isDefault)
  );
}
