/** A piece of work on an import as a process of its own: its memory is given back, and what ends it ends nothing else. */
import { fork } from "node:child_process";
import type { ImportProblem } from "../../store/tables-contacts.ts";
import type { Log } from "../log.ts";
import type { ImportWork } from "./work.ts";

/** Begins a piece of work. */
export type RunWork = (work: Omit<ImportWork, "url">) => Running;

export interface Running {
  /**
   * Why the import cannot be finished; undefined: it is over, one way or another. Rejects when it should be begun again
   * later: the database is away.
   */
  readonly over: Promise<ImportProblem | undefined>;
  /** Ends it at once, wherever it is. */
  end(): void;
}

/** A workbook of three megabytes takes about a hundred; what takes more is meant to. */
const FLAGS = ["--max-old-space-size=180", "--max-semi-space-size=16", "--v8-pool-size=1"];
/** The database is away (sysexits.h: try again). */
const AGAIN_LATER = 75;

/** @param program what does it (bin/import.ts, compiled) */
export function processes({ program, url, log }: { program: string; url: string; log: Log }): RunWork {
  return (work) => {
    const env = { PATH: process.env.PATH, DATABASE_URL: url, IMPORT_WORK: JSON.stringify(work) };
    const child = fork(program, { execArgv: FLAGS, env, stdio: ["ignore", "ignore", "inherit", "ipc"] });
    const over = new Promise<ImportProblem | undefined>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (status, signal) => {
        if (status === 0) return resolve(undefined);
        if (status === AGAIN_LATER) return reject(new Error("the database does not answer"));
        log.error({ import: work.task.id, status, signal }, "An import broke off.");
        // V8 aborts when its memory is used up.
        const full = signal === "SIGABRT" || status === 134;
        if (full) resolve({ code: "too-large", message: "this file takes too much memory" });
        else if (signal) resolve(undefined);
        else resolve({ code: "fault", message: "the import broke off; see the log of the jobs process" });
      });
    });
    return { over, end: () => child.kill("SIGKILL") };
  };
}
