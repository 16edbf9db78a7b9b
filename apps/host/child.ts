/** One supervised program: started, watched, started again when it dies, stopped when asked. */
import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import type { Account } from "./account.ts";
import { openLog } from "./log-file.ts";
import { HostError } from "./problem.ts";
import { countDeaths, restartWaitMs } from "./restart.ts";
import { findInPath } from "./search-path.ts";

/** What to run, and how to tell that it works. */
export type Program = Readonly<{
  name: string;
  command: string;
  args: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  account: Account | undefined;
  /** The signal that asks it to end; default TERM. */
  stopSignal?: "TERM" | "INT";
  /** Runs before every start. */
  prepare?: () => Promise<void>;
  /** Asked every 50 ms until it says yes. */
  ready?: () => Promise<boolean>;
  readyWithinMs?: number;
}>;

export type ChildEvent = Readonly<
  | { type: "started"; name: string; pid: number }
  | { type: "died"; name: string; pid: number; status: string; waitMs: number }
  | { type: "restarted"; name: string; pid: number }
  | { type: "failed"; name: string; reason: string }
  | { type: "stopped"; name: string }
>;

const STOP_WITHIN_MS = 10_000;
const READY_EVERY_MS = 50;

/** A supervised program. `pid` changes when it is started again and is `undefined` while it is not running. */
export class Child {
  readonly program: Program;
  readonly logPath: string;
  #process: ChildProcess | undefined;
  #wanted = false;
  #deaths = 0;
  #timer: NodeJS.Timeout | undefined;
  #last = "";
  readonly #tell: (event: ChildEvent) => void;

  constructor(program: Program, logPath: string, tell: (event: ChildEvent) => void) {
    this.program = program;
    this.logPath = logPath;
    this.#tell = tell;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /**
   * Starts it and waits until it is ready.
   * @throws HostError when it ends before that or takes too long; it is not tried again then.
   */
  async start(): Promise<void> {
    this.#wanted = true;
    this.#deaths = 0;
    try {
      await this.#spawn();
      await this.#becomeReady();
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.#tell({ type: "started", name: this.program.name, pid: this.pid ?? 0 });
  }

  /** Asks it to end, kills it when it does not, and does not start it again. */
  async stop(withinMs: number = STOP_WITHIN_MS): Promise<void> {
    this.#wanted = false;
    clearTimeout(this.#timer);
    const running = this.#process;
    if (!running) return;
    const gone = new Promise<void>((resolve) => running.once("exit", () => resolve()));
    this.signal(`SIG${this.program.stopSignal ?? "TERM"}`);
    const hard = setTimeout(() => this.signal("SIGKILL"), withinMs);
    await gone;
    clearTimeout(hard);
    this.#tell({ type: "stopped", name: this.program.name });
  }

  /** Sends a signal; a death by it is treated like any other, so it is started again. */
  signal(signal: NodeJS.Signals): boolean {
    return this.#process?.kill(signal) ?? false;
  }

  async #spawn(): Promise<void> {
    const { program } = this;
    await program.prepare?.();
    if (!this.#wanted) return;
    const log = openLog(this.logPath, program.account);
    const [command, args] = dyingWithUs(program);
    const started = spawn(command, args, {
      cwd: program.cwd,
      env: program.env,
      // A group of its own: the terminal's Ctrl-C is for us alone, we stop the others in order.
      detached: true,
      stdio: ["ignore", log, log],
      ...(program.account && { uid: program.account.uid, gid: program.account.gid }),
    });
    fs.closeSync(log);
    const since = performance.now();
    this.#process = started;
    started.once("error", (error) => this.#ended(started, error.message, since));
    started.once("exit", (code, signal) => this.#ended(started, signal ?? `status ${code}`, since));
  }

  #ended(which: ChildProcess, status: string, since: number): void {
    if (this.#process !== which) return;
    this.#process = undefined;
    this.#last = status;
    if (!this.#wanted) return;
    this.#deaths = countDeaths(this.#deaths, performance.now() - since);
    const waitMs = restartWaitMs(this.#deaths);
    this.#tell({ type: "died", name: this.program.name, pid: which.pid ?? 0, status, waitMs });
    this.#timer = setTimeout(() => void this.#again(), waitMs);
  }

  async #again(): Promise<void> {
    try {
      await this.#spawn();
    } catch (error) {
      this.#tell({ type: "failed", name: this.program.name, reason: (error as Error).message });
      if (this.#wanted) this.#timer = setTimeout(() => void this.#again(), restartWaitMs(++this.#deaths));
      return;
    }
    if (this.pid) this.#tell({ type: "restarted", name: this.program.name, pid: this.pid });
  }

  async #becomeReady(): Promise<void> {
    const { name, ready, readyWithinMs = 30_000 } = this.program;
    const until = performance.now() + readyWithinMs;
    while (ready && !(await ready())) {
      if (!this.#wanted) throw new HostError(`${name} was stopped while starting.`);
      // Dying twice while starting is a reason to give up, once may be the previous one's shadow.
      if (this.#deaths >= 2)
        throw new HostError(`${name} ends at once (${this.#last}). ${this.#lastWords()}`);
      if (performance.now() > until)
        throw new HostError(
          `${name} is not ready after ${Math.round(readyWithinMs / 1000)} s. ${this.#lastWords()}`,
        );
      await new Promise((resolve) => setTimeout(resolve, READY_EVERY_MS));
    }
  }

  #lastWords(): string {
    const text = fs.existsSync(this.logPath) ? fs.readFileSync(this.logPath, "utf8") : "";
    const line = text.trim().split("\n").at(-1)?.slice(0, 300) ?? "";
    return `Its last words in ${this.logPath}: ${line}`;
  }
}

const setpriv = findInPath("setpriv");

/** Whatever happens to us, kill -9 included: the kernel then sends each child the signal that ends it. */
function dyingWithUs({ command, args, stopSignal }: Program): [string, string[]] {
  if (!setpriv) return [command, [...args]];
  return [setpriv, ["--pdeathsig", stopSignal ?? "TERM", "--", command, ...args]];
}
