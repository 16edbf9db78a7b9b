/** The order queue: its tabs, in the order in which each is shown, page by page (ORDQ-01 … ORDQ-10). */
import { type RawBuilder, type SelectQueryBuilder, sql } from "kysely";
import { WITHOUT_DATE } from "../../core/orders/ladder.ts";
import type { Order, OrderStatus } from "../../core/orders/order.ts";
import { type Days, TABS, type Tab } from "../../core/orders/tabs.ts";
import { CARD_OPEN_MS } from "../../core/orders/taking.ts";
import type { Db } from "../database.ts";
import type { Database } from "../tables.ts";
import { containing } from "./containing.ts";

export interface OrderFilter {
  readonly id?: string | undefined;
  readonly tab?: Tab | undefined;
  readonly status?: OrderStatus | undefined;
  readonly productId?: string | undefined;
  readonly responsibleId?: string | undefined;
  /** Part of its number, or of the client's name or phone. */
  readonly q?: string | undefined;
  /** What this agent may see: products that they know, and what is theirs. */
  readonly only?: string | undefined;
}

export type OrderRow = Awaited<ReturnType<ReturnType<typeof selectOrders>["execute"]>>[number];

export interface OrderPage {
  readonly items: OrderRow[];
  /** From 1; 0 when there is nothing. */
  readonly pages: number;
  readonly total: number;
}

/** One page of the orders that match all of the filter, as their tab shows them. */
export async function listOrders(
  db: Db,
  filter: OrderFilter,
  days: Days,
  { page, limit }: { page: number; limit: number },
): Promise<OrderPage> {
  const total = await countOrders(db, filter, days);
  const items = await shownAs(filter.tab, narrowed(selectOrders(db), filter, days))
    .limit(limit)
    .offset((page - 1) * limit)
    .execute();
  return { items, total, pages: Math.ceil(total / limit) };
}

/** One order. */
export async function findOrder(db: Db, id: string, only?: string): Promise<OrderRow | undefined> {
  const days = { dayBefore: 0, yesterday: 0, today: 0, tomorrow: 0 };
  return narrowed(selectOrders(db), { id, only }, days).executeTakeFirst();
}

async function countOrders(db: Db, filter: OrderFilter, days: Days): Promise<number> {
  const query = narrowed(db.selectFrom("customer_order as o"), filter, days);
  const { count } = await query
    .select((row) => row.fn.countAll<string>().as("count"))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** How many orders are in each tab. */
export async function countTabs(db: Db, days: Days, only?: string): Promise<{ tab: Tab; count: number }[]> {
  const query = narrowed(db.selectFrom("customer_order as o"), { only }, days);
  const { rows } = await sql<Record<Tab, string>>`
    select ${sql.join(TABS.map((tab) => sql`count(*) filter (where ${inTab(tab, days)}) as ${sql.ref(tab)}`))}
      from (${query.selectAll()}) o where status in ('new', 'unreached', 'in_work')`.execute(db);
  return TABS.map((tab) => ({ tab, count: Number(rows[0]?.[tab] ?? 0) }));
}

/** The tab's orders, as core/orders/tabs.ts says; a test holds the two against each other. */
export function inTab(tab: Tab, { dayBefore, yesterday, today }: Days): RawBuilder<boolean> {
  const at = (ms: number) => sql`${new Date(ms).toISOString()}::timestamptz`;
  const unreached = (from?: number, to?: number) => sql<boolean>`(o.status = 'unreached'
    ${from === undefined ? sql`` : sql`and o.arrived_at >= ${at(from)}`}
    ${to === undefined ? sql`` : sql`and o.arrived_at < ${at(to)}`})`;
  switch (tab) {
    case "new":
      return sql<boolean>`(o.status = 'new')`;
    case "in-work":
      return sql<boolean>`(o.status = 'in_work')`;
    case "quick-redial":
      return sql<boolean>`(${unreached(today)} and o.failures <= ${WITHOUT_DATE})`;
    case "unreached-today":
      return sql<boolean>`(${unreached(today)} and o.failures > ${WITHOUT_DATE})`;
    case "unreached-yesterday":
      return unreached(yesterday, today);
    case "unreached-day-before":
      return unreached(dayBefore, yesterday);
    case "unreached-earlier":
      return unreached(undefined, dayBefore);
  }
}

/**
 * New: the newest first, so the oldest is the last row of the last page. The others: what is due first, first; those
 * without a time before them.
 */
function shownAs<Row>(tab: Tab | undefined, query: SelectQueryBuilder<Database, never, Row>) {
  const own = query as unknown as SelectQueryBuilder<Database & { o: Database["customer_order"] }, "o", Row>;
  return tab === undefined || tab === "new"
    ? own.orderBy("o.arrived_at", "desc").orderBy("o.id", "desc")
    : own.orderBy(sql`o.due_at asc nulls first`).orderBy("o.arrived_at").orderBy("o.id");
}

/** What this agent may see and take. */
export function knownTo(agentId: string): RawBuilder<boolean> {
  return sql<boolean>`(o.product_id in (select product_id from agent_product where agent_id = ${agentId})
    or o.responsible_id = ${agentId} or o.taken_by = ${agentId})`;
}

function narrowed<Query extends { where(condition: RawBuilder<boolean>): Query }>(
  query: Query,
  filter: OrderFilter,
  days: Days,
): Query {
  const { id, tab, status, productId, responsibleId, q, only } = filter;
  let narrow = query;
  if (id !== undefined) narrow = narrow.where(sql`o.id = ${id}`);
  if (tab !== undefined) narrow = narrow.where(inTab(tab, days));
  if (status !== undefined) narrow = narrow.where(sql`o.status = ${status}`);
  if (productId !== undefined) narrow = narrow.where(sql`o.product_id = ${productId}`);
  if (responsibleId !== undefined) narrow = narrow.where(sql`o.responsible_id = ${responsibleId}`);
  if (only !== undefined) narrow = narrow.where(knownTo(only));
  if (q !== undefined) {
    const part = containing(q);
    const digits = q.replace(/\D/g, "");
    const phone = digits.length < 3 ? sql`` : sql`or o.phone like ${`%${digits}%`}`;
    narrow = narrow.where(sql`(o.number ilike ${part} or o.client_name ilike ${part} ${phone})`);
  }
  return narrow;
}

/** As the rules of core/orders know it. */
export function toOrder(row: OrderRow): Order {
  const { status, productId, arrivedAt, failures, dueAt, responsibleId, takenBy, takenAt } = row;
  return {
    ...{ status, productId, failures, arrivedAt: arrivedAt.getTime(), dueAt: dueAt?.getTime() },
    responsibleId: responsibleId ?? undefined,
    taken: takenBy !== null && takenAt !== null ? { by: takenBy, at: takenAt.getTime() } : undefined,
  };
}

/** Before this instant an open card counts as forgotten. */
export const forgottenBefore = (now: number): Date => new Date(now - CARD_OPEN_MS);

function selectOrders(db: Db) {
  return db
    .selectFrom("customer_order as o")
    .innerJoin("product as p", "p.id", "o.product_id")
    .leftJoin("agent as a", "a.id", "o.responsible_id")
    .select(["o.id", "o.number", "o.client_name as clientName", "o.phone", "o.contact_id as contactId"])
    .select(["o.webmaster_id as webmasterId", "o.product_id as productId", "p.name as productName"])
    .select(["o.arrived_at as arrivedAt", "o.status", "o.responsible_id as responsibleId"])
    .select(["a.name as responsibleName", "o.failures", "o.failed_at as failedAt", "o.reason"])
    .select(["o.reason_count as reasonCount", "o.call_back_at as callBackAt", "o.due_at as dueAt"])
    .select(["o.comment", "o.taken_by as takenBy", "o.taken_at as takenAt"]);
}

/** What was saved about an order, the newest first. */
export function savesOf(db: Db, orderId: string) {
  return db
    .selectFrom("order_save")
    .select(["at", "agent_id as agentId", "call_id as callId", "status", "failures", "reason"])
    .select(["reason_count as reasonCount", "call_back_at as callBackAt", "comment"])
    .where("order_id", "=", orderId)
    .orderBy("at", "desc")
    .orderBy("id")
    .execute();
}

/** How often each reason was saved for this order. */
export async function reasonsOf(db: Db, orderId: string): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom("order_save")
    .select(["reason", (row) => row.fn.countAll<string>().as("count")])
    .where("order_id", "=", orderId)
    .where("reason", "is not", null)
    .groupBy("reason")
    .execute();
  return new Map(rows.map(({ reason, count }) => [reason as string, Number(count)]));
}

/** Products by name. */
export function listProducts(db: Db, id?: string) {
  return db
    .selectFrom("product")
    .select(["id", "name"])
    .select(
      sql<
        string[]
      >`array(select agent_id from agent_product where product_id = product.id order by agent_id)`.as(
        "agentIds",
      ),
    )
    .$if(id !== undefined, (query) => query.where("id", "=", id as string))
    .orderBy("name")
    .execute();
}

/** The products that an agent knows. */
export async function productsOf(db: Db, agentId: string): Promise<Set<string>> {
  const rows = await db
    .selectFrom("agent_product")
    .select("product_id")
    .where("agent_id", "=", agentId)
    .execute();
  return new Set(rows.map((row) => row.product_id));
}
