/**
 * Takes imports as they come: files are looked at in one lane, so that people see them while a large one is loaded in
 * the other. Each piece of work is a process; the rows say what is to be done, so a restart forgets nothing.
 */
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Db } from "../../store/database.ts";
import {
  endImport,
  type ImportTask,
  isFileNeeded,
  nextImport,
  tidyImports,
} from "../../store/imports/states.ts";
import { listen } from "../../store/listen.ts";
import type { Log } from "../log.ts";
import type { RunWork } from "./process.ts";

export interface ImportOffice {
  stop(): Promise<void>;
}

export interface OfficeOptions {
  readonly db: Db;
  readonly url: string;
  /** Where uploaded files are, by the ids of their imports. */
  readonly folder: string;
  /** Does one piece of work, in a process of its own (`process.ts`) unless a test has time for none. */
  readonly run: RunWork;
  readonly country: string;
  readonly log: Log;
}

const SWEEP_MS = 5000;
const AGAIN_MS = 1000;
const TIDY_MS = 3_600_000;
/** A file that is still arriving has no row yet. */
const ARRIVING_MS = 24 * 3_600_000;

/**
 * Begins to take imports; those that a killed process had in its hands come first. Only one process may
 * (jobs/worker.ts holds the lock).
 */
export function openImportOffice(options: OfficeOptions): ImportOffice {
  const lanes = [openLane("read", options), openLane("load", options)];
  const wake = (): void => {
    for (const lane of lanes) lane.wake();
  };
  const { db, url, folder, log } = options;
  const listening = listen({ url, channel: "imports", onNotice: wake, onConnected: wake, log });
  const sweep = setInterval(wake, SWEEP_MS);
  const tidy = () =>
    tidyFiles(db, folder).catch((error: unknown) =>
      log.warn({ error: String(error) }, "Old imports are tidied later."),
    );
  const tidying = setInterval(tidy, TIDY_MS);
  void tidy();
  return {
    async stop() {
      clearInterval(sweep);
      clearInterval(tidying);
      await listening.close();
      await Promise.all(lanes.map((lane) => lane.stop()));
    },
  };
}

interface Lane {
  wake(): void;
  stop(): Promise<void>;
}

function openLane(kind: ImportTask["kind"], options: OfficeOptions): Lane {
  const { db, folder, country, run, log } = options;
  let [again, stopped] = [false, false];
  let working: Promise<void> | undefined;
  let end: (() => void) | undefined;
  let pause: NodeJS.Timeout | undefined;

  async function work(): Promise<void> {
    do {
      again = false;
      for (let task = await nextImport(db, kind); task && !stopped; task = await nextImport(db, kind)) {
        const path = join(folder, task.id);
        const running = run({ task, path, country });
        end = running.end;
        const problem = await running.over;
        if (stopped) return;
        if (problem) await endImport(db, task, problem);
        if (!(await isFileNeeded(db, task.id))) await rm(path, { force: true });
      }
    } while (again && !stopped);
  }

  function wake(): void {
    again = true;
    if (working || stopped || pause) return;
    working = work()
      .catch((error: unknown) => {
        log.warn({ error: String(error) }, "Imports wait for the database.");
        pause = setTimeout(() => {
          pause = undefined;
          wake();
        }, AGAIN_MS);
      })
      .finally(() => {
        working = undefined;
      });
  }
  return {
    wake,
    async stop() {
      stopped = true;
      clearTimeout(pause);
      end?.();
      await working;
    },
  };
}

async function tidyFiles(db: Db, folder: string): Promise<void> {
  await tidyImports(db);
  for (const name of await readdir(folder).catch(() => [])) {
    const { mtimeMs } = await stat(join(folder, name)).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > ARRIVING_MS && !(await isFileNeeded(db, name)))
      await rm(join(folder, name), { force: true });
  }
}
