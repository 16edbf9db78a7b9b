/** The live stream of calls, agents and queues. */
import type { WebSocket } from "ws";
import { type Api, type ApiContext, onlyAgent } from "../context.ts";
import { serveSubscriber } from "../live/subscriber.ts";
import { type StreamTopic, visibility } from "../live/visible.ts";
import { asProblem, Problem } from "../problem.ts";
import { StreamQuery, TicketView } from "../schemas/service.ts";

const tags = ["stream"];

/** Adds the routes. */
export function streamRoutes(api: Api, { tickets, tail, keys }: ApiContext): void {
  api.post(
    "/v1/stream/tickets",
    {
      config: { permission: "stream:read" },
      schema: {
        tags,
        summary: "Get a ticket for the live stream",
        description: "For browsers, which cannot send a header with a WebSocket. Valid for 30 s, once.",
        "x-ledger": ["AGENT-12"],
        response: { 201: TicketView },
      },
    },
    async (request, reply) => {
      const { ticket, expiresAt } = tickets.issue(request.caller);
      return reply.code(201).send({ ticket, expiresAt: expiresAt.toISOString() });
    },
  );

  api.route({
    method: "GET",
    url: "/v1/stream",
    config: { permission: "stream:read" },
    schema: {
      tags,
      summary: "Follow calls, agents and queues live (WebSocket)",
      description:
        "First {kind: hello, seq}; then {seq, at, topic, kind, data} in order. With `after` what was missed comes first; {kind: gap, from, to} tells what is no longer kept. Slow readers are closed with 1013.",
      "x-ledger": ["AGENT-12", "ROLE-10", "ROUTE-12"],
      querystring: StreamQuery,
    },
    handler: () => {
      throw new Problem(426, "websocket-only", "Open this address as a WebSocket.");
    },
    wsHandler: (socket: WebSocket, request) => {
      const { caller } = request;
      const { topics, after } = request.query;
      const wanted = new Set(topics.split(",") as StreamTopic[]);
      serveSubscriber({
        socket,
        wire: request.socket,
        tail,
        after,
        visible: visibility(wanted, onlyAgent(caller)),
        stillAllowed: () => keys.stillValid(caller.keyHash),
      }).catch((error: unknown) => {
        socket.close(1011, asProblem(error).code);
      });
    },
  });
}
