/** Scripts, and which one belongs to a call. */
import { listScenarios, scenarioOf } from "../../store/reads/scenarios.ts";
import type { Api, ApiContext } from "../context.ts";
import { notFound } from "../problem.ts";
import { IdParams, Nothing } from "../schemas/common.ts";
import * as S from "../schemas/scenarios.ts";
import { findCall } from "./calls.ts";

const tags = ["scenarios"];

/** Adds the routes. */
export function scenarioRoutes(api: Api, context: ApiContext): void {
  const { db, commands } = context;

  api.get(
    "/v1/scenarios",
    {
      config: { permission: "scenarios:read" },
      schema: {
        tags,
        summary: "List scenarios",
        description: "By name, with their results.",
        "x-ledger": ["SCEN-03"],
        response: { 200: S.ScenarioList },
      },
    },
    async () => ({ items: await listScenarios(db) }),
  );

  api.post(
    "/v1/scenarios",
    {
      config: { permission: "scenarios:write" },
      schema: {
        tags,
        summary: "Create a scenario",
        description: "409 when another one of its direction is shown on one of the lines already.",
        "x-ledger": ["SCEN-03", "SCEN-04", "SCEN-08", "SCEN-09", "DIAL-08", "DIAL-09"],
        body: S.NewScenario,
        response: { 201: S.ScenarioView },
      },
    },
    async (request, reply) => {
      const fields = { script: "", lineIds: [], results: [], ...request.body };
      const { id } = await commands.send("scenario.create", fields, request.caller);
      return reply.code(201).send(await show(context, id));
    },
  );

  api.patch(
    "/v1/scenarios/:id",
    {
      config: { permission: "scenarios:write" },
      schema: {
        tags,
        summary: "Change a scenario",
        description: "Results that keep their names keep their ids.",
        "x-ledger": ["SCEN-03", "SCEN-04", "SCEN-08", "SCEN-09", "DIAL-08", "DIAL-09"],
        params: IdParams,
        body: S.ScenarioChange,
        response: { 200: S.ScenarioView },
      },
    },
    async (request) => {
      const { id } = request.params;
      await commands.send("scenario.change", { id, change: request.body }, request.caller);
      return show(context, id);
    },
  );

  api.delete(
    "/v1/scenarios/:id",
    {
      config: { permission: "scenarios:write" },
      schema: {
        tags,
        summary: "Delete a scenario",
        description: "Calls that were completed with one of its results keep everything else.",
        "x-ledger": ["SCEN-03"],
        params: IdParams,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      await commands.send("scenario.delete", request.params, request.caller);
      return reply.code(204).send(undefined);
    },
  );

  api.get(
    "/v1/calls/:id/script",
    {
      config: { permission: "calls:read" },
      schema: {
        tags: ["calls"],
        summary: "Which script belongs to this call?",
        description:
          "The scenario that was picked for the list which it was placed from, else that of its line, else the default of its direction; with the results to choose from.",
        "x-ledger": ["SCEN-03", "SCEN-04", "SCEN-11", "SCEN-12"],
        params: IdParams,
        response: { 200: S.ScriptView },
      },
    },
    async (request) => {
      const call = await findCall(context, request.caller, request.params.id);
      return { callId: call.id, scenario: (await scenarioOf(db, call)) ?? null };
    },
  );
}

async function show({ db }: ApiContext, id: string) {
  const [scenario] = await listScenarios(db, id);
  if (!scenario) throw notFound("scenario");
  return scenario;
}
