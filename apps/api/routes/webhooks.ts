/** Webhooks: who is told what, and what became of it. */
import { type DeliveryRow, listDeliveries, listWebhooks } from "../../store/reads/webhooks.ts";
import type { Api, ApiContext } from "../context.ts";
import { cursorFrom, shown } from "../pages.ts";
import { notFound } from "../problem.ts";
import { IdParams, Nothing } from "../schemas/common.ts";
import * as S from "../schemas/webhooks.ts";
import { iso, isoOrNull } from "../times.ts";

const tags = ["webhooks"];
/** Integrations are the administrator's; missed calls are told by them too. */
const LEDGER = ["ROLE-13", "MISS-03"];

/** Adds the routes. */
export function webhookRoutes(api: Api, context: ApiContext): void {
  const { db, commands } = context;

  api.get(
    "/v1/webhooks",
    {
      config: { permission: "webhooks:read" },
      schema: {
        tags,
        summary: "List webhooks",
        description: "With how much waits for each. Secrets are shown only when they are made.",
        "x-ledger": LEDGER,
        response: { 200: S.WebhookList },
      },
    },
    async () => ({ items: (await listWebhooks(db)).map(webhookView) }),
  );

  api.post(
    "/v1/webhooks",
    {
      config: { permission: "webhooks:write" },
      schema: {
        tags,
        summary: "Create a webhook",
        description:
          "Standard Webhooks: headers webhook-id, webhook-timestamp, webhook-signature; body {type, timestamp, data}, where `data.callId` and `data.sequence` number all that is told of one call from 1 without gaps (with `*` a gap means that something is still to come; other choices skip numbers). At least once: take doubles out by webhook-id. Answer 2xx within 15 s; failures are tried again for 4 hours, then are dead letters; 410 disables the webhook. Redirects are not followed. 422 names `url` when it leads to an address that is not public.",
        "x-ledger": LEDGER,
        body: S.NewWebhook,
        response: { 201: S.WebhookCreated },
      },
    },
    async (request, reply) => {
      const { id, secret } = await commands.send("webhook.create", request.body, request.caller);
      return reply.code(201).send({ ...(await show(context, id)), secret });
    },
  );

  api.get(
    "/v1/webhooks/dead-letters",
    {
      config: { permission: "webhooks:read" },
      schema: {
        tags,
        summary: "List what was given up",
        description: "Newest first, kept for 30 days. Each can be tried again.",
        "x-ledger": LEDGER,
        querystring: S.DeadQuery,
        response: { 200: S.DeliveryPage },
      },
    },
    async (request) => {
      const { cursor, ...filter } = request.query;
      const page = await listDeliveries(db, { ...filter, state: "dead", after: cursorFrom(cursor) });
      return shown(page, deliveryView);
    },
  );

  api.post(
    "/v1/webhooks/deliveries/:id/retry",
    {
      config: { permission: "webhooks:write" },
      schema: {
        tags,
        summary: "Try a delivery again",
        description: "At once, and for another 4 hours if it fails. 409 when it has arrived.",
        "x-ledger": LEDGER,
        params: IdParams,
        response: { 202: S.DeliveryView },
      },
    },
    async (request, reply) => {
      await commands.send("delivery.retry", request.params, request.caller);
      return reply.code(202).send(await showDelivery(context, request.params.id));
    },
  );

  api.get(
    "/v1/webhooks/:id",
    {
      config: { permission: "webhooks:read" },
      schema: {
        tags,
        summary: "Show one webhook",
        description: "Whether its receiver is well, and how much waits for it.",
        "x-ledger": LEDGER,
        params: IdParams,
        response: { 200: S.WebhookView },
      },
    },
    (request) => show(context, request.params.id),
  );

  api.patch(
    "/v1/webhooks/:id",
    {
      config: { permission: "webhooks:write" },
      schema: {
        tags,
        summary: "Change a webhook",
        description:
          "While it is disabled nothing new is kept for it; what waited is sent when it is enabled.",
        "x-ledger": LEDGER,
        params: IdParams,
        body: S.WebhookChange,
        response: { 200: S.WebhookView },
      },
    },
    async (request) => {
      const { id } = request.params;
      await commands.send("webhook.change", { id, change: request.body }, request.caller);
      return show(context, id);
    },
  );

  api.delete(
    "/v1/webhooks/:id",
    {
      config: { permission: "webhooks:write" },
      schema: {
        tags,
        summary: "Delete a webhook",
        description: "With everything that waits for it.",
        "x-ledger": LEDGER,
        params: IdParams,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      await commands.send("webhook.delete", request.params, request.caller);
      return reply.code(204).send(undefined);
    },
  );

  api.post(
    "/v1/webhooks/:id/test",
    {
      config: { permission: "webhooks:write" },
      schema: {
        tags,
        summary: "Send a test event",
        description: "`webhook.test`, to this webhook alone. The answer is its delivery, which goes out now.",
        "x-ledger": LEDGER,
        params: IdParams,
        response: { 202: S.DeliveryView },
      },
    },
    async (request, reply) => {
      const { deliveryId } = await commands.send("webhook.test", request.params, request.caller);
      return reply.code(202).send(await showDelivery(context, deliveryId));
    },
  );

  api.post(
    "/v1/webhooks/:id/rotate-secret",
    {
      config: { permission: "webhooks:write" },
      schema: {
        tags,
        summary: "Make another secret",
        description: "It is shown this once. For 24 hours the one before signs as well.",
        "x-ledger": LEDGER,
        params: IdParams,
        response: { 200: S.SecretRotated },
      },
    },
    (request) => commands.send("webhook.rotateSecret", request.params, request.caller),
  );

  api.get(
    "/v1/webhooks/:id/deliveries",
    {
      config: { permission: "webhooks:read" },
      schema: {
        tags,
        summary: "List a webhook's deliveries",
        description: "Newest first; delivered ones are kept for 3 days.",
        "x-ledger": LEDGER,
        params: IdParams,
        querystring: S.DeliveryQuery,
        response: { 200: S.DeliveryPage },
      },
    },
    async (request) => {
      const { id } = request.params;
      await show(context, id);
      const { cursor, ...filter } = request.query;
      const page = await listDeliveries(db, { ...filter, webhookId: id, after: cursorFrom(cursor) });
      return shown(page, deliveryView);
    },
  );
}

async function show({ db }: ApiContext, id: string) {
  const [row] = await listWebhooks(db, id);
  if (!row) throw notFound("webhook");
  return webhookView(row);
}

async function showDelivery({ db }: ApiContext, id: string) {
  const { items } = await listDeliveries(db, { id, limit: 1 });
  if (!items[0]) throw notFound("delivery");
  return deliveryView(items[0]);
}

function webhookView(row: Awaited<ReturnType<typeof listWebhooks>>[number]) {
  return {
    ...row,
    failingSince: isoOrNull(row.failingSince),
    previousSecretUntil: isoOrNull(row.previousSecretUntil),
    createdAt: iso(row.createdAt),
  };
}

function deliveryView(row: DeliveryRow) {
  return {
    ...row,
    lastAt: isoOrNull(row.lastAt),
    nextAt: isoOrNull(row.nextAt),
    createdAt: iso(row.createdAt),
  };
}
