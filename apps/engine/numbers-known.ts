/** What the engine knows of numbers by heart: whose they are, and who has refused. Both follow the same notices. */
import type { Db } from "../store/database.ts";
import { DirectoryInMemory } from "./directory.ts";
import type { Log } from "./ports.ts";
import { isRefusalNotice, RefusalsInMemory } from "./refusals.ts";

/** Nothing is known before `load`. */
export function createNumbersKnown(db: Db, log: Log) {
  const directory = new DirectoryInMemory(db, log);
  const refusals = new RefusalsInMemory(db, log);
  return {
    directory,
    refused: (phone: string) => refusals.has(phone, Date.now()),
    /** Reads everything. @throws when the database is away */
    load: async () => {
      await directory.load();
      await refusals.load();
    },
    /** The same, when it has been read before: without the database what is known goes on. */
    reload: async () => {
      await directory.reload();
      await refusals.reload();
    },
    /** A notice of the database's channel `directory` came. */
    changed: (notice: string) => (isRefusalNotice(notice) ? refusals : directory).changed(notice),
  };
}
