/** Queues: strategy, times, and who serves them in which order. */
import type { Db } from "../store/database.ts";
import { listQueues } from "../store/reads/queues.ts";
import { nextKey } from "../store/writes/keys.ts";
import { requireNoCampaign } from "./campaign-uses.ts";
import { type Context, checkName, isId, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { requireNoMenu } from "./menu-uses.ts";
import { checkOutside } from "./outside-numbers.ts";
import { CommandProblem, type QueueFields } from "./port.ts";
import { logged } from "./settings.ts";

export function queueCommands({
  configure,
  config,
}: Context): Pick<Handlers, "queue.create" | "queue.change" | "queue.delete"> {
  return {
    "queue.create": (fields) =>
      configure(async (trx) => {
        check(fields, config);
        await checkOverflow(trx, undefined, fields.overflow);
        const key = await nextKey(trx, "queue");
        const row = { key, name: fields.name, ...columns(fields) };
        const { id } = await trx.insertInto("queue").values(row).returning("id").executeTakeFirstOrThrow();
        await setAgents(trx, id, fields.agents);
        await setPenalties(trx, id, fields.penalties ?? {});
        return { result: { id }, focus: { queue: key } };
      }),
    "queue.change": ({ id, change }, by) =>
      configure(async (trx) => {
        check(change, config);
        const { key, version } = await queueRow(trx, id);
        await checkOverflow(trx, id, change.overflow);
        await logged(
          { trx, by, command: "queue.change", fields: Object.keys(change) },
          () => listQueues(trx, { id }),
          async () => {
            const set = { ...columns(change), version: version + 1 };
            await trx.updateTable("queue").set(set).where("id", "=", id).execute();
            if (change.agents !== undefined) await setAgents(trx, id, change.agents);
            if (change.penalties !== undefined) await setPenalties(trx, id, change.penalties);
          },
        );
        return { result: {}, focus: { queue: key } };
      }),
    "queue.delete": ({ id }) =>
      configure(async (trx) => {
        await queueRow(trx, id);
        const line = await trx
          .selectFrom("line")
          .select("name")
          .where("queue_id", "=", id)
          .executeTakeFirst();
        if (line)
          throw new CommandProblem(409, "queue-in-use", `the line «${line.name}» leads to this queue`);
        const other = await trx
          .selectFrom("queue")
          .select("name")
          .where("overflow_queue_id", "=", id)
          .executeTakeFirst();
        if (other)
          throw new CommandProblem(409, "queue-in-use", `the queue «${other.name}» overflows into this one`);
        await requireNoCampaign(trx, "queue", id);
        await requireNoMenu(trx, "queue_id", id);
        await trx.deleteFrom("queue").where("id", "=", id).execute();
        return { result: {}, focus: { nothing: true } };
      }),
  };
}

/**
 * Ticks these agents, in this order.
 * @param field what to name when nobody is left.
 * @throws CommandProblem 422 `queue-unserved`
 */
export async function setMembers(
  trx: Db,
  queueId: string,
  agents: readonly string[],
  field: string,
): Promise<void> {
  if (agents.length === 0)
    throw new CommandProblem(422, "queue-unserved", "at least one agent has to serve a queue", field);
  await trx.updateTable("queue").set({ all_agents: false }).where("id", "=", queueId).execute();
  await trx.deleteFrom("queue_agent").where("queue_id", "=", queueId).execute();
  const rows = agents.map((agent_id, position) => ({ queue_id: queueId, agent_id, position }));
  await trx.insertInto("queue_agent").values(rows).execute();
}

async function setAgents(trx: Db, id: string, agents: QueueFields["agents"]): Promise<void> {
  const everybody = (await trx.selectFrom("agent").select("id").execute()).map((row) => row.id);
  if (agents === "all") {
    if (everybody.length === 0)
      throw new CommandProblem(422, "queue-unserved", "there are no agents yet", "agents");
    await trx.updateTable("queue").set({ all_agents: true }).where("id", "=", id).execute();
    await trx.deleteFrom("queue_agent").where("queue_id", "=", id).execute();
    return;
  }
  agents.forEach((agent, index) => {
    if (!everybody.includes(agent)) required(undefined, "agent", `agents.${index}`);
    if (agents.indexOf(agent) < index)
      throw new CommandProblem(422, "twice", "this agent is named twice", `agents.${index}`);
  });
  await setMembers(trx, id, agents, "agents");
}

const FIELD = "overflow.queueId";

const RANGES = {
  answerSeconds: [3, 300, " seconds"],
  announceEverySeconds: [15, 600, " seconds"],
  weight: [0, 100, ""],
  maxLength: [1, 1000, " callers"],
  maxWaitSeconds: [5, 7200, " seconds"],
  serviceLevelSeconds: [1, 3600, " seconds"],
  serviceLevelPercent: [1, 100, " per cent"],
} as const;

function check(fields: Partial<QueueFields>, config: Context["config"]): void {
  checkName(fields.name);
  const { overflow } = fields;
  if (overflow && "number" in overflow) checkOutside(overflow.number, "overflow.number", config);
  if (fields.wrapUp?.mode === "limit" && fields.wrapUp.seconds === undefined)
    throw new CommandProblem(422, "incomplete", "how many seconds?", "wrapUp.seconds");
  for (const field of Object.keys(RANGES) as (keyof typeof RANGES)[]) {
    const value = fields[field];
    const [least, most, unit] = RANGES[field];
    if (
      value !== undefined &&
      value !== null &&
      !(Number.isInteger(value) && value >= least && value <= most)
    )
      throw new CommandProblem(422, "out-of-range", `must be between ${least} and ${most}${unit}`, field);
  }
}

/** Skills as penalties: all of them at once; zero needs no row. */
async function setPenalties(trx: Db, id: string, penalties: Record<string, number>): Promise<void> {
  const known = new Set((await trx.selectFrom("agent").select("id").execute()).map((row) => row.id));
  for (const agent of Object.keys(penalties))
    if (!known.has(agent)) required(undefined, "agent", `penalties.${agent}`);
  await trx.deleteFrom("queue_penalty").where("queue_id", "=", id).execute();
  const rows = Object.entries(penalties)
    .filter(([, penalty]) => penalty > 0)
    .map(([agent_id, penalty]) => ({ queue_id: id, agent_id, penalty }));
  if (rows.length > 0) await trx.insertInto("queue_penalty").values(rows).execute();
}

/**
 * Before anything is written: the queue that callers overflow into is there, and the chain of overflows ends.
 * @param id undefined: a new queue, into which nothing can overflow yet
 * @throws CommandProblem 422 `unknown` or `circle`
 */
async function checkOverflow(
  trx: Db,
  id: string | undefined,
  overflow: QueueFields["overflow"] | undefined,
): Promise<void> {
  if (!overflow || !("queueId" in overflow)) return;
  const rows = await trx.selectFrom("queue").select(["id", "name", "overflow_queue_id"]).execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  const names: string[] = [];
  for (
    let next: (typeof rows)[number] | undefined = required(
      byId.get(overflow.queueId.toLowerCase()),
      "queue",
      FIELD,
    );
    next !== undefined && names.length <= rows.length;
    next = byId.get(next.overflow_queue_id ?? "")
  ) {
    names.push(`«${next.name}»`);
    if (next.id === id)
      throw new CommandProblem(422, "circle", `callers would go round: ${names.join(" → ")}`, FIELD);
  }
}

function columns(change: Partial<QueueFields>) {
  return {
    ...(change.name !== undefined && { name: change.name }),
    ...(change.strategy !== undefined && { strategy: change.strategy }),
    ...(change.answerSeconds !== undefined && { answer_seconds: change.answerSeconds }),
    ...(change.maxWaitSeconds !== undefined && { max_wait_seconds: change.maxWaitSeconds }),
    ...(change.wrapUp !== undefined && {
      wrap_up: change.wrapUp.mode,
      ...(change.wrapUp.seconds !== undefined && { wrap_up_seconds: change.wrapUp.seconds }),
    }),
    ...(change.weight !== undefined && { weight: change.weight }),
    ...(change.maxLength !== undefined && { max_length: change.maxLength }),
    ...(change.joinWhenEmpty !== undefined && { join_when_empty: change.joinWhenEmpty }),
    ...(change.overflow !== undefined && overflowColumns(change.overflow)),
    ...(change.announcePosition !== undefined && { announce_position: change.announcePosition }),
    ...(change.announceWait !== undefined && { announce_wait: change.announceWait }),
    ...(change.announceEverySeconds !== undefined && { announce_every_seconds: change.announceEverySeconds }),
    ...(change.callback !== undefined && callbackColumns(change.callback)),
    ...(change.serviceLevelSeconds !== undefined && { service_level_seconds: change.serviceLevelSeconds }),
    ...(change.serviceLevelPercent !== undefined && { service_level_percent: change.serviceLevelPercent }),
  };
}

function callbackColumns(change: NonNullable<QueueFields["callback"]>) {
  return {
    ...(change.offer !== undefined && { callback_offer: change.offer }),
    ...(change.afterSeconds !== undefined && { callback_after_seconds: change.afterSeconds }),
    ...(change.digit !== undefined && { callback_digit: change.digit }),
    ...(change.attempts !== undefined && { callback_attempts: change.attempts }),
    ...(change.retryMinutes !== undefined && { callback_retry_minutes: change.retryMinutes }),
    ...(change.withinHoursOnly !== undefined && { callback_within_hours_only: change.withinHoursOnly }),
  };
}

function overflowColumns(overflow: NonNullable<QueueFields["overflow"]> | null) {
  return {
    overflow_queue_id: overflow && "queueId" in overflow ? overflow.queueId : null,
    overflow_number: overflow && "number" in overflow ? overflow.number : null,
  };
}

async function queueRow(db: Db, id: string) {
  const query = db.selectFrom("queue").select(["key", "version"]).where("id", "=", id);
  return required(isId(id) ? await query.executeTakeFirst() : undefined, "queue");
}
