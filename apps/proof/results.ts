/** The results of the last test run, kept as the TAP files that the tests themselves wrote. */
import * as fs from "node:fs";
import { join } from "node:path";
import { home } from "../home.ts";
import { type Point, parseTap } from "./tap.ts";

/** The groups of tests, as folders of tests/; the first three are `npm test`. */
export const GROUPS = ["unit", "contract", "integration", "faults", "load"] as const;
export type Group = (typeof GROUPS)[number];

const folder = join(home, ".tap", "results");

/** Where a test file's TAP is kept: tests/unit/core.test.ts → .tap/results/unit/core.tap. */
export function resultPath(group: Group, name: string): string {
  return join(folder, group, `${name.replaceAll("/", "-")}.tap`);
}

/** Forgets a group's former results, so that a deleted test no longer proves anything. */
export function clearResults(group: Group): void {
  fs.rmSync(join(folder, group), { recursive: true, force: true });
  fs.mkdirSync(join(folder, group), { recursive: true });
}

/** A group's kept results by file; empty when it has not been run. */
export function readResults(group: Group): { file: string; at: Date; points: Point[] }[] {
  const place = join(folder, group);
  if (!fs.existsSync(place)) return [];
  const names = fs.readdirSync(place).filter((name) => name.endsWith(".tap"));
  return names.sort().map((name) => {
    const path = join(place, name);
    return { file: name, at: fs.statSync(path).mtime, points: parseTap(fs.readFileSync(path, "utf8")) };
  });
}
