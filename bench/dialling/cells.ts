/** A policy's days in one kind of world, pooled into figures. */
import type { AnswerRate } from "../../apps/core/dialling/world/scenario.ts";
import { LIMIT } from "./goals.ts";
import type { Done, PolicyName } from "./job.ts";
import { percentValue, printTable } from "./print.ts";
import { meanOf, pooledShare } from "./statistics.ts";

/** Shares in percent, times in seconds. */
export interface Cell {
  readonly policy: PolicyName;
  readonly n: number;
  readonly p: number | "drift";
  readonly utilisation: number;
  /** Half of the width of the 95 % interval of the mean; null for one day. */
  readonly utilisationPlusMinus: number | null;
  /** Of all calls classified as live, pooled; and the upper end of the 95 % interval. */
  readonly abandoned: number;
  readonly abandonedUpper95: number | null;
  /** Days with more than 3 %, and the worst day. */
  readonly daysOver: number;
  readonly worstDay: number;
  readonly seeds: number;
  /** How long an agent waits for the next customer, and connected calls per hour signed in. */
  readonly idleSeconds: number;
  readonly connectedPerAgentHour: number;
  readonly dialsPerConnected: number;
  readonly ringingMean: number;
  readonly ringingPeak: number;
  /** Dials that we hung up, and persons that were taken for machines (not in `abandoned`), of all live persons. */
  readonly shed: number;
  readonly personsMissed: number;
}

export function answerRateOf(answerRate: AnswerRate): number | "drift" {
  if (answerRate.kind === "drift") return "drift";
  if (answerRate.kind === "constant") return answerRate.p;
  return answerRate.classes.reduce((sum, { p, share }) => sum + p * share, 0);
}

/** Pools days of one policy in one world. */
export function cellOf(done: readonly Done[]): Cell {
  const { policy, scenario } = (done[0] as Done).job;
  const days = done.map(({ day }) => day);
  const mean = (of: (day: (typeof days)[number]) => number): number =>
    days.reduce((sum, day) => sum + of(day), 0) / days.length;
  const utilisation = meanOf(days.map((day) => 100 * day.utilisation));
  const abandoned = pooledShare(days.map((day) => ({ part: day.abandoned, whole: day.answered })));
  const worst = days.map((day) => (100 * day.abandoned) / Math.max(1, day.answered));
  return {
    policy,
    n: scenario.agents,
    p: answerRateOf(scenario.answerRate),
    utilisation: rounded(utilisation.mean),
    utilisationPlusMinus: Number.isFinite(utilisation.plusMinus) ? rounded(utilisation.plusMinus) : null,
    abandoned: rounded(100 * abandoned.share),
    abandonedUpper95: percentValue(abandoned.upper),
    daysOver: worst.filter((share) => share > LIMIT).length,
    worstDay: rounded(Math.max(...worst)),
    seeds: days.length,
    idleSeconds: rounded(mean((day) => day.idlePerConnected)),
    connectedPerAgentHour: rounded(
      mean((day) => (3600 * day.connected) / day.minutes.reduce((sum, minute) => sum + minute.present, 0)),
    ),
    dialsPerConnected: rounded(mean((day) => day.dialled / Math.max(1, day.connected))),
    ringingMean: rounded(mean((day) => day.ringingMean)),
    ringingPeak: Math.max(...days.map((day) => day.ringingPeak)),
    shed: rounded(mean((day) => (100 * day.shed) / Math.max(1, day.dialled))),
    personsMissed: rounded(
      mean((day) => (100 * day.personsMissed) / Math.max(1, day.answered + day.personsMissed)),
    ),
  };
}

/** Groups by policy, in the order in which policies first appear. */
export function byPolicy(done: readonly Done[]): Done[][] {
  const groups = new Map<PolicyName, Done[]>();
  for (const one of done) groups.set(one.job.policy, [...(groups.get(one.job.policy) ?? []), one]);
  return [...groups.values()];
}

/** Prints what several policies came to. */
export function printCells(title: string, cells: readonly Cell[]): void {
  const headings = ["policy", "N", "p", "busy %", "+-", "lost %", "up to", "days over", "worst", "idle s"];
  printTable(
    title,
    [...headings, "conn/h", "dials/conn", "ringing", "peak", "shed %"],
    cells.map((cell) => [
      cell.policy,
      cell.n,
      cell.p,
      cell.utilisation.toFixed(1),
      cell.utilisationPlusMinus?.toFixed(1) ?? "-",
      cell.abandoned.toFixed(2),
      cell.abandonedUpper95?.toFixed(2) ?? "-",
      `${cell.daysOver}/${cell.seeds}`,
      cell.worstDay.toFixed(2),
      cell.idleSeconds.toFixed(1),
      cell.connectedPerAgentHour.toFixed(1),
      cell.dialsPerConnected.toFixed(1),
      cell.ringingMean.toFixed(1),
      cell.ringingPeak,
      cell.shed.toFixed(1),
    ]),
  );
}

export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
