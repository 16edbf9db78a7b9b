/** A running instance, as its starter and the tests see it. */
import type { Config } from "../config.ts";
import type { Account } from "./account.ts";
import type { Asterisk } from "./asterisk.ts";
import type { Secrets } from "./secrets.ts";
import type { ChildEvent, Supervisor } from "./supervisor.ts";

/** The long-lived parts, in the order in which they start. */
export const PARTS = ["postgres", "asterisk", "engine", "agi", "api", "jobs", "wss"] as const;
export type Part = (typeof PARTS)[number];

/** Everything that can be done with an instance from outside. */
export type Running = Readonly<{
  /** With real paths and the database's address. */
  config: Config;
  secrets: Secrets;
  asterisk: Asterisk | undefined;
  owner: Account | undefined;
  /** Whether the database was empty before this start. */
  fresh: boolean;
  /** The API's address. */
  url: string;
  databaseUrl: string;
  /** The parts with their process ids now; `undefined` for one that is not running. */
  children: Record<string, { pid: number | undefined }>;
  /** Sends a signal; the part is started again if it dies of it. */
  kill: (part: Part, signal: NodeJS.Signals) => boolean;
  /** Stops a part for as long as you like. */
  halt: (part: Part) => Promise<void>;
  /** Starts again what was halted, and waits until it is ready. */
  resume: (part: Part) => Promise<void>;
  /** Runs a console command of Asterisk. */
  console: (command: string) => Promise<string>;
  /** Stops everything in order; asking twice is asking once. */
  stop: () => Promise<void>;
  /** Kills everything at once. */
  killAll: () => void;
}>;

/** The processes of a supervisor as `Running.children`, read anew at every look. */
export function childrenOf(supervisor: Supervisor): Running["children"] {
  const pids = supervisor.pids();
  return Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, { pid }]));
}

/** What is worth a line for the person who watches; starts and stops are told by the steps themselves. */
export function describeEvent(event: ChildEvent): string | undefined {
  if (event.type === "died")
    return `${event.name} died (${event.status}); it starts again in ${event.waitMs} ms`;
  if (event.type === "restarted") return `${event.name} runs again (pid ${event.pid})`;
  if (event.type === "failed") return `${event.name} could not be started: ${event.reason}`;
  return undefined;
}
