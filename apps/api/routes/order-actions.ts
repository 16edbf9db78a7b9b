/** What an agent does with orders: takes one, calls, saves. */
import { type Api, type ApiContext, onlyAgent } from "../context.ts";
import { phoneView } from "../phones.ts";
import { PlacedView } from "../schemas/call-actions.ts";
import { IdParams } from "../schemas/common.ts";
import * as S from "../schemas/orders.ts";
import { showOrder } from "./orders.ts";

const tags = ["orders"];

/** Adds the routes. */
export function orderActionRoutes(api: Api, context: ApiContext): void {
  const { commands } = context;

  api.post(
    "/v1/orders/take",
    {
      config: { permission: "orders:work" },
      schema: {
        tags,
        summary: "Take the next order of a tab",
        description:
          "New from the last row of the last page upwards, only those that nobody is responsible for; the other tabs from the first row on. Only products that the agent knows, and only what is due. Whoever has a card of this tab open gets that one. `order` is null when there is none now.",
        "x-ledger": ["ORDQ-08", "ORDQ-09", "ORDQ-11"],
        body: S.Taking,
        response: { 200: S.Taken },
      },
    },
    async ({ body, caller }) => {
      const { id } = await commands.send("order.take", body, caller);
      return { order: id === null ? null : await showOrder(context, id, onlyAgent(caller)) };
    },
  );

  api.post(
    "/v1/orders/:id/open",
    {
      config: { permission: "orders:work" },
      schema: {
        tags,
        summary: "Open an order",
        description:
          "Takes it: of all who press Open one gets it, the others 409 with the name of who did. Whoever opens a new one is responsible for it from then on. A card that nobody saves or closes is free again after half an hour.",
        "x-ledger": ["ORDQ-11", "OWN-09"],
        params: IdParams,
        body: S.Who,
        response: { 200: S.OrderCard },
      },
    },
    async ({ params, body, caller }) => {
      await commands.send("order.open", { ...params, ...body }, caller);
      return showOrder(context, params.id, onlyAgent(caller));
    },
  );

  api.post(
    "/v1/orders/:id/close",
    {
      config: { permission: "orders:work" },
      schema: {
        tags,
        summary: "Close the card without saving",
        description: "Whoever is responsible stays so.",
        "x-ledger": ["ORDQ-11"],
        params: IdParams,
        body: S.Who,
        response: { 200: S.OrderCard },
      },
    },
    async ({ params, body, caller }) => {
      await commands.send("order.release", { ...params, ...body }, caller);
      return showOrder(context, params.id, onlyAgent(caller));
    },
  );

  api.post(
    "/v1/orders/:id/call",
    {
      config: { permission: "orders:work" },
      schema: {
        tags,
        summary: "Call the order's client",
        description:
          "The button beside the phone on the card: like POST /v1/calls, and on the order's record. 409 when the card is not open, the tab is never dialled, or the pause before the quick redial is not over.",
        "x-ledger": ["SOFT-10", "ORDQ-02", "ORDQ-07"],
        params: IdParams,
        body: S.Who,
        response: { 202: PlacedView },
      },
    },
    async ({ params, body, caller }, reply) => {
      const { callId, number, contactId } = await commands.send("order.call", { ...params, ...body }, caller);
      return reply.code(202).send({ callId, to: phoneView(number), contactId });
    },
  );

  api.post(
    "/v1/orders/:id/save",
    {
      config: { permission: "orders:work" },
      schema: {
        tags,
        summary: "Save what came of the call, and close the card",
        description:
          "Unreached: a reason; no call-back date for the first three failures, one from the fourth on. 409 when the card is not open, or nobody has called since it was saved last.",
        "x-ledger": ["ORDQ-12", "ORDQ-13", "ORDQ-14"],
        params: IdParams,
        body: S.Saving,
        response: { 200: S.OrderCard },
      },
    },
    async ({ params, body, caller }) => {
      await commands.send("order.save", { comment: "", ...params, ...body }, caller);
      return showOrder(context, params.id, onlyAgent(caller));
    },
  );
}
