/** Orders, and the queue in which they are called. */
import { TAB_RULES } from "../../core/orders/tabs.ts";
import { countTabs, findOrder, listOrders } from "../../store/reads/orders.ts";
import { type Api, type ApiContext, onlyAgent } from "../context.ts";
import { orderCard, orderClock, orderView } from "../order-views.ts";
import { notFound } from "../problem.ts";
import { IdParams } from "../schemas/common.ts";
import * as S from "../schemas/orders.ts";

const tags = ["orders"];
const TAB_LEDGER = ["ORDQ-01", "ORDQ-02", "ORDQ-03", "ORDQ-04", "ORDQ-05", "ORDQ-06", "ORDQ-07"];

/** Adds the routes. */
export function orderRoutes(api: Api, context: ApiContext): void {
  const { db, commands } = context;

  api.get(
    "/v1/orders/tabs",
    {
      config: { permission: "orders:read" },
      schema: {
        tags,
        summary: "The tabs of the order queue",
        description: "With the number of orders in each. An agent's key counts what it may see.",
        "x-ledger": TAB_LEDGER,
        response: { 200: S.TabList },
      },
    },
    async ({ caller }) => {
      const { days } = await orderClock(db);
      const counts = await countTabs(db, days, onlyAgent(caller));
      return {
        items: counts.map(({ tab, count }) => {
          const { ru, en, taken, dialled } = TAB_RULES[tab];
          return { tab, ru, en, count, taken, dialled };
        }),
      };
    },
  );

  api.get(
    "/v1/orders",
    {
      config: { permission: "orders:read" },
      schema: {
        tags,
        summary: "List orders",
        description:
          "New ones with the newest first; the other tabs by when they are due. Five rows a page, unless asked otherwise. An agent's key sees orders of products that it knows, and its own.",
        "x-ledger": ["ORDQ-10", "OWN-09", ...TAB_LEDGER],
        querystring: S.OrderQuery,
        response: { 200: S.OrderPage },
      },
    },
    async ({ query, caller }) => {
      const { page, limit, ...filter } = query;
      const clock = await orderClock(db);
      const only = onlyAgent(caller);
      const found = await listOrders(db, { ...filter, only }, clock.days, { page, limit });
      return { ...found, page, items: found.items.map((row) => orderView(row, clock)) };
    },
  );

  api.post(
    "/v1/orders",
    {
      config: { permission: "orders:manage" },
      schema: {
        tags,
        summary: "Add an order",
        description: "It is New, and told to every agent who knows its product (`order.arrived`).",
        "x-ledger": ["ORDQ-01"],
        body: S.NewOrder,
        response: { 201: S.OrderCard },
      },
    },
    async (request, reply) => {
      const fields = { clientName: "", webmasterId: null, comment: "", ...request.body };
      const { id } = await commands.send("order.create", fields, request.caller);
      return reply.code(201).send(await showOrder(context, id));
    },
  );

  api.get(
    "/v1/orders/:id",
    {
      config: { permission: "orders:read" },
      schema: {
        tags,
        summary: "Show an order",
        description:
          "With its history and its calls, and what saving it as unreached comes to. Opens nothing.",
        "x-ledger": ["OWN-09", "ORDQ-11", "ORDQ-13", "ORDQ-14"],
        params: IdParams,
        response: { 200: S.OrderCard },
      },
    },
    ({ params, caller }) => showOrder(context, params.id, onlyAgent(caller)),
  );

  api.patch(
    "/v1/orders/:id",
    {
      config: { permission: "orders:manage" },
      schema: {
        tags,
        summary: "Change an order, or who is responsible",
        description: "Its status follows from saving its card.",
        "x-ledger": ["OWN-09"],
        params: IdParams,
        body: S.OrderChange,
        response: { 200: S.OrderCard },
      },
    },
    async (request) => {
      const { id } = request.params;
      await commands.send("order.change", { id, change: request.body }, request.caller);
      return showOrder(context, id);
    },
  );
}

/** The card, for whoever may see it. @param agentId who asks, if that is an agent */
export async function showOrder({ db }: ApiContext, id: string, agentId?: string) {
  const row = await findOrder(db, id, agentId);
  if (!row) throw notFound("order");
  return orderCard(db, row, agentId);
}
