/** Worlds that the study had not: limits of trunks and of the rate of calls, a slow origination; and a restart. */
import { type Scenario, standardDay } from "../../apps/core/dialling/world/scenario.ts";
import { type Bench, jobs, seeds } from "./bench.ts";
import { byPolicy, type Cell, cellOf, printCells } from "./cells.ts";
import { LIMIT } from "./goals.ts";

const FIRST_SEED = 1001;

/** The product under limits that it is told. */
export async function limitedDays({ crew, goals }: Bench, count: number): Promise<object[]> {
  const day = standardDay(20, 0.3);
  const slow = { origination: { law: "lognormal", mean: 1.5, cv: 0.7 } } as const;
  const worlds: readonly (readonly [string, Scenario])[] = [
    ["1 call per second", { ...day, callsPerSecond: 1 }],
    ["30 lines", { ...day, mostLines: 30 }],
    ["origination takes 1.5 s", { ...day, ...slow }],
    ["all of these", { ...day, callsPerSecond: 1, mostLines: 30, ...slow }],
  ];
  const results: object[] = [];
  for (const [title, scenario] of worlds) {
    const policies = ["progressive", "product", "product+shed"] as const;
    const done = await crew.run(jobs(policies, scenario, seeds(FIRST_SEED, count)));
    const own = byPolicy(done).map(cellOf);
    printCells(`${title}, N = 20, p = 0.3`, own);
    goals.atMost(`${title} N=20: product, lost %`, LIMIT, own[1]?.abandoned ?? 0);
    goals.atMost(
      `${title} N=20: product, dials beyond the room`,
      0,
      done.reduce((sum, { job, day }) => sum + (job.policy === "progressive" ? 0 : day.beyondRoom), 0),
    );
    results.push(...own.map((cell) => ({ title, ...cell })));
  }
  return results;
}

/** G6: a restart from the snapshot in the middle of the day, beside the same days without. */
export async function restartedDays({ crew, goals }: Bench, count: number): Promise<object> {
  const scenario = standardDay(20, 0.3);
  const run = async (restartAt?: number): Promise<Cell> =>
    cellOf(
      await crew.run(
        jobs(["product"], scenario, seeds(FIRST_SEED, count), restartAt === undefined ? {} : { restartAt }),
      ),
    );
  const [without, restarted] = [await run(), await run(4 * 3600)];
  printCells("Restarted from its snapshot after 4 h, N = 20, p = 0.3: without, and with", [
    without,
    restarted,
  ]);
  const lost = without.utilisation - restarted.utilisation;
  goals.atMost("restart N=20: points of utilisation lost", 1, Math.abs(lost));
  return { without, restarted };
}
