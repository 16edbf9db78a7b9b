/** Prometheus' figures. */
import { Type } from "typebox";
import type { Api, ApiContext } from "../context.ts";
import { createMetrics } from "../metrics/metrics.ts";

/** Adds the route. */
export function metricsRoutes(api: Api, context: ApiContext): void {
  const metrics = createMetrics(context);
  api.get(
    "/metrics",
    {
      config: { permission: "metrics:read", loopback: context.metricsOpen },
      schema: {
        tags: ["service"],
        summary: "Figures for Prometheus",
        description:
          "Text format 0.0.4: calls, queues, agents, the engine's turns, what waits to be stored or told, and this process. Needs a key of an administrator or a supervisor; with DOZVON_METRICS_OPEN=true none from this machine's loopback addresses (do not set it behind a proxy on the same machine).",
        produces: ["text/plain"],
        response: { 200: Type.String({ description: "HELP and TYPE say what each figure is." }) },
      },
    },
    async (_request, reply) => {
      const { text, type } = await metrics.read();
      return reply
        .type(type)
        .serializer((body: unknown) => body as string)
        .send(text);
    },
  );
}
