/**
 * Section R: the world changes three hours into a day of six. Losses are pooled over days by the minutes since, by the
 * moment of the answer.
 */
import { type Change, type Scenario, standardDay } from "../../apps/core/dialling/world/scenario.ts";
import type { Minute } from "../../apps/core/dialling/world/tally.ts";
import { type Bench, jobs, seeds } from "./bench.ts";
import { byPolicy } from "./cells.ts";
import type { Done, PolicyName } from "./job.ts";
import { percent, percentValue, printTable } from "./print.ts";

const AT = 3 * 3600;
const FIRST_SEED = 5001;

export type RegimeName = keyof typeof REGIMES;

/** What happens at three hours. Those who leave stay away for an hour. */
const REGIMES = {
  "answer rate x2": { at: AT, answer: 2 },
  "answer rate /2": { at: AT, answer: 0.5 },
  "half leave": { at: AT, until: AT + 3600, leave: { share: 0.5, announced: false, as: "off" } },
  "half on break": { at: AT, until: AT + 3600, leave: { share: 0.5, announced: false, as: "break" } },
  "half leave, announced": { at: AT, until: AT + 3600, leave: { share: 0.5, announced: true, as: "off" } },
  "talk x2": { at: AT, talk: 2 },
  "talk /2": { at: AT, talk: 0.5 },
  "carrier down 5 min": { at: AT, until: AT + 300, failing: 1 },
  "burst of machines 10 min": { at: AT, until: AT + 600, machines: 0.9, answer: 0.5 },
} as const satisfies Record<string, Change>;

export const ALL_REGIMES = Object.keys(REGIMES) as RegimeName[];

/** Shares in percent; null where nobody answered. */
interface RegimeResult {
  readonly regime: RegimeName;
  readonly policy: PolicyName;
  readonly n: number;
  readonly seeds: number;
  readonly minutes0to5: number | null;
  readonly minutes5to10: number | null;
  readonly minutes10to20: number | null;
  readonly minutes20to60: number | null;
  readonly after: number | null;
  readonly worstFiveMinutes: number | null;
  readonly session: number | null;
  readonly utilisationBefore: number | null;
  readonly utilisation20to60: number | null;
  readonly utilisationLater: number | null;
}

export interface Regimes {
  readonly n: number;
  readonly seeds: number;
  readonly policies: readonly PolicyName[];
  readonly regimes: readonly RegimeName[];
}

export async function regimeDays(bench: Bench, all: readonly Regimes[]): Promise<RegimeResult[]> {
  const results: RegimeResult[] = [];
  for (const { n, seeds: count, policies, regimes } of all)
    for (const regime of regimes) {
      const scenario: Scenario = { ...standardDay(n, 0.3), hours: 6, changes: [REGIMES[regime]] };
      const done = await bench.crew.run(jobs(policies, scenario, seeds(FIRST_SEED, count)));
      const own = byPolicy(done).map((days) => regimeOf(regime, days));
      print(`${regime} at 3 h, N = ${n}, p = 0.3, ${count} days of 6 h`, own);
      for (const result of own) setGoals(bench, result);
      results.push(...own);
    }
  return results;
}

function regimeOf(regime: RegimeName, days: readonly Done[]): RegimeResult {
  const { policy, scenario } = (days[0] as Done).job;
  /** The sums of these minutes after the change over all days. */
  const sums = (from: number, to: number): Minute => {
    const total = { answered: 0, abandoned: 0, busy: 0, present: 0 };
    for (const { day } of days)
      for (const minute of day.minutes.slice(AT / 60 + from, AT / 60 + to))
        for (const of of ["answered", "abandoned", "busy", "present"] as const) total[of] += minute[of];
    return total;
  };
  const lost = (from: number, to: number): number => {
    const { abandoned, answered } = sums(from, to);
    return answered === 0 ? Number.NaN : abandoned / answered;
  };
  const busy = (from: number, to: number): number => sums(from, to).busy / sums(from, to).present;
  const windows = Array.from({ length: 12 }, (_, place) => lost(5 * place, 5 * place + 5));
  return {
    ...{ regime, policy, n: scenario.agents, seeds: days.length },
    minutes0to5: percentValue(lost(0, 5)),
    minutes5to10: percentValue(lost(5, 10)),
    minutes10to20: percentValue(lost(10, 20)),
    minutes20to60: percentValue(lost(20, 60)),
    after: percentValue(lost(10, 60)),
    worstFiveMinutes: percentValue(Math.max(...windows.filter(Number.isFinite))),
    session: percentValue(lost(-AT / 60, 180)),
    utilisationBefore: percentValue(busy(-120, 0)),
    utilisation20to60: percentValue(busy(20, 60)),
    utilisationLater: percentValue(busy(60, 180)),
  };
}

function print(title: string, results: readonly RegimeResult[]): void {
  const headings = ["lost %", "0-5 min", "5-10", "10-20", "20-60", "after 10", "worst 5", "session"];
  const word = (value: number | null): string => percent((value ?? Number.NaN) / 100);
  printTable(
    title,
    [...headings, "busy % before", "20-60", "60-180"],
    results.map((one) => [
      one.policy,
      ...[one.minutes0to5, one.minutes5to10, one.minutes10to20, one.minutes20to60, one.after].map(word),
      word(one.worstFiveMinutes),
      percent((one.session ?? Number.NaN) / 100, 2),
      ...[one.utilisationBefore, one.utilisation20to60, one.utilisationLater].map(word),
    ]),
  );
}

function setGoals({ goals }: Bench, result: RegimeResult): void {
  const { regime, policy, n } = result;
  if (policy !== "product") return;
  const name = `${regime} N=${n}`;
  const atMost = (what: string, goal: number, found: number | null): void =>
    goals.atMost(`${name}: lost % ${what}`, goal, found ?? 0);
  if (regime === "answer rate x2" || regime === "half leave") {
    const [first, second, after] = regime === "half leave" ? [8, 4, 3] : [12, 6, 3.5];
    atMost("minutes 0-5", first, result.minutes0to5);
    atMost("minutes 5-10", second, result.minutes5to10);
    atMost("after", after, result.after);
  }
  if (regime === "talk x2") atMost("in the worst 5 minutes", 5, result.worstFiveMinutes);
  if (regime === "answer rate /2" && n >= 20)
    goals.atLeast(
      `${name}: busy % minutes 20-60`,
      (result.utilisationLater ?? 0) - 2,
      result.utilisation20to60 ?? 0,
    );
  atMost("session", 3, result.session);
}
