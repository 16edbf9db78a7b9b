/** Sections S, L, X and C of the bench: whole days of 8 hours that begin cold. */
import {
  type AnswerRate,
  DRIFT,
  type Scenario,
  standardDay,
} from "../../apps/core/dialling/world/scenario.ts";
import { type Bench, jobs, seeds } from "./bench.ts";
import { byPolicy, type Cell, cellOf, printCells } from "./cells.ts";
import { LIMIT, UTILISATION } from "./goals.ts";
import type { Job, PolicyName } from "./job.ts";

const FIRST_SEED = 1001;
export const REFERENCES = [
  "progressive",
  "ratio 2",
  "vicidial-like",
  "vicidial-tuned",
  "expected-value",
] as const;
const PRODUCT = ["product", "product+shed"] as const;

export interface Days {
  readonly n: number;
  readonly p: number | "drift";
  readonly seeds: number;
  /** Days of each oracle; they are slow and vary little. */
  readonly oracles: number;
}

/** S: the product beside the reference policies. */
export async function standardDays({ crew, goals }: Bench, all: readonly Days[]): Promise<Cell[]> {
  const cells: Cell[] = [];
  for (const { n, p, seeds: count, oracles } of all) {
    const scenario = standardDay(n, p === "drift" ? DRIFT : p);
    const done = await crew.run([
      ...jobs([...REFERENCES, ...PRODUCT], scenario, seeds(FIRST_SEED, count)),
      ...jobs(["oracle-outcomes"], scenario, seeds(FIRST_SEED, oracles)),
      ...jobs(["oracle-everything"], scenario, seeds(FIRST_SEED, Math.min(1, oracles))),
    ]);
    const own = byPolicy(done).map(cellOf);
    printCells(`Days of 8 h, N = ${n}, p = ${p}`, own);
    const [must, target] = UTILISATION[n]?.[p] ?? [0, 0];
    for (const cell of own) {
      if (!cell.policy.startsWith("product")) continue;
      const name = `${cell.policy} N=${n} p=${p}`;
      goals.atLeast(`${name}: busy %`, cell.policy === "product" ? must : target, cell.utilisation);
      lossGoals({ goals }, name, cell, LIMIT);
    }
    cells.push(...own);
  }
  return cells;
}

/** The pooled share and its upper bound within the limit; few days over it, and none by much. */
function lossGoals({ goals }: Pick<Bench, "goals">, name: string, cell: Cell, limit: number): void {
  goals.atMost(`${name}: lost %, upper bound`, limit, cell.abandonedUpper95 ?? cell.abandoned);
  if (limit !== LIMIT) return;
  goals.atMost(`${name}: days over the limit, %`, cell.n >= 20 ? 0 : 5, (100 * cell.daysOver) / cell.seeds);
  goals.atMost(`${name}: worst day, lost %`, limit + 0.1, cell.worstDay);
}

interface Special {
  readonly title: string;
  readonly scenario: Scenario;
  readonly more?: Partial<Job>;
  readonly least: number;
  readonly limit: number;
}

/** L and X: other limits, answer rates at the ends, other laws of talk times. */
export async function specialDays({ crew, goals }: Bench, count: number): Promise<object[]> {
  const results: object[] = [];
  for (const { title, scenario, more, least, limit } of specials()) {
    const done = await crew.run(jobs(PRODUCT, scenario, seeds(FIRST_SEED, count), more));
    const own = byPolicy(done).map(cellOf);
    printCells(title, own);
    const [product] = own;
    if (product) {
      goals.atLeast(`${title}: busy %`, least, product.utilisation);
      lossGoals({ goals }, title, product, limit);
    }
    results.push(...own.map((cell) => ({ title, ...cell })));
  }
  return results;
}

function specials(): Special[] {
  const limits = (n: number, least: readonly number[]): Special[] =>
    [0.01, 0.02, 0.05].map((limit, place) => ({
      title: `Limit ${100 * limit} %, N = ${n}, p = 0.3`,
      scenario: standardDay(n, 0.3),
      more: { limit },
      least: least[place] ?? 0,
      limit: 100 * limit,
    }));
  const talk = (title: string, law: Scenario["service"]["talk"]): Special => {
    const day = standardDay(20, 0.3);
    const scenario = { ...day, service: { ...day.service, talk: law } };
    return { title: `${title}, N = 20, p = 0.3`, scenario, least: 87, limit: LIMIT };
  };
  const short = { law: "lognormal", mean: 20, cv: 0.5 } as const;
  const long = { law: "lognormal", mean: 187, cv: 0.5 } as const;
  return [
    ...limits(5, [74, 76.5, 80.5]),
    ...limits(20, [83, 85, 88.3]),
    { title: "N = 20, p = 0.05", scenario: standardDay(20, 0.05), least: 83, limit: LIMIT },
    { title: "N = 20, p = 0.8", scenario: standardDay(20, 0.8), least: 91, limit: LIMIT },
    talk("Talk times all alike (cv 0.25)", { law: "lognormal", mean: 120, cv: 0.25 }),
    talk("Talk times far apart (cv 2)", { law: "lognormal", mean: 120, cv: 2 }),
    talk("Talk times of two kinds", { law: "either", share: 0.4, one: short, other: long }),
  ];
}

/** C: numbers of two classes, 0.1 and 0.5, told to the pacer or not. */
export async function scoredDays(
  { crew, goals }: Bench,
  teams: readonly { readonly n: number; readonly seeds: number }[],
): Promise<{ cells: (Cell & { world: string })[]; unscored: Cell[] }> {
  const cells: (Cell & { world: string })[] = [];
  const unscored: Cell[] = [];
  for (const { n, seeds: count } of teams) {
    const run = async (policy: PolicyName, scored: boolean): Promise<Cell> => {
      const rate: AnswerRate = { kind: "classes", classes: CLASSES, scored };
      return cellOf(await crew.run(jobs([policy], standardDay(n, rate), seeds(FIRST_SEED, count))));
    };
    const off = await run("product", false);
    const on = await run("product+scoring", true);
    printCells(`Numbers of two classes (p = 0.1 and 0.5), N = ${n}: not told, and told`, [off, on]);
    goals.atLeast(`scoring N=${n}: points gained`, n < 20 ? 1.5 : 0.5, on.utilisation - off.utilisation);
    goals.atLeast(`product+scoring N=${n} p=0.3: busy %`, UTILISATION[n]?.["0.3"]?.[1] ?? 0, on.utilisation);
    lossGoals({ goals }, `product+scoring N=${n}`, on, LIMIT);
    cells.push({ ...on, world: "classes 0.1 and 0.5" });
    unscored.push(off);
  }
  return { cells, unscored };
}

const CLASSES = [
  { p: 0.1, share: 0.5 },
  { p: 0.5, share: 0.5 },
];
