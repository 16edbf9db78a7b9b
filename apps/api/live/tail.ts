/**
 * The tail of the live stream: read once per process, handed to every subscriber, in order, without gap or double.
 *
 * Rows are read after a notice, after every reconnect and every few seconds (a notice is a convenience, law L5).
 */
import type { Db } from "../../store/database.ts";
import { listen } from "../../store/listen.ts";
import { type LiveRow, liveAfter, liveBounds } from "../../store/reads/live.ts";

export interface Log {
  warn(fields: object, text: string): void;
}

/** Hears what one reading brought, in order. */
export type Listener = (rows: readonly LiveRow[]) => void;

export interface LiveTail {
  /** The number of the newest row that was read. */
  latest(): number;
  /**
   * Everything after `seq` from the memory, or undefined when the memory does not reach back so far. Call
   * `subscribe` in the same turn, and nothing is missed or doubled.
   */
  since(seq: number): readonly LiveRow[] | undefined;
  subscribe(listener: Listener): () => void;
  /** Like `subscribe`, for those who can wait: while nobody subscribes, rows are read every few seconds only. */
  observe(listener: Listener): void;
  /** What the database keeps, in pages, for those who come from farther back. */
  older(seq: number): Promise<LiveRow[]>;
  oldest(): Promise<number>;
  /** Reads what is new, now. @throws when the database does not answer */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

const PAGE = 500;
const SWEEP_MS = 5000;

/**
 * Starts following the stream; works (empty) while the database is away.
 * @param keep how many rows stay in memory.
 */
export function followLive(options: { db: Db; url: string; log: Log; keep?: number }): LiveTail {
  const { db, url, log, keep = 2000 } = options;
  const listeners = new Set<Listener>();
  const observers: Listener[] = [];
  let ring: LiveRow[] = [];
  let latest = 0;
  let begun = false;
  let reading: Promise<void> | undefined;
  let again = false;

  const read = async (): Promise<void> => {
    if (!begun) {
      latest = (await liveBounds(db)).latest;
      begun = true;
    }
    for (;;) {
      again = false;
      const rows = await liveAfter(db, latest, PAGE);
      if (rows.length > 0) take(rows);
      if (rows.length < PAGE && !again) return;
    }
  };
  const take = (rows: readonly LiveRow[]): void => {
    latest = rows.at(-1)?.seq ?? latest;
    ring.push(...rows);
    if (ring.length > keep * 1.2) ring = ring.slice(-keep);
    for (const listener of [...observers, ...listeners]) listener(rows);
  };
  const refresh = (): Promise<void> => {
    again = true;
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  };
  const wake = (): void => {
    refresh().catch((error: Error) =>
      log.warn({ error: error.message }, "The live stream cannot be read now."),
    );
  };
  const onNotice = (): void => {
    if (listeners.size > 0) wake();
  };
  const listening = listen({ url, channel: "live", onNotice, onConnected: wake, log });
  const sweep = setInterval(wake, SWEEP_MS);
  sweep.unref();
  return {
    latest: () => latest,
    since(seq) {
      if (seq >= latest) return [];
      const first = ring[0];
      if (!first || first.seq > seq + 1) return undefined;
      return ring.filter((row) => row.seq > seq);
    },
    subscribe(listener) {
      listeners.add(listener);
      // What came while nobody listened was not read.
      if (listeners.size === 1) wake();
      return () => listeners.delete(listener);
    },
    observe: (listener) => void observers.push(listener),
    older: (seq) => liveAfter(db, seq, PAGE),
    oldest: async () => (await liveBounds(db)).oldest,
    refresh,
    async close() {
      clearInterval(sweep);
      listeners.clear();
      await listening.close();
      await reading?.catch(() => {});
    },
  };
}
