/** Looks at a running instance from outside: when records close (plain SQL), and what processes hold (/proc). */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { Client } from "pg";
import type { Holding } from "./checker.ts";
import { heapMb } from "./heap.ts";

const EVERY_MS = 2000;

interface Sample {
  readonly at: number;
  readonly held: Record<string, Holding>;
  /** Of all cores since the machine began: /proc/stat. */
  readonly ticks: { readonly busy: number; readonly all: number };
}

export class Watch {
  /** When a call's record was first seen closed, by the call's id. */
  readonly closedAt = new Map<string, number>();
  readonly #db: Client;
  readonly #children: Readonly<Record<string, { pid: number | undefined }>>;
  readonly #samples: Sample[] = [];
  readonly #begun = Date.now();

  constructor(db: Client, children: Readonly<Record<string, { pid: number | undefined }>>) {
    this.#db = db;
    this.#children = children;
    this.#sample();
  }

  /** Looks, if it has not just looked. */
  async look(): Promise<void> {
    if (Date.now() - (this.#samples.at(-1)?.at ?? 0) < EVERY_MS) return;
    this.#sample();
    const { rows } = await this.#db.query(
      "select id from call where ended_at is not null and updated_at > now() - interval '20 seconds'",
    );
    for (const { id } of rows as { id: string }[])
      if (!this.closedAt.has(id)) this.closedAt.set(id, Date.now());
  }

  /** What each process held at the very beginning, before any call had a file open. */
  first(): Record<string, Holding> {
    return this.#samples[0]?.held ?? {};
  }

  /**
   * The least that each process held between two moments (seconds since the beginning). The least memory is that after
   * a garbage collection, so what is not needed any more does not count.
   */
  lowest(fromSeconds: number, toSeconds = Number.POSITIVE_INFINITY): Record<string, Holding> {
    const [from, to] = [this.#begun + fromSeconds * 1000, this.#begun + toSeconds * 1000];
    const near = this.#samples.filter(({ at }) => at >= from && at <= to).map(({ held }) => held);
    const least = (name: string, what: keyof Holding): number =>
      Math.min(...near.flatMap((held) => held[name]?.[what] ?? []));
    return Object.fromEntries(
      Object.keys(near.at(-1) ?? {}).map((name) => [
        name,
        { files: least(name, "files"), memoryMb: least(name, "memoryMb") },
      ]),
    );
  }

  /** Megabytes that our Node processes really hold; those that are no Node processes are not asked. */
  async heaps(): Promise<Record<string, number>> {
    const held: Record<string, number> = {};
    for (const [name, { pid }] of Object.entries(this.#children))
      if (pid && readlinkSync(`/proc/${pid}/exe`) === process.execPath) held[name] = await heapMb(pid);
    return held;
  }

  /** Seconds since the beginning. */
  get seconds(): number {
    return (Date.now() - this.#begun) / 1000;
  }

  /** How busy all cores were until now, 0 to 1: on average, and in the worst of the looks' intervals. */
  busy(): { mean: number; most: number } {
    const share = (from: Sample | undefined, to: Sample | undefined): number =>
      from && to && to.ticks.all > from.ticks.all
        ? (to.ticks.busy - from.ticks.busy) / (to.ticks.all - from.ticks.all)
        : 0;
    const steps = this.#samples.slice(1).map((sample, index) => share(this.#samples[index], sample));
    return { mean: share(this.#samples[0], this.#samples.at(-1)), most: Math.max(0, ...steps) };
  }

  #sample(): void {
    const held: Record<string, Holding> = {};
    for (const [name, { pid }] of Object.entries(this.#children)) if (pid) held[name] = holding(pid);
    this.#samples.push({ at: Date.now(), held, ticks: processorTicks() });
  }
}

function holding(pid: number): Holding {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
  return { files: readdirSync(`/proc/${pid}/fd`).length, memoryMb: Math.round(kilobytes / 102.4) / 10 };
}

function processorTicks(): Sample["ticks"] {
  const [, ...counts] = (readFileSync("/proc/stat", "utf8").split("\n")[0] ?? "").split(/\s+/).map(Number);
  // user, nice, system, idle, iowait, irq, softirq, steal; guests are in user already.
  const all = counts.slice(0, 8).reduce((sum, count) => sum + count, 0);
  return { busy: all - (counts[3] ?? 0) - (counts[4] ?? 0), all };
}
