/**
 * An instance to be measured, prepared with rows and with dialplan of the bench's own, and SIPp beside it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { type Running, startEverything } from "../apps/bin/start.ts";
import { type Config, loadConfig } from "../apps/config.ts";
import type { Peer } from "../apps/host/peers.ts";
import { openDatabase } from "../apps/store/database.ts";
import { freePorts } from "../tests/support/ports.ts";

/** What a bench brings along. */
export interface Prepared {
  /** Rows that are there before Asterisk's configuration is rendered. */
  readonly rows: string;
  /** Files of custom.d/ by name. */
  readonly custom?: Readonly<Record<string, string>>;
}

/** A configuration on free ports, and one more free port for SIPp's phones. */
export async function benchConfig(folder: string): Promise<{ config: Config; phonePort: number }> {
  const ports = await freePorts(7);
  const keys = ["API", "SIP", "ARI", "AMI", "AGI", "DATABASE"];
  const env = Object.fromEntries(keys.map((key, index) => [`DOZVON_${key}_PORT`, String(ports[index])]));
  const config = loadConfig({
    ...env,
    DOZVON_DATA_DIR: join(folder, "data"),
    DOZVON_RTP_FROM: "40000",
    DOZVON_RTP_TO: "43998",
  });
  return { config, phonePort: ports[6] ?? 0 };
}

/** Starts everything with the bench's rows and files in place. */
export async function prepareInstance(config: Config, { rows, custom = {} }: Prepared): Promise<Running> {
  const report = (line: string): void => console.error(line);
  const first = await startEverything({ config, report, demo: false, only: ["postgres"] });
  const db = openDatabase({ url: first.databaseUrl, name: "bench", log: { warn: () => {} } });
  await sql.raw(rows).execute(db);
  await db.destroy();
  await first.stop();
  const folder = join(config.dataDir, "asterisk", "custom.d");
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(custom)) writeFileSync(join(folder, name), text);
  return startEverything({ config, report, demo: false });
}

/** A SIPp process; its notes go to `log`, and `done` is its exit code: 0 when every call went as its scenario says. */
export interface SippRun {
  readonly child: ChildProcess;
  readonly log: string;
  readonly done: Promise<number>;
}

/** Runs SIPp with a scenario in a folder. */
export function sippRun(
  sipp: Peer,
  folder: string,
  name: string,
  scenario: string,
  extra: readonly string[],
): SippRun {
  writeFileSync(join(folder, `${name}.xml`), scenario);
  const log = join(folder, `${name}.log`);
  const own = ["-sf", `${name}.xml`, "-nostdin", "-trace_logs", "-log_file", log];
  const { command, args } = sipp.run([...own, ...extra]);
  const child = spawn(command, args, { cwd: folder, stdio: "ignore" });
  const done = new Promise<number>((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
  return { child, log, done };
}
