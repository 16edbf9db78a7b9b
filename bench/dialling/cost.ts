/**
 * Section P: what a decision costs with a hundred agents, in CPU time and by the clock. Others on the same machine
 * lengthen the second and not the first, so the goal is judged by the first.
 */
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

/** Milliseconds per decide(), of the whole process's CPU and by the clock. */
interface Cost {
  readonly policy: PolicyName;
  readonly n: number;
  readonly decisions: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly clockP50Ms: number;
  readonly clockP99Ms: number;
}

interface Took {
  readonly cpu: number[];
  readonly clock: number[];
}

export async function decisionCost({ goals }: Bench, hours: number): Promise<Cost[]> {
  const createPacer = await productPacer();
  const results = (["product", "product+shed"] as const).map((policy): Cost => {
    const took: Took = { cpu: [], clock: [] };
    const scenario = { ...standardDay(AGENTS, 0.3), hours };
    const make = pacerOf({ policy, scenario, seed: 1 }, createPacer);
    simulateDay(scenario, 1, (knowledge, day) => timed(make(knowledge, day), took));
    for (const one of [took.cpu, took.clock]) one.sort((a, b) => a - b);
    const ms = (sorted: readonly number[], share: number): number =>
      Math.round(at(sorted, share) * 10_000) / 10_000;
    return {
      ...{ policy, n: AGENTS, decisions: took.cpu.length },
      ...{ p50Ms: ms(took.cpu, 0.5), p99Ms: ms(took.cpu, 0.99) },
      ...{ clockP50Ms: ms(took.clock, 0.5), clockP99Ms: ms(took.clock, 0.99) },
    };
  });
  printTable(
    `Cost of decide() at N = ${AGENTS}, p = 0.3, in ms of CPU and by the clock`,
    ["policy", "decisions", "p50", "p99", "clock p50", "clock p99"],
    results.map((one) => [
      ...[one.policy, one.decisions, one.p50Ms, one.p99Ms, one.clockP50Ms, one.clockP99Ms],
    ]),
  );
  for (const { policy, p99Ms } of results)
    goals.atMost(`${policy}: decide() p99 at N=100, ms of CPU`, 1, p99Ms);
  return results;
}

/** The same pacer, with clocks on its decisions. */
function timed(pacer: Pacer, took: Took): Pacer {
  const decide = pacer.decide.bind(pacer);
  return Object.assign(pacer, {
    decide: (view: PacingView) => {
      const since = performance.now();
      const used = process.cpuUsage();
      const decision = decide(view);
      const { user, system } = process.cpuUsage(used);
      if (view.now > WARM) {
        took.cpu.push((user + system) / 1000);
        took.clock.push(performance.now() - since);
      }
      return decision;
    },
  });
}
