/** What kind of day it is in the dialler's world. Times are seconds from the beginning of the day. */
import type { Duration } from "./duration.ts";
import type { Fate } from "./numbers.ts";

/** The share of dials that a live person answers. */
export type AnswerRate =
  | { readonly kind: "constant"; readonly p: number }
  /** p(t) = p (1 + swing sin(2 pi t / period)). */
  | { readonly kind: "drift"; readonly p: number; readonly swing: number; readonly period: number }
  /** Each number belongs to a class; a scoring that knows the classes may tell the pacer. */
  | { readonly kind: "classes"; readonly classes: readonly NumberClass[]; readonly scored: boolean };

export interface NumberClass {
  readonly p: number;
  /** The share of the list's numbers. */
  readonly share: number;
}

/** From `at` until `until` (default: the end) the world is another. Factors of several changes multiply. */
export interface Change {
  readonly at: number;
  readonly until?: number;
  /** Factors of the share of live answers, and of the mean talk time. */
  readonly answer?: number;
  readonly talk?: number;
  /** The share of machines among what no person answers, instead of the usual one. */
  readonly machines?: number;
  /** The share of all dials that fail at once (1: the carrier is down). */
  readonly failing?: number;
  readonly leave?: Leave;
}

/** Agents who go, after their call if they are in one, and come back when the change is over. */
export interface Leave {
  readonly share: number;
  /** Those in a call have announced it (AGENT-09): the pacer may know. */
  readonly announced: boolean;
  /** Signed out and no longer seen, or shown as being on a break. */
  readonly as: "off" | "break";
}

/** Somebody of a list: what dialling them comes to, and how long after their answer they hang up (`talk`). */
export interface Listed {
  readonly fate: Fate;
  readonly talk: number;
}

export interface Scenario {
  readonly agents: number;
  readonly hours: number;
  readonly answerRate: AnswerRate;
  readonly calls: {
    /** Until a person's answer is known to be one. */
    readonly person: Duration;
    readonly machine: Duration;
    readonly failure: Duration;
    readonly nobody: Duration;
    /** Nothing rings longer. */
    readonly mostRinging: number;
    /** Shares of what no person answers: machines, failures; the rest is nobody. */
    readonly machines: number;
    readonly failures: number;
    /** Machines that are taken for persons, and persons who are taken for machines. */
    readonly machinesMissed: number;
    readonly personsMissed: number;
  };
  readonly service: {
    readonly talk: Duration;
    readonly wrapUp: Duration;
    /** How long an agent has to do with a machine. */
    readonly machineTalk: number;
    readonly machineWrapUp: number;
    /** The share of wrap-ups after which the agent goes on a break that nobody has announced. */
    readonly breaks: number;
    readonly breakTime: Duration;
  };
  /** Known people instead of chance, in their order; the list must not end before the day. */
  readonly list?: readonly Listed[];
  /** How long an answered customer may wait for an agent before the call counts as abandoned. */
  readonly patience: number;
  /** From the decision until the number is dialled. */
  readonly origination?: Duration;
  /** From the agent's being chosen until they hear the customer: no time with the customer yet, and the agent is taken. */
  readonly connection?: Duration;
  /** Calls that may be begun per second, and lines that may be in use. */
  readonly callsPerSecond?: number;
  readonly mostLines?: number;
  /** A call that has rung for less may not be hung up by us (16 CFR 310.4(b)(4)(ii): 15 s or four rings). */
  readonly leastRinging: number;
  readonly changes: readonly Change[];
}

/** The standard day: 8 hours, everybody ready at its beginning, an endless list, independent calls. */
export function standardDay(agents: number, answerRate: AnswerRate | number): Scenario {
  return {
    agents,
    hours: 8,
    answerRate: typeof answerRate === "number" ? { kind: "constant", p: answerRate } : answerRate,
    calls: {
      person: { law: "lognormal", mean: 12, cv: 0.5 },
      machine: { law: "lognormal", mean: 16, cv: 0.5 },
      failure: { law: "uniform", from: 1, to: 4 },
      nobody: { law: "constant", seconds: 25 },
      mostRinging: 25,
      machines: 0.3,
      failures: 0.15,
      machinesMissed: 0.05,
      personsMissed: 0.02,
    },
    service: {
      talk: { law: "lognormal", mean: 120, cv: 1 },
      wrapUp: { law: "lognormal", mean: 20, cv: 0.8 },
      machineTalk: 8,
      machineWrapUp: 2,
      breaks: 0.04,
      breakTime: { law: "exponential", mean: 300 },
    },
    patience: 2,
    leastRinging: 15,
    changes: [],
  };
}

/** An answer rate between 0.15 and 0.45, over four hours and again. */
export const DRIFT: AnswerRate = { kind: "drift", p: 0.3, swing: 0.5, period: 4 * 3600 };

/**
 * The day whose best policy can be computed (markov-optimum.ts): every ringing ends at one rate whatever becomes of it,
 * agents are busy for an exponential time, and nobody waits, goes on a break or is taken for a machine.
 */
export function markovDay(agents: number, p: number, hours = 24): Scenario {
  const day = standardDay(agents, p);
  const ringing: Duration = { law: "exponential", mean: MARKOV_RING };
  const none = { machines: 0, failures: 0, machinesMissed: 0, personsMissed: 0 };
  const service = {
    ...day.service,
    talk: { law: "exponential", mean: MARKOV_HANDLING } as const,
    wrapUp: { law: "constant", seconds: 0 } as const,
    breaks: 0,
  };
  return {
    ...day,
    hours,
    service,
    patience: 0,
    calls: { ...day.calls, ...none, person: ringing, nobody: ringing, mostRinging: Number.POSITIVE_INFINITY },
  };
}

/** Mean seconds of ringing and of an agent's time per call on the Markovian day. */
export const MARKOV_RING = 12;
export const MARKOV_HANDLING = 140;
