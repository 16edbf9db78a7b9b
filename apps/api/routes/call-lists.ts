/** Call lists: whom to call, with which script, by whom. */
import { listCallLists, listItems } from "../../store/reads/call-lists.ts";
import { type Api, type ApiContext, onlyAgent } from "../context.ts";
import { notFound } from "../problem.ts";
import * as S from "../schemas/call-lists.ts";
import { IdParams, Nothing } from "../schemas/common.ts";
import { iso } from "../times.ts";
import { sourceFrom } from "./dial-tasks.ts";
import { itemView } from "./list-work.ts";

const tags = ["call lists"];
const AS_USUAL = {
  lineId: null,
  purpose: "service",
  preset: "russia-service",
  week: null,
  agentIds: [],
} as const;

const UNSERVED = [
  { code: "unserved", text: "nobody works this list: name its agents in agentIds", field: "agentIds" },
];

/** Adds the routes. */
export function callListRoutes(api: Api, context: ApiContext): void {
  const { db, commands, country } = context;

  api.get(
    "/v1/call-lists",
    {
      config: { permission: "call-lists:read" },
      schema: {
        tags,
        summary: "List call lists",
        description: "By name, with how far each is. An agent's key sees those that it works.",
        "x-ledger": ["DIAL-01"],
        response: { 200: S.CallLists },
      },
    },
    async ({ caller }) => ({ items: (await listCallLists(db, { agentId: onlyAgent(caller) })).map(view) }),
  );

  api.post(
    "/v1/call-lists",
    {
      config: { permission: "call-lists:work" },
      schema: {
        tags,
        summary: "Make a call list",
        description:
          "Of named contacts or of a filter's, with the scenario that is picked for it. An agent makes one of its own contacts for itself.",
        "x-ledger": ["DIAL-01", "SCEN-11"],
        body: S.NewCallList,
        response: { 201: S.CallListCreated },
      },
    },
    async ({ body, caller }, reply) => {
      const { source, ...fields } = body;
      const args = { ...AS_USUAL, agentIds: [], ...fields, source: sourceFrom(source, country) };
      const { id, ...added } = await commands.send("list.create", args, caller);
      const shown = await show(context, id);
      return reply
        .code(201)
        .send({ ...shown, ...added, warnings: shown.agentIds.length > 0 ? [] : UNSERVED });
    },
  );

  api.get(
    "/v1/call-lists/:id",
    {
      config: { permission: "call-lists:read" },
      schema: {
        tags,
        summary: "Show a call list",
        description: "With how far it is.",
        "x-ledger": ["DIAL-01"],
        params: IdParams,
        response: { 200: S.CallListView },
      },
    },
    ({ params, caller }) => show(context, params.id, onlyAgent(caller)),
  );

  api.patch(
    "/v1/call-lists/:id",
    {
      config: { permission: "call-lists:work" },
      schema: {
        tags,
        summary: "Change a call list",
        description: "For the next cards; those that are open stay. An agent changes those that it made.",
        "x-ledger": ["DIAL-01"],
        params: IdParams,
        body: S.CallListChange,
        response: { 200: S.CallListView },
      },
    },
    async ({ params: { id }, body, caller }) => {
      await commands.send("list.change", { id, change: body }, caller);
      return show(context, id);
    },
  );

  api.delete(
    "/v1/call-lists/:id",
    {
      config: { permission: "call-lists:work" },
      schema: {
        tags,
        summary: "Delete a call list",
        description: "Its calls stay in the journal.",
        "x-ledger": ["DIAL-01"],
        params: IdParams,
        response: { 204: Nothing },
      },
    },
    async ({ params, caller }, reply) => {
      await commands.send("list.delete", params, caller);
      return reply.code(204).send(undefined);
    },
  );

  api.get(
    "/v1/call-lists/:id/items",
    {
      config: { permission: "call-lists:read" },
      schema: {
        tags,
        summary: "The contacts of a call list",
        description: "In its order, with what came of each.",
        "x-ledger": ["DIAL-01"],
        params: IdParams,
        querystring: S.ItemQuery,
        response: { 200: S.ItemPage },
      },
    },
    async ({ params: { id }, query, caller }) => {
      await show(context, id, onlyAgent(caller));
      const { items, next } = await listItems(db, { listId: id, ...query });
      return { items: items.map(itemView), next };
    },
  );

  api.post(
    "/v1/call-lists/:id/items",
    {
      config: { permission: "call-lists:work" },
      schema: {
        tags,
        summary: "Put contacts on a call list",
        description: "Behind those that are there; who is there already stays where it is.",
        "x-ledger": ["DIAL-01"],
        params: IdParams,
        body: S.Adding,
        response: { 200: S.AddedView },
      },
    },
    ({ params: { id }, body, caller }) =>
      commands.send("list.add", { id, source: sourceFrom(body.source, country) }, caller),
  );
}

async function show({ db }: ApiContext, id: string, agentId?: string) {
  const [list] = await listCallLists(db, { id, agentId });
  if (!list) throw notFound("call list");
  return view(list);
}

type ListRow = Awaited<ReturnType<typeof listCallLists>>[number];

function view({ createdAt, preset, week, ...list }: ListRow) {
  return { ...list, preset: preset as "russia-service", week: week && [...week], createdAt: iso(createdAt) };
}
