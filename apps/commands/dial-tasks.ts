/** Dial tasks: whom an agent is to call, and what came of it (DIAL-10 … DIAL-15). */
import { mayDial } from "../phone/allowed.ts";
import { toE164 } from "../phone/number.ts";
import type { Db } from "../store/database.ts";
import { closeTask, taskPlaced } from "../store/dial-tasks.ts";
import { openTasks } from "../store/reads/dial-tasks.ts";
import { placeCall } from "./calls.ts";
import { phoneOf } from "./contact-for.ts";
import { contactsOf } from "./contact-source.ts";
import { type Context, isId, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { type Asker, CommandProblem, type DialTaskFields, type TaskOutcome } from "./port.ts";

type TaskCommand =
  | "task.create"
  | "task.createMany"
  | "task.change"
  | "task.delete"
  | "task.call"
  | "task.close";

export function dialTaskCommands(context: Context): Pick<Handlers, TaskCommand> {
  const { write, db } = context;
  const tell = (kind: string, agentId: string | null, data: object) => tellTask(context, kind, agentId, data);
  return {
    "task.create": async (fields, by) => {
      const made = await write(async (trx) => {
        await checkAgents(trx, fields.agentId === null ? [] : [fields.agentId], () => "agentId");
        await checkLine(trx, fields.lineId);
        return insert(trx, [await rowOf(trx, fields, context, by)]);
      });
      const [id] = made;
      await tell("task.assigned", fields.agentId, { taskId: id });
      return { id: id as string };
    },
    "task.createMany": async ({ source, agentIds, ...fields }, by) => {
      const { rows, skipped } = await write(async (trx) => {
        await checkAgents(trx, agentIds ?? [], (index) => `agentIds.${index}`);
        await checkLine(trx, fields.lineId);
        const contacts = await contactsOf(trx, source, by);
        const numbered = contacts.filter(({ phones }) => phones[0] && mayDial(phones[0], context.config));
        const rows = numbered.map(({ id, name, phones, ownerId }, index) => ({
          ...common(fields, by),
          ...{ contact_id: id, name, number: phones[0] as string },
          agent_id: agentIds === null ? ownerId : (agentIds[index % agentIds.length] ?? null),
        }));
        if (rows.length > 0) await insert(trx, rows);
        const taken = new Set(numbered);
        const left = contacts.filter((contact) => !taken.has(contact));
        const code = (phones: readonly string[]) =>
          phones.length === 0 ? ("no-number" as const) : ("not-allowed" as const);
        return { rows, skipped: left.map(({ id, phones }) => ({ contactId: id, code: code(phones) })) };
      });
      for (const agent of new Set(rows.map((row) => row.agent_id))) await tell("task.assigned", agent, {});
      return { created: rows.length, skipped };
    },
    "task.change": async ({ id, change }, by) => {
      const before = await write(async (trx) => {
        const row = await openRow(trx, id, by);
        if (typeof change.agentId === "string") await checkAgents(trx, [change.agentId], () => "agentId");
        await checkLine(trx, change.lineId);
        const set = {
          ...(change.number !== undefined && { number: numberOf(change.number, context) }),
          ...(change.name !== undefined && { name: change.name }),
          ...(change.topic !== undefined && { topic: change.topic }),
          ...(change.comment !== undefined && { comment: change.comment }),
          ...(change.agentId !== undefined && { agent_id: change.agentId }),
          ...(change.lineId !== undefined && { line_id: change.lineId }),
        };
        await trx.updateTable("dial_task").set(set).where("id", "=", id).execute();
        return row;
      });
      const { agentId = before.agent_id } = change;
      if (agentId !== before.agent_id) await tell("task.removed", before.agent_id, { taskId: id });
      await tell(agentId === before.agent_id ? "task.changed" : "task.assigned", agentId, { taskId: id });
      return {};
    },
    "task.delete": async ({ id }, by) => {
      const row = await write(async (trx) => {
        const found = await taskRow(trx, id, by);
        await trx.deleteFrom("dial_task").where("id", "=", id).execute();
        return found;
      });
      await tell("task.removed", row.agent_id, { taskId: id });
      return {};
    },
    "task.call": async ({ id, agentId }, by) => {
      const row = await openRow(db, id, by);
      const agent = required(agentId ?? row.agent_id ?? undefined, "agent: nobody has this task", "agentId");
      const claim = async (trx: Db, callId: string): Promise<void> => {
        if (!(await taskPlaced(trx, id, callId, agent)))
          throw new CommandProblem(409, "in-work", "it is closed, or another agent is calling for it");
      };
      const to = { number: row.number };
      const wanted = { to, ...(row.line_id !== null && { lineId: row.line_id }) };
      const placed = await placeCall(context, agent, wanted, by, {
        kind: "task",
        id,
        claim,
        contactId: row.contact_id,
      });
      await tell("task.changed", row.agent_id, { taskId: id, state: "in_work", callId: placed.callId });
      return placed;
    },
    "task.close": async ({ id, outcome, comment }, by) => {
      const row = await openRow(db, id, by);
      if (outcome === "cancel") return {};
      const closed = await write(async (trx) => {
        await checkOutcome(trx, context, id, outcome);
        return closeTask(trx, id, outcome, comment);
      });
      if (!closed) throw over();
      await tell("task.closed", row.agent_id, { taskId: id, state: outcome });
      return {};
    },
  };
}

/** What is told to the agent's screen; the number of tasks that wait goes with it (DIAL-11). */
async function tellTask(
  { db, engine }: Context,
  kind: string,
  agentId: string | null,
  data: object,
): Promise<void> {
  // What is done is done, whether or not the screen can be told how many are left.
  const open = agentId === null ? undefined : await openTasks(db, agentId).catch(() => undefined);
  if (agentId !== null) engine.tell(kind, { id: agentId, ...data, open });
}

/**
 * The completion of a task's call closes the task (D-13): its outcome is asked for there, and only there.
 * @returns what is to be told when the completion is saved
 */
export async function closeWithCall(
  trx: Db,
  context: Context,
  {
    callId,
    agent,
    outcome,
    comment,
  }: { callId: string; agent: string; outcome?: TaskOutcome | undefined; comment: string },
): Promise<(() => Promise<void>) | undefined> {
  const task = await trx
    .selectFrom("attempt")
    .innerJoin("dial_task", "dial_task.id", "attempt.errand_id")
    .select(["dial_task.id", "dial_task.agent_id as agentId"])
    .where("attempt.call_id", "=", callId)
    .where("attempt.errand", "=", "task")
    .where("attempt.agent_id", "=", agent)
    .where("dial_task.closed_at", "is", null)
    .executeTakeFirst();
  if (!task) {
    if (outcome === undefined) return undefined;
    throw new CommandProblem(422, "no-task", "this call was not placed for a task that is open", "outcome");
  }
  if (outcome === undefined)
    throw new CommandProblem(422, "outcome-required", "say what came of the task", "outcome");
  await closeTask(trx, task.id, outcome, comment);
  return () => tellTask(context, "task.closed", task.agentId, { taskId: task.id, state: outcome });
}

/** DIAL-14: successful is what was answered, unsuccessful what was at least tried. */
async function checkOutcome(trx: Db, { engine }: Context, id: string, outcome: TaskOutcome): Promise<void> {
  const calls = await trx
    .selectFrom("attempt")
    .leftJoin("call", "call.id", "attempt.call_id")
    .select(["attempt.call_id as callId", "attempt.agent_id as agentId", "call.connected_at as connectedAt"])
    .where("errand_id", "=", id)
    .where("attempt.state", "not in", ["refused", "not-placed"])
    .execute();
  if (calls.length === 0)
    throw new CommandProblem(409, "not-called", "nobody has called for this task yet", "outcome");
  const talks = (agentId: string | null, callId: string) => {
    const held = agentId === null ? undefined : engine.agent(agentId)?.call;
    return held?.id === callId && (held.phase === "talking" || held.phase === "wrap-up");
  };
  const answered = calls.some((each) => each.connectedAt !== null || talks(each.agentId, each.callId));
  if (outcome === "successful" && !answered)
    throw new CommandProblem(
      409,
      "not-reached",
      "the subscriber has not answered any of its calls",
      "outcome",
    );
}

async function insert(trx: Db, rows: Parameters<typeof inserted>[1]): Promise<string[]> {
  const ids: string[] = [];
  // PostgreSQL takes 65,535 values in a statement.
  for (let from = 0; from < rows.length; from += 1000)
    ids.push(...(await inserted(trx, rows.slice(from, from + 1000))));
  return ids;
}

async function inserted(trx: Db, rows: readonly Awaited<ReturnType<typeof rowOf>>[]): Promise<string[]> {
  return (await trx.insertInto("dial_task").values(rows).returning("id").execute()).map(({ id }) => id);
}

async function rowOf(trx: Db, fields: DialTaskFields, context: Context, by: Asker) {
  const { contactId, number, name = "" } = fields;
  const contact =
    contactId === undefined
      ? undefined
      : await trx.selectFrom("contact").select("name").where("id", "=", contactId).executeTakeFirst();
  if (contactId !== undefined) required(contact, "contact", "contactId");
  if (number === undefined && contactId === undefined)
    throw new CommandProblem(422, "required", "number or contactId is required", "number");
  const called = number ?? (await phoneOf(trx, contactId as string, by, "contactId"));
  return {
    ...common(fields, by),
    ...{ agent_id: fields.agentId, contact_id: contactId ?? null, number: numberOf(called, context) },
    name: name || (contact?.name ?? ""),
  };
}

function common(fields: Pick<DialTaskFields, "topic" | "comment" | "lineId">, by: Asker) {
  const { topic, comment, lineId = null } = fields;
  return { topic, comment, line_id: lineId, created_by: isId(by.keyId) ? by.keyId : null };
}

function numberOf(text: string, { config }: Context): string {
  const number = toE164(text, config.country);
  if (!number) throw new CommandProblem(422, "not-a-number", "this is no phone number", "number");
  if (!mayDial(number, config))
    throw new CommandProblem(422, "not-allowed", `${number} may not be called`, "number");
  return number;
}

async function checkAgents(trx: Db, ids: readonly string[], field: (index: number) => string): Promise<void> {
  const known = await trx.selectFrom("agent").select("id").execute();
  ids.forEach((id, index) => {
    if (!known.some((agent) => agent.id === id)) required(undefined, "agent", field(index));
  });
}

async function checkLine(trx: Db, id: string | null | undefined): Promise<void> {
  if (id == null) return;
  required(
    await trx.selectFrom("line").select("id").where("id", "=", id).executeTakeFirst(),
    "line",
    "lineId",
  );
}

/** The task, if this asker may see it. */
async function taskRow(trx: Db, id: string, by: Asker) {
  const query = trx.selectFrom("dial_task").selectAll().where("id", "=", id);
  const row = required(isId(id) ? await query.executeTakeFirst() : undefined, "task");
  if (by.role === "agent" && row.agent_id !== by.agentId) required(undefined, "task");
  return row;
}

async function openRow(trx: Db, id: string, by: Asker) {
  const row = await taskRow(trx, id, by);
  if (row.closed_at !== null) throw over();
  return row;
}

function over(): CommandProblem {
  return new CommandProblem(409, "over", "this task is closed already");
}
