/**
 * Who owns which number, in memory: loaded at the start, followed by the database's notices.
 */
import type { Db } from "../store/database.ts";
import { loadDirectory, PhoneDirectory, refreshContact } from "../store/directory.ts";
import type { Log } from "./ports.ts";

/** Changes are gathered for a moment; an import of many contacts is one reading of everything. */
const GATHER_MS = 50;
const RELOAD_FROM = 200;
/** The database's notice that more has changed than it says in single notices (db/migrations/0170_contacts.sql). */
const MANY = "*";
/** A long import changes more all the time: readings of everything take at most a quarter of it. */
const REST = 3;

export class DirectoryInMemory {
  /** The directory as it is known at this moment. */
  now = new PhoneDirectory();
  readonly #db: Db;
  readonly #log: Log;
  readonly #changed = new Set<string>();
  #gathering: NodeJS.Timeout | undefined;
  #resting: NodeJS.Timeout | undefined;
  /** What is being read; the next reading waits for it, so that an older one never comes last. */
  #reading: Promise<unknown> = Promise.resolve();
  #restUntil = 0;

  constructor(db: Db, log: Log) {
    this.#db = db;
    this.#log = log;
  }

  /** Reads everything. @throws when the database is away */
  load(): Promise<void> {
    return this.#inTurn(() => this.#loadNow());
  }

  /** The same, when there is one already: without the database that one goes on. */
  reload(): Promise<void> {
    return this.#inTurn(() => this.#reloadNow());
  }

  /** A contact was made, changed or deleted, or (`*`) many were. */
  changed(id: string): void {
    if (id === MANY) this.#manyChanged();
    else this.#oneChanged(id);
  }

  #oneChanged(id: string): void {
    this.#changed.add(id);
    this.#gathering ??= setTimeout(() => void this.#inTurn(() => this.#refresh()), GATHER_MS);
  }

  #manyChanged(): void {
    const rest = Math.max(GATHER_MS, this.#restUntil - performance.now());
    this.#resting ??= setTimeout(() => {
      this.#resting = undefined;
      void this.reload();
    }, rest);
  }

  async #refresh(): Promise<void> {
    const ids = [...this.#changed];
    this.#changed.clear();
    this.#gathering = undefined;
    if (ids.length > RELOAD_FROM) return this.#reloadNow();
    for (const id of ids) await refreshContact(this.#db, this.now, id).catch(() => this.#reloadNow());
  }

  async #loadNow(): Promise<void> {
    const began = performance.now();
    this.now = await loadDirectory(this.#db);
    this.#restUntil = performance.now() + REST * (performance.now() - began);
  }

  #reloadNow(): Promise<void> {
    return this.#loadNow().catch((error: unknown) =>
      this.#log.warn(
        { error: String(error) },
        "The directory could not be re-read; the one in memory goes on.",
      ),
    );
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#reading.then(work, work);
    this.#reading = turn.catch(() => {});
    return turn;
  }
}
