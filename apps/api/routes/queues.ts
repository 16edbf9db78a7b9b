/** Queues: how calls are shared out, and how many wait. */
import type { FloorView } from "../../commands/port.ts";
import { listQueues } from "../../store/reads/queues.ts";
import { type Api, type ApiContext, floorOrNull, onlyAgent } from "../context.ts";
import { phoneFrom } from "../phones.ts";
import { notFound } from "../problem.ts";
import { IdParams, Nothing } from "../schemas/common.ts";
import * as S from "../schemas/queues.ts";
import { iso } from "../times.ts";

const tags = ["queues"];

/** Adds the routes. */
export function queueRoutes(api: Api, context: ApiContext): void {
  const { db, commands } = context;

  api.get(
    "/v1/queues",
    {
      config: { permission: "queues:read" },
      schema: {
        tags,
        summary: "List queues with who waits",
        description: "An agent's key sees the queues it serves.",
        "x-ledger": ["ROUTE-12"],
        response: { 200: S.QueueList },
      },
    },
    async (request) => {
      const [rows, floor] = await Promise.all([
        listQueues(db, { agentId: onlyAgent(request.caller) }),
        floorOrNull(commands),
      ]);
      return { items: rows.map((row) => queueView(row, floor)) };
    },
  );

  api.post(
    "/v1/queues",
    {
      config: { permission: "queues:write" },
      schema: {
        tags,
        summary: "Create a queue",
        description: "Without agents it is served by nobody.",
        "x-ledger": ["ROUTE-01", "ROUTE-02", "ROUTE-03", "ROUTE-04", "ROUTE-06"],
        body: S.NewQueue,
        response: { 201: S.QueueApplied },
      },
    },
    async (request, reply) => {
      const fields = { ...S.NEW_QUEUE, agents: [], ...withOverflow(request.body, context.country) };
      const { id, applied } = await commands.send("queue.create", fields, request.caller);
      return reply.code(201).send({ ...(await show(context, id)), applied });
    },
  );

  api.get(
    "/v1/queues/:id",
    {
      config: { permission: "queues:read" },
      schema: {
        tags,
        summary: "Show one queue",
        description: "With the number of callers waiting, the longest wait and the free agents.",
        "x-ledger": ["ROUTE-12"],
        params: IdParams,
        response: { 200: S.QueueView },
      },
    },
    (request) => show(context, request.params.id, onlyAgent(request.caller)),
  );

  api.patch(
    "/v1/queues/:id",
    {
      config: { permission: "queues:write" },
      schema: {
        tags,
        summary: "Tune a queue live",
        description: "Nobody who waits loses their place. `applied` is read back from Asterisk.",
        "x-ledger": ["ROUTE-01", "ROUTE-02", "ROUTE-03", "ROUTE-04", "ROUTE-06"],
        params: IdParams,
        body: S.QueueChange,
        response: { 200: S.QueueApplied },
      },
    },
    async (request) => {
      const { id } = request.params;
      const change = withOverflow(request.body, context.country);
      const { applied } = await commands.send("queue.change", { id, change }, request.caller);
      return { ...(await show(context, id)), applied };
    },
  );

  api.delete(
    "/v1/queues/:id",
    {
      config: { permission: "queues:write" },
      schema: {
        tags,
        summary: "Delete a queue",
        description: "Refused (409) while a line uses it.",
        "x-ledger": ["LINE-18"],
        params: IdParams,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      await commands.send("queue.delete", request.params, request.caller);
      return reply.code(204).send(undefined);
    },
  );
}

/** The number outside in any spelling, as E.164. @throws Problem 422 naming it */
function withOverflow<Body extends { overflow?: { queueId: string } | { number: string } | null }>(
  body: Body,
  country: string,
): Body {
  const { overflow } = body;
  if (!overflow || !("number" in overflow)) return body;
  return { ...body, overflow: { number: phoneFrom(overflow.number, country, "overflow.number") } };
}

async function show({ db, commands }: ApiContext, id: string, agentId?: string) {
  const [[row], floor] = await Promise.all([listQueues(db, { id, agentId }), floorOrNull(commands)]);
  if (!row) throw notFound("queue");
  return queueView(row, floor);
}

function queueView(row: Awaited<ReturnType<typeof listQueues>>[number], floor: FloorView | null) {
  const live = floor?.queues.find((queue) => queue.id === row.id);
  const since = live?.longestWaitSince;
  return {
    ...row,
    live:
      floor && live
        ? {
            waiting: live.waiting,
            longestWaitMs: since === undefined ? null : Math.max(0, Math.round(floor.at - since)),
            freeAgents: live.free,
            callbacksWaiting: live.callbacks ?? 0,
          }
        : null,
    createdAt: iso(row.createdAt),
  };
}
