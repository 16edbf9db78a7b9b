/**
 * How busy does the dialler keep agents, and whom does it lose? The tier for every change: days in the simulated world
 * (apps/core/dialling/world) of the product's pacer beside the reference policies, the answer rate doubling, half of the
 * agents leaving, cold starts, the distance to the exact optimum, a restart, and the cost of a decision. The full
 * tables with all seeds are `npm run bench -- dialer-full`.
 *
 * Another pacer takes the product's place when DIALER_PACER names a module (.js or .mjs, relative to the working
 * directory) that exports `createPacer(options, snapshot?)` and returns a `Pacer` (apps/core/dialling/pacer.ts):
 *
 *     DIALER_PACER=./mine.mjs npm run bench -- dialer
 *
 * Seeds: days 1001+, regimes 5001+, cold starts 301+, Markovian days 1+.
 */
import { decisionCost } from "./dialling/cost.ts";
import { scoredDays, standardDays } from "./dialling/days.ts";
import { markovDays } from "./dialling/optimum.ts";
import { regimeDays } from "./dialling/regimes.ts";
import { onWorkers } from "./dialling/run.ts";
import { coldStarts } from "./dialling/starts.ts";
import { restartedDays } from "./dialling/stress.ts";

/** Runs everything and returns the one line. */
export function run(): Promise<object> {
  return onWorkers("every change", async (bench) => {
    const cost = await decisionCost(bench, 1);
    const cells = await standardDays(bench, [
      { n: 5, p: 0.3, seeds: 8, oracles: 1 },
      { n: 10, p: 0.3, seeds: 4, oracles: 1 },
      { n: 20, p: 0.3, seeds: 5, oracles: 1 },
      { n: 20, p: "drift", seeds: 3, oracles: 0 },
      { n: 50, p: 0.3, seeds: 3, oracles: 0 },
      { n: 100, p: 0.3, seeds: 3, oracles: 0 },
    ]);
    const scored = await scoredDays(bench, [{ n: 5, seeds: 8 }]);
    const policies = ["expected-value", "product"] as const;
    const regimes = await regimeDays(bench, [
      { n: 20, seeds: 8, policies, regimes: ["answer rate x2", "half leave"] },
    ]);
    const starts = await coldStarts(bench, [{ n: 10, seeds: 8, rates: [0.05, 0.8], policies }]);
    const optimum = await markovDays(bench, [{ n: 5, p: 0.3, seeds: 2 }]);
    const restart = await restartedDays(bench, 2);
    return {
      ...{ cells: [...cells, ...scored.cells], unscored: scored.unscored, regimes },
      ...{ coldStarts: starts, optimum, restart, decide: cost },
    };
  });
}
