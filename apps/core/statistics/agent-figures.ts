/** From counts and sums to the figures of an agent in one interval. */

import type { AgentFigure } from "./agent-definitions.ts";
import { mean, percent } from "./call-figures.ts";
import type { StateTimes } from "./state-times.ts";

/** What can be added up over an agent's calls. Times are milliseconds. */
export interface AgentSums {
  readonly offered: number;
  readonly answered: number;
  readonly missed: number;
  readonly outbound: number;
  /** Outbound calls in which the customer was reached. */
  readonly spokenOutbound: number;
  readonly internal: number;
  readonly talkMs: number;
  readonly wrapUpMs: number;
  readonly ringMs: number;
  /** Customers' calls that the phone answered. */
  readonly rings: number;
  readonly ownerCalls: number;
  readonly ownerAnswered: number;
  /** Answered channels and wrap-ups within the interval, overlapping ones once. */
  readonly busyMs: number;
}

export type AgentFigures = Readonly<Record<AgentFigure, number | null>>;

/** Nothing happened. */
export const NO_WORK: AgentSums = {
  offered: 0,
  answered: 0,
  missed: 0,
  outbound: 0,
  spokenOutbound: 0,
  internal: 0,
  talkMs: 0,
  wrapUpMs: 0,
  ringMs: 0,
  rings: 0,
  ownerCalls: 0,
  ownerAnswered: 0,
  busyMs: 0,
};

/** Computes every figure of definitions.ts, in its order. */
export function agentFigures(sums: AgentSums, states: StateTimes): AgentFigures {
  const workingMs = states.inbound + states.outbound + states.break;
  const spoken = sums.answered + sums.spokenOutbound;
  return {
    offered: sums.offered,
    answered: sums.answered,
    notAnswered: sums.offered - sums.answered,
    missed: sums.missed,
    outbound: sums.outbound,
    internal: sums.internal,
    talkMs: sums.talkMs,
    averageTalkMs: mean(sums.talkMs, spoken),
    wrapUpMs: sums.wrapUpMs,
    handleMs: sums.talkMs + sums.wrapUpMs,
    averageHandleMs: mean(sums.talkMs + sums.wrapUpMs, spoken),
    averageRingMs: mean(sums.ringMs, sums.rings),
    ownerCalls: sums.ownerCalls,
    ownerAnswered: sums.ownerAnswered,
    ownerHitPercent: percent(sums.ownerAnswered, sums.ownerCalls),
    onLineMs: states.inbound,
    outboundMs: states.outbound,
    breakMs: states.break,
    workingMs,
    busyMs: sums.busyMs,
    occupancyPercent: percent(sums.busyMs, workingMs - states.break),
  };
}
