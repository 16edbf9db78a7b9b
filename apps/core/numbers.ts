/**
 * Whose number the customers see (LINE-01, LINE-02): what the company chose, and which proofs there are.
 */
import type { Millis } from "./floor.ts";

/** A number that somebody proved to be theirs; the proof lapses (LINE-04). */
export interface OwnNumber {
  readonly number: string;
  readonly validUntil: Millis;
}

export interface NumberPlan {
  /**
   * `line`: the number of the line that the call counts for, which is ours and needs no proof. `common`: one existing
   * number for everybody. `personal`: each agent's own.
   */
  readonly source: "line" | "common" | "personal";
  /** `service`: in place of the proved number, one that cannot be called back. */
  readonly display: "own" | "service";
  readonly serviceNumber?: string | undefined;
  /** The company's common number; undefined: never proved. */
  readonly common?: OwnNumber | undefined;
}

/** Until somebody chooses. */
export const LINES_OWN: NumberPlan = { source: "line", display: "own" };
