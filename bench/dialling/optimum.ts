/** Section M: how far from the best that is possible, on the day for which that can be computed. */
import { markovOptimum } from "../../apps/core/dialling/world/markov-optimum.ts";
import { markovDay } from "../../apps/core/dialling/world/scenario.ts";
import { type Bench, jobs, seeds } from "./bench.ts";
import { cellOf, rounded } from "./cells.ts";
import { printTable } from "./print.ts";

interface Distance {
  readonly n: number;
  readonly p: number;
  /** Percent: the product's, and the optimum at the product's own abandonment. */
  readonly utilisation: number;
  readonly abandoned: number;
  readonly optimum: number;
  readonly optimumAt3: number;
  readonly gap: number;
}

export interface Markov {
  readonly n: number;
  readonly p: number;
  readonly seeds: number;
}

/** The product aims at 3 % and has no guard, which the optimum has not either. */
export async function markovDays({ crew, goals }: Bench, all: readonly Markov[]): Promise<Distance[]> {
  const results: Distance[] = [];
  for (const { n, p, seeds: count } of all) {
    const options = { limit: 0.5, target: 0.03 };
    const done = await crew.run(jobs(["product"], markovDay(n, p), seeds(1, count), options));
    const { utilisation, abandoned } = cellOf(done);
    const best = markovOptimum({ agents: n, p, abandoned: abandoned / 100 });
    const atLimit = markovOptimum({ agents: n, p, abandoned: 0.03 });
    const optimum = rounded(100 * best.utilisation);
    const gap = rounded(optimum - utilisation);
    results.push({
      ...{ n, p, utilisation, abandoned, optimum, optimumAt3: rounded(100 * atLimit.utilisation), gap },
    });
    goals.atMost(`Markovian day N=${n} p=${p}: points below the optimum`, 1, gap);
  }
  printTable(
    "Markovian days of 24 h: the product and the exact optimum at the same abandonment",
    ["N", "p", "busy %", "lost %", "optimum", "points below", "optimum at 3 %"],
    results.map((one) => [
      ...[one.n, one.p, one.utilisation, one.abandoned, one.optimum, one.gap, one.optimumAt3],
    ]),
  );
  return results;
}
