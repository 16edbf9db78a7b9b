/**
 * The best that any policy can do on the Markovian day (scenario.ts): a constrained Markov decision process over
 * (idle agents, calls in flight), solved exactly. Losses are paid for with a price (a Lagrange multiplier); for a given
 * price the best policy dials up to a target for each number of idle agents and is found by policy iteration; the price
 * is sought at which losses are what is allowed, and the two policies on either side of it are mixed there, which is
 * optimal for one constraint (Altman, Constrained Markov Decision Processes, ch. 4).
 *
 * A state's value needs only states with fewer calls, or as many and more idle agents, but for jumps up to a target.
 * So every value is written as a linear form in the values at the targets, and one system of agents + 1 equations
 * remains. It has the solution of relative value iteration after uniformisation, without the iterating.
 */
import { solve } from "./linear.ts";
import { MARKOV_HANDLING, MARKOV_RING } from "./scenario.ts";

export interface MarkovQuestion {
  readonly agents: number;
  readonly p: number;
  /** The share of live answers that may be lost, 0..1. */
  readonly abandoned: number;
}

export interface MarkovOptimum {
  readonly utilisation: number;
  readonly abandoned: number;
  /** Calls in flight to have for 0, 1, 2, … idle agents, of the stricter of the two mixed policies. */
  readonly targets: readonly number[];
}

interface Evaluated {
  readonly targets: readonly number[];
  /** Long-run averages: the share of agents who are busy, and losses per second. */
  readonly busy: number;
  readonly lost: number;
}

/** @throws {RangeError} when nobody could be lost so rarely, which one call at a time can always */
export function markovOptimum({ agents, p, abandoned }: MarkovQuestion): MarkovOptimum {
  const process = new Process(agents, p);
  const share = ({ busy, lost }: Evaluated): number => lost / (lost + (busy * agents) / MARKOV_HANDLING);
  let lax = process.best(0.01);
  let strict = process.best(1e6);
  if (share(strict) > abandoned) throw new RangeError("no policy loses so few");
  for (let low = 0.01, high = 1e6; high / low > 1 + 1e-5; ) {
    const price = Math.sqrt(low * high);
    const policy = process.best(price, strict.targets);
    if (share(policy) > abandoned) [lax, low] = [policy, price];
    else [strict, high] = [policy, price];
  }
  // Where the line between the two has losses = abandoned * (losses + connected).
  const excess = ({ busy, lost }: Evaluated): number =>
    (1 - abandoned) * lost - (abandoned * busy * agents) / MARKOV_HANDLING;
  const gap = excess(lax) - excess(strict);
  const weight = gap > 0 ? Math.min(1, -excess(strict) / gap) : 0;
  const between = (of: "busy" | "lost"): number => strict[of] + weight * (lax[of] - strict[of]);
  const mixed = { targets: strict.targets, busy: between("busy"), lost: between("lost") };
  return { utilisation: mixed.busy, abandoned: share(mixed), targets: mixed.targets };
}

/** A linear form: a coefficient for the value at each target, for the average (negative), and two constants. */
type Form = Float64Array;

class Process {
  readonly #agents: number;
  readonly #p: number;
  readonly #most: number;
  /** Places in a form after the targets' coefficients: the average reward, and what busy time and losses add. */
  readonly #gain: number;

  constructor(agents: number, p: number) {
    this.#agents = agents;
    this.#p = p;
    this.#most = 10 + Math.ceil(agents / p);
    this.#gain = agents + 1;
  }

  /** The best policy when a loss costs so many times the reward of a second with everybody busy. */
  best(
    price: number,
    start: readonly number[] = Array.from({ length: this.#agents + 1 }, (_, n) => n),
  ): Evaluated {
    let targets = start;
    let best = Number.NEGATIVE_INFINITY;
    for (;;) {
      const { evaluated, better } = this.#evaluate(targets, price);
      const gain = evaluated.busy - price * evaluated.lost;
      if (gain <= best + 1e-13) return evaluated;
      best = gain;
      targets = better;
    }
  }

  /** The averages of a policy, and the policy that is best against its values. */
  #evaluate(targets: readonly number[], price: number): { evaluated: Evaluated; better: number[] } {
    const forms = this.#forms(targets);
    const at = (idle: number, calls: number): Form => (forms[calls] as Form[])[idle] as Form;
    const [busy, lost] = this.#solve(targets, at);
    const value = (form: Form): number =>
      this.#value(form, busy, this.#gain + 1) - price * this.#value(form, lost, this.#gain + 2);
    const better = targets.map((_, idle) => {
      let most = idle === this.#agents ? 1 : 0;
      for (let calls = most + 1; calls <= this.#most; calls++)
        if (value(at(idle, calls)) > value(at(idle, most)) + 1e-12) most = calls;
      return most;
    });
    const { [this.#agents]: busyShare = 0 } = busy;
    const { [this.#agents]: lossRate = 0 } = lost;
    return { evaluated: { targets, busy: busyShare, lost: lossRate }, better };
  }

  /** What a solution (values at the targets but the last, which is 0, and the average) makes of a form. */
  #value(form: Form, solution: Float64Array, constant: number): number {
    let sum = form[constant] ?? 0;
    for (let idle = 0; idle < this.#agents; idle++) sum += (form[idle] ?? 0) * (solution[idle] ?? 0);
    return sum - (form[this.#gain] ?? 0) * (solution[this.#agents] ?? 0);
  }

  /** Each target's value is that of its state; solved for both rewards. */
  #solve(
    targets: readonly number[],
    at: (idle: number, calls: number) => Form,
  ): [Float64Array, Float64Array] {
    const matrix = targets.map((calls, idle) => {
      const form = at(idle, calls);
      const row = new Float64Array(this.#agents + 1);
      for (let other = 0; other < this.#agents; other++)
        row[other] = (other === idle ? 1 : 0) - (form[other] ?? 0);
      row[this.#agents] = form[this.#gain] ?? 0;
      return row;
    });
    const right = (constant: number) =>
      targets.map((calls, idle) => at(idle, calls)[this.#gain + constant] ?? 0);
    return solve(matrix, [right(1), right(2)]) as [Float64Array, Float64Array];
  }

  /** The value of waiting in each state, by calls in flight and idle agents. */
  #forms(targets: readonly number[]): Form[][] {
    const forms: Form[][] = [];
    for (let calls = 0; calls <= this.#most; calls++) {
      const row: Form[] = [];
      const formOf = (idle: number, inFlight: number): Form => {
        if (inFlight < (targets[idle] ?? 0)) return this.#unit(idle);
        return (inFlight === calls ? row[idle] : (forms[inFlight] as Form[])[idle]) as Form;
      };
      for (let idle = this.#agents; idle >= 0; idle--) row[idle] = this.#form(idle, calls, formOf);
      forms.push(row);
    }
    return forms;
  }

  #form(idle: number, calls: number, formOf: (idle: number, calls: number) => Form): Form {
    const form = new Float64Array(this.#gain + 3);
    const resolved = calls / MARKOV_RING;
    const freed = (this.#agents - idle) / MARKOV_HANDLING;
    const rate = resolved + freed;
    if (rate === 0) return form;
    const add = (other: Form, weight: number): void => {
      for (let place = 0; place < form.length; place++)
        form[place] = (form[place] ?? 0) + (weight / rate) * (other[place] ?? 0);
    };
    if (calls > 0) {
      add(formOf(idle, calls - 1), resolved * (1 - this.#p));
      add(formOf(Math.max(0, idle - 1), calls - 1), resolved * this.#p);
    }
    if (idle < this.#agents) add(formOf(idle + 1, calls), freed);
    const own = new Float64Array(this.#gain + 3);
    own[this.#gain] = 1;
    own[this.#gain + 1] = (this.#agents - idle) / this.#agents;
    own[this.#gain + 2] = idle === 0 ? resolved * this.#p : 0;
    add(own, 1);
    return form;
  }

  #unit(idle: number): Form {
    const form = new Float64Array(this.#gain + 3);
    form[idle] = 1;
    return form;
  }
}
