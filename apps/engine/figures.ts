/**
 * The engine's own figures for Prometheus: how long a turn takes, and what waits to be taken in.
 */
import { readdir } from "node:fs/promises";
import type { Figures } from "../commands/port.ts";

/** Upper bounds of the buckets, milliseconds: a turn should be far below one. */
const BOUNDS_MS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 1000] as const;

/** A histogram that is only ever added to. */
export class Histogram {
  readonly #counts = new Array<number>(BOUNDS_MS.length).fill(0);
  #sumMs = 0;
  #count = 0;

  observe(ms: number): void {
    const bucket = BOUNDS_MS.findIndex((bound) => ms <= bound);
    if (bucket >= 0) this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sumMs += ms;
    this.#count += 1;
  }

  /** Cumulative, as Prometheus wants buckets. */
  view(): Figures["turns"] {
    let sum = 0;
    const buckets = BOUNDS_MS.map((bound, place) => {
      sum += this.#counts[place] ?? 0;
      return { atMostMs: bound, count: sum };
    });
    return { buckets, sumMs: this.#sumMs, count: this.#count };
  }
}

/** Reads the figures now. A folder or file that cannot be looked at counts as empty: an alarm says so elsewhere. */
export async function readFigures(sources: {
  turns: Histogram;
  readers: readonly { waitingBytes(): Promise<number> }[];
  recordingsSpool: string;
}): Promise<Figures> {
  const waiting = await Promise.all(sources.readers.map((reader) => reader.waitingBytes().catch(() => 0)));
  const recordings = await readdir(sources.recordingsSpool).catch(() => []);
  const { user, system } = process.cpuUsage();
  return {
    turns: sources.turns.view(),
    spoolWaitingBytes: waiting.reduce((sum, bytes) => sum + bytes, 0),
    recordingsWaiting: recordings.filter((name) => /\.(raw|wav)$/.test(name)).length,
    residentBytes: process.memoryUsage.rss(),
    cpuSeconds: (user + system) / 1e6,
    uptimeSeconds: process.uptime(),
  };
}
