/**
 * The feature ledger (tests/ledger.json) and what the tests say of it: a title that begins with one or more of
 * its numbers («ROUTE-05», «ROUTE-05, OWN-10 …») proves them when its test passed.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { home } from "../home.ts";
import type { Point } from "./tap.ts";

/** T: the telephony engine, W: the workplace, TW: both, O: obsolete as written. */
export interface Entry {
  readonly id: string;
  readonly layer: "T" | "W" | "TW" | "O";
  readonly text: string;
}

export interface Chapter {
  readonly prefix: string;
  readonly title: string;
  readonly entries: readonly Entry[];
}

/** The chapters in the order of the manuals. */
export function readLedger(): Chapter[] {
  return JSON.parse(readFileSync(join(home, "tests/ledger.json"), "utf8")) as Chapter[];
}

const ONE = "[A-Z]{2,6}-\\d{2}";
const LEADING = new RegExp(`^(${ONE}(?:(?:,| and|,? ?\\+| ?/) ?${ONE}| ${ONE})*)(?![\\w-])`);

/** The numbers a title begins with; none for any other title. */
export function idsOf(title: string): string[] {
  return LEADING.exec(title)?.[1]?.match(new RegExp(ONE, "g")) ?? [];
}

/**
 * What is proven: at least one passing test bears the number, and no failing one does. A test that was skipped,
 * is still to do, or asserts nothing at all proves nothing.
 */
export function provenBy(files: readonly (readonly Point[])[]): Set<string> {
  const passing = new Set<string>();
  const failing = new Set<string>();
  const look = (point: Point): void => {
    for (const id of point.skipped ? [] : idsOf(point.title)) {
      if (!point.ok) failing.add(id);
      else if (asserts(point)) passing.add(id);
    }
    if (!point.skipped) point.children?.forEach(look);
  };
  for (const points of files) points.forEach(look);
  return new Set([...passing].filter((id) => !failing.has(id)));
}

/** Whether anything was really looked at: an empty test passes as well. */
function asserts(point: Point): boolean {
  if (point.skipped) return false;
  return point.children === undefined || point.children.some(asserts);
}
