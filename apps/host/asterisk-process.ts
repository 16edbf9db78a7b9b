/** Runs the Asterisk of one instance and talks to its console. */
import { join } from "node:path";
import type { Account } from "./account.ts";
import type { Asterisk } from "./asterisk.ts";
import { runCommand } from "./command.ts";
import { HostError } from "./problem.ts";
import type { Child, Supervisor } from "./supervisor.ts";

/** What is needed to start an Asterisk whose configuration has been rendered. */
export type AsteriskPlace = Readonly<{
  asterisk: Asterisk;
  dataDir: string;
  owner: Account | undefined;
  supervisor: Supervisor;
}>;

/** A running Asterisk. `console` runs one command and answers its output. */
export type RunningAsterisk = Readonly<{ child: Child; console: (command: string) => Promise<string> }>;

const READY_WITHIN_MS = 60_000;
const CONSOLE_WITHIN_MS = 20_000;
/** sockaddr_un has room for 107 characters; Asterisk would cut a longer path and never be found. */
const LONGEST_SOCKET = 107;

/**
 * Starts Asterisk with <dataDir>/asterisk/etc/asterisk.conf and waits until it is fully booted.
 * @throws HostError when it does not boot; the message says where it complained.
 */
export async function startAsterisk(place: AsteriskPlace): Promise<RunningAsterisk> {
  const { asterisk, dataDir, owner, supervisor } = place;
  const configFile = asteriskConfigFile(dataDir);
  const socket = join(dataDir, "asterisk/run/asterisk.ctl");
  if (socket.length > LONGEST_SOCKET)
    throw new HostError(
      `dataDir is ${socket.length - LONGEST_SOCKET} characters too long for a socket in it.`,
    );
  const console = (command: string) => asteriskConsole(asterisk, configFile, owner, command);
  const child = await supervisor.start({
    name: "asterisk",
    ...asterisk.run(["-f", "-C", configFile]),
    cwd: dataDir,
    env: asteriskEnvironment(dataDir),
    account: owner,
    readyWithinMs: READY_WITHIN_MS,
    ready: async () => {
      const answer = await console("core waitfullybooted").catch(() => "");
      return /fully booted/.test(answer);
    },
  });
  return { child, console };
}

/** Where an instance's Asterisk finds its configuration. */
export function asteriskConfigFile(dataDir: string): string {
  return join(dataDir, "asterisk/etc/asterisk.conf");
}

/**
 * Runs one console command of a running Asterisk.
 * @throws CommandError when Asterisk is not running or does not answer in 20 s.
 */
export function asteriskConsole(
  asterisk: Asterisk,
  configFile: string,
  account: Account | undefined,
  command: string,
): Promise<string> {
  const line = asterisk.run(["-C", configFile, "-rx", command]);
  const env = asteriskEnvironment(join(configFile, "../../.."));
  return runCommand(line.command, line.args, { account, env, timeoutMs: CONSOLE_WITHIN_MS });
}

/** Its home must be a place it may write to: the console keeps a history there. */
function asteriskEnvironment(dataDir: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    LC_ALL: "C.UTF-8",
    HOME: join(dataDir, "asterisk"),
    MALLOC_ARENA_MAX: "4",
  };
}
