/** What can be checked without running anything: types, style, and who imports whom. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { home } from "../home.ts";

/** A program that ends with 0 when all is well. */
export interface StaticCheck {
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
}

export interface CheckResult {
  readonly ok: boolean;
  readonly output: string;
  readonly seconds: number;
}

const tool = (name: string): string => join(home, "node_modules/.bin", name);

export const STATIC_CHECKS: readonly StaticCheck[] = [
  { title: "types", command: tool("tsc"), args: ["--noEmit", "--incremental", "false"] },
  {
    title: "types of the core, which knows no machine",
    command: tool("tsc"),
    args: ["-p", "apps/core/tsconfig.json"],
  },
  { title: "style", command: tool("biome"), args: ["check", "--max-diagnostics=20"] },
  {
    title: "import rules",
    command: tool("depcruise"),
    args: ["--config", ".dependency-cruiser.cjs", "apps"],
  },
];

/** Runs one check to its end; a program that is missing is a failed check. */
export async function runCheck({ command, args }: StaticCheck): Promise<CheckResult> {
  const since = performance.now();
  const child = spawn(command, args, { cwd: home, stdio: ["ignore", "pipe", "pipe"] });
  const parts: Buffer[] = [];
  child.stdout.on("data", (part: Buffer) => parts.push(part));
  child.stderr.on("data", (part: Buffer) => parts.push(part));
  const ok = await new Promise<boolean>((resolve) => {
    child.once("error", (error) => {
      parts.push(Buffer.from(error.message));
      resolve(false);
    });
    child.once("close", (code) => resolve(code === 0));
  });
  const output = Buffer.concat(parts).toString("utf8").trim();
  return { ok, output, seconds: (performance.now() - since) / 1000 };
}
