/** Topics of calls, and what is the same for the whole company. */
import { companySettings } from "../../store/reads/company.ts";
import { listTopics } from "../../store/reads/service.ts";
import type { Api, ApiContext } from "../context.ts";
import { notFound } from "../problem.ts";
import { IdParams, Nothing } from "../schemas/common.ts";
import * as S from "../schemas/completion.ts";

const tags = ["topics"];

/** Adds the routes. */
export function topicRoutes(api: Api, context: ApiContext): void {
  const { db, commands } = context;

  api.get(
    "/v1/topics",
    {
      config: { permission: "topics:read" },
      schema: {
        tags,
        summary: "List the topics of calls",
        description: "In the order of the completion window; archived ones too.",
        "x-ledger": ["WRAP-02"],
        response: { 200: S.TopicList },
      },
    },
    async () => ({ items: await listTopics(db) }),
  );

  api.post(
    "/v1/topics",
    {
      config: { permission: "topics:write" },
      schema: {
        tags,
        summary: "Add a topic",
        description: "With a name in both languages.",
        "x-ledger": ["WRAP-02"],
        body: S.NewTopic,
        response: { 201: S.TopicView },
      },
    },
    async (request, reply) => {
      const fields = { position: 0, archived: false, ...request.body };
      const { id } = await commands.send("topic.create", fields, request.caller);
      return reply.code(201).send(await show(context, id));
    },
  );

  api.patch(
    "/v1/topics/:id",
    {
      config: { permission: "topics:write" },
      schema: {
        tags,
        summary: "Rename, move or archive a topic",
        description: "Calls that have the topic show the new name.",
        "x-ledger": ["WRAP-02"],
        params: IdParams,
        body: S.TopicChange,
        response: { 200: S.TopicView },
      },
    },
    async (request) => {
      const { id } = request.params;
      await commands.send("topic.change", { id, change: request.body }, request.caller);
      return show(context, id);
    },
  );

  api.delete(
    "/v1/topics/:id",
    {
      config: { permission: "topics:write" },
      schema: {
        tags,
        summary: "Delete a topic",
        description: "Refused (409) once a call has it; archive it then.",
        "x-ledger": ["WRAP-02"],
        params: IdParams,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      await commands.send("topic.delete", request.params, request.caller);
      return reply.code(204).send(undefined);
    },
  );

  api.get(
    "/v1/company",
    {
      config: { permission: "company:read" },
      schema: {
        tags: ["company"],
        summary: "Show what is the same for the whole company",
        description: "Settings that belong to no line and no queue.",
        "x-ledger": ["WRAP-02", "DEFER-01"],
        response: { 200: S.CompanyView },
      },
    },
    () => companySettings(db),
  );

  api.patch(
    "/v1/company",
    {
      config: { permission: "company:write" },
      schema: {
        tags: ["company"],
        summary: "Change what is the same for the whole company",
        description: "At once, for calls that are going on too.",
        "x-ledger": ["WRAP-02", "DEFER-01"],
        body: S.CompanyChange,
        response: { 200: S.CompanyView },
      },
    },
    async (request) => {
      await commands.send("company.change", { change: request.body }, request.caller);
      return companySettings(db);
    },
  );
}

async function show({ db }: ApiContext, id: string) {
  const [topic] = await listTopics(db, id);
  if (!topic) throw notFound("topic");
  return topic;
}
