/**
 * The live stream's source: events with a strictly rising number, written in batches by the one engine.
 *
 * Subscribers hear of them by NOTIFY and read the rows, so a subscriber that was away asks for what it missed.
 * While the database is away events wait in memory (at most MAX_WAITING; older ones are given up).
 */
import { sql } from "kysely";
import { withContacts } from "./callers.ts";
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
  /** Being written; kept as it is until the database has it. */
  #batch: Waiting[] = [];
  #doubtful = false;
  #flushing: Promise<boolean> | undefined;

  constructor(db: Db, onTrouble: (error: unknown) => void) {
    this.#db = db;
    this.#onTrouble = onTrouble;
  }

  /** Reads where the numbering stands. Numbers go on rising after old rows were trimmed (the last row stays). */
  async start(): Promise<void> {
    this.#seq = await this.#newest();
  }

  /** Queues one event; it is in the database and announced about 40 ms later. */
  push(topic: Topic, kind: string, data: object): void {
    if (this.#waiting.length >= MAX_WAITING) this.#waiting.shift();
    this.#waiting.push({ at: new Date().toISOString(), topic, kind, data });
    this.#timer ??= setTimeout(() => this.#flush(), FLUSH_MS);
  }

  /** Writes everything that is waiting; resolves when it is written or the database refused. */
  async drain(): Promise<void> {
    while (this.#waiting.length > 0 || this.#batch.length > 0 || this.#flushing) {
      this.#flush();
      if ((await this.#flushing) === false) return;
    }
  }

  /** Deletes what is older than this many hours, but never the newest row. */
  async trim(hours: number): Promise<void> {
    await sql`delete from live_event where at < now() - make_interval(hours => ${hours})
               and seq < (select max(seq) from live_event)`.execute(this.#db);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#flushing) return;
    if (this.#batch.length === 0) this.#batch = this.#waiting.splice(0, MAX_BATCH);
    if (this.#batch.length === 0) return;
    this.#flushing = this.#write(this.#batch)
      .then(() => {
        this.#batch = [];
        return true;
      })
      .catch((error: unknown) => {
        // It may have been committed all the same: the next try looks before it writes.
        this.#doubtful = true;
        this.#onTrouble(error);
        return false;
      })
      .finally(() => {
        this.#flushing = undefined;
        const more = this.#waiting.length > 0 || this.#batch.length > 0;
        if (more) this.#timer ??= setTimeout(() => this.#flush(), this.#doubtful ? 1000 : FLUSH_MS);
      });
  }

  async #newest(): Promise<number> {
    const row = await this.#db
      .selectFrom("live_event")
      .select(sql<number>`coalesce(max(seq), 0)`.as("last"))
      .executeTakeFirst();
    return Number(row?.last ?? 0);
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    const shown = await withContacts(this.#db, batch);
    const rows = shown.map((event, index) => ({ seq: this.#seq + 1 + index, ...event }));
    const last = this.#seq + rows.length;
    if (this.#doubtful) {
      const newest = await this.#newest();
      this.#doubtful = false;
      if (newest >= last) {
        this.#seq = newest;
        return;
      }
    }
    await sql`with written as (insert into live_event select * from json_populate_recordset(null::live_event, ${JSON.stringify(rows)}::json))
              select pg_notify('live', ${String(last)})`.execute(this.#db);
    this.#seq = last;
  }
}
