/** Work on many contacts: tags, another owner, their end. */
import type { Static } from "typebox";
import type { ContactSelection } from "../../commands/port.ts";
import { listTags } from "../../store/reads/tags.ts";
import { filterFrom } from "../contact-filters.ts";
import { type Api, type ApiContext, onlyAgent } from "../context.ts";
import * as S from "../schemas/book.ts";
import { IdParams } from "../schemas/common.ts";

const tags = ["contacts"];

/** Adds the routes. */
export function bookRoutes(api: Api, { db, commands, country }: ApiContext): void {
  const selected = (contacts: Static<typeof S.Selection>): ContactSelection =>
    "ids" in contacts ? contacts : { filter: filterFrom(contacts.filter, country, "contacts.filter.") };

  api.get(
    "/v1/tags",
    {
      config: { permission: "contacts:read" },
      schema: {
        tags,
        summary: "List tags",
        description:
          "The administrator's; with `ownerId` those that this agent made or has on its contacts. An agent's key sees its own.",
        "x-ledger": ["TAG-01", "TAG-05", "TAG-07"],
        querystring: S.TagQuery,
        response: { 200: S.TagList },
      },
    },
    async ({ query: { ownerId }, caller }) => {
      const only = onlyAgent(caller);
      if (only !== undefined && ownerId !== undefined && ownerId !== only) return { items: [] };
      return { items: await listTags(db, only ?? ownerId) };
    },
  );

  api.post(
    "/v1/contacts/tags",
    {
      config: { permission: "contacts:write" },
      schema: {
        tags,
        summary: "Put tags on many contacts",
        description:
          "Existing tags by id or name; names that are not there yet become new ones. All or none.",
        "x-ledger": ["TAG-03", "TAG-05", "TAG-07", "CONT-04"],
        body: S.Tagging,
        response: { 200: S.Tagged },
      },
    },
    ({ body: { contacts, tags: names = [], tagIds = [], confirm }, caller }) =>
      commands.send("tag.assign", { contacts: selected(contacts), names, tagIds, confirm }, caller),
  );

  api.delete(
    "/v1/tags/:id",
    {
      config: { permission: "contacts:write" },
      schema: {
        tags,
        summary: "Take a tag off every contact",
        description:
          "An agent's key takes it off the contacts that it owns. A manager's tag is not the administrator's to take off everywhere (409): on a card it is.",
        "x-ledger": ["TAG-04", "TAG-06", "TAG-07"],
        params: IdParams,
        response: { 200: S.TagRemoved },
      },
    },
    ({ params, caller }) => commands.send("tag.delete", params, caller),
  );

  api.post(
    "/v1/contacts/pass",
    {
      config: { permission: "contacts:write" },
      schema: {
        tags,
        summary: "Pass many contacts to another agent",
        description:
          "Organisations with their people. The new owner gets one notice, each history an entry. An agent's key passes what it owns.",
        "x-ledger": ["CONT-04", "OWN-02", "OWN-04", "OWN-05", "OWN-06"],
        body: S.Passing,
        response: { 200: S.Passed },
      },
    },
    ({ body, caller }) => commands.send("book.pass", { ...body, contacts: selected(body.contacts) }, caller),
  );

  api.post(
    "/v1/contacts/delete",
    {
      config: { permission: "contacts:delete" },
      schema: {
        tags,
        summary: "Delete many contacts",
        description:
          "Organisations go with their people. `confirm` says how many are meant. Calls stay in the journal, without a contact.",
        "x-ledger": ["CONT-04"],
        body: S.Deleting,
        response: { 200: S.Deleted },
      },
    },
    ({ body, caller }) =>
      commands.send("book.delete", { ...body, contacts: selected(body.contacts) }, caller),
  );
}
