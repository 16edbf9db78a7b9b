/** What was to be reached, and whether it was: each is judged as it stands, without an allowance for chance. */
import { printTable } from "./print.ts";

export interface Goal {
  readonly id: string;
  /** In the units of the table: percent, seconds or milliseconds. */
  readonly goal: string;
  readonly found: number;
  readonly met: boolean;
}

export class Goals {
  readonly all: Goal[] = [];

  /** At least so much. */
  atLeast(id: string, goal: number, found: number): void {
    this.all.push({ id, goal: `>= ${goal}`, found: rounded(found), met: found >= goal });
  }

  /** At most so much. */
  atMost(id: string, goal: number, found: number): void {
    this.all.push({ id, goal: `<= ${goal}`, found: rounded(found), met: found <= goal });
  }

  print(): void {
    const rows = this.all.map(({ id, goal, found, met }) => [id, goal, found, met ? "met" : "MISSED"]);
    printTable("Goals", ["goal", "wanted", "found", ""], rows);
  }

  get missed(): string[] {
    return this.all.filter(({ met }) => !met).map(({ id }) => id);
  }
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** Utilisation in percent for 3 % of abandonment: what the product must reach, and with shedding or scoring. */
export const UTILISATION: Readonly<Record<number, Readonly<Record<string, readonly [number, number]>>>> = {
  5: { "0.15": [71, 74.5], "0.3": [78, 80], "0.5": [84, 85], drift: [77, 79.5] },
  10: { "0.15": [79, 81], "0.3": [82, 84], "0.5": [86, 87], drift: [82, 83.5] },
  20: { "0.15": [85.5, 87], "0.3": [87, 88.5], "0.5": [89, 89.5], drift: [87, 88] },
  50: { "0.15": [91.5, 92.5], "0.3": [92.3, 93], "0.5": [93, 93.7], drift: [92.3, 93] },
  100: { "0.15": [94.8, 95.5], "0.3": [95, 95.8], "0.5": [95.5, 96], drift: [95, 95.8] },
};

/** The share of live answers that may be lost, in percent. */
export const LIMIT = 3;
