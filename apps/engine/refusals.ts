/**
 * Who is on the refusal list, in memory, for what agents dial with their phones' own keys: such a call is decided without
 * the database. Loaded at the start, followed by the database's notices (db/migrations/0200_refusal_notices.sql). Some
 * 40 MB per million numbers.
 */
import type { Millis } from "../core/floor.ts";
import type { Db } from "../store/database.ts";
import { refusalPage } from "../store/reads/refusals.ts";
import { refusalsOf } from "../store/take-facts.ts";
import type { Log } from "./ports.ts";

/** The notice that more has changed than it says in single notices. */
const MANY = "+";
const GATHER_MS = 50;
const RELOAD_FROM = 200;

/** Whether a notice of the directory's channel is about the refusal list. */
export function isRefusalNotice(payload: string): boolean {
  return payload.startsWith("+");
}

export class RefusalsInMemory {
  /** For ever; digits without the plus. */
  #always = new Set<number>();
  #until = new Map<number, Millis>();
  readonly #db: Db;
  readonly #log: Log;
  readonly #changed = new Set<string>();
  #gathering: NodeJS.Timeout | undefined;
  /** What is being read; the next reading waits for it, so that an older one never comes last. */
  #reading: Promise<unknown> = Promise.resolve();

  constructor(db: Db, log: Log) {
    this.#db = db;
    this.#log = log;
  }

  /** @param phone E.164 */
  has(phone: string, at: Millis): boolean {
    const number = Number(phone);
    return this.#always.has(number) || (this.#until.get(number) ?? Number.NEGATIVE_INFINITY) > at;
  }

  /** Reads everything. @throws when the database is away */
  load(): Promise<void> {
    return this.#inTurn(() => this.#loadNow());
  }

  /** The same, when it has been read before: without the database what is known goes on. */
  reload(): Promise<void> {
    return this.#inTurn(() => this.#reloadNow());
  }

  /** A notice came: a number was put on the list, changed or taken off, or many were. */
  changed(payload: string): void {
    this.#changed.add(payload);
    this.#gathering ??= setTimeout(() => void this.#inTurn(() => this.#refresh()), GATHER_MS);
  }

  async #refresh(): Promise<void> {
    const phones = [...this.#changed];
    this.#changed.clear();
    this.#gathering = undefined;
    if (phones.length > RELOAD_FROM || phones.includes(MANY)) return this.#reloadNow();
    try {
      const found = await refusalsOf(this.#db, phones);
      for (const phone of phones) {
        this.#always.delete(Number(phone));
        this.#until.delete(Number(phone));
        const refusal = found.get(phone);
        if (refusal) this.#put(phone, refusal.until);
      }
    } catch {
      await this.#reloadNow();
    }
  }

  #put(phone: string, until: Millis | undefined): void {
    if (until === undefined) this.#always.add(Number(phone));
    else this.#until.set(Number(phone), until);
  }

  async #loadNow(): Promise<void> {
    const next = new RefusalsInMemory(this.#db, this.#log);
    for (let after = ""; ; ) {
      const page = await refusalPage(this.#db, after);
      for (const { phone, until } of page.items) next.#put(phone, until?.getTime());
      if (page.next === undefined) break;
      after = page.next;
    }
    this.#always = next.#always;
    this.#until = next.#until;
  }

  #reloadNow(): Promise<void> {
    return this.#loadNow().catch((error: unknown) =>
      this.#log.warn(
        { error: String(error) },
        "The refusal list could not be re-read; the known one goes on.",
      ),
    );
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#reading.then(work, work);
    this.#reading = turn.catch(() => {});
    return turn;
  }
}
