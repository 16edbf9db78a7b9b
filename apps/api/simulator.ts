/**
 * Runs the simulator beside the API: a day is seconds of arithmetic, and requests must not wait for it.
 */
import { Worker } from "node:worker_threads";
import type { Answer, Question } from "../core/sim/what-if.ts";
import { Problem } from "./problem.ts";

const THREAD = new URL("./simulator-thread.js", import.meta.url);
const LIMIT_MS = 60_000;
/** A day of 50,000 calls needs about 150 MB. The API's own small young generation would be all garbage collection. */
const MEMORY = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 32 };

export interface Simulator {
  /**
   * One question at a time, from its first row read on: a day's rows are large as well.
   * @throws Problem 503 while another one is being answered, or when it takes more than a minute
   */
  ask(prepare: () => Promise<Question>): Promise<{ question: Question; answer: Answer }>;
  close(): Promise<void>;
}

export function createSimulator(): Simulator {
  let busy = false;
  let thread: Worker | undefined;
  return {
    async ask(prepare) {
      if (busy)
        throw new Problem(503, "simulator-busy", "Another day is being simulated; try again in a moment.");
      busy = true;
      try {
        const question = await prepare();
        thread = new Worker(THREAD, { workerData: question, resourceLimits: MEMORY, execArgv: [] });
        return { question, answer: await answerOf(thread) };
      } finally {
        await thread?.terminate();
        thread = undefined;
        busy = false;
      }
    },
    async close() {
      await thread?.terminate();
    },
  };
}

function answerOf(thread: Worker): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const tooLong = setTimeout(
      () => reject(new Problem(503, "simulation-too-long", "The day was not simulated within a minute.")),
      LIMIT_MS,
    );
    thread.once("message", resolve);
    thread.once("error", reject);
    thread.once("exit", () => reject(new Error("the simulator's thread ended without an answer")));
    thread.once("exit", () => clearTimeout(tooLong));
  });
}
