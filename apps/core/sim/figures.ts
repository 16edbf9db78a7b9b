/**
 * What a manager reads of a day, real or simulated, by one definition each. Durations are seconds.
 */
import type { AgentId, LineId, Millis } from "../floor.ts";
import type { RecordedDay } from "../records/day.ts";
import { OUTCOMES, SHORT_ABANDON_MS } from "../statistics/outcomes.ts";
import type { Outcome } from "./outcome.ts";

export interface Figures {
  /** Calls that arrived while the line was open. */
  readonly offered: number;
  readonly answered: number;
  /** The caller hung up before an agent answered. */
  readonly abandoned: number;
  /** The caller kept the place and was called back. */
  readonly calledBack: number;
  /** Nobody answered within the longest wait, nobody could, or the call failed. */
  readonly noAnswer: number;
  readonly outOfHours: number;
  /** Answered within the target, of those offered but for who gave up within SHORT_ABANDON_MS or was called back. */
  readonly serviceLevelPercent: number;
  readonly abandonmentPercent: number;
  /** Of all offered calls: from arrival to an agent's voice, or to the end of the wait. */
  readonly wait: {
    readonly meanSeconds: number;
    readonly p50Seconds: number;
    readonly p90Seconds: number;
    readonly longestSeconds: number;
  };
  /** The mean wait of those who were answered. */
  readonly answerSpeedSeconds: number;
  /** Agents' time with callers and in wrap-up, of their time in the inbound state. */
  readonly occupancyPercent: number;
  /** The queue's agents who were in the inbound state at some time. */
  readonly agents: number;
}

export interface Scope {
  readonly lines: ReadonlySet<LineId>;
  readonly agents: readonly AgentId[];
  readonly targetMs: number;
}

/** Figures of one queue: its lines' calls, and its agents' time (in calls of any line). */
export function figuresOf(outcomes: readonly Outcome[], day: RecordedDay, scope: Scope): Figures {
  const own = outcomes.filter(
    ({ lineId, ending }) => scope.lines.has(lineId) && OUTCOMES[ending] !== "not-ours",
  );
  const offered = own.filter(({ ending }) => OUTCOMES[ending] !== "out-of-hours");
  const answered = offered.filter(({ ending }) => OUTCOMES[ending] === "answered");
  const abandoned = offered.filter(({ ending }) => OUTCOMES[ending] === "abandoned");
  const calledBack = offered.filter(({ ending }) => OUTCOMES[ending] === "called-back").length;
  const short = abandoned.filter(({ waitMs }) => waitMs < SHORT_ABANDON_MS).length;
  const inTime = answered.filter(({ waitMs }) => waitMs <= scope.targetMs).length;
  const duty = scope.agents.map((agent) => onDuty(day, agent)).filter((ms) => ms > 0);
  const busyMs = workOf(outcomes, day, new Set(scope.agents));
  const waits = offered.map(({ waitMs }) => waitMs).sort((a, b) => a - b);
  return {
    offered: offered.length,
    answered: answered.length,
    abandoned: abandoned.length,
    calledBack,
    noAnswer: offered.length - answered.length - abandoned.length - calledBack,
    outOfHours: own.length - offered.length,
    serviceLevelPercent: percent(inTime, offered.length - short - calledBack),
    abandonmentPercent: percent(abandoned.length, offered.length),
    wait: {
      meanSeconds: seconds(mean(waits)),
      p50Seconds: seconds(quantile(waits, 0.5)),
      p90Seconds: seconds(quantile(waits, 0.9)),
      longestSeconds: seconds(waits.at(-1) ?? 0),
    },
    answerSpeedSeconds: seconds(mean(answered.map(({ waitMs }) => waitMs))),
    occupancyPercent: percent(busyMs, sum(duty)),
    agents: duty.length,
  };
}

/** Milliseconds of the day that an agent was in the inbound state. */
export function onDuty(day: RecordedDay, agent: AgentId): Millis {
  let [total, since] = [0, Number.NaN];
  for (const { agentId, state, at } of day.states) {
    if (agentId !== agent || at >= day.to) continue;
    if (!Number.isNaN(since)) total += Math.max(day.from, at) - since;
    since = state === "inbound" ? Math.max(day.from, at) : Number.NaN;
  }
  return Number.isNaN(since) ? total : total + day.to - since;
}

function workOf(outcomes: readonly Outcome[], day: RecordedDay, agents: ReadonlySet<AgentId>): number {
  return sum(
    outcomes.map(({ agentId, arrivedAt, waitMs, talkMs, wrapUpMs }) => {
      if (agentId === undefined || !agents.has(agentId)) return 0;
      const from = arrivedAt + waitMs;
      return Math.max(0, Math.min(from + talkMs + wrapUpMs, day.to) - from);
    }),
  );
}

/** The smallest value that this share of all does not exceed (nearest rank). */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function seconds(ms: number): number {
  return Math.round(ms / 10) / 100;
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 100;
}
