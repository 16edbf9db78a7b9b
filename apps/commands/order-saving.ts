/** What an agent saves an order with, and what follows from it: the redial ladder (ORDQ-12 … ORDQ-14, D-15 … D-18). */
import { dueAfterFailure, keptDate, needsDate } from "../core/orders/ladder.ts";
import type { Db } from "../store/database.ts";
import { lockOrder, type SavedOrder, saveOrder } from "../store/orders.ts";
import { type CompanyValues, companySettings } from "../store/reads/company.ts";
import { type OrderRow, reasonsOf } from "../store/reads/orders.ts";
import { callerOf } from "./calls.ts";
import { type Context, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { notOpen, orderFor } from "./order-for.ts";
import { CommandProblem, type OrderSave } from "./port.ts";

/** A client's date is not further away. */
const LATEST_MS = 366 * 86_400_000;

export function saveCommand({ write, engine }: Context): Pick<Handlers, "order.save"> {
  return {
    "order.save": async ({ id, agentId, ...save }, by) => {
      const agent = callerOf(agentId, by);
      const { number } = await write(async (trx) => {
        await orderFor(trx, id, by);
        const row = required(await lockOrder(trx, id), "order");
        if (row.takenBy !== agent) throw notOpen();
        const at = new Date();
        const callId = await lastCall(trx, row, agent);
        if (callId === undefined && NEEDS_CALL.has(save.status))
          throw new CommandProblem(409, "not-called", "nobody has called since it was saved last", "status");
        const saved = await outcome(trx, row, save, at);
        await saveOrder(trx, id, saved, { agentId: agent, callId: callId ?? null, at });
        return row;
      });
      engine.deferredChanged();
      engine.tell("order.saved", { id: agent, orderId: id, number, status: save.status });
      return {};
    },
  };
}

/** Who was or was not reached has been called. */
const NEEDS_CALL: ReadonlySet<OrderSave["status"]> = new Set(["unreached", "in_work"]);

/** The last call to this client since the order was saved, from its card or by the same agent otherwise. */
async function lastCall(
  trx: Db,
  { id, phone, arrivedAt }: OrderRow,
  agent: string,
): Promise<string | undefined> {
  const since = await trx
    .selectFrom("order_save")
    .select((row) => row.fn.max("at").as("at"))
    .where("order_id", "=", id)
    .executeTakeFirst();
  const call = await trx
    .selectFrom("attempt")
    .select("call_id")
    .where((row) =>
      row.or([
        row.and([row("errand", "=", "order"), row("errand_id", "=", id)]),
        row.and([row("number", "=", phone), row("agent_id", "=", agent)]),
      ]),
    )
    .where("state", "not in", ["refused", "not-placed"])
    .where("created_at", ">", since?.at ?? arrivedAt)
    .orderBy("created_at", "desc")
    .limit(1)
    .executeTakeFirst();
  return call?.call_id;
}

async function outcome(trx: Db, row: OrderRow, save: OrderSave, at: Date): Promise<SavedOrder> {
  const settings = await companySettings(trx);
  if (save.status === "unreached") return unreached(trx, row, save, at, settings);
  if (save.reason !== undefined)
    throw new CommandProblem(422, "needless", "only an unreached order has a reason", "reason");
  const callBackAt = save.status === "in_work" ? clientsDate(save, at) : null;
  if (callBackAt === null && save.callBackAt !== undefined)
    throw new CommandProblem(422, "needless", "a completed order has no call-back date", "callBackAt");
  return {
    ...{ status: save.status, comment: save.comment, reason: null, reasonCount: null },
    ...{ failures: row.failures, failedAt: row.failedAt, callBackAt, dueAt: callBackAt },
  };
}

/** One rung more of the ladder. */
async function unreached(
  trx: Db,
  row: OrderRow,
  { reason, callBackAt, comment }: OrderSave,
  at: Date,
  settings: CompanyValues,
): Promise<SavedOrder> {
  if (reason === undefined)
    throw new CommandProblem(422, "required", "why was the client not reached?", "reason");
  const failures = row.failures + 1;
  const date = ladderDate(failures, callBackAt, at, settings.zone);
  const quick = { afterSeconds: settings.quickRedialAfterSeconds, bySeconds: settings.quickRedialBySeconds };
  const dueAt = new Date(dueAfterFailure(at.getTime(), date?.getTime(), quick));
  const reasonCount = ((await reasonsOf(trx, row.id)).get(reason) ?? 0) + 1;
  return {
    status: "unreached",
    failures,
    failedAt: at,
    reason,
    reasonCount,
    callBackAt: date,
    dueAt,
    comment,
  };
}

function ladderDate(failures: number, given: string | undefined, at: Date, zone: string): Date | null {
  const FIELD = "callBackAt";
  if (!needsDate(failures)) {
    if (given === undefined) return null;
    throw new CommandProblem(422, "needless", "the first three failures have no call-back date", FIELD);
  }
  if (given === undefined)
    throw new CommandProblem(422, "required", "from the fourth failure on a call-back date is needed", FIELD);
  const kept = keptDate(Date.parse(given), at.getTime(), zone);
  if ("wrong" in kept) throw new CommandProblem(422, "out-of-range", kept.wrong, FIELD);
  return new Date(kept.at);
}

function clientsDate({ callBackAt }: OrderSave, at: Date): Date {
  if (callBackAt === undefined)
    throw new CommandProblem(422, "required", "when does the client want to be called?", "callBackAt");
  const date = new Date(callBackAt);
  if (date <= at || date.getTime() > at.getTime() + LATEST_MS)
    throw new CommandProblem(422, "out-of-range", "must be in the future, within a year", "callBackAt");
  return date;
}
