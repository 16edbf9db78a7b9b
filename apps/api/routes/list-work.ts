/** An agent works through a call list. */
import {
  findItem,
  type ListItemRow,
  listCallLists,
  openItemOf,
  savesOfItem,
} from "../../store/reads/call-lists.ts";
import { listScenarios } from "../../store/reads/scenarios.ts";
import { type Api, type ApiContext, onlyAgent } from "../context.ts";
import { phoneView, phoneViewOrNull } from "../phones.ts";
import { notFound } from "../problem.ts";
import { PlacedView } from "../schemas/call-actions.ts";
import * as S from "../schemas/call-lists.ts";
import { IdParams, Nothing } from "../schemas/common.ts";
import { iso, isoOrNull } from "../times.ts";

const tags = ["call lists"];

/** Adds the routes. */
export function listWorkRoutes(api: Api, context: ApiContext): void {
  const { db, commands } = context;
  const answer = async ({ itemId, nextAt }: { itemId: string | null; nextAt: string | null }) => ({
    item: itemId === null ? null : await card(context, itemId),
    nextAt,
  });

  api.post(
    "/v1/call-lists/:id/next",
    {
      config: { permission: "call-lists:work" },
      schema: {
        tags,
        summary: "Open the next contact",
        description:
          "The first that waits and may be called now; nobody else gets it. Whoever has a card of this list open gets that one. If the scenario says so it is dialled by itself as soon as the agent is free: the call is told as `card.open`. Only for agents whom the list names in `agentIds`: 409 `not-served` (an agent's own key: 404).",
        "x-ledger": ["DIAL-06", "DIAL-09", "SCEN-09"],
        params: IdParams,
        body: S.Who,
        response: { 200: S.NextView },
      },
    },
    async ({ params, body, caller }) =>
      answer(await commands.send("list.next", { ...params, ...body }, caller)),
  );

  api.get(
    "/v1/agents/:id/list-card",
    {
      config: { permission: "call-lists:read" },
      schema: {
        tags,
        summary: "The card that the agent has open",
        description: "For a screen that was loaded anew; null when there is none.",
        "x-ledger": ["DIAL-06"],
        params: IdParams,
        response: { 200: S.NextView },
      },
    },
    async ({ params: { id }, caller }) => {
      const own = onlyAgent(caller);
      if (own !== undefined && own !== id) throw notFound("agent");
      const item = await openItemOf(db, id);
      return { item: item ? await card(context, item.id) : null, nextAt: null };
    },
  );

  api.get(
    "/v1/list-items/:id",
    {
      config: { permission: "call-lists:read" },
      schema: {
        tags,
        summary: "Show a contact of a call list",
        description: "With the script, and what was saved.",
        "x-ledger": ["DIAL-07", "SCEN-11"],
        params: IdParams,
        response: { 200: S.CardView },
      },
    },
    async ({ params: { id }, caller }) => {
      const shown = await card(context, id);
      const lists = await listCallLists(db, { id: shown.listId, agentId: onlyAgent(caller) });
      if (lists.length === 0) throw notFound("contact of a list");
      return shown;
    },
  );

  api.post(
    "/v1/list-items/:id/call",
    {
      config: { permission: "call-lists:work" },
      schema: {
        tags,
        summary: "Call the contact of the open card",
        description: "Like POST /v1/calls. 409 with what the compliance gate says when nobody may call now.",
        "x-ledger": ["DIAL-06", "DIAL-09"],
        params: IdParams,
        body: S.Who,
        response: { 202: PlacedView },
      },
    },
    async ({ params: { id: itemId }, body, caller }, reply) => {
      const { callId, number, contactId } = await commands.send("list.call", { itemId, ...body }, caller);
      return reply.code(202).send({ callId, to: phoneView(number), contactId });
    },
  );

  api.post(
    "/v1/list-items/:id/save",
    {
      config: { permission: "call-lists:work" },
      schema: {
        tags,
        summary: "Save results",
        description:
          "And open the next contact, stay, or leave. The service of the card's call is completed with it; a talk that goes on ends, unless the agent stays. Without a result only where the scenario lets agents move on so (422 `result-required`).",
        "x-ledger": ["DIAL-06", "DIAL-07", "DIAL-08", "SCEN-08", "WRAP-09"],
        params: IdParams,
        body: S.Saving,
        response: { 200: S.NextView },
      },
    },
    async ({ params: { id: itemId }, body, caller }) => {
      const args = { comment: "", topicIds: [], after: "next" as const, ...body, itemId };
      const next = await commands.send("list.save", args, caller);
      return answer(body.after === "stay" ? { itemId, nextAt: null } : next);
    },
  );

  api.post(
    "/v1/list-items/:id/release",
    {
      config: { permission: "call-lists:manage" },
      schema: {
        tags,
        summary: "Take a card back",
        description: "Of an agent who does not work it any more: the contact waits again.",
        "x-ledger": ["DIAL-06"],
        params: IdParams,
        response: { 204: Nothing },
      },
    },
    async ({ params: { id: itemId }, caller }, reply) => {
      await commands.send("list.release", { itemId }, caller);
      return reply.code(204).send(undefined);
    },
  );
}

async function card({ db }: ApiContext, id: string) {
  const row = await findItem(db, id);
  const list = row && (await listCallLists(db, { id: row.listId }))[0];
  const scenario = list && (await listScenarios(db, list.scenarioId))[0];
  if (!row || !scenario) throw notFound("contact of a list");
  const saves = await savesOfItem(db, id);
  return { ...itemView(row), scenario, saves: saves.map((save) => ({ ...save, at: iso(save.at) })) };
}

/** A contact of a list as it is shown. */
export function itemView({ contactId, contactName, phones, ...row }: ListItemRow) {
  return {
    ...row,
    contact: { id: contactId, name: contactName, phones: phones.map(phoneView) },
    number: phoneViewOrNull(row.number),
    openedAt: isoOrNull(row.openedAt),
    closedAt: isoOrNull(row.closedAt),
    nextAt: isoOrNull(row.nextAt),
  };
}
