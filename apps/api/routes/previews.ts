/** Preview campaigns: what an agent is shown, and the agent's decision. */
import { SKIP_REASONS, SKIP_WORDS, type SkipTo } from "../../core/dialling/preview.ts";
import { type PreviewRow, previewOf } from "../../store/reads/previews.ts";
import type { Api, ApiContext } from "../context.ts";
import { instantFrom } from "../periods.ts";
import { phoneFrom, phoneView } from "../phones.ts";
import { wrongField } from "../problem.ts";
import { PlacedView } from "../schemas/call-actions.ts";
import { IdParams, Nothing } from "../schemas/common.ts";
import * as S from "../schemas/previews.ts";
import { iso, isoOrNull } from "../times.ts";
import { ownId } from "./agents.ts";
import { contactView } from "./contacts.ts";
import { entryView } from "./history.ts";

const tags = ["campaigns"];
const ledger = ["DIAL-15", "LINE-13"];

/** Adds the routes. */
export function previewRoutes(api: Api, { db, commands, country }: ApiContext): void {
  api.get(
    "/v1/agents/:id/preview",
    {
      config: { permission: "previews:read" },
      schema: {
        tags,
        summary: "Whom a preview campaign shows to this agent now",
        description:
          "With the numbers, what happened before, and the script. null: nobody. The live stream says when that changes (`preview.shown`, `preview.over`, topic agents). An agent's key sees only its own.",
        "x-ledger": ledger,
        params: IdParams,
        response: { 200: S.PreviewAnswer },
      },
    },
    async (request) => {
      const agentId = ownId(request.caller, request.params.id);
      const row = await previewOf(db, agentId);
      return { preview: row ? view(agentId, row) : null };
    },
  );

  api.post(
    "/v1/previews/:id/call",
    {
      config: { permission: "previews:work" },
      schema: {
        tags,
        summary: "Call whoever is shown",
        description:
          "The agent's phone rings first, then the customer's. 409 when it is not shown any more (`over`), the agent cannot call now (`not-available`), or nobody may call now: the code is then what POST /v1/campaigns/check would answer, such as `closed`, `too-many` or `refused` (on the refusal list). When none of the numbers may be called the showing is over with that (`preview.over`, `refused`), and the agent is shown the next. 422 for a number that the contact does not have on this list.",
        "x-ledger": ledger,
        params: IdParams,
        body: S.PreviewCall,
        response: { 202: PlacedView },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const text = request.body?.phone;
      const phone = text === undefined ? undefined : phoneFrom(text, country, "phone");
      const placed = await commands.send("preview.call", { id, ...(phone && { phone }) }, request.caller);
      const { callId, number, contactId } = placed;
      return reply.code(202).send({ callId, to: phoneView(number), contactId });
    },
  );

  api.post(
    "/v1/previews/:id/skip",
    {
      config: { permission: "previews:work" },
      schema: {
        tags,
        summary: "Skip whoever is shown",
        description:
          "With a reason, and what is to become of the contact. 409 `over` when it is not shown any more.",
        "x-ledger": ledger,
        params: IdParams,
        body: S.PreviewSkip,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      const { reason, comment = "", ...rest } = request.body;
      const skip = { id: request.params.id, reason, comment, to: toFrom(rest) };
      await commands.send("preview.skip", skip, request.caller);
      return reply.code(204).send(undefined);
    },
  );
}

/** @throws Problem 422 */
function toFrom({ next, at }: { next: SkipTo["next"]; at?: string }): SkipTo {
  if (next !== "at") {
    if (at !== undefined) throw wrongField("at", "goes with `next: at` only");
    return { next };
  }
  if (at === undefined) throw wrongField("at", "when?");
  return { next, at: instantFrom(at, "at") };
}

function view(agentId: string, row: PreviewRow) {
  const { id, campaignId, campaignName, purpose, onTimeout, name, tried, contact, scenario } = row;
  return {
    ...{ id, agentId, campaign: { id: campaignId, name: campaignName, purpose } },
    ...{ shownAt: iso(row.shownAt), until: iso(row.until), onTimeout, name, tried, scenario },
    contact: contact && contactView(contact),
    numbers: row.numbers.map(({ phone, lastAt, ...number }) => ({
      ...number,
      phone: phoneView(phone),
      lastAt: isoOrNull(lastAt),
    })),
    attempts: row.attempts.map(({ phone, at, ...one }) => ({ ...one, phone: phoneView(phone), at: iso(at) })),
    skips: row.skips.map(({ at, ...skip }) => ({ ...skip, at: iso(at) })),
    history: row.history.map(entryView),
    skipReasons: SKIP_REASONS.map((reason) => ({ reason, ...SKIP_WORDS[reason] })),
  };
}
