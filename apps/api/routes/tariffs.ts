/** What calls to numbers outside cost, by prefix. */
import { listTariffs } from "../../store/reads/tariffs.ts";
import type { Api, ApiContext } from "../context.ts";
import { notFound } from "../problem.ts";
import { IdParams, Nothing } from "../schemas/common.ts";
import * as S from "../schemas/tariffs.ts";
import { iso } from "../times.ts";

const tags = ["tariffs"];
const ledger = ["XFER-12", "FWD-08", "BILL-08"];

/** Adds the routes. */
export function tariffRoutes(api: Api, context: ApiContext): void {
  const { db, commands } = context;

  api.get(
    "/v1/tariffs",
    {
      config: { permission: "tariffs:read" },
      schema: {
        tags,
        summary: "List the tariffs",
        description: "By prefix.",
        "x-ledger": ledger,
        response: { 200: S.TariffList },
      },
    },
    async () => ({ items: (await listTariffs(db)).map(tariffView) }),
  );

  api.get(
    "/v1/tariffs/:id",
    {
      config: { permission: "tariffs:read" },
      schema: {
        tags,
        summary: "Show one tariff",
        description: "As calls that end now are charged.",
        "x-ledger": ledger,
        params: IdParams,
        response: { 200: S.TariffView },
      },
    },
    async (request) => show(context, request.params.id),
  );

  api.post(
    "/v1/tariffs",
    {
      config: { permission: "tariffs:write" },
      schema: {
        tags,
        summary: "Add a tariff",
        description:
          "For numbers with this prefix that no longer one has; rounded by the minute unless said.",
        "x-ledger": ledger,
        body: S.NewTariff,
        response: { 201: S.TariffView },
      },
    },
    async (request, reply) => {
      const fields = { rounding: "minute" as const, ...request.body };
      const { id } = await commands.send("tariff.create", fields, request.caller);
      return reply.code(201).send(await show(context, id));
    },
  );

  api.patch(
    "/v1/tariffs/:id",
    {
      config: { permission: "tariffs:write" },
      schema: {
        tags,
        summary: "Change a tariff",
        description:
          "For calls that end from now on; what has been charged stays as it was. Logged, and can be undone.",
        "x-ledger": ledger,
        params: IdParams,
        body: S.TariffChange,
        response: { 200: S.TariffView },
      },
    },
    async (request) => {
      const { id } = request.params;
      await commands.send("tariff.change", { id, change: request.body }, request.caller);
      return show(context, id);
    },
  );

  api.delete(
    "/v1/tariffs/:id",
    {
      config: { permission: "tariffs:write" },
      schema: {
        tags,
        summary: "Delete a tariff",
        description: "What has been charged by it stays as it was.",
        "x-ledger": ledger,
        params: IdParams,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      await commands.send("tariff.delete", request.params, request.caller);
      return reply.code(204).send(undefined);
    },
  );
}

async function show({ db }: ApiContext, id: string) {
  const [row] = await listTariffs(db, id);
  if (!row) throw notFound("tariff");
  return tariffView(row);
}

function tariffView(row: Awaited<ReturnType<typeof listTariffs>>[number]) {
  return { ...row, createdAt: iso(row.createdAt) };
}
