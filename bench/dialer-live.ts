/**
 * Is the simulator's dialler the real one? A predictive campaign on real Asterisk with SIPp: 20 agents, three in ten
 * answer, times compressed; and the simulator (apps/core/dialling/world) with the same parameters and the delays measured.
 * Both within two points. About seven minutes; TWIN_SECONDS measures for another time, TWIN_SEED takes another list.
 */
import { CONNECT_MARGINS_MS } from "../apps/core/dialling/connect.ts";
import { onInstance } from "./rig.ts";
import { measureLive } from "./twin/live.ts";
import type { Plan } from "./twin/plan.ts";
import { hoursBefore, predict } from "./twin/predicted.ts";
import { campaignRows } from "./twin/rows.ts";

const CONNECT_SECONDS = 2;
const PLAN: Plan = {
  agents: 20,
  warmUpSeconds: 60,
  seconds: Number(process.env.TWIN_SECONDS ?? 330),
  wrapUpSeconds: 2,
  callsPerSecond: 20,
  limitPercent: 3,
  connectSeconds: CONNECT_SECONDS,
  patience: CONNECT_SECONDS - CONNECT_MARGINS_MS / 1000,
};

/** Runs both and returns the one line; shares in percent, times in milliseconds. */
export async function run(): Promise<object> {
  const seed = Number(process.env.TWIN_SEED ?? 1);
  const now = Date.now() / 1000;
  const history = hoursBefore(PLAN, now);
  const rows = campaignRows(PLAN, history);
  const { delays, ...live } = await onInstance({ rows }, (rig) => measureLive(rig, PLAN, seed));
  const predicted = predict(PLAN, delays, history, { now, seed });
  const points = {
    utilisation: hundredths(100 * (live.utilisation - predicted.utilisation)),
    abandoned: hundredths(100 * (live.abandoned - predicted.abandoned)),
  };
  return {
    bench: "dialer-live",
    live: { ...live, utilisation: percent(live.utilisation), abandoned: percent(live.abandoned) },
    predicted: {
      ...{ utilisation: percent(predicted.utilisation), abandoned: percent(predicted.abandoned) },
      sd: { utilisation: percent(predicted.utilisationSd), abandoned: percent(predicted.abandonedSd) },
      ...{ runs: predicted.runs, answered: Math.round(predicted.answered) },
    },
    points,
    within2: Math.abs(points.utilisation) <= 2 && Math.abs(points.abandoned) <= 2,
    originationMs: delays.origination.map(ms),
    connectionMs: delays.connection.map(ms),
    before: { answered: history.answered, abandoned: history.abandoned },
    plan: PLAN,
  };
}

function percent(share: number): number {
  return hundredths(100 * share);
}

function ms(seconds: number): number {
  return Math.round(1000 * seconds);
}

function hundredths(value: number): number {
  return Math.round(100 * value) / 100;
}
