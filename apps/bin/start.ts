/**
 * `npm start`: brings up everything from nothing and keeps it running until it is told to stop.
 *
 * The process lives for ever, so it stays light: whatever needs schemas or the database runs in short-lived
 * processes (`runTask`). `startEverything` is also what the tests use for instances of their own.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Config } from "../config.ts";
import { carryingAccount } from "../host/account.ts";
import { apiUrl, startApps } from "../host/apps.ts";
import { findAsterisk } from "../host/asterisk.ts";
import { startAsterisk } from "../host/asterisk-process.ts";
import { endCommands } from "../host/command.ts";
import { childEnvironment, hiddenSettings } from "../host/environment.ts";
import { childrenOf, describeEvent, PARTS, type Part, type Running } from "../host/instance.ts";
import { type Lock, tryLock } from "../host/lock.ts";
import { checkMachine } from "../host/machine.ts";
import { makePlaces, type Places } from "../host/places.ts";
import { portsOf, requirePorts } from "../host/ports.ts";
import { startPostgres } from "../host/postgres.ts";
import { HostError, type Report } from "../host/problem.ts";
import { ensureSecrets } from "../host/secrets.ts";
import { type ChildEvent, Supervisor } from "../host/supervisor.ts";
import { runTask, type Task } from "../host/task.ts";

export type { Part, Running } from "../host/instance.ts";

/** How to start an instance. */
export type StartOptions = Readonly<{
  config: Config;
  report: Report;
  /** Whether to show a demonstration call when the database was empty. */
  demo: boolean;
  /** The parts to start; all without it. Asterisk and the apps need what comes before them. */
  only?: readonly Part[];
  /** Hears of every start, death and restart. */
  onEvent?: (event: ChildEvent) => void;
  /** Stops a start that is under way. */
  signal?: AbortSignal;
}>;

type Step = <Result>(name: string, work: () => Promise<Result>) => Promise<Result>;

/**
 * Starts an instance and waits until it is ready. When anything fails, what was started is stopped again.
 * @throws HostError in one sentence for the person who started it.
 */
export async function startEverything(options: StartOptions): Promise<Running> {
  const { report, signal } = options;
  checkMachine();
  const owner = await carryingAccount(report);
  const places = await makePlaces(options.config, owner);
  const lock = takeData(places.config.dataDir);
  const supervisor = new Supervisor(join(places.config.dataDir, "logs"), (event) => {
    options.onEvent?.(event);
    const line = describeEvent(event);
    if (line) report(line);
  });
  const stop = () => supervisor.stop().finally(lock.release);
  signal?.addEventListener("abort", () => void stop(), { once: true });
  try {
    return await startParts(options, places, lock.recovered, supervisor, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startParts(
  options: StartOptions,
  places: Places,
  afterCrash: boolean,
  supervisor: Supervisor,
  stop: () => Promise<void>,
): Promise<Running> {
  const { report, signal, only = PARTS } = options;
  const { config, owner } = places;
  const step = timedSteps(report, signal);
  await step("ports are free", () => requirePorts(portsOf(config), afterCrash ? 15_000 : 0));
  const secrets = ensureSecrets(config, owner);
  const asterisk = await step("Asterisk found", () => findAsterisk(config, report));
  const postgres = await step("PostgreSQL is up", () =>
    startPostgres({ config, secrets, owner, supervisor, report }),
  );
  const known = Object.freeze({ ...config, databaseUrl: postgres.url });
  const env = childEnvironment({ ...(await settingsOf(known, places, report)), ...hiddenSettings(places) });
  const task = { config: known, secrets, databaseUrl: postgres.url, asterisk, owner };
  const ours = { node: places.node, env, report, signal };
  const { fresh } = await step("database and Asterisk's configuration are prepared", () =>
    ifPresent<{ fresh: boolean }>("prepare", { ...ours, account: owner, input: task }, places, {
      fresh: false,
    }),
  );
  const carrier = only.includes("asterisk")
    ? await step(`Asterisk ${asterisk.version} is up`, () =>
        startAsterisk({ asterisk, dataDir: config.dataDir, owner, supervisor }),
      )
    : undefined;
  await step("engine, AGI app, API and jobs are up", () => startApps(places, env, supervisor, only, report));
  if (options.demo && fresh)
    await step("demonstration call", () =>
      ifPresent("demonstrate", { ...ours, input: task }, places, undefined),
    )
      // A demonstration that fails must not take a working system down.
      .catch((error: Error) => report(`the demonstration call failed: ${error.message}`));
  if (signal?.aborted) throw new HostError("stopped while starting.");
  return {
    config: known,
    secrets,
    asterisk,
    owner,
    fresh,
    url: apiUrl(config),
    databaseUrl: postgres.url,
    get children() {
      return childrenOf(supervisor);
    },
    kill: (part, name) => supervisor.child(part).signal(name),
    halt: (part) => supervisor.halt(part),
    resume: (part) => supervisor.resume(part),
    console: async (command) => {
      if (!carrier) throw new HostError("this instance was started without Asterisk.");
      return carrier.console(command);
    },
    stop,
    killAll: () => supervisor.kill(),
  };
}

/** Two instances on the same data would destroy it. */
function takeData(dataDir: string): Lock {
  const lock = tryLock(join(dataDir, "dozvon.lock"));
  if (typeof lock !== "number") return lock;
  throw new HostError(
    `already running on ${dataDir} as process ${lock}; stop it first, or set DOZVON_DATA_DIR and other ports.`,
  );
}

/** The settings as environment variables, computed where the schemas may be loaded. */
function settingsOf(config: Config, places: Places, report: Report): Promise<Record<string, string>> {
  const module = join(places.programs, "../config.js");
  return runTask({
    module,
    name: "asEnvironment",
    input: config,
    plain: true,
    node: places.node,
    env: childEnvironment(hiddenSettings(places)),
    report,
  });
}

const MODULES = { prepare: "prepare.js", demonstrate: "demo.js" } as const;

/** Runs a step of another file of this folder, which an unfinished checkout may lack. */
function ifPresent<Result>(
  name: keyof typeof MODULES,
  task: Omit<Task, "module" | "name">,
  places: Places,
  otherwise: Result,
): Promise<Result> {
  const module = join(places.programs, MODULES[name]);
  if (existsSync(module)) return runTask<Result>({ ...task, module, name });
  task.report(`there is no ${MODULES[name]} in this checkout; left out`);
  return Promise.resolve(otherwise);
}

function timedSteps(report: Report, signal: AbortSignal | undefined): Step {
  return async (name, work) => {
    if (signal?.aborted) throw new HostError("stopped while starting.");
    const since = performance.now();
    const result = await work();
    report(`${name} (${((performance.now() - since) / 1000).toFixed(1)} s)`);
    return result;
  };
}

/** npm hands on the Ctrl-C that the terminal has already sent to us: within a second it is the same one. */
const SAME_SIGNAL_MS = 1000;

async function main(): Promise<void> {
  const report: Report = (line) => console.log(line);
  const stopping = new AbortController();
  let running: Running | undefined;
  let first = 0;
  const asked = () => {
    if (first === 0) {
      first = performance.now();
      report("stopping (once more kills)");
      stopping.abort();
      endCommands();
      if (running) void running.stop().then(() => process.exit(0));
    } else if (performance.now() - first > SAME_SIGNAL_MS) {
      running?.killAll();
      process.exit(1);
    }
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, asked);
  try {
    const stranger = process.argv.slice(2).find((word) => word !== "--no-demo");
    if (stranger) throw new HostError(`unknown option ${stranger}; there is only --no-demo.`);
    const config = await readConfig(report);
    const demo = !process.argv.includes("--no-demo");
    running = await startEverything({ config, report, demo, signal: stopping.signal });
    report(`ready ${running.url}`);
  } catch (error) {
    if (stopping.signal.aborted) process.exit(0);
    console.error(`dozvon: ${error instanceof HostError ? error.message : (error as Error).stack}`);
    process.exit(1);
  }
}

function readConfig(report: Report): Promise<Config> {
  const module = fileURLToPath(new URL("../config.js", import.meta.url));
  const input = { ...process.env };
  return runTask({
    module,
    name: "loadConfig",
    input,
    plain: true,
    node: process.execPath,
    env: process.env,
    report,
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
