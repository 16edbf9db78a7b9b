/** From counts and sums to the figures of a queue or a line in one interval. */
import type { CallFigure } from "./call-definitions.ts";
import { SHORT_ABANDON_MS, WAIT_BUCKETS, type WaitBucket } from "./outcomes.ts";

/** What can be added up over calls. Times are milliseconds. */
export interface CallSums {
  readonly offered: number;
  readonly answered: number;
  readonly waiting: number;
  readonly calledBack: number;
  readonly noAnswer: number;
  readonly failed: number;
  readonly outOfHours: number;
  readonly missed: number;
  readonly answeredInTime: number;
  /** Abandoned calls, in the order of WAIT_BUCKETS. */
  readonly abandoned: readonly number[];
  /** Of answered calls. */
  readonly answerMs: number;
  readonly longestAnswerMs: number | null;
  /** Of offered calls that wait no longer. */
  readonly waitMs: number;
  readonly longestWaitMs: number | null;
  readonly talkMs: number;
  readonly wrapUpMs: number;
  readonly transfers: number;
  readonly ownerCalls: number;
  readonly ownerAnswered: number;
  readonly ownerAnswerMs: number;
  readonly otherAnswered: number;
  readonly otherAnswerMs: number;
}

export type CallFigures = Readonly<
  Record<Exclude<CallFigure, "abandonedByWait">, number | null> & {
    abandonedByWait: Readonly<Record<WaitBucket, number>>;
  }
>;

/** Nothing happened. */
export const NO_CALLS: CallSums = {
  offered: 0,
  answered: 0,
  waiting: 0,
  calledBack: 0,
  noAnswer: 0,
  failed: 0,
  outOfHours: 0,
  missed: 0,
  answeredInTime: 0,
  abandoned: WAIT_BUCKETS.map(() => 0),
  answerMs: 0,
  longestAnswerMs: null,
  waitMs: 0,
  longestWaitMs: null,
  talkMs: 0,
  wrapUpMs: 0,
  transfers: 0,
  ownerCalls: 0,
  ownerAnswered: 0,
  ownerAnswerMs: 0,
  otherAnswered: 0,
  otherAnswerMs: 0,
};

/** Computes every figure of definitions.ts, in its order. */
export function callFigures(sums: CallSums): CallFigures {
  const abandoned = sums.abandoned.reduce((all, each) => all + each, 0);
  const shortAbandoned = WAIT_BUCKETS.reduce(
    (all, bucket, index) =>
      bucket.toSeconds * 1000 <= SHORT_ABANDON_MS ? all + (sums.abandoned[index] ?? 0) : all,
    0,
  );
  return {
    offered: sums.offered,
    answered: sums.answered,
    waiting: sums.waiting,
    abandoned,
    shortAbandoned,
    abandonedByWait: Object.fromEntries(
      WAIT_BUCKETS.map(({ key }, index) => [key, sums.abandoned[index] ?? 0]),
    ) as Record<WaitBucket, number>,
    calledBack: sums.calledBack,
    noAnswer: sums.noAnswer,
    failed: sums.failed,
    outOfHours: sums.outOfHours,
    missed: sums.missed,
    answeredInTime: sums.answeredInTime,
    serviceLevelPercent: percent(
      sums.answeredInTime,
      sums.offered - shortAbandoned - sums.calledBack - sums.waiting,
    ),
    averageAnswerMs: mean(sums.answerMs, sums.answered),
    longestAnswerMs: sums.longestAnswerMs,
    averageWaitMs: mean(sums.waitMs, sums.offered - sums.waiting),
    longestWaitMs: sums.longestWaitMs,
    talkMs: sums.talkMs,
    averageTalkMs: mean(sums.talkMs, sums.answered),
    wrapUpMs: sums.wrapUpMs,
    handleMs: sums.talkMs + sums.wrapUpMs,
    averageHandleMs: mean(sums.talkMs + sums.wrapUpMs, sums.answered),
    transfers: sums.transfers,
    ownerCalls: sums.ownerCalls,
    ownerAnswered: sums.ownerAnswered,
    ownerHitPercent: percent(sums.ownerAnswered, sums.ownerCalls),
    averageOwnerAnswerMs: mean(sums.ownerAnswerMs, sums.ownerAnswered),
    averageOtherAnswerMs: mean(sums.otherAnswerMs, sums.otherAnswered),
  };
}

/** With two decimals; null of nothing. */
export function percent(part: number, whole: number): number | null {
  return whole <= 0 ? null : Math.round((part / whole) * 10_000) / 100;
}

/** Whole milliseconds; null of nothing. */
export function mean(sum: number, count: number): number | null {
  return count <= 0 ? null : Math.round(sum / count);
}
