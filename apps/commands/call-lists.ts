/** Call lists: who is on them, who works them, with which script (DIAL-01, SCEN-11). */
import { PURPOSES } from "../core/dialling/campaign.ts";
import { PRESETS } from "../core/dialling/presets.ts";
import { hoursProblems } from "../core/routing/hours-problems.ts";
import { mayDial } from "../phone/allowed.ts";
import type { Db } from "../store/database.ts";
import { modeOf } from "../store/list-gate.ts";
import { contactsOf } from "./contact-source.ts";
import { type Context, isId, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import {
  type Asker,
  type CallListFields,
  CommandProblem,
  type ContactSource,
  type ListAdded,
} from "./port.ts";

type ListCommand = "list.create" | "list.change" | "list.add" | "list.delete";

export function callListCommands(context: Context): Pick<Handlers, ListCommand> {
  const { write } = context;
  return {
    "list.create": ({ source, ...fields }, by) =>
      write(async (trx) => {
        const agentIds = by.role === "agent" && by.agentId ? [by.agentId] : fields.agentIds;
        await check(trx, { ...fields, agentIds });
        const { name, scenarioId: scenario_id, lineId: line_id, purpose, preset, week } = fields;
        const row = { name, scenario_id, line_id, purpose, preset, week: week && JSON.stringify(week) };
        const { id } = await trx
          .insertInto("call_list")
          .values({ ...row, created_by: isId(by.keyId) ? by.keyId : null })
          .returning("id")
          .executeTakeFirstOrThrow();
        await setAgents(trx, id, agentIds);
        return { id, ...(await add(trx, context, id, source, by)) };
      }),
    "list.change": ({ id, change }, by) =>
      write(async (trx) => {
        const row = await listRow(trx, id, by);
        if (by.role === "agent" && change.agentIds !== undefined)
          throw new CommandProblem(403, "not-yours", "an agent makes lists only for itself", "agentIds");
        const { purpose, preset, scenario_id: scenarioId } = row;
        await check(trx, { purpose, preset: preset as CallListFields["preset"], scenarioId, ...change });
        const set = {
          ...(change.name !== undefined && { name: change.name }),
          ...(change.scenarioId !== undefined && { scenario_id: change.scenarioId }),
          ...(change.lineId !== undefined && { line_id: change.lineId }),
          ...(change.purpose !== undefined && { purpose: change.purpose }),
          ...(change.preset !== undefined && { preset: change.preset }),
          ...(change.week !== undefined && { week: change.week && JSON.stringify(change.week) }),
          ...(change.state !== undefined && { state: change.state }),
        };
        if (Object.keys(set).length > 0)
          await trx.updateTable("call_list").set(set).where("id", "=", id).execute();
        if (change.agentIds) await setAgents(trx, id, change.agentIds);
        return {};
      }),
    "list.add": ({ id, source }, by) =>
      write(async (trx) => {
        await listRow(trx, id, by);
        return add(trx, context, id, source, by);
      }),
    "list.delete": ({ id }, by) =>
      write(async (trx) => {
        await listRow(trx, id, by);
        await trx.deleteFrom("call_list").where("id", "=", id).execute();
        return {};
      }),
  };
}

/** Puts contacts behind those that are there; each once. */
async function add(
  trx: Db,
  { config }: Context,
  listId: string,
  source: ContactSource,
  by: Asker,
): Promise<ListAdded> {
  // One after the other, so that positions are no place for two.
  await trx.selectFrom("call_list").select("id").where("id", "=", listId).forUpdate().execute();
  const contacts = await contactsOf(trx, source, by);
  const there = await trx
    .selectFrom("call_list_item")
    .select(["contact_id as contactId", "position"])
    .where("list_id", "=", listId)
    .execute();
  const listed = new Set(there.map(({ contactId }) => contactId));
  const skipped: ListAdded["skipped"] = [];
  const added = contacts.filter(({ id: contactId, phones }) => {
    const callable = phones.some((phone) => mayDial(phone, config));
    const code = listed.has(contactId) ? "listed" : phones.length === 0 ? "no-number" : "not-allowed";
    if (!listed.has(contactId) && callable) return true;
    skipped.push({ contactId, code });
    return false;
  });
  const last = Math.max(0, ...there.map(({ position }) => position));
  const rows = added.map(({ id }, index) => ({
    list_id: listId,
    contact_id: id,
    position: last + index + 1,
  }));
  for (let from = 0; from < rows.length; from += 5000)
    await trx
      .insertInto("call_list_item")
      .values(rows.slice(from, from + 5000))
      .execute();
  return { added: rows.length, skipped };
}

async function setAgents(trx: Db, listId: string, agentIds: readonly string[]): Promise<void> {
  await trx.deleteFrom("call_list_agent").where("list_id", "=", listId).execute();
  if (agentIds.length === 0) return;
  const rows = agentIds.map((agent_id) => ({ list_id: listId, agent_id }));
  await trx.insertInto("call_list_agent").values(rows).execute();
}

async function check(trx: Db, fields: Partial<CallListFields>): Promise<void> {
  const { scenarioId, lineId, agentIds, week, purpose = PURPOSES[0], preset = "russia-service" } = fields;
  const scenario =
    scenarioId === undefined
      ? undefined
      : await trx.selectFrom("scenario").selectAll().where("id", "=", scenarioId).executeTakeFirst();
  if (scenarioId !== undefined) {
    required(scenario, "scenario", "scenarioId");
    if (scenario?.direction !== "outbound")
      throw new CommandProblem(422, "inbound", "a list is called with an outbound scenario", "scenarioId");
  }
  if (lineId != null)
    required(
      await trx.selectFrom("line").select("id").where("id", "=", lineId).executeTakeFirst(),
      "line",
      "lineId",
    );
  const agents = await trx.selectFrom("agent").select("id").execute();
  agentIds?.forEach((id, index) => {
    if (!agents.some((agent) => agent.id === id)) required(undefined, "agent", `agentIds.${index}`);
  });
  if (week) {
    const [problem] = hoursProblems({ zone: "UTC", week });
    if (problem)
      throw new CommandProblem(422, "hours", problem.message, problem.field.replace(/^hours\./, ""));
  }
  const mode = modeOf(scenario?.auto_dial ?? false);
  const allowed: readonly string[] = PRESETS[preset].modes[purpose];
  if (!allowed.includes(mode)) {
    const text = `${purpose} may not be dialled by the system (${preset}): choose a scenario without autoDial`;
    throw new CommandProblem(422, "mode-forbidden", text, "purpose");
  }
}

async function listRow(trx: Db, id: string, by: Asker) {
  const query = trx.selectFrom("call_list").selectAll().where("id", "=", id);
  const row = required(isId(id) ? await query.executeTakeFirst() : undefined, "call list");
  // What an agent made for itself is its own; the rest is not there for it.
  if (by.role === "agent" && row.created_by !== by.keyId) required(undefined, "call list");
  return row;
}
