/** What the API's log may hold: no keys, no passwords, no whole phone numbers. */
import type { FastifyRequest } from "fastify";

const SECRET = ["authorization", "password", "key", "sip.password", "ticket", "hash"];

/** Options for pino. */
export function logOptions(level: string) {
  return {
    level,
    base: { name: "api" },
    redact: {
      paths: [...SECRET, ...SECRET.map((name) => `*.${name}`), "req.headers", "*.headers.authorization"],
      censor: "[hidden]",
    },
    serializers: {
      req: (request: FastifyRequest) => ({ method: request.method, url: maskAddress(request.url) }),
      phone: maskPhone,
      from: maskPhone,
      to: maskPhone,
    },
  };
}

/** `+79161234567` → `…4567`. */
export function maskPhone(number: unknown): unknown {
  return typeof number === "string" ? number.replace(/.*(?=.{4}$)/s, "…") : number;
}

/** Values in a query may be numbers, names or tickets: of each only the last four characters are kept. */
export function maskAddress(url: string): string {
  const [path = "", query] = url.split("?", 2);
  if (query === undefined) return path;
  const masked = query.split("&").map((pair) => {
    const [name = "", value = ""] = pair.split("=", 2);
    return PRIVATE.has(name)
      ? `${name}=${name === "phone" || name === "from" || name === "to" ? maskPhone(value) : "…"}`
      : pair;
  });
  return `${path}?${masked.join("&")}`;
}

const PRIVATE = new Set(["phone", "from", "to", "q", "ticket"]);
