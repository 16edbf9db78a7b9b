/** Supervisors in conversations. Every start, change and take-over is in the audit. */
import type { SupervisionWish } from "../../commands/port.ts";
import type { Api, ApiContext, Caller } from "../context.ts";
import { wrongField } from "../problem.ts";
import { IdParams, Nothing } from "../schemas/common.ts";
import * as S from "../schemas/conversations.ts";

const tags = ["supervision"];
const config = { permission: "calls:supervise" } as const;

/** Adds the routes. */
export function supervisionRoutes(api: Api, { commands }: ApiContext): void {
  const send = (caller: Caller, id: string, agentId: string | undefined, ask: SupervisionWish) =>
    commands.send("conversation.supervise", { id, agentId: ownPhone(caller, agentId), ask }, caller);

  api.post(
    "/v1/calls/:id/supervise",
    {
      config,
      schema: {
        tags,
        summary: "Listen to a conversation, whisper to the agent, or speak to both",
        description: "The supervisor's phone rings; it is in the conversation when it answers. Audited.",
        "x-ledger": ["AGENT-12", "ROLE-06"],
        params: IdParams,
        body: S.Supervise,
        response: { 202: S.SupervisionView },
      },
    },
    async (request, reply) => {
      const { mode, agentId } = request.body;
      const view = await send(request.caller, request.params.id, agentId, { do: "start", mode });
      return reply.code(202).send(view);
    },
  );

  api.patch(
    "/v1/calls/:id/supervise",
    {
      config,
      schema: {
        tags,
        summary: "Change how the supervisor is in the conversation",
        description: "From listening to whispering, and so on. Audited.",
        "x-ledger": ["AGENT-12", "ROLE-06"],
        params: IdParams,
        body: S.Supervise,
        response: { 200: S.SupervisionView },
      },
    },
    (request) => {
      const { mode, agentId } = request.body;
      return send(request.caller, request.params.id, agentId, { do: "change", mode });
    },
  );

  api.delete(
    "/v1/calls/:id/supervise",
    {
      config,
      schema: {
        tags,
        summary: "Leave the conversation",
        description: "The supervisor's phone is hung up; the conversation goes on.",
        "x-ledger": ["AGENT-12", "ROLE-06"],
        params: IdParams,
        querystring: S.Supervisor,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      await send(request.caller, request.params.id, request.query.agentId, { do: "end" });
      return reply.code(204).send(undefined);
    },
  );

  api.post(
    "/v1/calls/:id/take-over",
    {
      config,
      schema: {
        tags,
        summary: "Take the conversation over",
        description:
          "The caller talks with the supervisor, who must be in the conversation; the agent is free. Audited.",
        "x-ledger": ["AGENT-12", "ROLE-06"],
        params: IdParams,
        querystring: S.Supervisor,
        response: { 200: S.SupervisionView },
      },
    },
    (request) => send(request.caller, request.params.id, request.query.agentId, { do: "take-over" }),
  );
}

/** Whose phone it is: the key's own agent, or the one that is named. @throws Problem 422 when nobody is. */
function ownPhone(caller: Caller, named: string | undefined): string {
  const agent = named ?? caller.agentId;
  if (!agent) throw wrongField("agentId", "name the agent whose phone is yours; this key is bound to none");
  return agent;
}
