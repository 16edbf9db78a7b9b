/** Bodies that need not be sent: no body is an object without properties, and its schema says what is missing. */
import type { Api } from "./context.ts";

interface ObjectSchema {
  readonly type?: string;
  readonly required?: readonly string[];
  readonly minProperties?: number;
}

/** Takes requests without a body, with a content type or without. Call before any route is added. */
export function takeNoBody(api: Api): void {
  const parse = api.getDefaultJsonParser("error", "error");
  api.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) =>
    body === "" ? done(null, undefined) : parse(request, body as string, done),
  );
  api.addHook("preValidation", async (request) => {
    if (request.body === undefined && request.routeOptions.schema?.body) request.body = {};
  });
}

/** Whether a request without a body passes: nothing in it is required. */
export function mayBeEmpty(schema: unknown): boolean {
  const { type, required = [], minProperties = 0 } = (schema ?? {}) as ObjectSchema;
  return type === "object" && required.length === 0 && minProperties === 0;
}
