/** The completion of a call's service. */
import { completionsOf, listTopics, wrapUpsOf } from "../../store/reads/service.ts";
import type { Api, ApiContext } from "../context.ts";
import { IdParams } from "../schemas/common.ts";
import * as S from "../schemas/completion.ts";
import { iso, isoOrNull } from "../times.ts";
import { findTalked } from "./calls.ts";
import { dueFrom } from "./deferred.ts";

const tags = ["calls"];

/** Adds the routes. */
export function completionRoutes(api: Api, context: ApiContext): void {
  const { commands } = context;

  api.post(
    "/v1/calls/:id/complete",
    {
      config: { permission: "calls:control" },
      schema: {
        tags,
        summary: "Complete the service of a call",
        description:
          "Ends the agent's wrap-up; during the talk it ends the call and saves in one action. Once per agent and call. A call-list card that the call was made from is saved with it and left, and the next one opens unless the agent goes on a break (`list.left`, `list.opened`); it stays open when its scenario wants a result first and none was given. An agent's key completes only its own.",
        "x-ledger": [
          "AGENT-08",
          "AGENT-09",
          "WRAP-01",
          "WRAP-02",
          "WRAP-03",
          "WRAP-04",
          "WRAP-05",
          "WRAP-08",
          "DIAL-06",
        ],
        params: IdParams,
        body: S.NewCompletion,
        response: { 200: S.ServiceView },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { agentId, deferred, ...window } = request.body;
      const later = deferred && { due: dueFrom(deferred), comment: deferred.comment ?? "" };
      const args = {
        callId: id,
        ...(agentId !== undefined && { agentId }),
        ...(later && { deferred: later }),
        ...{ topicIds: [], comment: "", after: "continue" as const, ...window },
      };
      await commands.send("call.complete", args, request.caller);
      return serviceOf(context, id);
    },
  );

  api.get(
    "/v1/calls/:id/service",
    {
      config: { permission: "calls:read" },
      schema: {
        tags,
        summary: "What was written down about a call",
        description:
          "Topics and comments of its agents, and how long each had to do with it after the talk. An agent's key sees those of the calls in which it talked.",
        "x-ledger": ["WRAP-06", "WRAP-07"],
        params: IdParams,
        response: { 200: S.ServiceView },
      },
    },
    async (request) => serviceOf(context, (await findTalked(context, request.caller, request.params.id)).id),
  );
}

async function serviceOf({ db }: ApiContext, id: string) {
  const [topics, completions, wrapUps] = await Promise.all([
    listTopics(db),
    completionsOf(db, id),
    wrapUpsOf(db, id),
  ]);
  const byId = new Map(topics.map((topic) => [topic.id, topic]));
  return {
    completions: completions.map(({ topicIds, completedAt, ...row }) => ({
      ...row,
      topics: topicIds.flatMap((topic) => byId.get(topic) ?? []),
      completedAt: iso(completedAt),
    })),
    wrapUps: wrapUps.map(({ startedAt, endedAt, ...row }) => ({
      ...row,
      startedAt: iso(startedAt),
      endedAt: isoOrNull(endedAt),
      wrapUpMs: endedAt && endedAt.getTime() - startedAt.getTime(),
    })),
  };
}
