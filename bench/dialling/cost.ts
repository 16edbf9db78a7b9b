/** Section P: how long a decision takes with a hundred agents. To be run while nothing else does. */
import type { Pacer, PacingView } from "../../apps/core/dialling/pacer.ts";
import { standardDay } from "../../apps/core/dialling/world/scenario.ts";
import { simulateDay } from "../../apps/core/dialling/world/world.ts";
import { at } from "../figures.ts";
import type { Bench } from "./bench.ts";
import type { PolicyName } from "./job.ts";
import { pacerOf, productPacer } from "./policies.ts";
import { printTable } from "./print.ts";

const AGENTS = 100;
/** The first minutes are the compiler's. */
const WARM = 600;

/** Milliseconds per decide(). */
interface Cost {
  readonly policy: PolicyName;
  readonly n: number;
  readonly decisions: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
}

export async function decisionCost({ goals }: Bench, hours: number): Promise<Cost[]> {
  const createPacer = await productPacer();
  const results = (["product", "product+shed"] as const).map((policy): Cost => {
    const took: number[] = [];
    const scenario = { ...standardDay(AGENTS, 0.3), hours };
    const make = pacerOf({ policy, scenario, seed: 1 }, createPacer);
    simulateDay(scenario, 1, (knowledge, day) => timed(make(knowledge, day), took));
    const sorted = took.sort((a, b) => a - b);
    const ms = (value: number): number => Math.round(value * 10_000) / 10_000;
    return {
      ...{ policy, n: AGENTS, decisions: sorted.length },
      ...{ p50Ms: ms(at(sorted, 0.5)), p99Ms: ms(at(sorted, 0.99)), mostMs: ms(sorted.at(-1) ?? 0) },
    };
  });
  printTable(
    `Cost of decide() at N = ${AGENTS}, p = 0.3`,
    ["policy", "decisions", "p50 ms", "p99 ms", "most ms"],
    results.map((one) => [one.policy, one.decisions, one.p50Ms, one.p99Ms, one.mostMs]),
  );
  for (const { policy, p99Ms } of results) goals.atMost(`${policy}: decide() p99 ms at N=100`, 1, p99Ms);
  return results;
}

/** The same pacer, with a clock on its decisions. */
function timed(pacer: Pacer, took: number[]): Pacer {
  const decide = pacer.decide.bind(pacer);
  return Object.assign(pacer, {
    decide: (view: PacingView) => {
      const since = performance.now();
      const decision = decide(view);
      if (view.now > WARM) took.push(performance.now() - since);
      return decision;
    },
  });
}
