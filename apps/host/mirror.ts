/**
 * A readable copy of the checkout for an account that cannot reach the original (a clone under /root).
 *
 * Node modules are hard links where the disk allows, so the copy costs next to nothing; the rest is small and
 * brought up to date at every start.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "./command.ts";

const STAMP = "node_modules/.dozvon-install.json";
const NOT_NEEDED = new Set(["node_modules", "tests", "bench"]);

/** Makes or refreshes `copy`, a version of the checkout `home` that everybody on this machine may read. */
export async function mirrorCheckout(home: string, copy: string): Promise<void> {
  mkdirSync(copy, { recursive: true, mode: 0o755 });
  // Folders only, and package.json: a settings file beside them may hold a password.
  const parts = readdirSync(home, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || entry.name === "package.json")
    .map((entry) => entry.name)
    .filter((name) => !name.startsWith(".") && !NOT_NEEDED.has(name));
  const sources = parts.map((name) => join(home, name));
  await runCommand("cp", ["-R", "--update", "--preserve=mode,timestamps", "--", ...sources, copy]);
  await runCommand("chmod", ["-R", "a+rX", ...parts.map((name) => join(copy, name))]);
  if (sameText(join(home, STAMP), join(copy, STAMP))) return;
  await mirrorModules(home, copy);
}

async function mirrorModules(home: string, copy: string): Promise<void> {
  const aside = join(copy, `node_modules.${process.pid}`);
  const target = join(copy, "node_modules");
  rmSync(aside, { recursive: true, force: true });
  await linkOrCopy(join(home, "node_modules"), aside);
  await runCommand("chmod", ["-R", "a+rX", aside]);
  rmSync(target, { recursive: true, force: true });
  renameSync(aside, target);
}

/** Hard links, or a true copy when source and target are on different disks. */
export async function linkOrCopy(source: string, target: string): Promise<void> {
  try {
    await runCommand("cp", ["-R", "--link", "--preserve=mode,timestamps", "--", source, target]);
  } catch {
    rmSync(target, { recursive: true, force: true });
    await runCommand("cp", ["-R", "--preserve=mode,timestamps", "--", source, target]);
  }
}

function sameText(one: string, other: string): boolean {
  return existsSync(one) && existsSync(other) && readFileSync(one, "utf8") === readFileSync(other, "utf8");
}
