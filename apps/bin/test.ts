/**
 * `npm test`: everything that can be checked here, one line each, and a last line `N passed, N failed`.
 *
 *   npm test                        types, style, import rules, then unit, contract and integration tests
 *   npm test -- unit                one group, without the static checks
 *   npm test -- -g "ROUTE-05"       only tests whose title matches (with those around it)
 *   npm run test:faults, test:load  the groups that take long or need a quiet machine
 *
 * What is counted is in apps/proof/tap.ts; a static check counts as one test. A file of scenes that fails beside others
 * is run once more alone, and only that counts; what failed before is told all the same.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../config.ts";
import { home } from "../home.ts";
import { findAsterisk } from "../host/asterisk.ts";
import { findFfmpeg } from "../host/ffmpeg.ts";
import { findBaresip, findSipp, findWebBaresip } from "../host/peers.ts";
import { completePostgres } from "../host/postgres.ts";
import { runCheck, STATIC_CHECKS, type StaticCheck } from "../proof/checks.ts";
import { clearResults, GROUPS, type Group } from "../proof/results.ts";
import {
  endTests,
  type FileResult,
  filesWith,
  type RunOptions,
  runFiles,
  sourceOf,
  testFiles,
} from "../proof/runner.ts";
import { failuresOf } from "../proof/tap.ts";

/** Integration tests start whole instances, and wait most of the time: three beside each other on two cores. */
const HOW: Readonly<Record<Group, { jobs: number; limitSeconds: number }>> = {
  unit: { jobs: 2, limitSeconds: 120 },
  contract: { jobs: 2, limitSeconds: 180 },
  integration: { jobs: 3, limitSeconds: 600 },
  faults: { jobs: 1, limitSeconds: 900 },
  load: { jobs: 1, limitSeconds: 2400 },
};
/** More files than these fail for a reason that a second run only repeats. */
const MOST_AGAIN = 4;
const USUAL: readonly Group[] = ["unit", "contract", "integration"];

const total = { passed: 0, failed: 0, skipped: 0 };
const broken: FileResult[] = [];
/** Failed beside others, passed alone. */
const unsteady: FileResult[] = [];

const { groups, grep, checks } = readArguments(process.argv.slice(2));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => leave(130));
const founded = mkdtempSync(join(tmpdir(), "dozvon-founded-"));
process.once("exit", () => rmSync(founded, { recursive: true, force: true }));
// A folder for what the scenes of one run share (tests/support/founded.ts).
process.env.TEST_FOUNDED = founded;
const programs = groups.includes("integration") && grep === undefined ? fetchPrograms() : undefined;
if (checks) for (const check of STATIC_CHECKS) await tellCheck(check);
await completePostgres(home);
for (const group of groups) {
  if (group === "integration") await programs;
  await runGroup(group);
}
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

/** What scenes start, fetched the first time while other things are checked; where that fails, the scene says why. */
async function fetchPrograms(): Promise<void> {
  const config = loadConfig({});
  for (const find of [findAsterisk, findSipp, findFfmpeg, findBaresip, findWebBaresip])
    await find(config, () => {}).catch(() => undefined);
}

async function tellCheck(check: StaticCheck): Promise<void> {
  const { ok, output, seconds } = await runCheck(check);
  total[ok ? "passed" : "failed"]++;
  line(ok, check.title, "", seconds);
  if (!ok) console.log(indented(output.split("\n").slice(-40)));
}

async function runGroup(group: Group): Promise<void> {
  const how = { group, ...HOW[group], onFile: tellFile };
  if (grep === undefined) {
    clearResults(group);
    const first = await runFiles(testFiles(group), { ...how, keep: true });
    const failed = first.filter(({ counts }) => counts.failed > 0);
    const again = group === "integration" && failed.length <= MOST_AGAIN;
    for (const result of first)
      count(again && failed.includes(result) ? await runAgain(result, how) : result);
    return;
  }
  // Only a part is run: that must not replace what a whole run has proven.
  const found = filesWith(group, new RegExp(grep));
  for (const { file, outermost } of found)
    for (const result of await runFiles([file], { ...how, keep: false, ...(outermost && { grep }) }))
      count(result);
}

/**
 * Scenes are several programs with clocks of their own, three scenes beside each other: what a crowded machine broke is
 * told from what is broken by a second run alone, whose results are kept.
 */
async function runAgain(first: FileResult, how: Omit<RunOptions, "keep">): Promise<FileResult> {
  const file = testFiles(how.group).find((name) => sourceOf(how.group, name) === first.file);
  const [second] = file === undefined ? [] : await runFiles([file], { ...how, jobs: 1, keep: true });
  if (second?.counts.failed === 0) unsteady.push(first);
  return second ?? first;
}

function count(result: FileResult): void {
  const { passed, failed, skipped } = result.counts;
  total.passed += passed;
  total.failed += failed;
  total.skipped += grep === undefined ? skipped : 0;
  if (failed > 0) broken.push(result);
}

function tellFile(result: FileResult): void {
  const { passed, failed, skipped } = result.counts;
  if (grep !== undefined && passed + failed === 0) return;
  const counts = `${passed} passed${failed ? `, ${failed} failed` : ""}${skipped ? `, ${skipped} skipped` : ""}`;
  line(failed === 0, result.file, counts, result.seconds);
}

function tell(): void {
  for (const { file, points, noise } of [...unsteady, ...broken]) {
    const steady = broken.some((result) => result.file === file);
    console.log(`\n${file}${steady ? "" : ": failed beside others, passed alone"}`);
    for (const { path, detail } of failuresOf(points))
      console.log(`  ✘ ${path}\n${indented(detail.split("\n").slice(0, 24))}`);
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
