/** Who is on a campaign's list, and what was tried. */
import type { CampaignState } from "../../core/dialling/campaign.ts";
import { attemptCursor, listAttempts, listListed } from "../../store/reads/campaign-list.ts";
import type { Api, ApiContext } from "../context.ts";
import { addToList } from "../listing.ts";
import { cursorFrom, shown, strangeCursor } from "../pages.ts";
import { phoneFrom, phoneView, phoneViewOrNull } from "../phones.ts";
import * as S from "../schemas/campaign-list.ts";
import { IdParams, Nothing } from "../schemas/common.ts";
import { iso, isoOrNull } from "../times.ts";
import { findCampaign } from "./campaigns.ts";

const tags = ["campaigns"];
/** 30,000 rows with names. */
const LIST_BYTES = 12 * 1024 * 1024;

/** Adds the routes. */
export function campaignListRoutes(api: Api, context: ApiContext): void {
  const { db, commands, country } = context;

  api.post(
    "/v1/campaigns/:id/contacts",
    {
      bodyLimit: LIST_BYTES,
      config: { permission: "campaigns:run" },
      schema: {
        tags,
        summary: "Put people on a campaign's list",
        description: `Contacts by id, all contacts that match a filter, or plain numbers; up to ${S.MOST_ROWS} at once. Each is added or not by itself; a number is on a list once. A campaign that is stopped or finished takes people too: they are called when it is started again, which \`warnings\` says.`,
        "x-ledger": ["DIAL-01", "DIAL-05", "DIAL-15"],
        params: IdParams,
        body: S.ListRequest,
        response: { 200: S.ListReport },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { state } = await findCampaign(context, id);
      const report = await addToList(context, id, request.body, request.caller);
      return { ...report, warnings: report.added > 0 ? idleWarnings(state) : [] };
    },
  );

  api.get(
    "/v1/campaigns/:id/contacts",
    {
      config: { permission: "campaigns:run" },
      schema: {
        tags,
        summary: "Who is on a campaign's list",
        description: "By when they are called next.",
        "x-ledger": ["DIAL-01", "DIAL-03", "DIAL-04"],
        params: IdParams,
        querystring: S.ListQuery,
        response: { 200: S.ListPage },
      },
    },
    async (request) => {
      const { cursor, phone, ...query } = request.query;
      await findCampaign(context, request.params.id);
      const page = await listListed(db, {
        ...query,
        campaign: request.params.id,
        phone: phone && phoneFrom(phone, country, "phone"),
        after: cursorFrom(cursor),
      });
      return shown(page, ({ cursorAt: _, numbers, ...row }) => ({
        ...row,
        nextAt: iso(row.nextAt),
        takenAt: isoOrNull(row.takenAt),
        endedAt: isoOrNull(row.endedAt),
        numbers: numbers.map((number) => ({ ...number, phone: phoneView(number.phone) })),
      }));
    },
  );

  api.post(
    "/v1/campaigns/:id/contacts/cancel",
    {
      config: { permission: "campaigns:run" },
      schema: {
        tags,
        summary: "Take people off a campaign's list",
        description: "Those who wait, by their ids on the list or all of them; who is being called stays.",
        "x-ledger": ["DIAL-15"],
        params: IdParams,
        body: S.UnlistRequest,
        response: { 200: S.Unlisted },
      },
    },
    async (request) => {
      const { ids } = request.body;
      const wish = { id: request.params.id, ...(ids && { contactIds: ids }) };
      return commands.send("campaign.unlist", wish, request.caller);
    },
  );

  api.get(
    "/v1/campaigns/:id/attempts",
    {
      config: { permission: "campaigns:run" },
      schema: {
        tags,
        summary: "What a campaign has tried",
        description:
          "The newest first, with the evidence: when somebody answered, when an agent was there, when the message was played, and why the number might be dialled.",
        "x-ledger": ["DIAL-15"],
        params: IdParams,
        querystring: S.AttemptQuery,
        response: { 200: S.AttemptPage },
      },
    },
    async (request) => {
      const { cursor, phone, ...query } = request.query;
      await findCampaign(context, request.params.id);
      const after = cursor === undefined ? undefined : attemptCursor(cursor);
      if (cursor !== undefined && !after) throw strangeCursor();
      const page = await listAttempts(db, {
        ...query,
        campaign: request.params.id,
        phone: phone && phoneFrom(phone, country, "phone"),
        after,
      });
      return { items: page.items.map(attemptView), next: page.next };
    },
  );

  api.post(
    "/v1/campaigns/:id/attempts/:attemptId/amd-correction",
    {
      config: { permission: "campaigns:run" },
      schema: {
        tags,
        summary: "Correct what AMD took somebody for",
        description:
          "Kept beside its verdict. Persons taken for machines are counted apart, and as abandoned if the policy says so.",
        "x-ledger": ["DIAL-15"],
        params: S.AttemptParams,
        body: S.AmdCorrection,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      const wish = { ...request.params, ...request.body };
      await commands.send("campaign.correctAmd", wish, request.caller);
      return reply.code(204).send(undefined);
    },
  );
}

/** Whoever adds people to a campaign that does not go on by itself should know that it does not. */
function idleWarnings(state: CampaignState) {
  if (state !== "stopped" && state !== "finished" && state !== "draining") return [];
  const text =
    state === "draining"
      ? "the campaign is draining and dials nobody new: they are called when it goes on (POST /v1/campaigns/{id}/resume)"
      : `the campaign is ${state}: they are called when it is started again (POST /v1/campaigns/{id}/start)`;
  return [{ code: "not-running" as const, text }];
}

function attemptView(row: Awaited<ReturnType<typeof listAttempts>>["items"][number]) {
  const { cursorAt: _, number, ...rest } = row;
  return {
    ...rest,
    phone: phoneView(number),
    callerNumber: phoneViewOrNull(row.callerNumber),
    dialledAt: iso(row.dialledAt),
    answeredAt: isoOrNull(row.answeredAt),
    greetingEndedAt: isoOrNull(row.greetingEndedAt),
    connectedAt: isoOrNull(row.connectedAt),
    abandonedAt: isoOrNull(row.abandonedAt),
    messagePlayedAt: isoOrNull(row.messagePlayedAt),
    endedAt: isoOrNull(row.endedAt),
  };
}
