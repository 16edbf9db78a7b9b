/**
 * How many of several independent things will have happened by each instant of the grid: Poisson-binomial
 * distributions, exact but for tails below one in ten million.
 */
import { CELLS } from "./grid.ts";

/** What lies below this at either end of a distribution is cut off. */
const TAIL = 1e-8;
/** More arrivals than this from a queue leave nobody for a campaign anyway. */
const MOST_ARRIVALS = 200;
/** Terms of a binomial distribution below this are not worked out. */
const LAST_TERM = 1e-12;
/** 0.5 to this power is far from the smallest number there is. */
const MOST_AT_ONCE = 900;

export class Counts {
  #size: number;
  #mass: Float64Array;
  /** The first and the last count of each cell that still have mass. */
  readonly #from = new Int32Array(CELLS);
  readonly #to = new Int32Array(CELLS);

  constructor() {
    this.#size = 64;
    this.#mass = new Float64Array(CELLS * this.#size);
    this.clear();
  }

  /** Nothing can happen: the count is 0 everywhere. */
  clear(): void {
    this.#from.fill(0);
    this.#to.fill(0);
    for (let cell = 0; cell < CELLS; cell++) this.#mass[cell * this.#size] = 1;
  }

  /** One more thing that happens by the instant of cell `c` with probability `chances[offset + c]`. */
  add(chances: Float64Array, offset = 0): void {
    for (let cell = 0; cell < CELLS; cell++) this.#addTo(cell, chances[offset + cell] as number);
  }

  /** The same as `add` so many times; at once where nothing can have happened yet, since teams are large. */
  addAlike(chances: Float64Array, times: number): void {
    for (let cell = 0; cell < CELLS; cell++) {
      const chance = chances[cell] as number;
      if (this.#to[cell] === 0 && times <= MOST_AT_ONCE && chance > 0 && chance < 1)
        this.#startBinomial(cell, chance, times);
      else for (let time = 0; time < times; time++) this.#addTo(cell, chance);
    }
  }

  /** Begins anew with arrivals at random, `means[c]` of them expected by the instant of cell `c`. */
  startPoisson(means: Float64Array): void {
    this.clear();
    for (let cell = 0; cell < CELLS; cell++) {
      const mean = Math.min(means[cell] as number, MOST_ARRIVALS);
      if (!(mean > 0)) continue;
      const last = Math.ceil(mean + 8 * Math.sqrt(mean) + 8);
      while (last + 2 > this.#size) this.#grow();
      const base = cell * this.#size;
      this.#mass[base] = Math.exp(-mean);
      for (let count = 1; count <= last; count++)
        this.#mass[base + count] = ((this.#mass[base + count - 1] as number) * mean) / count;
      this.#trim(cell, 0, last);
    }
  }

  /** @returns the probability of exactly `count` in a cell */
  massOf(cell: number, count: number): number {
    if (count < (this.#from[cell] as number) || count > (this.#to[cell] as number)) return 0;
    return this.#mass[cell * this.#size + count] as number;
  }

  /**
   * The probability that this count reaches `ahead` plus the other count, in one cell: that there are more answers
   * than agents.
   */
  reaches(cell: number, ahead: number, other: Counts): number {
    const base = cell * this.#size;
    const from = this.#from[cell] as number;
    const lowest = other.#from[cell] as number;
    let need = Math.min(other.#to[cell] as number, (this.#to[cell] as number) - ahead);
    // From many agents to few, so that each tail of this count is the one before plus a little.
    let tail = 0;
    let counted = (this.#to[cell] as number) + 1;
    let sum = 0;
    for (; need >= lowest; need--) {
      const least = Math.max(from, ahead + need);
      while (counted > least) tail += this.#mass[base + --counted] as number;
      sum += tail * (other.#mass[cell * other.#size + need] as number);
    }
    return Math.min(1, sum);
  }

  /** From the end that has more mass, so that the first term does not vanish. */
  #startBinomial(cell: number, chance: number, times: number): void {
    while (times + 2 > this.#size) this.#grow();
    const base = cell * this.#size;
    const up = chance <= 0.5;
    const odds = up ? chance / (1 - chance) : (1 - chance) / chance;
    let mass = (up ? 1 - chance : chance) ** times;
    const middle = times * Math.min(chance, 1 - chance);
    let count = 0;
    // Past the middle the terms only shrink; what is left of them after the last one is far below the tail.
    for (; count <= times && (count <= middle || mass > LAST_TERM); count++) {
      this.#mass[base + (up ? count : times - count)] = mass;
      mass *= (odds * (times - count)) / (count + 1);
    }
    this.#trim(cell, up ? 0 : times - count + 1, up ? count - 1 : times);
  }

  #addTo(cell: number, chance: number): void {
    if (!(chance > 0)) return;
    const to = this.#to[cell] as number;
    if (to + 2 > this.#size) this.#grow();
    const mass = this.#mass;
    const base = cell * this.#size;
    const from = this.#from[cell] as number;
    const not = 1 - chance;
    mass[base + to + 1] = (mass[base + to] as number) * chance;
    for (let count = to; count > from; count--)
      mass[base + count] = (mass[base + count] as number) * not + (mass[base + count - 1] as number) * chance;
    mass[base + from] = (mass[base + from] as number) * not;
    this.#trim(cell, from, to + 1);
  }

  #trim(cell: number, first: number, last: number): void {
    const base = cell * this.#size;
    let from = first;
    let to = last;
    while (to > from && (this.#mass[base + to] as number) < TAIL) to--;
    while (from < to && (this.#mass[base + from] as number) < TAIL) from++;
    this.#from[cell] = from;
    this.#to[cell] = to;
  }

  #grow(): void {
    const size = this.#size * 2;
    const mass = new Float64Array(CELLS * size);
    for (let cell = 0; cell < CELLS; cell++)
      mass.set(this.#mass.subarray(cell * this.#size, (cell + 1) * this.#size), cell * size);
    this.#size = size;
    this.#mass = mass;
  }
}
