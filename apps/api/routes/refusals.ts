/** Who must not be called, and who agreed to be. */
import { toE164 } from "../../phone/number.ts";
import { listConsents, listRefusals } from "../../store/reads/refusals.ts";
import type { Api, ApiContext } from "../context.ts";
import { cursorFrom, shown, strangeCursor } from "../pages.ts";
import { instantFrom } from "../periods.ts";
import { phoneFrom, phoneView } from "../phones.ts";
import { IdParams, Nothing } from "../schemas/common.ts";
import * as S from "../schemas/refusals.ts";
import { iso, isoOrNull } from "../times.ts";

const tags = ["refusals"];
const ledger = ["DIAL-02"];

/** Adds the routes. */
export function refusalRoutes(api: Api, { db, commands, country }: ApiContext): void {
  api.get(
    "/v1/refusals",
    {
      config: { permission: "refusals:read" },
      schema: {
        tags,
        summary: "Who must not be called",
        description: "The newest first; or whether this number is among them.",
        "x-ledger": ledger,
        querystring: S.RefusalQuery,
        response: { 200: S.RefusalPage },
      },
    },
    async (request) => {
      const { phone, cursor, limit } = request.query;
      const page = await listRefusals(db, {
        phone: phone && phoneFrom(phone, country, "phone"),
        after: refusalCursor(cursor),
        limit,
      });
      const items = page.items.map(({ cursorAt: _, ...row }) => ({
        ...row,
        phone: phoneView(row.phone),
        at: iso(row.at),
        until: isoOrNull(row.until),
      }));
      return { items, next: page.next };
    },
  );

  api.post(
    "/v1/refusals",
    {
      config: { permission: "refusals:add" },
      schema: {
        tags,
        summary: "Put numbers on the refusal list",
        description:
          "No campaign dials them any more, from the next attempt on; of two times the later one counts. Numbers, or objects with a reason and a time; 10,000 at once. Rows that are no numbers are named, the others are added.",
        "x-ledger": ledger,
        body: S.NewRefusals,
        response: { 200: S.RefusalsAdded },
      },
    },
    async (request) => {
      const { refusals, source = "api" } = request.body;
      const wrong: { row: number; text: string }[] = [];
      const rows = refusals.flatMap((one, row) => {
        const { phone: text, reason = "", until = null } = typeof one === "string" ? { phone: one } : one;
        if (until !== null) instantFrom(until, `refusals.${row}.until`);
        const phone = toE164(text, country);
        if (phone) return { phone, reason, until };
        wrong.push({ row, text });
        return [];
      });
      const asked = { refusals: rows, source: request.caller.role === "agent" ? ("agent" as const) : source };
      const { added } =
        rows.length === 0 ? { added: 0 } : await commands.send("refusal.add", asked, request.caller);
      return { added, wrong };
    },
  );

  api.delete(
    "/v1/refusals/:phone",
    {
      config: { permission: "refusals:manage" },
      schema: {
        tags,
        summary: "Take a number off the refusal list",
        description: "Whoever it kept off a list waits to be called again. Written into the audit.",
        "x-ledger": ledger,
        params: S.RefusalParams,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      const phone = phoneFrom(request.params.phone, country, "phone");
      await commands.send("refusal.remove", { phone }, request.caller);
      return reply.code(204).send(undefined);
    },
  );

  api.get(
    "/v1/consents",
    {
      config: { permission: "consents:read" },
      schema: {
        tags,
        summary: "Evidence of consent",
        description: "The newest first.",
        "x-ledger": ledger,
        querystring: S.ConsentQuery,
        response: { 200: S.ConsentPage },
      },
    },
    async (request) => {
      const { phone, cursor, ...query } = request.query;
      const page = await listConsents(db, {
        ...query,
        phone: phone && phoneFrom(phone, country, "phone"),
        after: cursorFrom(cursor),
      });
      return shown(page, ({ cursorAt: _, ...row }) => ({
        ...row,
        phone: phoneView(row.phone),
        givenAt: iso(row.givenAt),
        until: isoOrNull(row.until),
        withdrawnAt: isoOrNull(row.withdrawnAt),
        createdAt: iso(row.createdAt),
      }));
    },
  );

  api.post(
    "/v1/consents",
    {
      config: { permission: "consents:write" },
      schema: {
        tags,
        summary: "Write consents down",
        description:
          "How, when and to whom somebody agreed to be called for a purpose. Whoever the lack of it kept off a list waits to be called again.",
        "x-ledger": ledger,
        body: S.NewConsents,
        response: { 201: S.ConsentsAdded },
      },
    },
    async (request, reply) => {
      const consents = request.body.consents.map((consent, row) => {
        instantFrom(consent.givenAt, `consents.${row}.givenAt`);
        if (consent.until) instantFrom(consent.until, `consents.${row}.until`);
        const phone = phoneFrom(consent.phone, country, `consents.${row}.phone`);
        return { contactId: null, reference: "", until: null, ...consent, phone };
      });
      return reply.code(201).send(await commands.send("consent.add", { consents }, request.caller));
    },
  );

  api.post(
    "/v1/consents/:id/withdraw",
    {
      config: { permission: "consents:write" },
      schema: {
        tags,
        summary: "Withdraw a consent",
        description:
          "And with it every other of this number to the same purpose. They stay as evidence of the calls before. 404 when it was withdrawn already.",
        "x-ledger": ledger,
        params: IdParams,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      await commands.send("consent.withdraw", request.params, request.caller);
      return reply.code(204).send(undefined);
    },
  );
}

/** Its rows have no ids but their numbers. @throws Problem 400 for a cursor that is not ours */
function refusalCursor(text: string | undefined): { at: string; phone: string } | undefined {
  if (text === undefined) return undefined;
  const [at = "", phone = ""] = Buffer.from(text, "base64url").toString("utf8").split("|");
  const sound =
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d)?$/.test(at) && /^\+\d{5,15}$/.test(phone);
  if (!sound) throw strangeCursor();
  return { at, phone };
}
