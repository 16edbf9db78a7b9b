/** Looks at a running instance from outside: when records close (plain SQL), and what processes hold (/proc). */
import { readdirSync, readFileSync } from "node:fs";
import type { Client } from "pg";
import type { Holding } from "./checker.ts";

const EVERY_MS = 2000;
const WINDOW_SECONDS = 30;

export class Watch {
  /** When a call's record was first seen closed, by the call's id. */
  readonly closedAt = new Map<string, number>();
  readonly #db: Client;
  readonly #children: Readonly<Record<string, { pid: number | undefined }>>;
  readonly #samples: { at: number; held: Record<string, Holding> }[] = [];
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

  /**
   * The least that each process held around a moment (seconds since the beginning), or at the end. Files are those of
   * the beginning, before any call had one open.
   */
  lowest(atSeconds?: number): Record<string, Holding> {
    const end = atSeconds === undefined ? Date.now() : this.#begun + atSeconds * 1000;
    const near = this.#samples.filter(({ at }) => at <= end && at >= end - WINDOW_SECONDS * 1000);
    const files = (name: string): number[] =>
      (atSeconds === undefined ? near : this.#samples.slice(0, 1)).flatMap(
        ({ held }) => held[name]?.files ?? [],
      );
    const memory = (name: string): number[] => near.flatMap(({ held }) => held[name]?.memoryMb ?? []);
    return Object.fromEntries(
      Object.keys(this.#samples[0]?.held ?? {})
        .filter((name) => memory(name).length > 0)
        .map((name) => [name, { files: Math.min(...files(name)), memoryMb: Math.min(...memory(name)) }]),
    );
  }

  #sample(): void {
    const held: Record<string, Holding> = {};
    for (const [name, { pid }] of Object.entries(this.#children)) if (pid) held[name] = holding(pid);
    this.#samples.push({ at: Date.now(), held });
  }
}

function holding(pid: number): Holding {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
  return { files: readdirSync(`/proc/${pid}/fd`).length, memoryMb: Math.round(kilobytes / 102.4) / 10 };
}
