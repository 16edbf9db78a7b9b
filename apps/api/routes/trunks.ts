/** Trunks: the carriers' ends. */

import { CommandProblem, type TrunkStates } from "../../commands/port.ts";
import { listTrunks } from "../../store/reads/trunks.ts";
import type { Api, ApiContext, Caller } from "../context.ts";
import { notFound } from "../problem.ts";
import { IdParams, Nothing } from "../schemas/common.ts";
import * as S from "../schemas/trunks.ts";
import { iso } from "../times.ts";

const tags = ["trunks"];
const NEW_TRUNK = { host: null, port: 5060, username: null, password: null };

/** Adds the routes. */
export function trunkRoutes(api: Api, context: ApiContext): void {
  const { db, commands } = context;

  api.get(
    "/v1/trunks",
    {
      config: { permission: "trunks:read" },
      schema: {
        tags,
        summary: "List trunks",
        description: "Passwords are never shown.",
        "x-ledger": ["LINE-07"],
        response: { 200: S.TrunkList },
      },
    },
    async ({ caller }) => {
      const [rows, states] = await Promise.all([listTrunks(db), statesOf(context, caller)]);
      return { items: rows.map((row) => trunkView(row, states)) };
    },
  );

  api.post(
    "/v1/trunks",
    {
      config: { permission: "trunks:write" },
      schema: {
        tags,
        summary: "Connect a carrier or your own PBX",
        description: "Known by its addresses; with host, username and password we also register there.",
        "x-ledger": ["LINE-06", "LINE-07", "LINE-08"],
        body: S.NewTrunk,
        response: { 201: S.TrunkApplied },
      },
    },
    async (request, reply) => {
      const fields = { ...NEW_TRUNK, ...request.body };
      const { id, applied } = await commands.send("trunk.create", fields, request.caller);
      return reply.code(201).send({ ...(await show(context, id, request.caller)), applied });
    },
  );

  api.get(
    "/v1/trunks/:id",
    {
      config: { permission: "trunks:read" },
      schema: {
        tags,
        summary: "Show one trunk",
        description: "Without its password.",
        "x-ledger": ["LINE-07"],
        params: IdParams,
        response: { 200: S.TrunkView },
      },
    },
    (request) => show(context, request.params.id, request.caller),
  );

  api.patch(
    "/v1/trunks/:id",
    {
      config: { permission: "trunks:write" },
      schema: {
        tags,
        summary: "Change a trunk",
        description: "A password that is not sent stays as it is.",
        "x-ledger": ["LINE-08"],
        params: IdParams,
        body: S.TrunkChange,
        response: { 200: S.TrunkApplied },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { applied } = await commands.send("trunk.change", { id, change: request.body }, request.caller);
      return { ...(await show(context, id, request.caller)), applied };
    },
  );

  api.delete(
    "/v1/trunks/:id",
    {
      config: { permission: "trunks:write" },
      schema: {
        tags,
        summary: "Disconnect a trunk",
        description: "Calls from its addresses are refused from then on.",
        "x-ledger": ["LINE-08"],
        params: IdParams,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      await commands.send("trunk.delete", request.params, request.caller);
      return reply.code(204).send(undefined);
    },
  );
}

async function show(context: ApiContext, id: string, caller: Caller) {
  const [[row], states] = await Promise.all([listTrunks(context.db, id), statesOf(context, caller)]);
  if (!row) throw notFound("trunk");
  return trunkView(row, states);
}

/** None while the engine is away: rows are still answered then. */
async function statesOf({ commands }: ApiContext, caller: Caller): Promise<TrunkStates> {
  try {
    return (await commands.send("trunk.states", {}, caller)).states;
  } catch (error) {
    if (error instanceof CommandProblem && error.status === 503) return {};
    throw error;
  }
}

function trunkView(row: Awaited<ReturnType<typeof listTrunks>>[number], states: TrunkStates) {
  return { ...row, live: { state: states[row.id] ?? "unknown" }, createdAt: iso(row.createdAt) };
}
