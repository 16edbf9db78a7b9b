/**
 * How long does a manager wait for "what if", and how near is it? A day of 20,000 calls is written into a PostgreSQL
 * by a textbook queue (whatif-day.ts; not by the core, nor by the simulator), read, and simulated with nothing changed.
 */

import { simulate } from "../apps/core/sim/simulate.ts";
import { ASTERISK_TIMING } from "../apps/core/sim/virtual-switch.ts";
import { whatIf } from "../apps/core/sim/what-if.ts";
import { readDay, readRows } from "../apps/store/reads/day.ts";
import { withPostgres } from "../tests/support/postgres.ts";
import { writeDay } from "./whatif-day.ts";

const CALLS = Number(process.env.BENCH_CALLS ?? 20_000);
const AGENTS = Number(process.env.BENCH_AGENTS ?? 205);
const FROM = Date.UTC(2026, 10, 20);
const DAY = 86_400_000;

/** Runs everything and returns the one line. */
export async function run(): Promise<Record<string, unknown>> {
  const postgres = await withPostgres();
  try {
    const { queueId } = await writeDay(postgres.db, {
      calls: CALLS,
      agents: AGENTS,
      seed: 20_261,
      from: FROM,
    });
    const sinceRead = performance.now();
    const day = await readDay(postgres.db, new Date(FROM), new Date(FROM + DAY));
    const rows = await readRows(postgres.db);
    const readMs = performance.now() - sinceRead;
    const options = { seed: 1, timing: ASTERISK_TIMING };
    const since = process.cpuUsage();
    simulate(day, rows, options);
    const { user, system } = process.cpuUsage(since);
    const question = { day, rows, queueId, change: {}, targetSeconds: 20, ...options };
    const { real, unchanged } = whatIf(question);
    const off = (simulated: number, recorded: number): number => (simulated / recorded - 1) * 100;
    return {
      bench: "whatif",
      calls: day.calls.length,
      agents: AGENTS,
      simulateCpuMs: Math.round((user + system) / 1000),
      readMs: Math.round(readMs),
      meanWaitOffPercent: rounded(off(unchanged.wait.meanSeconds, real.wait.meanSeconds)),
      p90WaitOffPercent: rounded(off(unchanged.wait.p90Seconds, real.wait.p90Seconds)),
      realRun:
        "a textbook first-come-first-served queue with its own arithmetic (bench/whatif-day.ts), written into PostgreSQL as records; not the core, and no Asterisk (that comparison is tests/integration/whatif.test.ts)",
      real,
      unchanged,
    };
  } finally {
    await postgres.stop();
  }
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
