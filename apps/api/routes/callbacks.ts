/** Kept places: who is called back. */
import { listCallbacks } from "../../store/reads/callbacks.ts";
import type { Api, ApiContext } from "../context.ts";
import { phoneView } from "../phones.ts";
import * as S from "../schemas/callbacks.ts";
import { IdParams, Nothing } from "../schemas/common.ts";
import { iso } from "../times.ts";

const tags = ["callbacks"];

/** Adds the routes. */
export function callbackRoutes(api: Api, { db, commands }: ApiContext): void {
  api.get(
    "/v1/callbacks",
    {
      config: { permission: "callbacks:read" },
      schema: {
        tags,
        summary: "List callers who kept their place",
        description: "The newest first.",
        "x-ledger": ["ROUTE-12"],
        querystring: S.CallbackQuery,
        response: { 200: S.CallbackList },
      },
    },
    async (request) => {
      const rows = await listCallbacks(db, request.query);
      const items = rows.map((row) => ({
        ...row,
        number: phoneView(row.number),
        keptAt: iso(row.keptAt),
        nextAt: iso(row.nextAt),
        endedAt: row.endedAt && iso(row.endedAt),
      }));
      return { items };
    },
  );

  api.delete(
    "/v1/callbacks/:id",
    {
      config: { permission: "callbacks:manage" },
      schema: {
        tags,
        summary: "Cancel a call-back",
        description: "A call in flight is hung up. 404 when it is over already.",
        "x-ledger": ["ROUTE-12"],
        params: IdParams,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      await commands.send("callback.cancel", request.params, request.caller);
      return reply.code(204).send(undefined);
    },
  );
}
