/** A contact's history. */
import { listContacts } from "../../store/reads/contacts.ts";
import { type HistoryRow, listHistory } from "../../store/reads/history.ts";
import { type Api, type ApiContext, type Caller, onlyAgent } from "../context.ts";
import { cursorFrom, shown } from "../pages.ts";
import { notFound } from "../problem.ts";
import * as S from "../schemas/book.ts";
import { IdParams, Nothing } from "../schemas/common.ts";
import { iso, isoOrNull } from "../times.ts";

const tags = ["contacts"];

/** Adds the routes. */
export function historyRoutes(api: Api, { db, commands }: ApiContext): void {
  /** The history belongs to whoever has the contact now, with all that was before (OWN-05). */
  const reach = async (id: string, caller: Caller): Promise<void> => {
    const { items } = await listContacts(db, { id, only: onlyAgent(caller), limit: 1 });
    if (items.length === 0) throw notFound("contact");
  };

  api.get(
    "/v1/contacts/:id/history",
    {
      config: { permission: "contacts:read" },
      schema: {
        tags,
        summary: "The contact's history",
        description:
          "Calls, what was written when they were completed, letters, surveys, comments and changes of owner, newest first. It stays with the contact: a new owner sees what was before.",
        "x-ledger": ["OWN-05", "OWN-06", "OWN-07"],
        params: IdParams,
        querystring: S.HistoryQuery,
        response: { 200: S.HistoryPage },
      },
    },
    async ({ params: { id }, query: { cursor, ...query }, caller }) => {
      await reach(id, caller);
      return shown(await listHistory(db, { ...query, contactId: id, after: cursorFrom(cursor) }), entryView);
    },
  );

  api.post(
    "/v1/contacts/:id/history",
    {
      config: { permission: "contacts:write" },
      schema: {
        tags,
        summary: "Write a comment into the contact's history",
        description: "An agent's key writes to contacts that it owns.",
        "x-ledger": ["OWN-07"],
        params: IdParams,
        body: S.Written,
        response: { 201: S.Commented },
      },
    },
    async ({ params: { id }, body: { text }, caller }, reply) => {
      await reach(id, caller);
      return reply.code(201).send(await commands.send("history.comment", { contactId: id, text }, caller));
    },
  );

  api.patch(
    "/v1/contacts/:id/history/:entryId",
    {
      config: { permission: "contacts:write" },
      schema: {
        tags,
        summary: "Correct an entry of the contact's history",
        description:
          "The text of a comment, a letter, a survey or a completion, by the administrator or the contact's owner, whoever wrote it. Calls and changes of owner are what happened (409).",
        "x-ledger": ["OWN-08"],
        params: S.EntryParams,
        body: S.Written,
        response: { 204: Nothing },
      },
    },
    async ({ params: { id, entryId }, body: { text }, caller }, reply) => {
      await reach(id, caller);
      await commands.send("history.edit", { contactId: id, id: entryId, text }, caller);
      return reply.code(204).send(undefined);
    },
  );
}

export function entryView({ cursorAt: _, ...row }: HistoryRow) {
  return { ...row, at: iso(row.at), editedAt: isoOrNull(row.editedAt) };
}
