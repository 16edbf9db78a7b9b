/** API keys, and who am I (TEN-08). */
import { listKeys } from "../../store/reads/keys.ts";
import type { Api, ApiContext } from "../context.ts";
import { ROLES } from "../permissions.ts";
import { notFound, wrongField } from "../problem.ts";
import { IdParams, Nothing } from "../schemas/common.ts";
import * as S from "../schemas/keys.ts";
import { iso, isoOrNull } from "../times.ts";

const tags = ["keys"];

/** Adds the routes. */
export function keyRoutes(api: Api, { db, commands }: ApiContext): void {
  api.get(
    "/v1/keys",
    {
      config: { permission: "keys:read" },
      schema: {
        tags,
        summary: "List API keys",
        description: "Newest first, the revoked ones too. The keys themselves are not kept.",
        "x-ledger": ["TEN-08"],
        response: { 200: S.KeyList },
      },
    },
    async () => ({ items: (await listKeys(db)).map(keyView) }),
  );

  api.post(
    "/v1/keys",
    {
      config: { permission: "keys:write" },
      schema: {
        tags,
        summary: "Create an API key",
        description: "The key is shown this once; we keep its SHA-256.",
        "x-ledger": ["TEN-08", "ROLE-03"],
        body: S.NewKey,
        response: { 201: S.KeyCreated },
      },
    },
    async (request, reply) => {
      const { name, role, agentId = null } = request.body;
      if (role !== "supervisor" && (role === "agent") !== (agentId !== null))
        throw wrongField(
          "agentId",
          role === "agent" ? "is required for the role agent" : "is not for administrators",
        );
      const { id, key } = await commands.send("key.create", { name, role, agentId }, request.caller);
      const [row] = await listKeys(db, id);
      if (!row) throw notFound("key");
      return reply.code(201).send({ ...keyView(row), key });
    },
  );

  api.delete(
    "/v1/keys/:id",
    {
      config: { permission: "keys:write" },
      schema: {
        tags,
        summary: "Revoke an API key",
        description: "It is refused within 5 s, and its live streams end within 30 s.",
        "x-ledger": ["TEN-08"],
        params: IdParams,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      await commands.send("key.revoke", request.params, request.caller);
      return reply.code(204).send(undefined);
    },
  );

  api.get(
    "/v1/me",
    {
      config: { permission: "me:read" },
      schema: {
        tags,
        summary: "Who am I?",
        description: "The key's role and what it may do.",
        "x-ledger": ["TEN-08"],
        response: { 200: S.MeView },
      },
    },
    async ({ caller }) => ({
      keyId: caller.keyId,
      name: caller.name,
      role: caller.role,
      agentId: caller.agentId ?? null,
      permissions: ROLES[caller.role],
    }),
  );
}

function keyView(row: Awaited<ReturnType<typeof listKeys>>[number]) {
  return {
    ...row,
    createdAt: iso(row.createdAt),
    lastUsedAt: isoOrNull(row.lastUsedAt),
    revokedAt: isoOrNull(row.revokedAt),
  };
}
