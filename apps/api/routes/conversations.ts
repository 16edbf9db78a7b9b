/** What is done with a conversation: hold, mute, transfer, conference. An agent's key reaches its own only. */
import type { ConversationAsk } from "../../core/conversation/request.ts";
import type { Api, ApiContext, Caller } from "../context.ts";
import { phoneFrom } from "../phones.ts";
import { IdParams } from "../schemas/common.ts";
import * as S from "../schemas/conversations.ts";
import { ownId } from "./agents.ts";

const tags = ["conversations"];
const response = { 200: S.ConversationView };
type Simple = Exclude<ConversationAsk, { do: "transfer" }>;

/** Requests without a body: path, what it asks, and how it is described. */
const SIMPLE: readonly [path: string, ask: Simple, summary: string, description: string, ledger: string[]][] =
  [
    [
      "hold",
      { do: "hold" },
      "Put the caller on hold",
      "The caller hears music, for ten minutes at most: then the agent gets them back.",
      ["SOFT-02"],
    ],
    ["resume", { do: "resume" }, "Take the caller back", "Ends the hold.", ["SOFT-02"]],
    [
      "mute",
      { do: "mute", muted: true },
      "Switch the agent's microphone off",
      "Nobody hears the agent, also not in a consultation.",
      ["SOFT-03"],
    ],
    [
      "unmute",
      { do: "mute", muted: false },
      "Switch the agent's microphone on",
      "Ends the muting.",
      ["SOFT-03"],
    ],
    [
      "transfer/complete",
      { do: "complete" },
      "Hand the caller over to whom is consulted",
      "The agent is free. Refused until the target has accepted, where that is needed.",
      ["XFER-01", "XFER-14"],
    ],
    [
      "transfer/interrupt",
      { do: "interrupt" },
      "Interrupt the consultation",
      "Drops the target and brings the agent back to the caller; the call goes on.",
      ["XFER-03"],
    ],
    [
      "transfer/accept",
      { do: "accept" },
      "Accept the call",
      "For the one who is consulted: the caller is handed over at once.",
      ["XFER-14", "XFER-15", "INT-01"],
    ],
    [
      "conference",
      { do: "conference" },
      "Join caller, agent and whom is consulted",
      "All three hear each other.",
      ["XFER-04"],
    ],
    [
      "conference/leave",
      { do: "leave" },
      "Leave the conference",
      "The caller and the other one go on talking.",
      ["XFER-04"],
    ],
  ];

/** Adds the routes. */
export function conversationRoutes(api: Api, { commands, country }: ApiContext): void {
  const send = (caller: Caller, id: string, ask: ConversationAsk) =>
    commands.send("conversation.ask", { id, ask }, caller);

  for (const [path, ask, summary, description, ledger] of SIMPLE)
    api.post(
      `/v1/calls/:id/${path}`,
      {
        config: { permission: "calls:control" },
        schema: { tags, summary, description, "x-ledger": ledger, params: IdParams, response },
      },
      (request) => send(request.caller, request.params.id, ask),
    );

  api.post(
    "/v1/calls/:id/transfer",
    {
      config: { permission: "calls:control" },
      schema: {
        tags,
        summary: "Hand the caller over",
        description:
          "Only to a colleague who is available (409 not-available otherwise), a line, or a number outside. A blind transfer rings for 30 s.",
        "x-ledger": ["XFER-01", "XFER-02", "XFER-03", "XFER-05", "XFER-07", "XFER-09", "XFER-10", "XFER-13"],
        params: IdParams,
        body: S.Transfer,
        response,
      },
    },
    (request) => {
      const { type, to, acceptanceNeeded = false } = request.body;
      const target = "number" in to ? { number: phoneFrom(to.number, country, "to.number") } : to;
      return send(request.caller, request.params.id, { do: "transfer", type, to: target, acceptanceNeeded });
    },
  );

  api.post(
    "/v1/agents/:id/echo-test",
    {
      config: { permission: "agents:state" },
      schema: {
        tags: ["agents"],
        summary: "Test the headset",
        description:
          "The agent's phone rings; its user hears the own voice for a minute. *43 does the same from the phone.",
        "x-ledger": ["ENV-03"],
        params: IdParams,
        response: { 202: S.EchoStarted },
      },
    },
    async (request, reply) => {
      const id = ownId(request.caller, request.params.id);
      await commands.send("agent.echoTest", { id }, request.caller);
      return reply.code(202).send({ agentId: id });
    },
  );

  for (const open of [true, false]) {
    const route = {
      config: { permission: "agents:state" },
      schema: {
        tags: ["agents"],
        summary: open ? "Open the agent's line" : "Hang the agent's open line up",
        description: open
          ? "The agent's phone is called once and stays in the call: customers of campaigns come by it, each after a beep, without ringing. Queues' calls do not. It stands when `live.openLine` is true. Hanging up puts an agent in outbound state on a break."
          : "Not while the agent is in a call (409). An agent in outbound state is on a break then.",
        "x-ledger": ["AGENT-04"],
        params: IdParams,
        response: { 202: S.EchoStarted },
      },
    } as const;
    const handle = async (caller: Caller, agent: string) => {
      const id = ownId(caller, agent);
      await commands.send("agent.openLine", { id, open }, caller);
      return { agentId: id };
    };
    if (open)
      api.post("/v1/agents/:id/open-line", route, async ({ caller, params }, reply) =>
        reply.code(202).send(await handle(caller, params.id)),
      );
    else
      api.delete("/v1/agents/:id/open-line", route, async ({ caller, params }, reply) =>
        reply.code(202).send(await handle(caller, params.id)),
      );
  }
}
