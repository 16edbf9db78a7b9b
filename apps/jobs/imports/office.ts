/**
 * Takes imports as they come: files are looked at in one lane, so that people see them while a large one is loaded in
 * the other. Each piece of work is a process; the rows say what is to be done, so a restart forgets nothing.
 */
import { type ChildProcess, fork } from "node:child_process";
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
import type { ImportWork } from "./work.ts";

export interface ImportOffice {
  stop(): Promise<void>;
}

export interface OfficeOptions {
  readonly db: Db;
  readonly url: string;
  /** Where uploaded files are, by the ids of their imports. */
  readonly folder: string;
  /** What does one piece of work (bin/import.ts, compiled). */
  readonly program: string;
  readonly country: string;
  readonly log: Log;
}

const SWEEP_MS = 5000;
const AGAIN_MS = 1000;
const TIDY_MS = 3_600_000;
/** A file that is still arriving has no row yet. */
const ARRIVING_MS = 24 * 3_600_000;
/** A workbook of three megabytes takes about a hundred; what takes more is meant to. */
const FLAGS = ["--max-old-space-size=180", "--max-semi-space-size=8", "--v8-pool-size=1"];
/** The database is away (sysexits.h: try again). */
const AGAIN_LATER = 75;

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
  const { db, folder, log } = options;
  let [again, stopped] = [false, false];
  let working: Promise<void> | undefined;
  let child: ChildProcess | undefined;
  let pause: NodeJS.Timeout | undefined;

  async function work(): Promise<void> {
    do {
      again = false;
      for (let task = await nextImport(db, kind); task && !stopped; task = await nextImport(db, kind)) {
        const path = join(folder, task.id);
        const problem = await runProcess({ ...options, task, path }, (made) => {
          child = made;
        });
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
      child?.kill("SIGKILL");
      await working;
    },
  };
}

/**
 * @returns why the import cannot be finished, undefined: it is over, one way or another
 * @throws when it should be begun again later: the database is away
 */
function runProcess(
  { url, country, task, path, log, program }: OfficeOptions & { task: ImportTask; path: string },
  started: (child: ChildProcess | undefined) => void,
) {
  return new Promise<{ code: string; message: string } | undefined>((resolve, reject) => {
    const work: Omit<ImportWork, "url"> = { task, path, country };
    const env = { PATH: process.env.PATH, DATABASE_URL: url, IMPORT_WORK: JSON.stringify(work) };
    const child = fork(program, { execArgv: FLAGS, env, stdio: ["ignore", "ignore", "inherit", "ipc"] });
    started(child);
    child.once("error", reject);
    child.once("exit", (status, signal) => {
      started(undefined);
      if (status === 0) return resolve(undefined);
      if (status === AGAIN_LATER) return reject(new Error("the database does not answer"));
      log.error({ import: task.id, status, signal }, "An import broke off.");
      // V8 aborts when its memory is used up.
      const full = signal === "SIGABRT" || status === 134;
      if (full) resolve({ code: "too-large", message: "this file takes too much memory" });
      else if (signal) resolve(undefined);
      else resolve({ code: "fault", message: "the import broke off; see the log of the jobs process" });
    });
  });
}

async function tidyFiles(db: Db, folder: string): Promise<void> {
  await tidyImports(db);
  for (const name of await readdir(folder).catch(() => [])) {
    const { mtimeMs } = await stat(join(folder, name)).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > ARRIVING_MS && !(await isFileNeeded(db, name)))
      await rm(join(folder, name), { force: true });
  }
}
