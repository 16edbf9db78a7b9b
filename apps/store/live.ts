/**
 * The live stream's source: events with a strictly rising number, written in batches by the one engine.
 *
 * Subscribers hear of them by NOTIFY and read the rows, so a subscriber that was away asks for what it missed.
 * While the database is away events wait in memory (at most MAX_WAITING; older ones are given up).
 */
import { sql } from "kysely";
import type { Db } from "./database.ts";

export type Topic = "calls" | "agents" | "queues" | "system";

const FLUSH_MS = 40;
const MAX_WAITING = 20_000;
const MAX_BATCH = 500;

interface Waiting {
  readonly at: string;
  readonly topic: Topic;
  readonly kind: string;
  readonly data: object;
}

export class LiveWriter {
  readonly #db: Db;
  readonly #onTrouble: (error: unknown) => void;
  #seq = 0;
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;

  constructor(db: Db, onTrouble: (error: unknown) => void) {
    this.#db = db;
    this.#onTrouble = onTrouble;
  }

  /** Reads where the numbering stands. Numbers go on rising after old rows were trimmed (the last row stays). */
  async start(): Promise<void> {
    const row = await this.#db
      .selectFrom("live_event")
      .select(sql<number>`coalesce(max(seq), 0)`.as("last"))
      .executeTakeFirst();
    this.#seq = Number(row?.last ?? 0);
  }

  /** Queues one event; it is in the database and announced about 40 ms later. */
  push(topic: Topic, kind: string, data: object): void {
    if (this.#waiting.length >= MAX_WAITING) this.#waiting.shift();
    this.#waiting.push({ at: new Date().toISOString(), topic, kind, data });
    this.#timer ??= setTimeout(() => this.#flush(), FLUSH_MS);
  }

  /** Writes what is waiting; resolves when it is written or the database refused. */
  async drain(): Promise<void> {
    this.#flush();
    await this.#flushing;
  }

  /** Deletes what is older than this many hours, but never the newest row. */
  async trim(hours: number): Promise<void> {
    await sql`delete from live_event where at < now() - make_interval(hours => ${hours})
               and seq < (select max(seq) from live_event)`.execute(this.#db);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#flushing || this.#waiting.length === 0) return;
    const batch = this.#waiting.splice(0, MAX_BATCH);
    this.#flushing = this.#write(batch)
      .then(() => FLUSH_MS)
      .catch((error: unknown) => {
        this.#waiting = [...batch, ...this.#waiting].slice(-MAX_WAITING);
        this.#onTrouble(error);
        return 1000;
      })
      .then((pause) => {
        this.#flushing = undefined;
        if (this.#waiting.length > 0) this.#timer ??= setTimeout(() => this.#flush(), pause);
      });
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    const rows = batch.map((event, index) => ({ seq: this.#seq + 1 + index, ...event }));
    const last = this.#seq + rows.length;
    await sql`with written as (insert into live_event select * from json_populate_recordset(null::live_event, ${JSON.stringify(rows)}::json))
              select pg_notify('live', ${String(last)})`.execute(this.#db);
    this.#seq = last;
  }
}
