/** A worker of the dialler's benches: simulates the days it is given, one after the other. */
import { parentPort } from "node:worker_threads";
import { simulateDay } from "../../apps/core/dialling/world/world.ts";
import type { Job } from "./job.ts";
import { pacerOf, productPacer } from "./policies.ts";

const createPacer = await productPacer();
parentPort?.on("message", (job: Job) => {
  parentPort?.postMessage(simulateDay(job.scenario, job.seed, pacerOf(job, createPacer)));
});
