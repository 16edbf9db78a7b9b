/** Text that PostgreSQL can keep: U+0000 is a character to JSON and to URLs, and to neither `text` nor `jsonb`. */
import type { Api } from "./context.ts";
import { Problem } from "./problem.ts";

/** Refuses U+0000 wherever a request has text. Call before any route is added. */
export function refuseNul(api: Api): void {
  api.addHook("preHandler", async ({ body, query }) => {
    const field = nulIn(query, "query") ?? nulIn(body, "body");
    if (field === undefined) return;
    const message = "must not contain the character U+0000";
    throw new Problem(400, "invalid", `${field}: ${message}`, [{ field, message }]);
  });
}

/** The path of a text with the character, or of the object that has a property named so; undefined: there is none. */
function nulIn(whole: unknown, name: string): string | undefined {
  const left: [path: string, value: unknown][] = [["", whole]];
  for (let next = left.pop(); next; next = left.pop()) {
    const [path, value] = next;
    if (typeof value === "string" && value.includes("\u0000")) return path || name;
    if (!isPlain(value)) continue;
    for (const [key, inner] of Object.entries(value)) {
      if (key.includes("\u0000")) return path || name;
      left.push([path ? `${path}.${key}` : key, inner]);
    }
  }
  return undefined;
}

/** Uploads are streams and bytes, of which this says nothing. */
function isPlain(value: unknown): value is object {
  if (value === null || typeof value !== "object") return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null;
}
