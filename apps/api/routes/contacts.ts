/** Contacts: who we talk to, and whose they are. */
import { listCalls } from "../../store/reads/calls.ts";
import { type ContactRow, listContacts } from "../../store/reads/contacts.ts";
import { filterFrom } from "../contact-filters.ts";
import { type Api, type ApiContext, onlyAgent } from "../context.ts";
import { cursorFrom, shown } from "../pages.ts";
import { phoneFrom, phoneView } from "../phones.ts";
import { notFound } from "../problem.ts";
import { CallPage, JournalQuery } from "../schemas/calls.ts";
import { IdParams, Nothing } from "../schemas/common.ts";
import * as S from "../schemas/contacts.ts";
import { iso } from "../times.ts";
import { callView } from "./calls.ts";

const tags = ["contacts"];
const NEW_CONTACT = { position: null, ownerId: null };

/** Adds the routes. */
export function contactRoutes(api: Api, context: ApiContext): void {
  const { db, commands, country } = context;

  api.get(
    "/v1/contacts",
    {
      config: { permission: "contacts:read" },
      schema: {
        tags,
        summary: "List or search contacts",
        description: "Newest first; what is asked narrows it. An agent's key sees the contacts it owns.",
        "x-ledger": ["CONT-05", "CONT-06", "DIAL-01", "DIAL-02", "DIAL-03", "DIAL-04", "DIAL-05", "ROLE-02"],
        querystring: S.ContactQuery,
        response: { 200: S.ContactPage },
      },
    },
    async (request) => {
      const { cursor, limit, ...filter } = request.query;
      const page = await listContacts(db, {
        ...filterFrom(filter, country),
        limit,
        only: onlyAgent(request.caller),
        after: cursorFrom(cursor),
      });
      return shown(page, contactView);
    },
  );

  api.post(
    "/v1/contacts",
    {
      config: { permission: "contacts:write" },
      schema: {
        tags,
        summary: "Create a contact or an organisation",
        description:
          "Phones may be spelt in any usual way; they are kept in E.164. What an agent's key creates is that agent's.",
        "x-ledger": ["CONT-01", "CONT-02", "CONT-03", "CONT-06", "DUP-13"],
        body: S.NewContact,
        response: { 201: S.ContactView },
      },
    },
    async (request, reply) => {
      const phones = phonesFrom(request.body.phones ?? [], country);
      const fields = { ...NEW_CONTACT, ...request.body, phones };
      const { id } = await commands.send("contact.create", fields, request.caller);
      return reply.code(201).send(await show(context, id));
    },
  );

  api.get(
    "/v1/contacts/:id",
    {
      config: { permission: "contacts:read" },
      schema: {
        tags,
        summary: "Show one contact",
        description: "All its fields. The people of an organisation: `GET /v1/contacts?organisationId=…`.",
        "x-ledger": ["CONT-01", "CONT-02", "CONT-06", "CONT-07"],
        params: IdParams,
        response: { 200: S.ContactView },
      },
    },
    (request) => show(context, request.params.id, onlyAgent(request.caller)),
  );

  api.patch(
    "/v1/contacts/:id",
    {
      config: { permission: "contacts:write" },
      schema: {
        tags,
        summary: "Change a contact",
        description:
          "`phones`, `emails` and `tags` replace all of them. `ownerId` moves the contact to another agent, an organisation with its people. An agent's key changes what it owns.",
        "x-ledger": ["CONT-02", "CONT-06", "CONT-07"],
        params: IdParams,
        body: S.ContactChange,
        response: { 200: S.ContactView },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { phones, ...rest } = request.body;
      const change = phones === undefined ? rest : { ...rest, phones: phonesFrom(phones, country) };
      await show(context, id, onlyAgent(request.caller));
      await commands.send("contact.change", { id, change }, request.caller);
      return show(context, id);
    },
  );

  api.delete(
    "/v1/contacts/:id",
    {
      config: { permission: "contacts:delete" },
      schema: {
        tags,
        summary: "Delete a contact",
        description: "An organisation goes with its people. Calls stay in the journal, without a contact.",
        "x-ledger": ["CONT-04"],
        params: IdParams,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      await commands.send("contact.delete", request.params, request.caller);
      return reply.code(204).send(undefined);
    },
  );

  api.get(
    "/v1/contacts/:id/calls",
    {
      config: { permission: "calls:read" },
      schema: {
        tags,
        summary: "The contact's calls",
        description: "Newest first. An agent's key sees those that concerned it.",
        "x-ledger": ["WRAP-06"],
        params: IdParams,
        querystring: JournalQuery,
        response: { 200: CallPage },
      },
    },
    async (request) => {
      const only = onlyAgent(request.caller);
      const { id: contactId } = await show(context, request.params.id, only);
      const { limit, cursor } = request.query;
      return shown(await listCalls(db, { contactId, only, limit, after: cursorFrom(cursor) }), callView);
    },
  );
}

async function show({ db }: ApiContext, id: string, only?: string) {
  const [row] = (await listContacts(db, { id, only, limit: 1 })).items;
  if (!row) throw notFound("contact");
  return contactView(row);
}

/** A contact as it is shown. */
export function contactView(row: ContactRow) {
  return {
    ...row,
    phones: row.phones.map(phoneView),
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
  };
}

/** The same number in two spellings is one number. */
function phonesFrom(texts: readonly string[], country: string): string[] {
  return [...new Set(texts.map((text, index) => phoneFrom(text, country, `phones.${index}`)))];
}
