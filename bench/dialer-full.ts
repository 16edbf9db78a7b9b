/**
 * The dialler's whole tables, about twenty minutes on two cores: days (S: N 5 to 100, four answer rates), other limits (L),
 * the ends and other talk times (X), scored numbers (C), regime changes (R), cold starts (K), the exact optimum (M),
 * limits of lines, a restart, and the cost of a decision (P). What `npm run bench -- dialer` says of seeds and of
 * DIALER_PACER holds here too.
 */
import { decisionCost } from "./dialling/cost.ts";
import { type Days, scoredDays, specialDays, standardDays } from "./dialling/days.ts";
import { type Markov, markovDays } from "./dialling/optimum.ts";
import { ALL_REGIMES, regimeDays } from "./dialling/regimes.ts";
import { onWorkers } from "./dialling/run.ts";
import { coldStarts } from "./dialling/starts.ts";
import { limitedDays, restartedDays } from "./dialling/stress.ts";

/** Runs everything and returns the one line. */
export function run(): Promise<object> {
  return onWorkers("full", async (bench) => {
    const cost = await decisionCost(bench, 4);
    const cells = await standardDays(bench, allDays());
    const scored = await scoredDays(bench, [
      { n: 5, seeds: 8 },
      { n: 10, seeds: 8 },
      { n: 20, seeds: 8 },
      { n: 50, seeds: 4 },
    ]);
    const special = await specialDays(bench, 8);
    const policies = ["vicidial-tuned", "expected-value", "product", "product+shed"] as const;
    const regimes = await regimeDays(bench, [
      { n: 10, seeds: 40, policies, regimes: ALL_REGIMES },
      { n: 20, seeds: 24, policies, regimes: ALL_REGIMES },
      { n: 50, seeds: 14, policies, regimes: ALL_REGIMES },
    ]);
    const both = ["expected-value", "product", "product+shed"] as const;
    const rates = [0.05, 0.15, 0.3, 0.5, 0.8];
    const starts = await coldStarts(bench, [
      { n: 10, seeds: 20, rates, policies: both },
      { n: 50, seeds: 6, rates, policies: both },
    ]);
    const optimum = await markovDays(bench, allMarkov());
    const limited = await limitedDays(bench, 5);
    const restart = await restartedDays(bench, 5);
    return {
      ...{ cells: [...cells, ...scored.cells], unscored: scored.unscored, special, regimes },
      ...{ coldStarts: starts, optimum, limited, restart, decide: cost },
    };
  });
}

function allDays(): Days[] {
  const teams = [
    { n: 5, seeds: 20, oracles: 4 },
    { n: 10, seeds: 20, oracles: 4 },
    { n: 20, seeds: 20, oracles: 4 },
    { n: 50, seeds: 8, oracles: 2 },
    { n: 100, seeds: 8, oracles: 1 },
  ];
  return teams.flatMap((team) => ([0.15, 0.3, 0.5, "drift"] as const).map((p) => ({ ...team, p })));
}

function allMarkov(): Markov[] {
  return [5, 10, 20].flatMap((n) => [0.15, 0.3, 0.5].map((p) => ({ n, p, seeds: 6 })));
}
