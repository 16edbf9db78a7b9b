/**
 * What the simulator says of the twin's campaign: the same pacer, the same people, and the delays that were measured.
 */
import type { PacedCall, Pacer, PacingView } from "../../apps/core/dialling/pacer.ts";
import { createPacer, scoreClass } from "../../apps/core/dialling/pacing.ts";
import { type Scenario, standardDay } from "../../apps/core/dialling/world/scenario.ts";
import { simulateDay } from "../../apps/core/dialling/world/world.ts";
import { zonesOf } from "../../apps/core/dialling/zones.ts";
import { localTime } from "../../apps/core/routing/wall-clock.ts";
import { meanOf, pooledShare } from "../dialling/statistics.ts";
import {
  ANSWERED,
  BUSY,
  BUSY_AFTER,
  LISTED,
  listed,
  MOST_RINGING,
  NOBODY,
  numbers,
  oneOf,
  PERSON,
  TALK,
} from "./people.ts";
import type { Delays, Plan } from "./plan.ts";

const SEEDS = 100;

/** Shares, and the standard deviation of one run: what a run like the live one is off by chance alone. */
export interface Prediction {
  readonly utilisation: number;
  readonly abandoned: number;
  readonly utilisationSd: number;
  readonly abandonedSd: number;
  readonly runs: number;
  readonly answered: number;
}

/** Hours that the same campaign has run before, in the simulator: a pacer that knows nothing is another subject. */
const HOURS_BEFORE = 2;
/** Before anything was measured. */
const BELIEVED: Delays = { origination: [0.08], connection: [0.02] };

/** What the pacer knows from the hours before, and how many people had answered and were lost in them. */
export interface History {
  readonly snapshot: unknown;
  readonly answered: number;
  readonly abandoned: number;
}

/** @param now seconds since 1970, when the hours before end */
export function hoursBefore(plan: Plan, now: number): History {
  const seconds = HOURS_BEFORE * 3600;
  const scenario = { ...scenarioOf(plan, BELIEVED), hours: HOURS_BEFORE };
  const pacer = asInTheEngine(plan, BELIEVED, now - seconds, now);
  const { answered, abandoned } = simulateDay(scenario, 1, () => pacer);
  return { snapshot: pacer.snapshot(), answered, abandoned };
}

/**
 * The same people in the same order; what differs from run to run are the delays.
 * @param now seconds since 1970, when the campaign goes on after the hours before
 */
export function predict(
  plan: Plan,
  delays: Delays,
  { snapshot }: History,
  { now, seed }: { readonly now: number; readonly seed: number },
): Prediction {
  const scenario = { ...scenarioOf(plan, delays), list: numbers(LISTED, seed).map(listed) };
  const runs = Array.from({ length: SEEDS }, (_, run) => {
    const day = simulateDay(scenario, run + 1, () => asInTheEngine(plan, delays, now, now, snapshot));
    const minutes = day.minutes.slice(plan.warmUpSeconds / 60);
    const sum = (of: "busy" | "present" | "answered" | "abandoned") =>
      minutes.reduce((total, minute) => total + minute[of], 0);
    return {
      utilisation: sum("busy") / sum("present"),
      ...{ part: sum("abandoned"), whole: sum("answered") },
    };
  });
  const abandoned = runs.map(({ part, whole }) => part / whole);
  const utilisation = runs.map((one) => one.utilisation);
  return {
    utilisation: meanOf(utilisation).mean,
    abandoned: pooledShare(runs).share,
    utilisationSd: deviation(utilisation),
    abandonedSd: deviation(abandoned),
    runs: SEEDS,
    answered: meanOf(runs.map(({ whole }) => whole)).mean,
  };
}

function scenarioOf(plan: Plan, delays: Delays): Scenario {
  const day = standardDay(plan.agents, ANSWERED);
  const none = { machines: 0, machinesMissed: 0, personsMissed: 0 };
  return {
    ...day,
    hours: (plan.warmUpSeconds + plan.seconds) / 3600,
    calls: {
      ...none,
      ...{ person: PERSON, machine: PERSON, failure: BUSY_AFTER, nobody: NOBODY },
      ...{ mostRinging: MOST_RINGING, failures: BUSY },
    },
    service: {
      talk: TALK,
      wrapUp: { law: "constant", seconds: plan.wrapUpSeconds },
      ...{ machineTalk: 0, machineWrapUp: 0, breaks: 0, breakTime: { law: "constant", seconds: 0 } },
    },
    patience: plan.patience,
    origination: oneOf(delays.origination),
    connection: oneOf(delays.connection),
    callsPerSecond: plan.callsPerSecond,
  };
}

/**
 * The pacer as the engine has it: by the clock, its window is a day, and it is told how long connecting takes.
 * @param zero the beginning of the simulated time, in seconds since 1970
 * @param now when the real campaign is dialled
 */
function asInTheEngine(plan: Plan, delays: Delays, zero: number, now: number, snapshot?: unknown): Pacer {
  const options = {
    ...{ limit: plan.limitPercent / 100, connectDeadline: plan.connectSeconds, ringSeconds: MOST_RINGING },
  };
  const pacer = createPacer(options, snapshot);
  const usual = delays.connection.reduce((sum, one) => sum + one, 0) / delays.connection.length;
  // As the engine has it for first calls at this hour: a class that the pacer does not know is another subject too.
  const cls = classAt(now * 1000);
  const next = Array.from({ length: 64 }, () => cls);
  const clocked = (call: PacedCall): PacedCall => ({ ...call, cls, t0: call.t0 + zero });
  const seen = (view: PacingView): PacingView => ({
    ...view,
    now: view.now + zero,
    agents: [...view.agents].map(({ state, since }) => ({ state, since: since + zero })),
    inFlight: [...view.inFlight].map(clocked),
    ...{ windowEnd: zero + 24 * 3600, next },
  });
  return {
    onDial: (call) => pacer.onDial(clocked(call)),
    onResolved: (call, kind, age) => pacer.onResolved(clocked(call), kind, age),
    onLive(lost) {
      pacer.onLive(lost);
      if (!lost) pacer.onConnect(usual);
    },
    onTalkEnd: (seconds) => pacer.onTalkEnd(seconds),
    onWrapEnd: (seconds, next) => pacer.onWrapEnd(seconds, next),
    tick: (view) => pacer.tick(seen(view)),
    decide: (view) => pacer.decide(seen(view)),
    snapshot: () => pacer.snapshot(),
    explain: () => pacer.explain(),
  };
}

/** The class of a number of the list that is dialled first at this time. @param at milliseconds since 1970 */
function classAt(at: number): number {
  const hour = Math.floor(localTime(zonesOf(numbers(1, 1)[0] ?? "")[0] ?? "UTC", at).minute / 60);
  return scoreClass({ attempt: 1, hour });
}

function deviation(values: readonly number[]): number {
  const { mean } = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
