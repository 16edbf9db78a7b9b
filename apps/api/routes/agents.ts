/** Agents: who answers, their state now, and their journal. */
import type { FloorView } from "../../commands/port.ts";
import { shownState } from "../../core/agents/shown-state.ts";
import { listAgents } from "../../store/reads/agents.ts";
import { listCalls } from "../../store/reads/calls.ts";
import { type Api, type ApiContext, type Caller, floorOrNull, onlyAgent } from "../context.ts";
import { cursorFrom, shown } from "../pages.ts";
import { forwardNumberFrom, phoneView, phoneViewOrNull } from "../phones.ts";
import { notFound } from "../problem.ts";
import * as S from "../schemas/agents.ts";
import { CallPage, JournalQuery } from "../schemas/calls.ts";
import { IdParams, Nothing } from "../schemas/common.ts";
import { iso } from "../times.ts";
import { callView } from "./calls.ts";

const tags = ["agents"];

/** Adds the routes. */
export function agentRoutes(api: Api, context: ApiContext): void {
  const { db, commands } = context;

  api.get(
    "/v1/agents",
    {
      config: { permission: "agents:read" },
      schema: {
        tags,
        summary: "List agents with their live status",
        description: "The supervisor's view of the floor. An agent's key sees only itself.",
        "x-ledger": ["AGENT-01", "AGENT-12", "ROLE-10", "LINE-17"],
        response: { 200: S.AgentList },
      },
    },
    async (request) => {
      const [rows, floor] = await Promise.all([
        listAgents(db, onlyAgent(request.caller)),
        floorOrNull(commands),
      ]);
      const live = new Map(floor?.agents.map((agent) => [agent.id, agent]));
      return { items: rows.map((row) => agentView(row, floor, live.get(row.id))) };
    },
  );

  api.post(
    "/v1/agents",
    {
      config: { permission: "agents:write" },
      schema: {
        tags,
        summary: "Create an agent",
        description: "Answers the phone's SIP account; its password is shown this once.",
        "x-ledger": ["ROLE-08"],
        body: S.NewAgent,
        response: { 201: S.AgentCreated },
      },
    },
    async (request, reply) => {
      const { id, applied, sip } = await commands.send(
        "agent.create",
        { ...request.body, ...forwardNumberFrom(request.body, context.country) },
        request.caller,
      );
      return reply.code(201).send({ ...(await show(context, id)), applied, sip });
    },
  );

  api.get(
    "/v1/agents/:id",
    {
      config: { permission: "agents:read" },
      schema: {
        tags,
        summary: "Show one agent",
        description: "With status, device, current call and the lines served.",
        "x-ledger": ["AGENT-01", "AGENT-02", "AGENT-03", "AGENT-07", "AGENT-10", "LINE-17"],
        params: IdParams,
        response: { 200: S.AgentView },
      },
    },
    async (request) => show(context, ownId(request.caller, request.params.id)),
  );

  api.patch(
    "/v1/agents/:id",
    {
      config: { permission: "agents:write" },
      schema: {
        tags,
        summary: "Change an agent",
        description: "Name or short number.",
        "x-ledger": ["ROLE-10"],
        params: IdParams,
        body: S.AgentChange,
        response: { 200: S.AgentApplied },
      },
    },
    async (request) => {
      const { id } = request.params;
      const change = { ...request.body, ...forwardNumberFrom(request.body, context.country) };
      const { applied } = await commands.send("agent.change", { id, change }, request.caller);
      return { ...(await show(context, id)), applied };
    },
  );

  api.delete(
    "/v1/agents/:id",
    {
      config: { permission: "agents:write" },
      schema: {
        tags,
        summary: "Delete an agent",
        description: "Calls stay in the journal; the phone can no longer register.",
        "x-ledger": ["ROLE-10"],
        params: IdParams,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      await commands.send("agent.delete", request.params, request.caller);
      return reply.code(204).send(undefined);
    },
  );

  api.get(
    "/v1/agents/:id/calls",
    {
      config: { permission: "calls:read" },
      schema: {
        tags,
        summary: "The agent's call journal",
        description: "Calls the agent talked in, was offered first, or whose phone rang. Newest first.",
        "x-ledger": ["WRAP-06"],
        params: IdParams,
        querystring: JournalQuery,
        response: { 200: CallPage },
      },
    },
    async (request) => {
      const only = ownId(request.caller, request.params.id);
      if ((await listAgents(db, only)).length === 0) throw notFound("agent");
      const { limit, cursor } = request.query;
      return shown(await listCalls(db, { only, limit, after: cursorFrom(cursor) }), callView);
    },
  );
}

/** An agent's key reaches only its own agent. @throws Problem 404 for any other. */
export function ownId(caller: Caller, id: string): string {
  const only = onlyAgent(caller);
  if (only !== undefined && only !== id) throw notFound("agent");
  return id;
}

/** One agent as it is now. @throws Problem 404 */
export async function show({ db, commands }: ApiContext, id: string) {
  const [[row], floor] = await Promise.all([listAgents(db, id), floorOrNull(commands)]);
  if (!row) throw notFound("agent");
  return agentView(
    row,
    floor,
    floor?.agents.find((agent) => agent.id === id),
  );
}

type Row = Awaited<ReturnType<typeof listAgents>>[number];
type Live = FloorView["agents"][number];

function agentView(row: Row, floor: FloorView | null, live: Live | undefined) {
  const state = live?.state ?? row.state;
  const since = live?.stateSince ?? row.stateSince.getTime();
  return {
    ...row,
    state,
    stateSince: iso(since),
    forwardNumber: phoneViewOrNull(row.forwardNumber),
    shown: shownState(state, live?.call?.phase),
    console: consoleOf(state, since, floor?.at ?? Date.now()),
    mobile: row.mobile === null ? null : phoneView(row.mobile),
    pendingState: (live ? live.pendingState : row.pendingState) ?? null,
    lines: row.lines.map((line) => ({ ...line, number: phoneView(line.number) })),
    live: floor && live ? liveView(live, floor.at) : null,
    createdAt: iso(row.createdAt),
  };
}

/** AGENT-12, D-01: what the agent chose; talking and ringing are seen in `live`. */
function consoleOf(state: Row["state"], since: number, at: number) {
  const shown = state === "offline" ? ("inactive" as const) : state;
  return { state: shown, since: iso(since), forMs: Math.max(0, Math.round(at - since)) };
}

function liveView({ status, device, openLine, call }: Live, at: number) {
  if (!call) return { status, device, openLine, call: null };
  const talkingForMs = call.phase === "talking" ? Math.max(0, Math.round(at - call.since)) : null;
  const { id, phase, since, until } = call;
  return {
    status,
    device,
    openLine,
    call: { id, phase, since: iso(since), until: until === undefined ? null : iso(until), talkingForMs },
  };
}
