/**
 * The dialler's whole tables, an hour or so on two cores: days (S: N 5 to 100, four answer rates), other limits, the ends
 * and other talk times (L, X), scored numbers (C), regime changes (R), cold starts (K), the exact optimum (M), limits of
 * lines, a restart, and the cost of a decision (P). What `npm run bench -- dialer` says of seeds and of DIALER_PACER
 * holds here too. Parts of it:
 *
 *     DIALER_SECTIONS=regimes,starts DIALER_TEAMS=10,20 npm run bench -- dialer-full
 */
import type { Bench } from "./dialling/bench.ts";
import { decisionCost } from "./dialling/cost.ts";
import { scoredDays, specialDays, standardDays } from "./dialling/days.ts";
import { markovDays } from "./dialling/optimum.ts";
import { ALL_REGIMES, regimeDays } from "./dialling/regimes.ts";
import { onWorkers } from "./dialling/run.ts";
import { coldStarts } from "./dialling/starts.ts";
import { limitedDays, restartedDays } from "./dialling/stress.ts";

const RATES = [0.15, 0.3, 0.5, "drift"] as const;
const EVERY_START = [0.05, 0.15, 0.3, 0.5, 0.8];
const BESIDE = ["vicidial-tuned", "expected-value", "product", "product+shed"] as const;

/** By name, in their order; each gives the fields that the line gets. */
const SECTIONS: Readonly<Record<string, (bench: Bench) => Promise<object>>> = {
  cost: async (bench) => ({ decide: await decisionCost(bench, 4) }),
  days: async (bench) => {
    const teams = chosen([
      { n: 5, seeds: 20, oracles: 4 },
      { n: 10, seeds: 20, oracles: 4 },
      { n: 20, seeds: 20, oracles: 4 },
      { n: 50, seeds: 8, oracles: 2 },
      { n: 100, seeds: 8, oracles: 1 },
    ]);
    const all = teams.flatMap((team) => RATES.map((p) => ({ ...team, p })));
    return { cells: await standardDays(bench, all) };
  },
  scored: async (bench) => {
    const teams = chosen([
      { n: 5, seeds: 8 },
      { n: 10, seeds: 8 },
      { n: 20, seeds: 8 },
      { n: 50, seeds: 4 },
    ]);
    return await scoredDays(bench, teams);
  },
  special: async (bench) => ({ special: await specialDays(bench, 8) }),
  regimes: async (bench) => {
    const teams = chosen([
      { n: 10, seeds: 40 },
      { n: 20, seeds: 24 },
      { n: 50, seeds: 14 },
    ]);
    const all = teams.map((team) => ({ ...team, policies: BESIDE, regimes: ALL_REGIMES }));
    return { regimes: await regimeDays(bench, all) };
  },
  starts: async (bench) => {
    const teams = chosen([
      { n: 10, seeds: 20 },
      { n: 50, seeds: 6 },
    ]);
    const policies = BESIDE.slice(1);
    return {
      coldStarts: await coldStarts(
        bench,
        teams.map((team) => ({ ...team, rates: EVERY_START, policies })),
      ),
    };
  },
  optimum: async (bench) => {
    const teams = chosen([{ n: 5 }, { n: 10 }, { n: 20 }]);
    const all = teams.flatMap(({ n }) => [0.15, 0.3, 0.5].map((p) => ({ n, p, seeds: 6 })));
    return { optimum: await markovDays(bench, all) };
  },
  limited: async (bench) => ({ limited: await limitedDays(bench, 5) }),
  restart: async (bench) => ({ restart: await restartedDays(bench, 5) }),
};

/** Runs all, or the sections that are named, and returns the one line. */
export function run(): Promise<object> {
  const names = (process.env.DIALER_SECTIONS ?? Object.keys(SECTIONS).join(",")).split(",");
  const sections = names.map((name) => {
    const section = SECTIONS[name];
    if (!section) throw new RangeError(`no section ${name}; there are ${Object.keys(SECTIONS).join(", ")}`);
    return section;
  });
  return onWorkers("full", async (bench) => {
    const line: { cells: object[] } = { cells: [] };
    for (const section of sections) {
      const { cells = [], ...figures }: { cells?: object[] } = await section(bench);
      line.cells.push(...cells);
      Object.assign(line, figures);
    }
    return line;
  });
}

/** Those teams that DIALER_TEAMS names; without it, all. */
function chosen<Team extends { readonly n: number }>(teams: readonly Team[]): Team[] {
  const wanted = process.env.DIALER_TEAMS?.split(",").map(Number);
  return teams.filter(({ n }) => wanted === undefined || wanted.includes(n));
}
