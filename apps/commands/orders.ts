/** Orders: they come in, one agent takes each, calls, and saves what came of it (ORDQ). */
import { daysAround, TAB_RULES } from "../core/orders/tabs.ts";
import { cannotTakeOrder, type NotTaken } from "../core/orders/taking.ts";
import { mayDial } from "../phone/allowed.ts";
import { toE164 } from "../phone/number.ts";
import type { Db } from "../store/database.ts";
import { lockNext, lockOrder, openCard, releaseOrder, takeOrder } from "../store/orders.ts";
import { companySettings } from "../store/reads/company.ts";
import { findOrder, type OrderRow, productsOf } from "../store/reads/orders.ts";
import { callerOf, placeCall } from "./calls.ts";
import { type Context, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { notOpen, orderFor } from "./order-for.ts";
import { saveCommand } from "./order-saving.ts";
import { CommandProblem, type Commands, type OrderFields } from "./port.ts";
import { requireProduct } from "./products.ts";

type OrderCommand =
  | "order.create"
  | "order.change"
  | "order.open"
  | "order.take"
  | "order.release"
  | "order.call"
  | "order.save";

export function orderCommands(context: Context): Pick<Handlers, OrderCommand> {
  const { write, engine } = context;
  const taken = (agentId: string, id: string, number: string) =>
    engine.tell("order.taken", { id: agentId, orderId: id, number });
  return {
    ...saveCommand(context),
    "order.create": async (fields) => {
      const { id, agents } = await write(async (trx) => {
        const row = await rowOf(trx, fields, context);
        const arrived = fields.arrivedAt === undefined ? {} : { arrived_at: new Date(fields.arrivedAt) };
        const made = await trx
          .insertInto("customer_order")
          .values({ ...row, ...arrived })
          .returning("id")
          .executeTakeFirstOrThrow();
        const query = trx.selectFrom("agent_product").select("agent_id");
        return { id: made.id, agents: await query.where("product_id", "=", fields.productId).execute() };
      });
      for (const { agent_id } of agents)
        engine.tell("order.arrived", { id: agent_id, orderId: id, number: fields.number, tab: "new" });
      return { id };
    },
    "order.change": async ({ id, change }, by) => {
      await write(async (trx) => {
        const before = await orderFor(trx, id, by);
        await trx
          .updateTable("customer_order")
          .set({ ...(await changed(trx, change, before, context)), updated_at: new Date() })
          .where("id", "=", id)
          .execute();
      });
      return {};
    },
    "order.open": async ({ id, agentId }, by) => {
      const agent = callerOf(agentId, by);
      const number = await write(async (trx) => {
        await orderFor(trx, id, by);
        const row = required(await lockOrder(trx, id), "order");
        const now = new Date();
        const days = daysAround(now.getTime(), (await companySettings(trx)).zone);
        const taker = { agentId: agent, products: await productsOf(trx, agent) };
        const why = cannotTakeOrder(row.order, taker, now.getTime(), days);
        if (why) throw notTaken(why, row);
        await takeOrder(trx, id, agent, now);
        return row.number;
      });
      taken(agent, id, number);
      return {};
    },
    "order.take": async ({ tab, agentId }, by) => {
      const agent = callerOf(agentId, by);
      const order = await write(async (trx) => {
        const now = new Date();
        const days = daysAround(now.getTime(), (await companySettings(trx)).zone);
        // Who asks again, because the answer was lost, gets the same one.
        const id =
          (await openCard(trx, tab, agent, now, days)) ?? (await lockNext(trx, tab, agent, now, days));
        if (id === undefined) return undefined;
        await takeOrder(trx, id, agent, now);
        return findOrder(trx, id);
      });
      if (order) taken(agent, order.id, order.number);
      return { id: order?.id ?? null };
    },
    "order.release": async ({ id, agentId }, by) => {
      const agent = callerOf(agentId, by);
      await write(async (trx) => {
        await orderFor(trx, id, by);
        if (!(await releaseOrder(trx, id, agent))) throw notOpen();
      });
      return {};
    },
    "order.call": async ({ id, agentId }, by) => {
      const agent = callerOf(agentId, by);
      const { phone, contactId } = await orderFor(context.db, id, by);
      const claim = (trx: Db) => claimForCall(trx, id, agent);
      const placed = await placeCall(context, agent, { to: { number: phone } }, by, {
        kind: "order",
        id,
        claim,
        contactId,
      });
      return placed;
    },
  };
}

/** SOFT-10: only from a card that is open, so that nobody else calls the same client; it stays open longer with that. */
async function claimForCall(trx: Db, id: string, agentId: string): Promise<void> {
  const row = required(await lockOrder(trx, id), "order");
  const now = new Date();
  const { zone } = await companySettings(trx);
  const days = daysAround(now.getTime(), zone);
  const taker = { agentId, products: await productsOf(trx, agentId) };
  const why = cannotTakeOrder(row.order, taker, now.getTime(), days);
  if (why) throw notTaken(why, row);
  if (row.takenBy !== agentId) throw notOpen();
  await takeOrder(trx, id, agentId, now);
}

function notTaken(why: NotTaken, { responsibleName, dueAt, status }: OrderRow): CommandProblem {
  const texts: Readonly<Record<NotTaken, string>> = {
    completed: `the order is completed: ${status}`,
    "never-dialled": `orders of the tab «${TAB_RULES["unreached-earlier"].en}» are not dialled any more`,
    "unknown-product": "the agent does not know this product",
    taken: `${responsibleName ?? "another agent"} has taken this order`,
    "card-open": "another agent has the card open at this moment",
    "too-early": `not before ${dueAt?.toISOString()}`,
  };
  return new CommandProblem(409, why, texts[why]);
}

async function rowOf(trx: Db, fields: OrderFields, context: Context) {
  await requireProduct(trx, fields.productId, "productId");
  if (fields.contactId != null) await requireContact(trx, fields.contactId);
  return {
    ...{ number: fields.number, client_name: fields.clientName, phone: phoneOf(fields.phone, context) },
    ...{ contact_id: fields.contactId ?? null, webmaster_id: fields.webmasterId },
    ...{ product_id: fields.productId, comment: fields.comment },
  };
}

async function changed(
  trx: Db,
  change: Commands["order.change"][0]["change"],
  before: OrderRow,
  context: Context,
) {
  const { number, clientName, phone, contactId, webmasterId, productId, comment, responsibleId } = change;
  if (productId !== undefined) await requireProduct(trx, productId, "productId");
  if (contactId != null) await requireContact(trx, contactId);
  if (responsibleId != null) {
    const agent = trx.selectFrom("agent").select("id").where("id", "=", responsibleId);
    required(await agent.executeTakeFirst(), "agent", "responsibleId");
  }
  return {
    ...(number !== undefined && { number }),
    ...(clientName !== undefined && { client_name: clientName }),
    ...(phone !== undefined && { phone: phoneOf(phone, context) }),
    ...(contactId !== undefined && { contact_id: contactId }),
    ...(webmasterId !== undefined && { webmaster_id: webmasterId }),
    ...(productId !== undefined && { product_id: productId }),
    ...(comment !== undefined && { comment }),
    ...(responsibleId !== undefined && { responsible_id: responsibleId }),
    // Whoever had it open has it no longer, when it is somebody else's now.
    ...(responsibleId !== undefined &&
      responsibleId !== before.takenBy && { taken_by: null, taken_at: null }),
  };
}

function phoneOf(text: string, { config }: Context): string {
  const phone = toE164(text, config.country);
  if (!phone) throw new CommandProblem(422, "not-a-number", "this is no phone number", "phone");
  if (!mayDial(phone, config))
    throw new CommandProblem(422, "not-allowed", `${phone} may not be called`, "phone");
  return phone;
}

async function requireContact(trx: Db, id: string): Promise<void> {
  const query = trx.selectFrom("contact").select("id").where("id", "=", id);
  required(await query.executeTakeFirst(), "contact", "contactId");
}
