/** The API describes itself: OpenAPI 3.1 from the schemas that also check the requests. */
import helmet from "@fastify/helmet";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import { mayBeEmpty } from "./bodies.ts";
import type { Api } from "./context.ts";

const PROBLEM = {
  type: "object",
  description: "RFC 9457.",
  required: ["type", "title", "status", "detail", "code", "errors"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    code: { type: "string", description: "A stable word for programs.", examples: ["not-found"] },
    errors: {
      type: "array",
      items: {
        type: "object",
        properties: { field: { type: "string" }, message: { type: "string" } },
      },
    },
  },
};

interface Operation {
  readonly operationId?: string;
  readonly requestBody?: {
    required?: boolean;
    readonly content?: Readonly<Record<string, { readonly schema?: unknown }>>;
  };
  readonly responses?: Record<string, unknown>;
  readonly parameters?: { required?: boolean; readonly schema?: { readonly default?: unknown } }[];
}

/** Before the routes: it has to see them. */
export async function describeApi(api: Api): Promise<void> {
  await api.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Dozvon",
        version: "1",
        description:
          "Contact-centre telephony on Asterisk. Phones are accepted in any usual spelling; times are ISO 8601 in UTC. Every error is application/problem+json. `x-ledger` names the entries of the feature ledger.",
      },
      components: {
        securitySchemes: {
          key: { type: "http", scheme: "bearer", description: "An API key (TEN-08)." },
        },
        schemas: { Problem: PROBLEM as object },
      },
      security: [{ key: [] }],
    },
    transformObject: (document) => {
      if (!("openapiObject" in document)) return document.swaggerObject;
      const { openapiObject } = document;
      // A route of several methods is one object under each of them.
      for (const [path, methods] of Object.entries(openapiObject.paths ?? {}))
        for (const [method, operation] of Object.entries(methods ?? {}) as [string, Operation][])
          Object.assign(methods ?? {}, { [method]: complete(operation, operationId(method, path)) });
      return openapiObject;
    },
  });
}

/** After the routes: /openapi.json, and /docs for people. */
export async function serveDocs(api: Api): Promise<void> {
  let text: string | undefined;
  api.get(
    "/openapi.json",
    { config: { permission: "public" }, schema: { hide: true } },
    async (_request, reply) => {
      text ??= JSON.stringify(api.swagger());
      return reply.type("application/json").send(text);
    },
  );
  await api.register(async (docs) => {
    docs.addHook("onRoute", (route) => {
      route.config = { ...route.config, permission: "public" };
    });
    await docs.register(helmet, {
      contentSecurityPolicy: {
        directives: {
          "default-src": ["'self'"],
          "img-src": ["'self'", "data:"],
          "style-src": ["'self'", "'unsafe-inline'"],
          // Without TLS of our own the page would ask for its files on a port that does not exist.
          "upgrade-insecure-requests": null,
        },
      },
      strictTransportSecurity: false,
    });
    await docs.register(swaggerUi, { routePrefix: "/docs", uiConfig: { deepLinking: true } });
  });
}

/**
 * A name for generated clients, from method and path: `GET /v1/calls/{id}/why` is `getCallsByIdWhy`. What follows
 * `{…}` is kept apart from it by «By», so that two paths never share a name.
 */
export function operationId(method: string, path: string): string {
  const words = path
    .replace(/^\/v1(?=\/)/, "")
    .split("/")
    .flatMap((part) => (part.startsWith("{") ? ["by", part.slice(1, -1)] : part.split(/[^A-Za-z0-9]+/)))
    .filter((word) => word !== "");
  return method + words.map((word) => (word[0] ?? "").toUpperCase() + word.slice(1)).join("");
}

/** Every operation can answer a problem; a parameter with a default, or a body without a must, need not be sent. */
function complete(operation: Operation, name: string): Operation {
  const { requestBody } = operation;
  const json = requestBody?.content?.["application/json"];
  if (requestBody && json) requestBody.required = !mayBeEmpty(json.schema);
  if (operation.responses) operation.responses.default = problemResponse();
  for (const parameter of operation.parameters ?? [])
    if (parameter.schema?.default !== undefined) parameter.required = false;
  return { ...operation, operationId: name };
}

function problemResponse() {
  return {
    description: "A problem.",
    content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
  };
}
