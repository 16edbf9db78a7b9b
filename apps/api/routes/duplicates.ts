/** Records that are the same one. */
import { type DuplicateGroup, findSearch, listGroups } from "../../store/reads/duplicates.ts";
import type { Api, ApiContext } from "../context.ts";
import { notFound } from "../problem.ts";
import { IdParams } from "../schemas/common.ts";
import * as S from "../schemas/duplicates.ts";
import { iso } from "../times.ts";

const tags = ["contacts"];
const USUAL = ["phone", "email"] as const;

/** Adds the routes. */
export function duplicateRoutes(api: Api, { db, commands }: ApiContext): void {
  const show = async (id: string, keyId: string) => {
    const search = await findSearch(db, id, keyId);
    if (!search) throw notFound("search");
    return { ...search, createdAt: iso(search.createdAt) };
  };

  api.post(
    "/v1/duplicates",
    {
      config: { permission: "contacts:write" },
      schema: {
        tags,
        summary: "Find duplicates",
        description:
          "Everything that is found is selected. People of organisations are not compared. A key has one search: the next one forgets it. An agent's key looks among its own contacts.",
        "x-ledger": ["DUP-01", "DUP-02", "DUP-03", "DUP-04", "DUP-05", "DUP-06", "DUP-08"],
        body: S.Question,
        response: { 201: S.Found },
      },
    },
    async ({ body, caller }, reply) => {
      const { what = "both", scope = "own", fields = [...USUAL], base = "oldest" } = body;
      const kinds = [
        ...(what === "organisations" ? [] : ["contact" as const]),
        ...(what === "contacts" ? [] : ["organisation" as const]),
      ];
      const { id } = await commands.send("duplicates.find", { scope, kinds, fields, base }, caller);
      return reply.code(201).send(await show(id, caller.keyId));
    },
  );

  api.get(
    "/v1/duplicates/:id",
    {
      config: { permission: "contacts:write" },
      schema: {
        tags,
        summary: "How many duplicates were found and are selected",
        description: "By kind. Searches of other keys are not there.",
        "x-ledger": ["DUP-03", "DUP-08"],
        params: IdParams,
        response: { 200: S.Found },
      },
    },
    ({ params, caller }) => show(params.id, caller.keyId),
  );

  api.get(
    "/v1/duplicates/:id/groups",
    {
      config: { permission: "contacts:write" },
      schema: {
        tags,
        summary: "List duplicates with their base",
        description: "The base is the first record of a group; `matched` is what is repeated.",
        "x-ledger": ["DUP-01", "DUP-03", "DUP-07"],
        params: IdParams,
        querystring: S.GroupQuery,
        response: { 200: S.Groups },
      },
    },
    async ({ params: { id }, query, caller }) => {
      await show(id, caller.keyId);
      const { items, next } = await listGroups(db, id, query);
      return { items: items.map(groupView), next };
    },
  );

  api.patch(
    "/v1/duplicates/:id/groups/:number",
    {
      config: { permission: "contacts:write" },
      schema: {
        tags,
        summary: "Choose another base, or what goes",
        description: "Everything is selected at first.",
        "x-ledger": ["DUP-07", "DUP-08"],
        params: S.GroupParams,
        body: S.Choice,
        response: { 200: S.Group },
      },
    },
    async ({ params: { id, number }, body, caller }) => {
      await commands.send("duplicates.choose", { id, number, ...body }, caller);
      const [group] = (await listGroups(db, id, { number, after: 0, limit: 1 })).items;
      if (!group) throw notFound("group");
      return groupView(group);
    },
  );

  api.post(
    "/v1/duplicates/:id/delete",
    {
      config: { permission: "contacts:delete" },
      schema: {
        tags,
        summary: "Delete the selected duplicates",
        description:
          "For ever, with their history, recordings, people and tags; the bases stay. Agents whose records they were are told. Calls stay in the journal, without a contact.",
        "x-ledger": ["DUP-09", "DUP-11"],
        params: IdParams,
        body: S.Confirmed,
        response: { 200: S.Deleted },
      },
    },
    ({ params: { id }, body: { confirm }, caller }) =>
      commands.send("duplicates.delete", { id, confirm }, caller),
  );

  api.post(
    "/v1/duplicates/:id/merge",
    {
      config: { permission: "contacts:write" },
      schema: {
        tags,
        summary: "Merge the selected duplicates into their bases",
        description:
          "History, calls, recordings, people and tags move. What a base has stays; what it lacks comes from its duplicates, numbers and addresses into free places; the rest is lost. The bases then are the asker's (an administrator's: nobody's), and agents whose records they were are told.",
        "x-ledger": ["DUP-10", "DUP-11", "DUP-12"],
        params: IdParams,
        body: S.Confirmed,
        response: { 200: S.Merged },
      },
    },
    ({ params: { id }, body: { confirm }, caller }) =>
      commands.send("duplicates.merge", { id, confirm }, caller),
  );
}

function groupView(group: DuplicateGroup) {
  return {
    ...group,
    records: group.records.map((record) => ({ ...record, createdAt: iso(record.createdAt) })),
  };
}
