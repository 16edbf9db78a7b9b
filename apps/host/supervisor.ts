/** Keeps an instance's programs running, in an order: what is started later is stopped earlier. */
import { join } from "node:path";
import { Child, type ChildEvent, type Program } from "./child.ts";
import { rotateLog } from "./log-file.ts";
import { HostError } from "./problem.ts";

export type { Child, ChildEvent, Program } from "./child.ts";

const ROTATE_EVERY_MS = 20_000;

/** The programs of one instance. */
export class Supervisor {
  readonly #children = new Map<string, Child>();
  readonly #logDir: string;
  readonly #tell: (event: ChildEvent) => void;
  readonly #rotation: NodeJS.Timeout;
  #stopping: Promise<void> | undefined;

  /**
   * @param logDir where each program's <name>.log goes.
   * @param tell hears of every start, death and restart.
   */
  constructor(logDir: string, tell: (event: ChildEvent) => void) {
    this.#logDir = logDir;
    this.#tell = tell;
    this.#rotation = setInterval(() => this.rotate(), ROTATE_EVERY_MS);
    this.#rotation.unref();
  }

  /**
   * Starts a program, waits until it is ready and from then on restarts it whenever it dies.
   * @throws HostError when it does not become ready.
   */
  async start(program: Program): Promise<Child> {
    if (this.#stopping) throw new HostError("stopped while starting.");
    const child = new Child(program, join(this.#logDir, `${program.name}.log`), this.#tell);
    this.#children.set(program.name, child);
    await child.start();
    return child;
  }

  /** @throws HostError for a name that was never started. */
  child(name: string): Child {
    const child = this.#children.get(name);
    if (!child) throw new HostError(`there is no part named ${name}.`);
    return child;
  }

  /** The process ids by name; `undefined` for a part that is not running now. */
  pids(): Record<string, number | undefined> {
    return Object.fromEntries([...this.#children].map(([name, child]) => [name, child.pid]));
  }

  /** Stops one part and keeps it stopped. */
  async halt(name: string): Promise<void> {
    await this.child(name).stop();
  }

  /** Starts again what was halted. */
  async resume(name: string): Promise<void> {
    const child = this.child(name);
    if (child.pid === undefined) await child.start();
  }

  /** Stops all, the youngest first; asking twice is asking once. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  /** Kills all at once, without waiting. */
  kill(): void {
    for (const child of this.#children.values()) {
      void child.stop(0);
      child.signal("SIGKILL");
    }
  }

  /** Keeps the logs small; runs by itself every 20 s. */
  rotate(): void {
    for (const child of this.#children.values()) rotateLog(child.logPath);
  }

  async #stopAll(): Promise<void> {
    clearInterval(this.#rotation);
    for (const child of [...this.#children.values()].reverse()) await child.stop();
  }
}
