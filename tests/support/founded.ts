/**
 * A founded company to copy: making a database cluster and migrating it costs five seconds of CPU, a copy half a
 * second. `npm test` names a folder for the whole run; the first scene fills it, and the others copy.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { startEverything } from "../../apps/bin/start.ts";
import type { Config } from "../../apps/config.ts";
import { until } from "./until.ts";

/** What does not depend on ports; everything else is rendered at every start. */
const KEPT = ["postgres", "secrets.json", "credentials.json"];
const WITHIN_MS = 120_000;

/** Puts the company into the instance's data folder; without a folder of the run the instance founds its own. */
export async function copyFounded(config: Config): Promise<void> {
  const run = process.env.TEST_FOUNDED;
  if (!run) return;
  const founded = join(run, "founded");
  if (isFirst(run)) await found(config, run, founded);
  await until("another scene has founded the company", () => existsSync(founded), WITHIN_MS);
  mkdirSync(config.dataDir, { recursive: true, mode: 0o755 });
  execFileSync("cp", ["-a", ...KEPT.map((name) => join(founded, name)), config.dataDir]);
}

function isFirst(run: string): boolean {
  try {
    mkdirSync(join(run, "taken"));
    return true;
  } catch {
    return false;
  }
}

async function found(config: Config, run: string, founded: string): Promise<void> {
  chmodSync(run, 0o755);
  const making = join(run, "making");
  const instance = await startEverything({
    config: { ...config, dataDir: making },
    report: () => {},
    demo: false,
    only: ["postgres"],
  });
  await instance.stop();
  renameSync(making, founded);
}
