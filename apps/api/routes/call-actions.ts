/** Calls that people start and end from the workplace. */
import type { Api, ApiContext } from "../context.ts";
import { phoneView } from "../phones.ts";
import * as S from "../schemas/call-actions.ts";
import { IdParams, Nothing } from "../schemas/common.ts";

const tags = ["calls"];

/** Adds the routes. */
export function callActionRoutes(api: Api, { commands }: ApiContext): void {
  api.post(
    "/v1/calls",
    {
      config: { permission: "calls:control" },
      schema: {
        tags,
        summary: "Place a call",
        description:
          "The agent's own phone is called first; once it is answered, the other one is. 409 when the agent, or the colleague, is not available; 409 `refused` naming `to.number` when it is on the refusal list.",
        "x-ledger": ["SOFT-05", "SOFT-06", "SOFT-07", "SOFT-08", "SOFT-10", "SOFT-12", "LINE-11", "LINE-13"],
        body: S.NewCall,
        response: { 202: S.PlacedView },
      },
    },
    async (request, reply) => {
      const { callId, number, contactId } = await commands.send("call.place", request.body, request.caller);
      return reply.code(202).send({ callId, to: phoneView(number), contactId });
    },
  );

  api.post(
    "/v1/calls/:id/answer",
    {
      config: { permission: "calls:control" },
      schema: {
        tags,
        summary: "Answer",
        description:
          "Asks the agent's phone, which rings for this call, to answer by itself (NOTIFY, Event: talk). Whether it does is told by `call.talking`; a phone that does not know the request goes on ringing. An agent answers only its own (403), and nothing when nothing rings (409).",
        "x-ledger": ["SOFT-01", "SOFT-14"],
        params: IdParams,
        response: { 202: S.AnswerView },
      },
    },
    async (request, reply) => {
      const { id: callId } = request.params;
      const { agentId } = await commands.send("call.answer", { callId }, request.caller);
      return reply.code(202).send({ callId, agentId, sent: "NOTIFY talk" as const });
    },
  );

  api.post(
    "/v1/calls/:id/hang-up",
    {
      config: { permission: "calls:control" },
      schema: {
        tags,
        summary: "Hang up",
        description: "Ends the call; its service still has to be completed. An agent ends only its own.",
        "x-ledger": ["SOFT-04", "SOFT-12"],
        params: IdParams,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      await commands.send("call.hangUp", { callId: request.params.id }, request.caller);
      return reply.code(204).send(undefined);
    },
  );
}
