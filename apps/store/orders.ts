/** What happens to an order: it is taken by one agent, saved with what came of the call, and due again (ORDQ, D-36). */
import { sql } from "kysely";
import type { Order } from "../core/orders/order.ts";
import { type Days, TAB_RULES, type Tab } from "../core/orders/tabs.ts";
import type { Db } from "./database.ts";
import { findOrder, forgottenBefore, inTab, type OrderRow, toOrder } from "./reads/orders.ts";

/** The order, kept from everybody else until the transaction ends. */
export async function lockOrder(trx: Db, id: string): Promise<(OrderRow & { order: Order }) | undefined> {
  await trx.selectFrom("customer_order").select("id").where("id", "=", id).forUpdate().execute();
  const row = await findOrder(trx, id);
  return row && { ...row, order: toOrder(row) };
}

/**
 * Locks the next order of a tab that this agent may take (core/orders/taking.ts has the rule); those that somebody else
 * is taking at this moment are passed over, so nobody waits and nobody gets the same one.
 */
export async function lockNext(
  trx: Db,
  tab: Tab,
  agentId: string,
  now: Date,
  days: Days,
): Promise<string | undefined> {
  const { taken, onlyFree, dialled } = TAB_RULES[tab];
  if (!dialled) return undefined;
  const order =
    taken === "from-the-last" ? sql`o.arrived_at, o.id` : sql`o.due_at asc nulls first, o.arrived_at, o.id`;
  const { rows } = await sql<{ id: string }>`
    select o.id from customer_order o
     where ${inTab(tab, days)}
       and o.product_id in (select product_id from agent_product where agent_id = ${agentId})
       ${onlyFree ? sql`and o.responsible_id is null` : sql``}
       and (o.taken_by is null or o.taken_at <= ${forgottenBefore(now.getTime())})
       and (o.due_at is null or o.due_at <= ${now})
     order by ${order} limit 1 for update of o skip locked`.execute(trx);
  return rows[0]?.id;
}

/** The order of this tab whose card the agent has open already. */
export async function openCard(
  trx: Db,
  tab: Tab,
  agentId: string,
  now: Date,
  days: Days,
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select o.id from customer_order o
     where ${inTab(tab, days)} and o.taken_by = ${agentId} and o.taken_at > ${forgottenBefore(now.getTime())}
     order by o.taken_at limit 1`.execute(trx);
  return rows[0]?.id;
}

/** The card is open, and whoever is responsible for nothing yet is from now on (ORDQ-11). */
export async function takeOrder(trx: Db, id: string, agentId: string, now: Date): Promise<void> {
  await trx
    .updateTable("customer_order")
    .set((row) => ({
      responsible_id: row.fn.coalesce("responsible_id", sql<string>`${agentId}::uuid`),
      ...{ taken_by: agentId, taken_at: now, updated_at: now },
    }))
    .where("id", "=", id)
    .execute();
}

/** The card is closed without saving. */
export async function releaseOrder(trx: Db, id: string, agentId: string): Promise<boolean> {
  const closed = await trx
    .updateTable("customer_order")
    .set({ taken_by: null, taken_at: null })
    .where("id", "=", id)
    .where("taken_by", "=", agentId)
    .returning("id")
    .executeTakeFirst();
  return closed !== undefined;
}

/** What a save leaves behind. */
export interface SavedOrder {
  readonly status: Order["status"];
  readonly failures: number;
  readonly failedAt: Date | null;
  readonly reason: "no_answer" | "unavailable" | "rejected" | null;
  readonly reasonCount: number | null;
  readonly callBackAt: Date | null;
  readonly dueAt: Date | null;
  readonly comment: string;
}

/** Writes it, with a line of history, and closes the card. */
export async function saveOrder(
  trx: Db,
  id: string,
  saved: SavedOrder,
  by: { agentId: string | null; callId: string | null; at: Date },
): Promise<void> {
  const { status, failures, reason, reasonCount: reason_count, callBackAt: call_back_at, comment } = saved;
  const both = { status, failures, reason, reason_count, call_back_at };
  await trx
    .updateTable("customer_order")
    .set({
      ...{ ...both, failed_at: saved.failedAt, due_at: saved.dueAt, due_told: false, updated_at: by.at },
      ...{ taken_by: null, taken_at: null, ...(comment !== "" && { comment }) },
    })
    .where("id", "=", id)
    .execute();
  await trx
    .insertInto("order_save")
    .values({ ...both, order_id: id, agent_id: by.agentId, call_id: by.callId, at: by.at, comment })
    .execute();
}

export interface DueOrder {
  readonly id: string;
  readonly number: string;
  readonly status: Order["status"];
  readonly dueAt: Date;
  readonly responsibleId: string | null;
  /** Who knows its product. */
  readonly agentIds: string[];
}

/** Orders that are to be called from now on, each once; and when the next one is. */
export async function takeDueOrders(db: Db): Promise<{ due: DueOrder[]; next: Date | undefined }> {
  const { rows } = await sql<DueOrder>`
    update customer_order o set due_told = true
     where due_at is not null and not due_told and due_at <= now() and status in ('unreached', 'in_work')
    returning o.id, o.number, o.status, o.due_at as "dueAt", o.responsible_id as "responsibleId",
              array(select agent_id from agent_product k where k.product_id = o.product_id order by 1) as "agentIds"`.execute(
    db,
  );
  const first = await db
    .selectFrom("customer_order")
    .select((row) => row.fn.min("due_at").as("at"))
    .where("due_told", "=", false)
    .where("due_at", "is not", null)
    .executeTakeFirst();
  return { due: rows, next: first?.at ?? undefined };
}
