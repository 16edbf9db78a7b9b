/**
 * Who asks, and may they: one hook before every route, and a check at start that no route forgot its permission.
 */
import type { FastifyRequest, RouteOptions } from "fastify";
import type { Api, ApiContext, Caller } from "./context.ts";
import { hashOf } from "./keys.ts";
import { type Permission, scopeOf } from "./permissions.ts";
import { Problem } from "./problem.ts";

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;

/** Installs the hooks. @throws Error at start, naming the route that declares no permission. */
export function guard(api: Api, context: ApiContext): void {
  api.decorateRequest("caller");
  const routes: RouteOptions[] = [];
  api.addHook("onRoute", (route) => void routes.push(route));
  api.addHook("onReady", async () => {
    const open = routes.find((route) => route.config?.permission === undefined);
    if (open) throw new Error(`${String(open.method)} ${open.url} declares no permission`);
  });
  api.addHook("onRequest", async (request) => {
    const { permission, loopback } = request.routeOptions.config;
    if (request.is404 || permission === "public") return;
    if (loopback && LOOPBACK.test(request.ip)) return;
    if (permission === undefined) throw new Error("a route without a permission");
    request.caller = await authorise(request, context, permission);
  });
}

async function authorise(
  request: FastifyRequest,
  context: ApiContext,
  permission: Permission,
): Promise<Caller> {
  const { identity, keyHash } = await identify(request, context);
  const scope = scopeOf(identity.role, permission);
  if (!scope)
    throw new Problem(
      403,
      "forbidden",
      `The role ${identity.role} does not have the permission ${permission}.`,
    );
  return { ...identity, keyHash, scope, address: request.ip };
}

async function identify(request: FastifyRequest, context: ApiContext) {
  const ticket = request.ws ? (request.query as { ticket?: unknown }).ticket : undefined;
  if (typeof ticket === "string") {
    const holder = context.tickets.redeem(ticket);
    if (holder && (await context.keys.stillValid(holder.keyHash)))
      return { identity: holder, keyHash: holder.keyHash };
    throw new Problem(401, "unauthorized", "The ticket is unknown, used or older than 30 s.");
  }
  const key = /^Bearer ([\x21-\x7e]{16,200})$/i.exec(request.headers.authorization ?? "")?.[1];
  if (key === undefined)
    throw new Problem(401, "unauthorized", "Send an API key as «Authorization: Bearer <key>».");
  const identity = await context.keys.identify(key);
  if (!identity) throw new Problem(401, "unauthorized", "The API key is unknown or revoked.");
  return { identity, keyHash: hashOf(key) };
}
