/** What processes take of memory and processor, as Linux counts it (proc_pid_stat(5), proc_pid_status(5)). */
import { readFileSync } from "node:fs";
import { sql } from "kysely";
import type { Db } from "../apps/store/database.ts";

export interface Taken {
  /** The highest resident size that it ever had. */
  readonly peakRssMb: number;
  readonly cpuSeconds: number;
}

/** Clock ticks in a second (USER_HZ), the same on every Linux of today. */
const TICKS = 100;
/** Places behind the name in `stat`. */
const [PARENT, OWN, OF_GONE_CHILDREN] = [1, 11, 13];

/** undefined: the process is gone. */
export function takenBy(pid: number): Taken | undefined {
  const kilobytes = /VmHWM:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`))?.[1];
  if (kilobytes === undefined) return undefined;
  return { peakRssMb: Math.round(Number(kilobytes) / 1024), cpuSeconds: ticks(pid, OWN) / TICKS };
}

export function childrenOf(pid: number): number[] {
  const text = read(`/proc/${pid}/task/${pid}/children`);
  return text.split(" ").filter(Boolean).map(Number);
}

/** Seconds of a process, of the children that it has, and of those it had. */
export function cpuOfTree(pid: number): number {
  const own = (ticks(pid, OWN) + ticks(pid, OF_GONE_CHILDREN)) / TICKS;
  return childrenOf(pid).reduce((sum, child) => sum + ticks(child, OWN) / TICKS, own);
}

/** The process of the database server, whose children serve the connections. */
export async function serverOf(db: Db): Promise<number> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db);
  return Number(fields(rows[0]?.pid ?? 0)[PARENT]);
}

const ticks = (pid: number, at: number) => Number(fields(pid)[at] ?? 0) + Number(fields(pid)[at + 1] ?? 0);

/** The name in brackets may have blanks in it. */
const fields = (pid: number) => read(`/proc/${pid}/stat`).split(") ").at(-1)?.split(" ") ?? [];

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
