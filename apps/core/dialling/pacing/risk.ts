/**
 * The risk that one more answered call would find nobody: answers of the calls in flight against agents who are idle
 * or will be free, at each instant of the grid.
 */
import { Counts } from "./counts.ts";
import { CELLS, GRID } from "./grid.ts";

export class Risk {
  /** Calls in flight that will have been answered; agents who will have become free. */
  readonly #answers = new Counts();
  readonly #free = new Counts();
  readonly #short = new Float64Array(CELLS);
  readonly #arrivals = new Float64Array(CELLS);
  #idle = 0;

  /** @param idle idle agents less customers who wait; @param arrivals calls per second that take agents as well */
  start(idle: number, arrivals: number): void {
    this.#idle = idle;
    this.#free.clear();
    for (let cell = 0; cell < CELLS; cell++) this.#arrivals[cell] = arrivals * (GRID[cell] as number);
    this.#answers.startPoisson(this.#arrivals);
  }

  /** Busy agents in the same state, by the chances of being free at each instant. The largest group goes first. */
  addAgents(chances: Float64Array, count: number): void {
    this.#free.addAlike(chances, count);
  }

  /** A call in flight, by the chances of having been answered at each instant. */
  addCall(chances: Float64Array, offset: number): void {
    this.#answers.add(chances, offset);
  }

  /**
   * The probability that a new call, should it be answered, is lost or makes a later one lost: by cells of its answer
   * time, whether from then on the answers at some instant reach the agents there are.
   *
   * @param chances of the new call at `offset`, as for `addCall`
   */
  of(chances: Float64Array, offset: number): number {
    let worst = 0;
    for (let cell = CELLS - 1; cell >= 0; cell--) {
      worst = Math.max(worst, this.#answers.reaches(cell, this.#idle, this.#free));
      this.#short[cell] = worst;
    }
    const all = chances[offset + CELLS - 1] as number;
    if (!(all > 0)) return 0;
    let before = 0;
    let sum = 0;
    for (let cell = 0; cell < CELLS; cell++) {
      const by = chances[offset + cell] as number;
      sum += (by - before) * (this.#short[cell] as number);
      before = by;
    }
    return sum / all;
  }
}
