/** Lines: the numbers that customers call, and how each is answered. */
import { clash } from "../confgen/spellings.ts";
import { hoursProblems } from "../core/routing/hours-problems.ts";
import { OPTIONAL_SLOTS, PROMPT_SLOTS, type Prompts } from "../core/routing/prompts.ts";
import type { Db } from "../store/database.ts";
import { writePrompts } from "../store/prompts.ts";
import { listLines } from "../store/reads/lines.ts";
import { soundIds } from "../store/reads/sounds.ts";
import { keepRetention } from "../store/writes/deletions.ts";
import { nextKey } from "../store/writes/keys.ts";
import { forgetLine } from "../store/writes/scenarios.ts";
import { requireNoCampaign } from "./campaign-uses.ts";
import { type Context, checkName, isId, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { checkRouting, forgetVerified, requireNumber, routingColumns } from "./line-routing.ts";
import { CommandProblem, type LineFields } from "./port.ts";
import { logged } from "./settings.ts";

export function lineCommands({
  configure,
  config,
}: Context): Pick<Handlers, "line.create" | "line.change" | "line.delete"> {
  return {
    "line.create": (fields) =>
      configure(async (trx) => {
        await check(trx, fields);
        await checkRouting(trx, fields, config);
        const key = await nextKey(trx, "line");
        const row = {
          key,
          number: fields.number,
          name: fields.name,
          short_number: fields.shortNumber ?? null,
          queue_id: fields.queueId,
          ...settings(fields),
        };
        const { id } = await trx.insertInto("line").values(row).returning("id").executeTakeFirstOrThrow();
        await writePrompts(trx, [id], fields.prompts);
        await requireNumber(trx);
        return { result: { id }, focus: { line: key } };
      }),
    "line.change": ({ id, change, scope }, by) =>
      configure(async (trx) => {
        const { key } = await lineRow(trx, id);
        await logged(
          { trx, by, command: "line.change", fields: Object.keys(change) },
          () => listLines(trx, scope === "all" ? {} : { id }),
          async () => {
            await check(trx, change, id);
            await checkRouting(trx, change, config);
            await save(trx, id, change, scope);
          },
        );
        return { result: {}, focus: { line: key } };
      }),
    "line.delete": ({ id }) =>
      configure(async (trx) => {
        await lineRow(trx, id);
        await requireNoCampaign(trx, "line", id);
        await keepRetention(trx, id);
        await forgetLine(trx, id);
        await trx.deleteFrom("line").where("id", "=", id).execute();
        return { result: {}, focus: { nothing: true } };
      }),
  };
}

async function check(trx: Db, fields: Partial<LineFields>, self?: string): Promise<void> {
  checkName(fields.name);
  if (fields.number !== undefined) await checkNumber(trx, fields.number, self);
  if (fields.queueId !== undefined) {
    const query = trx.selectFrom("queue").select("id").where("id", "=", fields.queueId);
    required(isId(fields.queueId) ? await query.executeTakeFirst() : undefined, "queue", "queueId");
  }
  if (typeof fields.responsibleId === "string") {
    const query = trx.selectFrom("agent").select("id").where("id", "=", fields.responsibleId);
    required(
      isId(fields.responsibleId) ? await query.executeTakeFirst() : undefined,
      "agent",
      "responsibleId",
    );
  }
  await checkPrompts(trx, fields.prompts ?? {});
  const problem = fields.hours ? hoursProblems(fields.hours)[0] : undefined;
  if (problem) throw new CommandProblem(422, "hours", problem.message, problem.field);
  const [odd] = fields.dialWeek ? hoursProblems({ zone: "UTC", week: fields.dialWeek }) : [];
  if (odd) throw new CommandProblem(422, "hours", odd.message, odd.field.replace(/^hours\.week/, "dialWeek"));
}

async function checkPrompts(trx: Db, prompts: Partial<Prompts>): Promise<void> {
  const known = new Set(await soundIds(trx));
  for (const slot of PROMPT_SLOTS) {
    const prompt = prompts[slot] ?? "standard";
    if (prompt === "standard" || known.has(prompt)) continue;
    if (prompt !== "none") required(undefined, "sound", `prompts.${slot}`);
    else if (!OPTIONAL_SLOTS.includes(slot))
      throw new CommandProblem(422, "needed", "this prompt cannot be left out", `prompts.${slot}`);
  }
}

async function everyLine(trx: Db): Promise<string[]> {
  return (await trx.selectFrom("line").select("id").execute()).map(({ id }) => id);
}

/** Two lines must differ in every spelling that a carrier may use. */
async function checkNumber(trx: Db, number: string, self: string | undefined): Promise<void> {
  if (!/^\+[1-9][0-9]{4,14}$/.test(number))
    throw new CommandProblem(422, "not-e164", "write the number like +74950000101", "number");
  const rows = await trx.selectFrom("line").select(["id", "number", "name"]).execute();
  const others = rows.filter((row) => row.id !== self);
  const taken = clash(
    number,
    others.map((row) => row.number),
  );
  const other = others.find((row) => row.number === taken);
  if (other) throw new CommandProblem(409, "taken", `the line «${other.name}» has this number`, "number");
}

async function save(trx: Db, id: string, change: Partial<LineFields>, scope: "this" | "all"): Promise<void> {
  const own = {
    ...(change.number !== undefined && { number: change.number }),
    ...(change.name !== undefined && { name: change.name }),
    ...(change.shortNumber !== undefined && { short_number: change.shortNumber }),
  };
  const common = settings(change);
  await forgetVerified(trx, change.forwardNumber, scope === "all" ? undefined : id);
  if (Object.keys(own).length > 0) await trx.updateTable("line").set(own).where("id", "=", id).execute();
  if (Object.keys(common).length > 0) {
    const update = trx.updateTable("line").set(common);
    await (scope === "all" ? update : update.where("id", "=", id)).execute();
  }
  await requireNumber(trx);
  if (change.prompts) await writePrompts(trx, scope === "all" ? await everyLine(trx) : [id], change.prompts);
}

/** What LINE-14 can save for every line at once: everything but number, name and short number. */
function settings(change: Partial<LineFields>) {
  return {
    ...(change.queueId !== undefined && { queue_id: change.queueId }),
    ...(change.priority !== undefined && { priority: change.priority }),
    ...(change.ownerWaitSeconds !== undefined && { owner_wait_seconds: change.ownerWaitSeconds }),
    ...(change.ownerFirst !== undefined && { owner_first: change.ownerFirst }),
    ...(change.hours !== undefined && { hours: change.hours && JSON.stringify(change.hours) }),
    ...(change.language !== undefined && { language: change.language }),
    ...(change.recording !== undefined && { recording: change.recording }),
    ...(change.announceRecording !== undefined && { announce_recording: change.announceRecording }),
    ...(change.retentionDays !== undefined && { retention_days: change.retentionDays }),
    ...(change.voicemail !== undefined && { voicemail: change.voicemail }),
    ...(change.voicemailSeconds !== undefined && { voicemail_seconds: change.voicemailSeconds }),
    ...(change.consultationOnly !== undefined && { consultation_only: change.consultationOnly }),
    ...(change.blindNoAnswer !== undefined && { blind_no_answer: change.blindNoAnswer }),
    ...(change.project !== undefined && { project: change.project }),
    ...(change.city !== undefined && { city: change.city }),
    ...(change.dialPreset !== undefined && { dial_preset: change.dialPreset }),
    ...(change.dialWeek !== undefined && { dial_week: change.dialWeek && JSON.stringify(change.dialWeek) }),
    ...(change.dialRefused !== undefined && { dial_refused: change.dialRefused }),
    ...(change.responsibleId !== undefined && { responsible_id: change.responsibleId }),
    ...routingColumns(change),
  };
}

async function lineRow(db: Db, id: string) {
  const query = db.selectFrom("line").select("key").where("id", "=", id);
  return required(isId(id) ? await query.executeTakeFirst() : undefined, "line");
}
