/**
 * `npm test`: everything that can be checked here, one line each, and a last line `N passed, N failed`.
 *
 *   npm test                        types, style, import rules, then unit, contract and integration tests
 *   npm test -- unit                one group, without the static checks
 *   npm test -- -g "ROUTE-05"       only tests whose title matches
 *   npm run test:faults, test:load  the groups that take long or need a quiet machine
 *
 * What is counted is in apps/proof/tap.ts; a static check counts as one test.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { home } from "../config.ts";
import { clearResults, GROUPS, type Group } from "../proof/results.ts";
import { endTests, type FileResult, runFiles, testFiles } from "../proof/runner.ts";
import { failuresOf } from "../proof/tap.ts";

/** Integration tests start whole instances: one at a time on two cores. */
const HOW: Readonly<Record<Group, { jobs: number; limitSeconds: number }>> = {
  unit: { jobs: 2, limitSeconds: 120 },
  contract: { jobs: 2, limitSeconds: 180 },
  integration: { jobs: 1, limitSeconds: 420 },
  faults: { jobs: 1, limitSeconds: 900 },
  load: { jobs: 1, limitSeconds: 1800 },
};
const USUAL: readonly Group[] = ["unit", "contract", "integration"];

const bin = (name: string): string => join(home, "node_modules/.bin", name);
const CHECKS: readonly (readonly [title: string, command: string, args: readonly string[]])[] = [
  ["types", bin("tsc"), ["--noEmit", "--incremental", "false"]],
  ["types of the core, which knows no machine", bin("tsc"), ["-p", "apps/core/tsconfig.json"]],
  ["style", bin("biome"), ["check", "--max-diagnostics=20"]],
  ["import rules", bin("depcruise"), ["--config", ".dependency-cruiser.cjs", "apps"]],
];

const total = { passed: 0, failed: 0, skipped: 0 };
const broken: FileResult[] = [];

const { groups, grep, checks } = readArguments(process.argv.slice(2));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => leave(130));
if (checks) for (const check of CHECKS) await runCheck(...check);
for (const group of groups) await runGroup(group);
tell();
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);

function readArguments(words: readonly string[]) {
  const at = words.findIndex((word) => word === "-g" || word === "--grep");
  const grep = at === -1 ? undefined : words[at + 1];
  const named = words.filter((_, index) => at === -1 || (index !== at && index !== at + 1));
  const unknown = named.find((word) => !GROUPS.includes(word as Group));
  if (unknown !== undefined || (at !== -1 && grep === undefined)) {
    console.error(`usage: npm test [-- ${GROUPS.join(" | ")}] [-g <title>]`);
    process.exit(2);
  }
  const groups = named.length > 0 ? (named as Group[]) : USUAL;
  return { groups, grep, checks: named.length === 0 && grep === undefined };
}

async function runCheck(title: string, command: string, args: readonly string[]): Promise<void> {
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
  total[ok ? "passed" : "failed"]++;
  line(ok, title, "", (performance.now() - since) / 1000);
  if (!ok) console.log(indented(Buffer.concat(parts).toString("utf8").trim().split("\n").slice(-40)));
}

async function runGroup(group: Group): Promise<void> {
  const files = testFiles(group);
  // With a filter most tests are skipped: such a run must not replace what a whole one has proven.
  if (grep === undefined) clearResults(group);
  await runFiles(files, { group, ...HOW[group], grep, keep: grep === undefined, onFile: tellFile });
}

function tellFile(result: FileResult): void {
  const { passed, failed, skipped } = result.counts;
  total.passed += passed;
  total.failed += failed;
  total.skipped += grep === undefined ? skipped : 0;
  if (grep !== undefined && passed + failed === 0) return;
  const counts = `${passed} passed${failed ? `, ${failed} failed` : ""}${skipped ? `, ${skipped} skipped` : ""}`;
  line(failed === 0, result.file, counts, result.seconds);
  if (failed > 0) broken.push(result);
}

function tell(): void {
  for (const { file, points, noise } of broken) {
    console.log(`\n${file}`);
    for (const { path, detail } of failuresOf(points))
      console.log(`  ✘ ${path}\n${indented(detail.split("\n").slice(0, 30))}`);
    if (noise.trim()) console.log(indented(noise.trim().split("\n").slice(-15)));
  }
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
  console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
}

function line(ok: boolean, title: string, counts: string, seconds: number): void {
  console.log(`${ok ? "✔" : "✘"} ${title.padEnd(46)} ${counts.padEnd(28)} ${seconds.toFixed(1)} s`);
}

function indented(lines: readonly string[]): string {
  return lines.map((one) => `      ${one}`).join("\n");
}

/** Ctrl-C: the tests get the time to stop what they have started. */
function leave(code: number): void {
  endTests("SIGTERM");
  setTimeout(() => {
    endTests("SIGKILL");
    process.exit(code);
  }, 6000);
}
