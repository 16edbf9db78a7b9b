/** Calls for later: agreed in a call, in its completion, or from nowhere (DEFER-01, DEFER-02, DEFER-04, DEFER-06). */
import { mentioning } from "../core/orders/mention.ts";
import { mayDial } from "../phone/allowed.ts";
import { toE164 } from "../phone/number.ts";
import type { Db } from "../store/database.ts";
import { deferredPlaced, putOffDeferred } from "../store/deferred.ts";
import { checkByItself } from "../store/line-gate.ts";
import { listCalls } from "../store/reads/calls.ts";
import { findOrder, type OrderRow } from "../store/reads/orders.ts";
import { callerOf, placeCall } from "./calls.ts";
import { contactFor, phoneOf } from "./contact-for.ts";
import { type Context, isId, ownAgent, required, requiredFor } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { NotNow } from "./not-now.ts";
import { type Asker, CommandProblem, type DeferredFields, type DueAt } from "./port.ts";

type DeferredCommand = "deferred.create" | "deferred.change" | "deferred.delete" | "deferred.call";

export function deferredCommands(context: Context): Pick<Handlers, DeferredCommand> {
  const { write, engine } = context;
  const writeAndTell = async <Result>(work: (trx: Db) => Promise<Result>): Promise<Result> => {
    const result = await write(work);
    engine.deferredChanged();
    return result;
  };
  return {
    "deferred.create": ({ agentId, ...fields }, by) =>
      writeAndTell((trx) => defer(trx, context, callerOf(agentId, by), fields, by)),
    "deferred.change": ({ id, change }, by) =>
      writeAndTell(async (trx) => {
        const row = await ownRow(trx, id, by);
        if (change.due !== undefined && (row.state === "done" || row.state === "cancelled"))
          throw over("dueAt");
        const set = {
          ...(change.comment !== undefined && {
            comment: await commentOf(trx, row.order_id, change.comment),
          }),
          ...(change.due !== undefined && {
            due_at: dueAt(change.due),
            state: "waiting" as const,
            tries: 0,
            auto_at: null,
            put_off_reason: null,
          }),
          ...(change.state !== undefined && { state: change.state }),
        };
        await trx.updateTable("deferred_call").set(set).where("id", "=", id).execute();
        return {};
      }),
    "deferred.delete": ({ id }, by) =>
      writeAndTell(async (trx) => {
        await ownRow(trx, id, by);
        await trx.deleteFrom("deferred_call").where("id", "=", id).execute();
        return {};
      }),
    "deferred.call": async ({ id, byItself = false }, by) => {
      const row = await ownRow(context.db, id, by);
      if (row.state === "done" || row.state === "cancelled") throw over();
      const { agent_id: agentId, number, contact_id: contactId } = row;
      const claim = async (trx: Db, callId: string): Promise<void> => {
        const refused = byItself ? await checkByItself(trx, { agentId, number, contactId }) : undefined;
        if (refused) throw new NotNow(refused);
        if (!(await deferredPlaced(trx, id, callId))) throw over();
      };
      const errand = { kind: "deferred", id, claim, contactId } as const;
      const placed = await placeCall(context, agentId, { to: { number } }, by, errand).catch(
        async (error: unknown) => {
          if (!(error instanceof NotNow)) throw error;
          await writeAndTell((trx) => putOffDeferred(trx, id, error.refused));
          throw error;
        },
      );
      engine.deferredChanged();
      return placed;
    },
  };
}

function over(field?: string): CommandProblem {
  return new CommandProblem(409, "over", "this call is done or cancelled already", field);
}

/**
 * Writes down a call for later, for this agent.
 * @throws CommandProblem 422 naming what is wrong with whom to call, or when
 */
export async function defer(
  trx: Db,
  { config }: Pick<Context, "config">,
  agent: string,
  fields: DeferredFields,
  by: Asker,
): Promise<{ id: string }> {
  const order = await orderOf(trx, fields, by);
  const { number, contactId } = await whom(trx, fields, config, by, order);
  if (!mayDial(number, config))
    throw new CommandProblem(422, "not-allowed", `${number} may not be called`, "number");
  const exists = await trx.selectFrom("agent").select("id").where("id", "=", agent).executeTakeFirst();
  required(exists, "agent", "agentId");
  const row = {
    agent_id: agent,
    contact_id: contactId,
    number,
    due_at: dueAt(fields.due),
    comment: order ? mentioning(fields.comment, order.number) : fields.comment,
    order_id: order?.id ?? null,
    from_call_id: fields.callId ?? null,
    call_id: null,
    created_by: isId(by.keyId) ? by.keyId : null,
  };
  return trx.insertInto("deferred_call").values(row).returning("id").executeTakeFirstOrThrow();
}

/** The order that is spoken of: named, or the one that the call was placed from. */
async function orderOf(
  trx: Db,
  { orderId, callId }: DeferredFields,
  by: Asker,
): Promise<OrderRow | undefined> {
  if (orderId !== undefined) {
    const row = isId(orderId) ? await findOrder(trx, orderId, ownAgent(by)) : undefined;
    return requiredFor(by, row, "order", "orderId");
  }
  if (callId === undefined || !isId(callId)) return undefined;
  const attempt = await trx
    .selectFrom("attempt")
    .select("errand_id")
    .where("call_id", "=", callId)
    .where("errand", "=", "order")
    .executeTakeFirst();
  return attempt?.errand_id ? findOrder(trx, attempt.errand_id) : undefined;
}

/** DEFER-05: whatever is written later, the order's number stays. */
async function commentOf(trx: Db, orderId: string | null, comment: string): Promise<string> {
  const order = orderId === null ? undefined : await findOrder(trx, orderId);
  return order ? mentioning(comment, order.number) : comment;
}

/** A number, a contact, an order's client, or the customer of a call; an agent's own ones (ROLE-02). */
async function whom(
  trx: Db,
  fields: DeferredFields,
  config: Context["config"],
  by: Asker,
  order: OrderRow | undefined,
): Promise<{ number: string; contactId: string | null }> {
  const { contactId = null } = fields;
  if (fields.number !== undefined) {
    const number = toE164(fields.number, config.country);
    if (!number) throw new CommandProblem(422, "not-a-number", "this is no phone number", "number");
    if (contactId !== null) await contactFor(trx, contactId, by, "contactId");
    return { number, contactId };
  }
  if (contactId !== null) return { number: await phoneOf(trx, contactId, by, "contactId"), contactId };
  if (order && fields.orderId !== undefined) return { number: order.phone, contactId: order.contactId };
  if (fields.callId === undefined)
    throw new CommandProblem(422, "required", "orderId, callId, contactId or number is required", "number");
  const { type, fromNumber, toNumber, ...call } = await callFor(trx, fields.callId, by);
  const number = type === "outbound" ? toNumber : fromNumber;
  if (!number?.startsWith("+"))
    throw new CommandProblem(422, "no-number", "this call has no number to call back", "callId");
  return { number, contactId: call.contactId };
}

/** A call that this asker may see. */
async function callFor(trx: Db, id: string, by: Asker) {
  const own = isId(id) ? { id, only: ownAgent(by), limit: 1 } : undefined;
  const [call] = own ? (await listCalls(trx, own)).items : [];
  return requiredFor(by, call, "call", "callId");
}

const LATEST_MS = 366 * 86_400_000;

/** «For time» counts from now, «for date» is an instant (DEFER-01). */
function dueAt(due: DueAt): Date {
  const at = "inMinutes" in due ? Date.now() + due.inMinutes * 60_000 : Date.parse(due.dueAt);
  if (!(at > Date.now() - 60_000 && at < Date.now() + LATEST_MS))
    throw new CommandProblem(422, "out-of-range", "must be in the future, within a year", "dueAt");
  return new Date(at);
}

async function ownRow(db: Db, id: string, by: Asker) {
  const query = db.selectFrom("deferred_call").selectAll().where("id", "=", id);
  const row = required(isId(id) ? await query.executeTakeFirst() : undefined, "deferred call");
  if (by.role === "agent" && row.agent_id !== by.agentId) required(undefined, "deferred call");
  return row;
}
