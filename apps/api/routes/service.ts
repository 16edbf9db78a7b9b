/** Is it alive, is it ready: for supervisors and load balancers; no key needed. */
import { ping } from "../../store/reads/live.ts";
import { type Api, type ApiContext, floorOrNull } from "../context.ts";
import { HealthView, ReadyView } from "../schemas/service.ts";

const tags = ["service"];
const PATIENCE_MS = 2000;

/** Adds the routes. */
export function serviceRoutes(api: Api, { db, commands }: ApiContext): void {
  api.get(
    "/health",
    {
      config: { permission: "public", rateLimit: false },
      schema: {
        tags,
        summary: "Is this process alive?",
        description: "Says nothing about what is behind it.",
        security: [],
        response: { 200: HealthView },
      },
    },
    async () => ({ status: "alive" as const }),
  );

  api.get(
    "/ready",
    {
      config: { permission: "public", rateLimit: false },
      schema: {
        tags,
        summary: "Can calls be taken and questions answered?",
        description: "503 names the part that is down: the database, the engine or Asterisk.",
        security: [],
        response: { 200: ReadyView, 503: ReadyView },
      },
    },
    async (_request, reply) => {
      const [database, floor] = await Promise.all([
        within(ping(db).then(() => true)),
        within(floorOrNull(commands)),
      ]);
      const view = {
        ready: database === true && floor?.asterisk === "up",
        database: database ? ("up" as const) : ("down" as const),
        engine: floor ? ("up" as const) : ("down" as const),
        asterisk: floor?.asterisk ?? ("unknown" as const),
        alarms: [...(floor?.alarms ?? [])],
      };
      return reply.code(view.ready ? 200 : 503).send(view);
    },
  );
}

/** Undefined when it fails or takes too long: whoever asks for readiness must get an answer. */
async function within<T>(answer: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
