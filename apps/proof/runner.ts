/**
 * Runs compiled test files. A tap test file is an ordinary program that writes TAP: run as such it starts a
 * second sooner than under tap's own command, which would also rebuild its plugins on the way.
 */
import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import { join } from "node:path";
import { home } from "../home.ts";
import { type Group, resultPath } from "./results.ts";
import { type Counts, countTests, type Point, parseTap } from "./tap.ts";

export interface RunOptions {
  readonly group: Group;
  /** How many files at once. */
  readonly jobs: number;
  /** What a whole file may take. */
  readonly limitSeconds: number;
  /** Runs only outermost tests whose title matches. */
  readonly grep?: string | undefined;
  /** Whether the results replace the former ones. */
  readonly keep: boolean;
  readonly onFile: (result: FileResult) => void;
}

export interface FileResult {
  readonly file: string;
  readonly points: readonly Point[];
  readonly counts: Counts;
  readonly seconds: number;
  /** What the file wrote besides TAP, when it failed. */
  readonly noise: string;
}

const GRACE_MS = 10_000;
const running = new Set<ChildProcess>();

/** The compiled test files of a group, sorted; sources without a compiled file do not exist here. */
export function testFiles(group: Group): string[] {
  const place = join(home, "dist/tests", group);
  if (!fs.existsSync(place)) return [];
  const names = fs.readdirSync(place, { recursive: true }) as string[];
  return names.filter((name) => name.endsWith(".test.js")).sort();
}

/**
 * The files that have a matching title, and whether it is one of their outermost: only those can be picked out,
 * since tap leaves out the inner ones together with the outer test around them.
 */
export function filesWith(group: Group, pattern: RegExp): { file: string; outermost: boolean }[] {
  return testFiles(group).flatMap((file) => {
    const text = fs.readFileSync(join(home, "dist/tests", group, file), "utf8");
    if (!pattern.test(text)) return [];
    const titles = [...text.matchAll(/^(?:t\.)?test\(\s*(["'`])(.*?)\1/gms)].map(
      ([, , title]) => title ?? "",
    );
    return [{ file, outermost: titles.some((title) => pattern.test(title)) }];
  });
}

/** Runs these files of a group, a few at a time; answers when all have ended. */
export async function runFiles(files: readonly string[], options: RunOptions): Promise<FileResult[]> {
  const results: FileResult[] = [];
  const left = [...files];
  const worker = async (): Promise<void> => {
    for (let file = left.shift(); file !== undefined; file = left.shift()) {
      const result = await runFile(file, options);
      results.push(result);
      options.onFile(result);
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, worker));
  return results;
}

/** Ends every test that is running, with everything it has started. */
export function endTests(signal: NodeJS.Signals): void {
  for (const child of running) signalGroup(child, signal);
}

async function runFile(file: string, options: RunOptions): Promise<FileResult> {
  const { group, limitSeconds, grep } = options;
  const since = performance.now();
  const child = spawn(process.execPath, ["--enable-source-maps", join(home, "dist/tests", group, file)], {
    cwd: home,
    // A group of its own, so that a file that hangs can be ended together with what it has started.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...testEnvironment(),
      TAP_TIMEOUT: String(limitSeconds),
      ...(grep && { TAP_GREP: grep }),
    },
  });
  running.add(child);
  const [out, noise] = [gather(child, "stdout"), gather(child, "stderr")];
  const late = setTimeout(() => {
    signalGroup(child, "SIGTERM");
    setTimeout(() => signalGroup(child, "SIGKILL"), GRACE_MS).unref();
  }, limitSeconds * 1000);
  const code = await new Promise<number>((resolve) => {
    child.once("error", () => resolve(127));
    // Not "close": a program that a test left behind would hold our pipe open for ever.
    child.once("exit", (status, signal) => setTimeout(resolve, 50, status ?? (signal ? 128 : 1)));
  });
  clearTimeout(late);
  signalGroup(child, "SIGKILL");
  running.delete(child);
  const text = closed(out(), code);
  if (options.keep) fs.writeFileSync(resultPath(group, file.replace(/\.test\.js$/, "")), text);
  const points = parseTap(text);
  const seconds = (performance.now() - since) / 1000;
  return { file: sourceOf(group, file), points, counts: countTests(points), seconds, noise: noise() };
}

/** A file that ends badly without a failed point (it crashed, or was ended) gets one. */
function closed(text: string, code: number): string {
  const failed = parseTap(text).some((point) => !point.ok && !point.skipped);
  if (code === 0 || failed) return text;
  return `${text}\nnot ok 9999 - the file ended with status ${code}\n`;
}

/** Where the tests keep to themselves: nothing that this instance is configured with reaches them; a soak's plan does. */
function testEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([key]) => !/^(DOZVON_|npm_|TAP_?|PG)/.test(key));
  const kept = Object.entries(process.env).filter(([key]) => /^DOZVON_(RUNTIME_DIR$|SOAK_)/.test(key));
  const { DATABASE_URL: _, ...env } = Object.fromEntries([...own, ...kept]) as NodeJS.ProcessEnv;
  return env;
}

/** A compiled test file's source: core.test.js → tests/unit/core.test.ts. */
export function sourceOf(group: Group, file: string): string {
  return `tests/${group}/${file.replace(/\.js$/, ".ts")}`;
}

function gather(child: ChildProcess, stream: "stdout" | "stderr"): () => string {
  const parts: Buffer[] = [];
  child[stream]?.on("data", (part: Buffer) => parts.push(part));
  return () => Buffer.concat(parts).toString("utf8");
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // Nobody is left in the group.
  }
}
