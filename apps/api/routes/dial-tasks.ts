/** Dial tasks. */
import type { ContactSource } from "../../commands/port.ts";
import { callsOfErrand, type DialTaskRow, listDialTasks, openTasks } from "../../store/reads/dial-tasks.ts";
import { type Api, type ApiContext, onlyAgent } from "../context.ts";
import { cursorFrom, shown } from "../pages.ts";
import { phoneFrom, phoneView } from "../phones.ts";
import { notFound } from "../problem.ts";
import { refusalWarnings } from "../refusal-warnings.ts";
import { PlacedView } from "../schemas/call-actions.ts";
import { IdParams, Nothing } from "../schemas/common.ts";
import * as S from "../schemas/dial-tasks.ts";
import { iso, isoOrNull } from "../times.ts";

const tags = ["dial tasks"];

/** Adds the routes. */
export function dialTaskRoutes(api: Api, context: ApiContext): void {
  const { db, commands, country } = context;

  api.get(
    "/v1/dial-tasks",
    {
      config: { permission: "tasks:read" },
      schema: {
        tags,
        summary: "List dial tasks",
        description: "The oldest first, closed ones behind the open ones. An agent's key sees its own.",
        "x-ledger": ["DIAL-10", "DIAL-11", "DIAL-12", "NOTIF-05"],
        querystring: S.DialTaskQuery,
        response: { 200: S.DialTaskPage },
      },
    },
    async (request) => {
      const { cursor, ...filter } = request.query;
      const agentId = onlyAgent(request.caller) ?? filter.agentId;
      const page = await listDialTasks(db, { ...filter, agentId, after: cursorFrom(cursor) });
      return { ...shown(page, view), open: await openTasks(db, agentId) };
    },
  );

  api.post(
    "/v1/dial-tasks",
    {
      config: { permission: "tasks:manage" },
      schema: {
        tags,
        summary: "Create a dial task",
        description: "For a number or a contact. Its agent hears of it on the live stream (`task.assigned`).",
        "x-ledger": ["DIAL-15"],
        body: S.NewDialTask,
        response: { 201: S.DialTaskMade },
      },
    },
    async (request, reply) => {
      const fields = { comment: "", agentId: null, ...request.body };
      const { id } = await commands.send("task.create", fields, request.caller);
      const made = view(await find(context, id));
      return reply.code(201).send({ ...made, warnings: await refusalWarnings(db, made.number.e164) });
    },
  );

  api.post(
    "/v1/dial-tasks/batch",
    {
      config: { permission: "tasks:manage" },
      schema: {
        tags,
        summary: "Create a task for each contact of a list",
        description: "Named contacts, or all that a filter finds; each is called at its first number.",
        "x-ledger": ["DIAL-15"],
        body: S.NewDialTasks,
        response: { 201: S.NewDialTasksView },
      },
    },
    async (request, reply) => {
      const { source, agentIds = null, comment = "", ...rest } = request.body;
      const args = { ...rest, comment, agentIds, source: sourceFrom(source, country) };
      return reply.code(201).send(await commands.send("task.createMany", args, request.caller));
    },
  );

  api.get(
    "/v1/dial-tasks/:id",
    {
      config: { permission: "tasks:read" },
      schema: {
        tags,
        summary: "Show one dial task",
        description: "With the calls that were placed for it.",
        "x-ledger": ["DIAL-10"],
        params: IdParams,
        response: { 200: S.DialTaskDetails },
      },
    },
    async (request) => details(context, request.params.id, onlyAgent(request.caller)),
  );

  api.patch(
    "/v1/dial-tasks/:id",
    {
      config: { permission: "tasks:manage" },
      schema: {
        tags,
        summary: "Change a dial task, or give it to somebody else",
        description: "409 when it is closed.",
        "x-ledger": ["DIAL-15"],
        params: IdParams,
        body: S.DialTaskChange,
        response: { 200: S.DialTaskView },
      },
    },
    async (request) => {
      const { id } = request.params;
      await commands.send("task.change", { id, change: request.body }, request.caller);
      return view(await find(context, id));
    },
  );

  api.delete(
    "/v1/dial-tasks/:id",
    {
      config: { permission: "tasks:manage" },
      schema: {
        tags,
        summary: "Delete a dial task",
        description: "Its calls stay in the journal.",
        "x-ledger": ["DIAL-15"],
        params: IdParams,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      await commands.send("task.delete", request.params, request.caller);
      return reply.code(204).send(undefined);
    },
  );

  api.post(
    "/v1/dial-tasks/:id/call",
    {
      config: { permission: "tasks:work" },
      schema: {
        tags,
        summary: "Call the subscriber",
        description:
          "Like POST /v1/calls; the card opens at once (`card.open`), not only with the answer. 409 when the agent cannot call now, or somebody else is calling for this task.",
        "x-ledger": ["DIAL-13", "CARD-20"],
        params: IdParams,
        body: S.DialTaskCall,
        response: { 202: PlacedView },
      },
    },
    async (request, reply) => {
      const agentId = onlyAgent(request.caller) ?? request.body?.agentId;
      const args = { id: request.params.id, ...(agentId !== undefined && { agentId }) };
      const { callId, number, contactId } = await commands.send("task.call", args, request.caller);
      return reply.code(202).send({ callId, to: phoneView(number), contactId });
    },
  );

  api.post(
    "/v1/dial-tasks/:id/close",
    {
      config: { permission: "tasks:work" },
      schema: {
        tags,
        summary: "Close a dial task",
        description:
          "Successful only when the subscriber answered one of its calls, unsuccessful only when one was placed (409). A call whose service has to be completed closes its task there (`outcome` of POST /v1/calls/{id}/complete).",
        "x-ledger": ["DIAL-14"],
        params: IdParams,
        body: S.DialTaskClosing,
        response: { 200: S.DialTaskDetails },
      },
    },
    async (request) => {
      const { id } = request.params;
      await commands.send("task.close", { id, comment: "", ...request.body }, request.caller);
      return details(context, id);
    },
  );
}

/** A source of contacts with its number as we keep numbers. @throws Problem 422 */
export function sourceFrom(
  source: { contactIds: string[] } | { filter: { phone?: string } },
  country: string,
): ContactSource {
  if ("contactIds" in source) return source;
  const { phone, ...filter } = source.filter;
  return {
    filter: {
      ...filter,
      ...(phone !== undefined && { phone: phoneFrom(phone, country, "source.filter.phone") }),
    },
  };
}

async function find({ db }: ApiContext, id: string, agentId?: string): Promise<DialTaskRow> {
  const [row] = (await listDialTasks(db, { id, agentId, limit: 1 })).items;
  if (!row) throw notFound("task");
  return row;
}

async function details(context: ApiContext, id: string, agentId?: string) {
  const row = await find(context, id, agentId);
  const attempts = await callsOfErrand(context.db, id);
  return { ...view(row), attempts: attempts.map(({ at, ...call }) => ({ ...call, at: iso(at) })) };
}

function view(row: DialTaskRow) {
  const { number, createdAt, closedAt } = row;
  return { ...row, number: phoneView(number), createdAt: iso(createdAt), closedAt: isoOrNull(closedAt) };
}
