/** Scripts and their results: which is shown follows from the call's direction and line (SCEN-03, SCEN-04). */
import type { Db } from "../store/database.ts";
import { type Context, checkName, isId, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { CommandProblem, type ScenarioFields } from "./port.ts";

type ScenarioCommand = "scenario.create" | "scenario.change" | "scenario.delete";

export function scenarioCommands({ write }: Context): Pick<Handlers, ScenarioCommand> {
  return {
    "scenario.create": (fields) =>
      write(async (trx) => {
        await check(trx, fields);
        const { name, direction, script, lineIds } = fields;
        const row = { name, direction, script, line_ids: lineIds };
        const { id } = await trx.insertInto("scenario").values(row).returning("id").executeTakeFirstOrThrow();
        await setResults(trx, id, fields.results);
        return { id };
      }),
    "scenario.change": ({ id, change }) =>
      write(async (trx) => {
        const query = trx.selectFrom("scenario").selectAll().where("id", "=", id);
        const row = required(isId(id) ? await query.executeTakeFirst() : undefined, "scenario");
        const lineIds = change.lineIds ?? row.line_ids;
        await check(trx, { ...change, direction: change.direction ?? row.direction, lineIds }, id);
        const set = {
          line_ids: lineIds,
          ...(change.name !== undefined && { name: change.name }),
          ...(change.direction !== undefined && { direction: change.direction }),
          ...(change.script !== undefined && { script: change.script }),
        };
        await trx.updateTable("scenario").set(set).where("id", "=", id).execute();
        if (change.results) await setResults(trx, id, change.results);
        return {};
      }),
    "scenario.delete": ({ id }) =>
      write(async (trx) => {
        const query = trx.deleteFrom("scenario").where("id", "=", id).returning("id");
        required(isId(id) ? await query.executeTakeFirst() : undefined, "scenario");
        return {};
      }),
  };
}

/** A call must have one script: two scenarios of a direction share no line, and one is the default. */
async function check(
  trx: Db,
  fields: Partial<ScenarioFields> & Pick<ScenarioFields, "direction" | "lineIds">,
  self?: string,
): Promise<void> {
  checkName(fields.name);
  const { results = [], lineIds } = fields;
  results.forEach((name, index) => {
    if (results.indexOf(name) < index)
      throw new CommandProblem(422, "twice", "this result is named twice", `results.${index}`);
  });
  const lines = await trx.selectFrom("line").select(["id", "name"]).execute();
  lineIds.forEach((id, index) => {
    if (!lines.some((line) => line.id === id)) required(undefined, "line", `lineIds.${index}`);
  });
  const others = await trx
    .selectFrom("scenario")
    .select(["id", "name", "line_ids"])
    .where("direction", "=", fields.direction)
    .execute();
  const clash = others.find(
    (other) =>
      other.id !== self &&
      (lineIds.length === 0
        ? other.line_ids.length === 0
        : lineIds.some((id) => other.line_ids.includes(id))),
  );
  if (clash)
    throw new CommandProblem(409, "taken", `the scenario «${clash.name}» is shown there already`, "lineIds");
}

/** Results that stay keep their ids, so that completions go on naming them. */
async function setResults(trx: Db, scenario: string, names: readonly string[]): Promise<void> {
  const known = await trx
    .selectFrom("scenario_result")
    .select(["id", "name"])
    .where("scenario_id", "=", scenario)
    .execute();
  for (const { id, name } of known)
    if (!names.includes(name)) await trx.deleteFrom("scenario_result").where("id", "=", id).execute();
  for (const [position, name] of names.entries())
    await trx
      .insertInto("scenario_result")
      .values({ scenario_id: scenario, name, position })
      .onConflict((conflict) => conflict.columns(["scenario_id", "name"]).doUpdateSet({ position }))
      .execute();
}
