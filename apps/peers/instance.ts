/** The running instance of this checkout, as a second terminal sees it. */
import * as fs from "node:fs";
import { join } from "node:path";
import { type Config, loadConfig } from "../config.ts";
import { type Account, parseAccount } from "../host/account.ts";
import { apiUrl } from "../host/apps.ts";
import { HostError } from "../host/problem.ts";
import { loadSecrets, type Secrets } from "../host/secrets.ts";
import type { Account as SipAccount } from "./sipp.ts";

/** Where everything of the instance is, and how to talk to it. */
export interface Instance {
  /** With real paths: a checkout that the carrying account cannot reach keeps links. */
  readonly config: Config;
  readonly secrets: Secrets;
  readonly databaseUrl: string;
  readonly url: string;
  /** The account that carries Asterisk, if the instance was started by root. */
  readonly owner: Account | undefined;
  /** The process that `npm start` runs in; undefined when it does not run here. */
  readonly pid: number | undefined;
}

/** The demonstration company's people, as the first start wrote them down. */
export interface Credentials {
  readonly agents: readonly { id: string; name: string; shortNumber: string; sip: SipAccount }[];
}

/**
 * Finds the instance that this checkout's settings mean.
 * @throws HostError when it has never been started.
 */
export function findInstance(): Instance {
  const settings = loadConfig();
  const config = Object.freeze({
    ...settings,
    dataDir: realPath(settings.dataDir),
    runtimeDir: realPath(settings.runtimeDir),
  });
  const secrets = loadSecrets(config);
  return {
    config,
    secrets,
    databaseUrl: config.databaseUrl ?? embeddedUrl(config, secrets),
    url: apiUrl(config).replace("//0.0.0.0:", "//127.0.0.1:"),
    owner: ownerOf(config.dataDir),
    pid: starterOf(config.dataDir),
  };
}

/** The address of the PostgreSQL that comes with an instance (apps/host/postgres.ts). */
export function embeddedUrl(
  { databasePort }: Pick<Config, "databasePort">,
  { databasePassword }: Pick<Secrets, "databasePassword">,
): string {
  return `postgresql://dozvon:${encodeURIComponent(databasePassword)}@127.0.0.1:${databasePort}/dozvon`;
}

/** @throws HostError saying how to start it when it does not run. */
export function findRunning(): Instance {
  const instance = findInstance();
  if (instance.pid === undefined)
    throw new HostError(`nothing runs on ${instance.config.dataDir}; start it with: npm start`);
  return instance;
}

/** The accounts of the demonstration agents; empty for a company that was not made by us. */
export function credentialsOf({ config }: Pick<Instance, "config">): Credentials {
  const path = join(config.dataDir, "credentials.json");
  return fs.existsSync(path) ? (JSON.parse(fs.readFileSync(path, "utf8")) as Credentials) : { agents: [] };
}

function realPath(path: string): string {
  return fs.existsSync(path) ? fs.realpathSync(path) : path;
}

/** Only root can act as another account; everybody else is the account. */
function ownerOf(dataDir: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const { uid, gid } = fs.statSync(dataDir);
  if (uid === 0) return undefined;
  return parseAccount(fs.readFileSync("/etc/passwd", "utf8"), "dozvon") ?? { uid, gid, name: String(uid) };
}

/** The holder of the data folder's lock, if it lives: its start time must still be the one that it wrote. */
function starterOf(dataDir: string): number | undefined {
  try {
    const text = fs.readFileSync(join(dataDir, "dozvon.lock"), "utf8");
    const { pid, startedTicks } = JSON.parse(text) as { pid: number; startedTicks: string };
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] === startedTicks ? pid : undefined;
  } catch {
    return undefined;
  }
}
