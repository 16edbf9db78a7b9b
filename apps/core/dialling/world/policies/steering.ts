/** A factor that is turned until the share of lost calls is the wanted one (an integrator on its logarithm). */
export class Steering {
  readonly #target: number;
  readonly #step: number;
  readonly #lowest: number;
  readonly #highest: number;
  #log: number;

  /** @param target the wanted share of lost calls, 0..1 */
  constructor(options: { target: number; step: number; start: number; lowest: number; highest: number }) {
    this.#target = options.target;
    this.#step = options.step;
    this.#lowest = Math.log(options.lowest);
    this.#highest = Math.log(options.highest);
    this.#log = Math.log(options.start);
  }

  get factor(): number {
    return Math.exp(this.#log);
  }

  /** A live answer was given to an agent, or lost. */
  learn(lost: boolean): void {
    const moved = this.#log + this.#step * (this.#target - (lost ? 1 : 0));
    this.#log = Math.min(this.#highest, Math.max(this.#lowest, moved));
  }
}
