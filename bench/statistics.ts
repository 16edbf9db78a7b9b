/** How long does a manager wait for last month's figures, by agent and by queue, and what does it cost PostgreSQL? */
import { readdirSync, readFileSync } from "node:fs";
import { sql } from "kysely";
import { bordersOf, type Interval } from "../apps/core/statistics/intervals.ts";
import { type Db, openDatabase } from "../apps/store/database.ts";
import { readAgents } from "../apps/store/reads/statistics/agents.ts";
import { callSums } from "../apps/store/reads/statistics/calls.ts";
import { backfillAgentCalls } from "../tests/support/backfill.ts";
import { withPostgres } from "../tests/support/postgres.ts";
import { writeMonth } from "./statistics-month.ts";

const CALLS = Number(process.env.BENCH_CALLS ?? 600_000);
const AGENTS = Number(process.env.BENCH_AGENTS ?? 200);
const FROM = Date.UTC(2026, 9, 1);
const DAYS = 31;
const UNTIL = FROM + DAYS * 86_400_000;

/** Runs everything and returns the one line; times in seconds of PostgreSQL's CPU and of waiting. */
export async function run(): Promise<Record<string, unknown>> {
  const postgres = await withPostgres();
  try {
    // Filling and vacuuming take longer than any question is given.
    const db = openDatabase({ url: postgres.url, name: "bench", statementMs: 0, log: { warn: () => {} } });
    await writeMonth(db, { calls: CALLS, agents: AGENTS, from: new Date(FROM), days: DAYS });
    await backfillAgentCalls(db);
    await sql`vacuum analyze`.execute(db);
    const measured: Record<string, { cpuSeconds: number; seconds: number; rows: number }> = {};
    for (const interval of ["total", "day", "hour"] as const) {
      const borders = bordersOf(FROM, UNTIL, interval satisfies Interval, "Europe/Moscow");
      measured[`agents by ${interval}`] = await measure(
        db,
        async () => (await readAgents(db, { borders }, Date.now())).sums.length,
      );
      measured[`queues by ${interval}`] = await measure(
        db,
        async () => (await callSums(db, "queue", { borders })).length,
      );
    }
    await db.destroy();
    return { bench: "statistics", calls: CALLS, agents: AGENTS, days: DAYS, measured };
  } finally {
    await postgres.stop();
  }
}

/** Once to warm the caches, then the mean of three. */
async function measure(db: Db, read: () => Promise<number>) {
  const rows = await read();
  const [since, sinceCpu] = [performance.now(), await serversCpuSeconds(db)];
  for (let each = 0; each < 3; each++) await read();
  const [seconds, cpuSeconds] = [(performance.now() - since) / 3000, await serversCpuSeconds(db)];
  return { cpuSeconds: rounded((cpuSeconds - sinceCpu) / 3), seconds: rounded(seconds), rows };
}

/** Of the server with all its children, those included that are gone again (parallel workers). */
async function serversCpuSeconds(db: Db): Promise<number> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db);
  const server = statOf(String(rows[0]?.pid))?.[1];
  let ticks = 0;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const fields = statOf(pid);
    if (fields && (pid === server || fields[1] === server))
      ticks += [11, 12, ...(pid === server ? [13, 14] : [])].reduce((sum, at) => sum + Number(fields[at]), 0);
  }
  return ticks / 100;
}

/** The fields of a process after its name, the state first; undefined: it is gone. */
function statOf(pid: string): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ");
  } catch {
    return undefined;
  }
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
