/** Scripts and their results: which is shown follows from the call's direction and line (SCEN-03, SCEN-04). */
import type { Db } from "../store/database.ts";
import { type Context, checkName, isId, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { CommandProblem, type ScenarioFields } from "./port.ts";

type ScenarioCommand = "scenario.create" | "scenario.change" | "scenario.delete";

export function scenarioCommands({ write, inTurn }: Context): Pick<Handlers, ScenarioCommand> {
  // One after the other, also with the deletion of a line: each looks at what the others have said.
  const change = <Result>(work: (trx: Db) => Promise<Result>) => inTurn(() => write(work));
  return {
    "scenario.create": (fields) =>
      change(async (trx) => {
        const { name, direction, script, lineIds } = fields;
        const place = { direction, lineIds, isDefault: isDefault(lineIds, fields.isDefault) };
        check(fields);
        await checkLines(trx, lineIds);
        await checkPlace(trx, place);
        const row = {
          ...{ name, direction, script, line_ids: lineIds, is_default: place.isDefault },
          ...switches(fields),
        };
        const { id } = await trx.insertInto("scenario").values(row).returning("id").executeTakeFirstOrThrow();
        await setResults(trx, id, fields.results);
        return { id };
      }),
    "scenario.change": ({ id, change: fields }) =>
      change(async (trx) => {
        const { name, direction, script, lineIds, results } = fields;
        const query = trx.selectFrom("scenario").selectAll().where("id", "=", id);
        const row = required(isId(id) ? await query.executeTakeFirst() : undefined, "scenario");
        check({ name, results });
        if (lineIds) await checkLines(trx, lineIds);
        const place = {
          direction: direction ?? row.direction,
          lineIds: lineIds ?? row.line_ids,
          isDefault:
            lineIds || fields.isDefault !== undefined
              ? isDefault(lineIds ?? row.line_ids, fields.isDefault)
              : row.is_default,
        };
        await checkPlace(trx, place, id);
        const set = {
          ...{ direction: place.direction, line_ids: place.lineIds, is_default: place.isDefault },
          ...(name !== undefined && { name }),
          ...(script !== undefined && { script }),
          ...switches(fields),
        };
        await trx.updateTable("scenario").set(set).where("id", "=", id).execute();
        if (results) await setResults(trx, id, results);
        return {};
      }),
    "scenario.delete": ({ id }) =>
      change(async (trx) => {
        const used = trx.selectFrom("call_list").select("name").where("scenario_id", "=", id);
        const list = isId(id) ? await used.executeTakeFirst() : undefined;
        if (list) throw new CommandProblem(409, "in-use", `the call list «${list.name}» is worked with it`);
        const query = trx.deleteFrom("scenario").where("id", "=", id).returning("id");
        required(isId(id) ? await query.executeTakeFirst() : undefined, "scenario");
        return {};
      }),
  };
}

/** Without lines it is its direction's default, unless it is only to be picked for lists (SCEN-11). */
function isDefault(lineIds: readonly string[], wanted = true): boolean {
  return lineIds.length === 0 && wanted;
}

function switches({ autoDial, moveOnWithoutResult }: Partial<ScenarioFields>) {
  return {
    ...(autoDial !== undefined && { auto_dial: autoDial }),
    ...(moveOnWithoutResult !== undefined && { move_on_without_result: moveOnWithoutResult }),
  };
}

function check({
  name,
  results = [],
}: {
  name?: string | undefined;
  results?: readonly string[] | undefined;
}) {
  checkName(name);
  results.forEach((result, index) => {
    if (results.indexOf(result) < index)
      throw new CommandProblem(422, "twice", "this result is named twice", `results.${index}`);
  });
}

async function checkLines(trx: Db, lineIds: readonly string[]): Promise<void> {
  const lines = await trx.selectFrom("line").select("id").execute();
  lineIds.forEach((id, index) => {
    if (!lines.some((line) => line.id === id)) required(undefined, "line", `lineIds.${index}`);
  });
}

/** Where a scenario is shown. */
interface Place {
  readonly direction: "inbound" | "outbound";
  readonly lineIds: readonly string[];
  readonly isDefault: boolean;
}

/** A call must have one script: two scenarios of a direction share no line, and one is the default. */
async function checkPlace(trx: Db, { direction, lineIds, isDefault }: Place, self?: string): Promise<void> {
  const others = await trx
    .selectFrom("scenario")
    .select(["id", "name", "line_ids", "is_default"])
    .where("direction", "=", direction)
    .execute();
  const clash = others.find(
    (other) =>
      other.id !== self &&
      ((isDefault && other.is_default) || lineIds.some((id) => other.line_ids.includes(id))),
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
