/** The simulator's own thread: one question, one answer. */
import { parentPort, workerData } from "node:worker_threads";
import { type Question, whatIf } from "../core/sim/what-if.ts";

parentPort?.postMessage(whatIf(workerData as Question));
