/** Workers, one per core, that share out days among them; the longest first. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { DayResult } from "../../apps/core/dialling/world/tally.ts";
import { costOf, type Done, type Job } from "./job.ts";

export class WorkerCrew {
  readonly #workers = Array.from(
    { length: availableParallelism() },
    () => new Worker(new URL("./worker.js", import.meta.url)),
  );

  /** Simulates all; the answers are in the order of the jobs, whoever was first. */
  async run(jobs: readonly Job[]): Promise<Done[]> {
    const days = new Map<Job, DayResult>();
    const open = [...jobs].sort((a, b) => costOf(b) - costOf(a));
    await Promise.all(
      this.#workers.map(async (worker) => {
        for (let job = open.shift(); job; job = open.shift()) days.set(job, await simulate(worker, job));
      }),
    );
    return jobs.map((job) => ({ job, day: days.get(job) as DayResult }));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

/** @throws what the worker threw: a pacer with a fault ends the bench */
function simulate(worker: Worker, job: Job): Promise<DayResult> {
  return new Promise((resolve, reject) => {
    const settle = (then: () => void) => () => {
      worker.off("message", answered);
      worker.off("error", failed);
      then();
    };
    const answered = (day: DayResult): void => settle(() => resolve(day))();
    const failed = (error: Error): void => settle(() => reject(error))();
    worker.on("message", answered);
    worker.on("error", failed);
    worker.postMessage(job);
  });
}
