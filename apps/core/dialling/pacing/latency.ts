/**
 * How long the system takes to connect an answered customer with a free agent, as measured: what is left of the
 * connect deadline is how long a customer can wait for an agent.
 */

/** The prior's worth, and the memory, in connections. */
const BELIEVED = 10;
const KEPT = 0.99;
/** Mean deviations above the mean that are counted on, as TCP does for its round trips (RFC 6298). */
const DEVIATIONS = 2;

export interface LatencySaved {
  readonly weight: number;
  readonly mean: number;
  readonly deviation: number;
}

export class Latency {
  #weight = BELIEVED;
  #mean: number;
  #deviation = 0;

  constructor(believed: number, saved?: LatencySaved) {
    this.#mean = saved?.mean ?? believed;
    this.#deviation = saved?.deviation ?? 0;
    this.#weight = saved?.weight ?? BELIEVED;
  }

  measured(seconds: number): void {
    if (!(seconds >= 0)) return;
    this.#weight = this.#weight * KEPT + 1;
    const off = seconds - this.#mean;
    this.#mean += off / this.#weight;
    this.#deviation += (Math.abs(off) - this.#deviation) / this.#weight;
  }

  /** Most connections are no slower than this. */
  high(): number {
    return this.#mean + DEVIATIONS * this.#deviation;
  }

  /** How long an answered customer may wait for an agent when the deadline is to be kept. */
  patience(deadline: number): number {
    return Math.max(0, deadline - this.high());
  }

  saved(): LatencySaved {
    return { weight: this.#weight, mean: this.#mean, deviation: this.#deviation };
  }
}
