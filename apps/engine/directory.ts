/**
 * Who owns which number, in memory: loaded at the start, followed by the database's notices.
 */
import type { Db } from "../store/database.ts";
import { loadDirectory, PhoneDirectory, refreshContact } from "../store/directory.ts";
import type { Log } from "./ports.ts";

/** Changes are gathered for a moment; an import of many contacts is one reading of everything. */
const GATHER_MS = 50;
const RELOAD_FROM = 200;

export class DirectoryInMemory {
  /** The directory as it is known at this moment. */
  now = new PhoneDirectory();
  readonly #db: Db;
  readonly #log: Log;
  readonly #changed = new Set<string>();

  constructor(db: Db, log: Log) {
    this.#db = db;
    this.#log = log;
  }

  /** Reads everything. @throws when the database is away */
  async load(): Promise<void> {
    this.now = await loadDirectory(this.#db);
  }

  /** The same, when there is one already: without the database that one goes on. */
  async reload(): Promise<void> {
    await this.load().catch((error: unknown) =>
      this.#log.warn(
        { error: String(error) },
        "The directory could not be re-read; the one in memory goes on.",
      ),
    );
  }

  /** A contact was made, changed or deleted. */
  changed(id: string): void {
    if (this.#changed.size === 0) setTimeout(() => void this.#refresh(), GATHER_MS);
    this.#changed.add(id);
  }

  async #refresh(): Promise<void> {
    const ids = [...this.#changed];
    this.#changed.clear();
    if (ids.length > RELOAD_FROM) return this.reload();
    for (const id of ids) await refreshContact(this.#db, this.now, id).catch(() => this.reload());
  }
}
