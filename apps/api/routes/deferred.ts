/** Calls for later. */
import type { DueAt } from "../../commands/port.ts";
import type { RefusalCode } from "../../core/dialling/verdict.ts";
import { type DeferredRow, listDeferred } from "../../store/reads/deferred.ts";
import { type Api, type ApiContext, onlyAgent } from "../context.ts";
import { cursorFrom, shown } from "../pages.ts";
import { phoneView } from "../phones.ts";
import { notFound, wrongField } from "../problem.ts";
import { refusalWarnings } from "../refusal-warnings.ts";
import { PlacedView } from "../schemas/call-actions.ts";
import { IdParams, Nothing } from "../schemas/common.ts";
import * as S from "../schemas/deferred.ts";
import { iso, isoOrNull } from "../times.ts";

const tags = ["deferred"];

/** Adds the routes. */
export function deferredRoutes(api: Api, context: ApiContext): void {
  const { db, commands } = context;

  api.get(
    "/v1/deferred",
    {
      config: { permission: "deferred:read" },
      schema: {
        tags,
        summary: "List deferred calls",
        description:
          "Those still open first, each group by the time they are due, page by page; of one client, they are the repeat calls that were agreed. An agent's key sees its own.",
        "x-ledger": ["DEFER-06", "DEFER-07", "DEFER-08"],
        querystring: S.DeferredQuery,
        response: { 200: S.DeferredPage },
      },
    },
    async (request) => {
      const agentId = onlyAgent(request.caller) ?? request.query.agentId;
      const { cursor, ...filter } = request.query;
      return shown(await listDeferred(db, { ...filter, agentId, after: cursorFrom(cursor) }), view);
    },
  );

  api.post(
    "/v1/deferred",
    {
      config: { permission: "deferred:manage" },
      schema: {
        tags,
        summary: "Defer a call",
        description:
          "To a number, a contact, an order's client, or back to the customer of a call; for a time or for a date. About an order, its number is kept in the comment.",
        "x-ledger": ["DEFER-01", "DEFER-02", "DEFER-04", "DEFER-05", "DEFER-06", "DEFER-08"],
        body: S.NewDeferred,
        response: { 201: S.DeferredMade },
      },
    },
    async (request, reply) => {
      const { dueAt, inMinutes, comment = "", ...fields } = request.body;
      const args = { ...fields, comment, due: dueFrom({ dueAt, inMinutes }) };
      const { id } = await commands.send("deferred.create", args, request.caller);
      const made = await show(context, id);
      return reply.code(201).send({ ...made, warnings: await refusalWarnings(db, made.number.e164) });
    },
  );

  api.patch(
    "/v1/deferred/:id",
    {
      config: { permission: "deferred:manage" },
      schema: {
        tags,
        summary: "Move, comment, finish or cancel a deferred call",
        description: "A new time makes it wait again.",
        "x-ledger": ["DEFER-01"],
        params: IdParams,
        body: S.DeferredChange,
        response: { 200: S.DeferredView },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { dueAt, inMinutes, ...change } = request.body;
      const due =
        dueAt === undefined && inMinutes === undefined ? {} : { due: dueFrom({ dueAt, inMinutes }) };
      await commands.send("deferred.change", { id, change: { ...change, ...due } }, request.caller);
      return show(context, id);
    },
  );

  api.delete(
    "/v1/deferred/:id",
    {
      config: { permission: "deferred:manage" },
      schema: {
        tags,
        summary: "Delete a deferred call",
        description: "For good; cancelling keeps it on the list.",
        "x-ledger": ["DEFER-01"],
        params: IdParams,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      await commands.send("deferred.delete", request.params, request.caller);
      return reply.code(204).send(undefined);
    },
  );

  api.post(
    "/v1/deferred/:id/call",
    {
      config: { permission: "deferred:manage" },
      schema: {
        tags,
        summary: "Place a deferred call now",
        description:
          "Like POST /v1/calls by its agent; the deferred call is done with it. When nobody was dialled, because the agent's phone was not lifted or the engine died, it is due again.",
        "x-ledger": ["DEFER-02", "DEFER-06"],
        params: IdParams,
        response: { 202: PlacedView },
      },
    },
    async (request, reply) => {
      const placed = await commands.send("deferred.call", request.params, request.caller);
      const { callId, number, contactId } = placed;
      return reply.code(202).send({ callId, to: phoneView(number), contactId });
    },
  );
}

/** Exactly one of the two. @throws Problem 422 */
export function dueFrom({
  dueAt,
  inMinutes,
}: {
  dueAt?: string | undefined;
  inMinutes?: number | undefined;
}): DueAt {
  if (dueAt !== undefined && inMinutes === undefined) return { dueAt };
  if (inMinutes !== undefined && dueAt === undefined) return { inMinutes };
  throw wrongField("dueAt", "say either dueAt or inMinutes");
}

async function show({ db }: ApiContext, id: string) {
  const [row] = (await listDeferred(db, { id, limit: 1 })).items;
  if (!row) throw notFound("deferred call");
  return view(row);
}

function view(row: DeferredRow) {
  const { number, dueAt, createdAt, putOffUntil, putOffReason } = row;
  return {
    ...row,
    number: phoneView(number),
    dueAt: iso(dueAt),
    putOffUntil: isoOrNull(putOffUntil),
    putOffReason: putOffReason as RefusalCode | null,
    createdAt: iso(createdAt),
  };
}
