/**
 * A carrier that refuses everything: fast failures in a row. They say nothing about the numbers, and a pacer that
 * learned from them would flood the line when the carrier is back.
 */

/** Failures in a row that are no chance: at one in seven it happens once in a hundred million dials. */
const IN_A_ROW = 10;

export class Outage {
  #failures: number;

  constructor(saved?: number) {
    this.#failures = saved ?? 0;
  }

  /** A dial has ended. @returns whether something can be learned from it */
  resolved(failed: boolean): boolean {
    this.#failures = failed ? Math.min(this.#failures + 1, IN_A_ROW) : 0;
    return !this.on();
  }

  on(): boolean {
    return this.#failures >= IN_A_ROW;
  }

  saved(): number {
    return this.#failures;
  }
}
