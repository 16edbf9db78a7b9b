/** What an agent does, or is done for an agent: state, sign-in, lines, a new phone password. */
import type { AgentState } from "../../core/floor.ts";
import type { Api, ApiContext, Caller } from "../context.ts";
import * as S from "../schemas/agents.ts";
import { IdParams } from "../schemas/common.ts";
import { ownId, show } from "./agents.ts";

const tags = ["agents"];

/** Adds the routes. */
export function agentActionRoutes(api: Api, context: ApiContext): void {
  const { commands } = context;
  const choose = async (caller: Caller, agent: string, state: AgentState) => {
    const id = ownId(caller, agent);
    await commands.send("agent.state", { id, state }, caller);
    return show(context, id);
  };

  api.put(
    "/v1/agents/:id/state",
    {
      config: { permission: "agents:state" },
      schema: {
        tags,
        summary: "Choose the agent's state",
        description:
          "Only agents in state inbound are offered calls. An agent's key changes only its own; a break (do not disturb) is nobody else's choice (403 for a supervisor).",
        "x-ledger": ["AGENT-03", "AGENT-04", "AGENT-06", "AGENT-09"],
        params: IdParams,
        body: S.StateChange,
        response: { 200: S.AgentView },
      },
    },
    (request) => choose(request.caller, request.params.id, request.body.state),
  );

  for (const [word, approved] of [
    ["approve", true],
    ["reject", false],
  ] as const)
    api.post(
      `/v1/agents/:id/forwarding/${word}`,
      {
        config: { permission: "agents:write" },
        schema: {
          tags,
          summary: approved ? "Allow forwarding to the agent's number" : "Turn the agent's number down",
          description:
            "The agent has entered and verified it; the request is a notice `forwarding.requested`. 409 when there is no request.",
          "x-ledger": ["FWD-03"],
          params: IdParams,
          response: { 200: S.AgentView },
        },
      },
      async ({ params, caller }) => {
        await commands.send("agent.forwarding", { ...params, approved }, caller);
        return show(context, params.id);
      },
    );

  api.post(
    "/v1/agents/:id/sign-in",
    {
      config: { permission: "agents:state" },
      schema: {
        tags,
        summary: "Sign in",
        description: "The state after sign-in is break (AGENT-05). A body is not needed.",
        "x-ledger": ["AGENT-05"],
        params: IdParams,
        response: { 200: S.AgentView },
      },
    },
    (request) => choose(request.caller, request.params.id, "break"),
  );

  api.post(
    "/v1/agents/:id/sign-out",
    {
      config: { permission: "agents:state" },
      schema: {
        tags,
        summary: "Sign out",
        description: "The agent is offline; a conversation that is going on is not cut.",
        "x-ledger": ["AGENT-02", "TEN-12"],
        params: IdParams,
        response: { 200: S.AgentView },
      },
    },
    (request) => choose(request.caller, request.params.id, "offline"),
  );

  api.put(
    "/v1/agents/:id/lines",
    {
      config: { permission: "agents:write" },
      schema: {
        tags,
        summary: "Set the lines whose calls the agent takes",
        description: "Ticks the agent in the queues of these lines, and in no others.",
        "x-ledger": ["LINE-17", "LINE-18"],
        params: IdParams,
        body: S.LinesChange,
        response: { 200: S.AgentApplied },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { applied } = await commands.send("agent.lines", { id, ...request.body }, request.caller);
      return { ...(await show(context, id)), applied };
    },
  );

  api.post(
    "/v1/agents/:id/password",
    {
      config: { permission: "agents:write" },
      schema: {
        tags,
        summary: "Make a new password for the agent's phone",
        description: "Shown once. The old one stops working at the phone's next registration.",
        "x-ledger": ["ROLE-08"],
        params: IdParams,
        response: { 200: S.AgentPassword },
      },
    },
    (request) => commands.send("agent.newPassword", request.params, request.caller),
  );
}
