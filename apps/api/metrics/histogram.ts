/**
 * A histogram that was counted in another process: prom-client's own can only be observed into, so this one is
 * handed to the registry in the shape of its answers.
 */
import type { Metric } from "prom-client";
import type { Figures } from "../../commands/port.ts";

const NAME = "dozvon_turn_seconds";
const HELP =
  "Time of one turn of the engine that led to a deed: from hearing to the request on its way to Asterisk.";

/** The metric for the registry, and where its counts are put before a scrape. */
export function turnHistogram(): { metric: Metric; set(turns: Figures["turns"] | undefined): void } {
  let now: Figures["turns"] | undefined;
  const metric = {
    name: NAME,
    get: async () => ({ name: NAME, help: HELP, type: "histogram", aggregator: "sum", values: values(now) }),
    reset: () => {
      now = undefined;
    },
  };
  return {
    metric: metric as unknown as Metric,
    set(turns) {
      now = turns;
    },
  };
}

function values(turns: Figures["turns"] | undefined) {
  if (!turns) return [];
  const bucket = (le: string | number, value: number) => ({
    metricName: `${NAME}_bucket`,
    labels: { le },
    value,
  });
  return [
    ...turns.buckets.map(({ atMostMs, count }) => bucket(atMostMs / 1000, count)),
    bucket("+Inf", turns.count),
    { metricName: `${NAME}_sum`, labels: {}, value: turns.sumMs / 1000 },
    { metricName: `${NAME}_count`, labels: {}, value: turns.count },
  ];
}
