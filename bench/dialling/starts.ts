/** Section K: the first ten minutes with a belief that is wrong, everybody ready at once. */
import { standardDay } from "../../apps/core/dialling/world/scenario.ts";
import { type Bench, jobs, seeds } from "./bench.ts";
import { byPolicy } from "./cells.ts";
import type { Done, PolicyName } from "./job.ts";
import { percentValue, printTable } from "./print.ts";
import { pooledShare } from "./statistics.ts";

interface Start {
  readonly policy: PolicyName;
  readonly n: number;
  readonly p: number;
  readonly seeds: number;
  /** Lost of those who answered in the first ten minutes, percent; and agents busy in them. */
  readonly abandoned: number | null;
  readonly utilisation: number | null;
}

export interface Starts {
  readonly n: number;
  readonly seeds: number;
  readonly rates: readonly number[];
  readonly policies: readonly PolicyName[];
}

export async function coldStarts({ crew, goals }: Bench, all: readonly Starts[]): Promise<Start[]> {
  const results: Start[] = [];
  for (const { n, seeds: count, rates, policies } of all)
    for (const p of rates) {
      const scenario = { ...standardDay(n, p), hours: 1 };
      const done = await crew.run(jobs(policies, scenario, seeds(301, count)));
      results.push(...byPolicy(done).map(startOf));
    }
  printTable(
    "Cold start: the first ten minutes",
    ["policy", "N", "p", "lost %", "busy %", "days"],
    results.map((one) => [
      ...[one.policy, one.n, one.p, one.abandoned ?? "-", one.utilisation ?? "-", one.seeds],
    ]),
  );
  for (const { policy, n, p, abandoned } of results)
    if (policy === "product") goals.atMost(`cold start N=${n} p=${p}: lost %`, 5, abandoned ?? 0);
  return results;
}

function startOf(days: readonly Done[]): Start {
  const { policy, scenario } = (days[0] as Done).job;
  const { answerRate } = scenario;
  const minutes = days.map(({ day }) => day.minutes.slice(0, 10));
  const sum = (of: "busy" | "present" | "answered" | "abandoned", day: (typeof minutes)[number]): number =>
    day.reduce((total, minute) => total + minute[of], 0);
  const share = (part: "busy" | "abandoned", whole: "present" | "answered"): number =>
    pooledShare(minutes.map((day) => ({ part: sum(part, day), whole: sum(whole, day) }))).share;
  return {
    ...{
      policy,
      n: scenario.agents,
      p: answerRate.kind === "constant" ? answerRate.p : 0,
      seeds: days.length,
    },
    abandoned: percentValue(share("abandoned", "answered")),
    utilisation: percentValue(share("busy", "present")),
  };
}
