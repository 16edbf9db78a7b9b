/**
 * The npm package ari-client behind our port, for those who want the well-known client.
 *
 * Events come from the package, which runs in a thread of its own (see ari-client-worker.ts); requests go over
 * HTTP by our own hand, because the package gives neither a status nor a time limit and never settles while
 * Asterisk is down. The package puts the password into its WebSocket's URL: keep it to loopback. It costs about
 * four times the CPU of the native driver.
 */
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import type { Lost } from "../link.ts";
import { filterRequest } from "./address.ts";
import type { WorkerInput, WorkerReport } from "./ari-client-worker.ts";
import { AriDriver, REPLACED } from "./driver.ts";
import { unavailable } from "./exchange.ts";
import { HttpRequests } from "./http.ts";
import {
  AriError,
  type AriEvent,
  type AriOptions,
  type AriPort,
  type AriReply,
  type AriRequest,
  ARI_DEFAULTS as defaults,
} from "./port.ts";

/** With two pings unanswered when the third is due, three intervals have passed without a pong. */
const MISSED_PONGS = 2;
const WORKER = new URL("./ari-client-worker.js", import.meta.url);

/**
 * @see AriPort
 * @throws Error if the optional package is not installed.
 */
export function createAriClientAri(options: AriOptions): AriPort {
  try {
    createRequire(import.meta.url).resolve("ari-client");
  } catch {
    throw new Error("ari-client is not installed; npm install ari-client");
  }
  return new AriClientAri(options);
}

class AriClientAri extends AriDriver {
  readonly #http: HttpRequests;
  #worker: Worker | undefined;

  constructor(options: AriOptions) {
    super(options);
    this.#http = new HttpRequests(options);
  }

  async close(): Promise<void> {
    this.#worker = undefined;
    this.#http.close();
    await this.link.close();
  }

  request(request: AriRequest): Promise<AriReply> {
    if (!this.#worker) return Promise.reject(unavailable(request, "not connected"));
    return this.#http.request(request);
  }

  protected override async open(lost: Lost, signal: AbortSignal): Promise<() => Promise<void>> {
    // The package dies of a wrong password, so we knock first.
    await this.#http.request({ method: "GET", path: "applications", timeoutMs: this.timeoutMs });
    signal.throwIfAborted();
    const { url, username, password, application, events } = this.options;
    const input: WorkerInput = { url: new URL(url).origin, username, password, application };
    // The package prints to the console, which is of no use to anybody; loaders of ours are of none to it.
    const worker = new Worker(WORKER, { workerData: input, stdout: true, stderr: true, execArgv: [] });
    worker.stdout.resume();
    worker.stderr.resume();
    const abort = () => void worker.terminate();
    signal.addEventListener("abort", abort);
    try {
      await this.#started(worker, lost);
      this.#ping(worker, lost);
      await this.#http.request(filterRequest(application, events, this.timeoutMs));
      return async () => void (await worker.terminate());
    } catch (error) {
      if (this.#worker === worker) this.#worker = undefined;
      void worker.terminate();
      throw error;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  /** Settles when the package's socket is open; everything it reports later goes its way from here too. */
  #started(worker: Worker, lost: Lost): Promise<void> {
    return new Promise((resolve, reject) => {
      // The package reads a dozen API descriptions first, so it gets more time than one request.
      const timer = setTimeout(() => gone("ari-client did not connect in time"), this.timeoutMs * 5);
      let over = false;
      const gone = (reason: string, retryMs?: number) => {
        over = true;
        clearTimeout(timer);
        reject(new AriError("unavailable", 0, "connect", reason));
        this.#gone(worker, lost, reason, retryMs);
      };
      worker.on("error", (error) => gone(`ari-client failed: ${error?.message ?? String(error)}`));
      worker.on("exit", () => gone("ari-client ended"));
      worker.on("message", (report: WorkerReport) => {
        if (over || this.link.state === "closed") return;
        if (report.kind === "open") {
          clearTimeout(timer);
          this.#worker = worker;
          resolve();
        } else if (report.kind === "lost") gone(report.reason);
        else if (report.kind === "malformed") this.unreadable(report.bytes);
        else if (report.kind === "event") this.#event(report.event, gone);
      });
    });
  }

  #gone(worker: Worker, lost: Lost, reason: string, retryMs?: number): void {
    if (this.#worker === worker) {
      this.#worker = undefined;
      this.#http.abandon(reason);
    }
    lost(reason, retryMs);
  }

  #event(event: AriEvent, gone: (reason: string, retryMs: number) => void): void {
    if (this.replaces(event)) gone(REPLACED, this.replacedRetryMs);
    this.handOn(event);
  }

  #ping(worker: Worker, lost: Lost): void {
    let missed = 0;
    worker.on("message", (report: WorkerReport) => {
      if (report.kind === "pong") missed = 0;
    });
    const timer = setInterval(() => {
      if (missed >= MISSED_PONGS) this.#gone(worker, lost, `no answer to ${missed} pings`);
      missed += 1;
      worker.postMessage("ping");
    }, this.options.pingMs ?? defaults.pingMs);
    worker.once("exit", () => clearInterval(timer));
  }
}
