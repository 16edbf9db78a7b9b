/**
 * How long after a customer's answer does the agent hear them? Three ways on one Asterisk, in rounds that take turns
 * (connect/plan.ts). From the carrier's 200 until the first RTP with the customer's voice at the agent's phone. About
 * five minutes; BENCH_CALLS measures another number of calls by each way.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { type Heard, measure } from "./connect/measure.ts";
import { PLAIN_DIALPLAN } from "./connect/plain.ts";
import { AGENTS, type Way } from "./connect/plan.ts";
import { campaignRows } from "./connect/rows.ts";
import { at } from "./figures.ts";
import { onInstance } from "./rig.ts";

/** What is promised: an agent's phone that answers by itself, and an open line. */
const GOALS_MS = { rung: 1000, open: 300 };

/** Runs everything and returns the one line; times in milliseconds. */
export async function run(): Promise<object> {
  const own = monitorEventLoopDelay({ resolution: 1 });
  own.enable();
  const since = performance.now();
  const prepared = { rows: campaignRows(), custom: { "extensions-bench.conf": PLAIN_DIALPLAN } };
  const ways = await onInstance(prepared, measure);
  own.disable();
  const figures = {
    plain: figuresOf(ways.plain),
    rung: figuresOf(ways.rung),
    open: figuresOf(ways.open),
  };
  const ratio = (way: Way, of: "p50Ms" | "p99Ms") =>
    Math.round((100 * figures[way][of]) / figures.plain[of]) / 100;
  return {
    bench: "connect",
    rung: { ...figures.rung, ratioP50: ratio("rung", "p50Ms"), ratioP99: ratio("rung", "p99Ms") },
    open: { ...figures.open, ratioP50: ratio("open", "p50Ms"), ratioP99: ratio("open", "p99Ms") },
    plain: figures.plain,
    // A call that nobody heard, or that was lost, took for ever.
    reached: (["rung", "open"] as const).every((way) => {
      const { p99Ms, unheard, lost } = figures[way];
      return p99Ms <= GOALS_MS[way] && unheard + lost === 0;
    }),
    stages: { rung: stagesOf(ways.rung), open: stagesOf(ways.open) },
    slowest: { rung: slowestOf(ways.rung), open: slowestOf(ways.open) },
    agents: AGENTS,
    seconds: Math.round((performance.now() - since) / 1000),
    // How late this process, which listens, is itself: what the machine's other work does to everybody.
    benchDelayMs: { p99: ofDelay(own.percentile(99)), most: ofDelay(own.max) },
  };
}

function ofDelay(nanoseconds: number): number {
  return Math.round(nanoseconds / 1e6);
}

interface Figures {
  readonly calls: number;
  /** Answered, and nobody heard them. */
  readonly unheard: number;
  readonly lost: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
}

function figuresOf({ calls, lost }: Heard): Figures {
  const sorted = calls
    .flatMap(({ at: answeredAt, heardAt }) => (heardAt === undefined ? [] : [heardAt - answeredAt]))
    .sort((one, other) => one - other);
  const share = (of: number) => Math.round(at(sorted, of));
  return {
    ...{ calls: calls.length, unheard: calls.length - sorted.length, lost },
    ...{ p50Ms: share(0.5), p95Ms: share(0.95), p99Ms: share(0.99), mostMs: share(1) },
  };
}

type Parts = Readonly<Record<"known" | "decided" | "dialled" | "bridged" | "heard", number>>;

/** How long each part of the way took, call by call. */
function partsOf({ calls, stages }: Heard): { readonly total: number; readonly parts: Parts }[] {
  const of = new Map(stages.map((each) => [each.number, each]));
  return calls.flatMap(({ number, at: from, heardAt }) => {
    const { answered, decided, dialled, bridged } = of.get(number) ?? {};
    if (heardAt === undefined || answered === undefined || decided === undefined) return [];
    if (dialled === undefined || bridged === undefined) return [];
    const parts = {
      known: answered - from,
      decided: decided - answered,
      dialled: dialled - decided,
      bridged: bridged - dialled,
      heard: heardAt - bridged,
    };
    return [{ total: heardAt - from, parts }];
  });
}

/** The middle and the 99th of a hundred of each part. */
function stagesOf(way: Heard): Record<string, [number, number]> {
  const all = partsOf(way);
  const names = ["known", "decided", "dialled", "bridged", "heard"] as const;
  return Object.fromEntries(
    names.map((name) => {
      const sorted = all.map(({ parts }) => parts[name]).sort((one, other) => one - other);
      return [name, [Math.round(at(sorted, 0.5)), Math.round(at(sorted, 0.99))]];
    }),
  );
}

/** The parts of the slowest calls. */
function slowestOf(way: Heard): Record<string, number>[] {
  const slowest = partsOf(way).sort((one, other) => other.total - one.total);
  return slowest
    .slice(0, 5)
    .map(({ total, parts }) =>
      Object.fromEntries(Object.entries({ total, ...parts }).map(([name, ms]) => [name, Math.round(ms)])),
    );
}
