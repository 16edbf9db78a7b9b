/** How errors and unknown addresses are answered. */
import type { FastifyReply } from "fastify";
import type { Api } from "./context.ts";
import { asProblem, bodyOf, Problem } from "./problem.ts";

/** Sends whatever was thrown as application/problem+json. */
export function answerProblem(reply: FastifyReply, error: unknown): FastifyReply {
  const problem = asProblem(error);
  if (problem.statusCode === 401) reply.header("www-authenticate", "Bearer");
  if (problem.statusCode === 426) reply.header("upgrade", "websocket");
  if (problem.statusCode === 503) reply.header("retry-after", "2");
  return reply
    .code(problem.statusCode)
    .type("application/problem+json")
    .serializer((body: unknown) => JSON.stringify(body))
    .send(bodyOf(problem));
}

/** Installs the handlers. Call before any route is added: it also learns which addresses exist. */
export function answerErrors(api: Api): void {
  const known: { pattern: RegExp; method: string }[] = [];
  api.addHook("onRoute", ({ url, method }) => {
    const pattern = new RegExp(`^${url.replace(/:[a-z]+/gi, "[^/]+").replaceAll("*", ".*")}$`);
    for (const each of [method].flat()) known.push({ pattern, method: each });
  });
  api.addHook("onSend", async (_request, reply) => {
    reply.header("x-content-type-options", "nosniff");
    if (!reply.hasHeader("cache-control")) reply.header("cache-control", "no-store");
  });
  api.setErrorHandler((error, request, reply) => {
    const problem = asProblem(error);
    if (problem.statusCode === 500) request.log.error({ err: error, req: request }, "A request failed.");
    else request.log.debug({ req: request, code: problem.code }, "A request was refused.");
    return answerProblem(reply, problem);
  });
  api.setNotFoundHandler((request, reply) => {
    const path = request.url.split("?", 1)[0] ?? "";
    const allowed = known.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    if (allowed.length === 0)
      return answerProblem(reply, new Problem(404, "not-found", "There is no such address."));
    reply.header("allow", [...new Set(allowed)].join(", "));
    return answerProblem(
      reply,
      new Problem(405, "method-not-allowed", `${request.method} is not possible here.`),
    );
  });
}
