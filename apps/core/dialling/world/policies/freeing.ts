/** When agents will be free, for a policy that knows the laws of the world and not what is drawn from them. */
import type { PacedAgent } from "../../pacer.ts";
import { overBy } from "../duration.ts";
import type { Scenario } from "../scenario.ts";

/** Ages are told apart by 5 s up to 10 minutes, and moments ahead by 1 s up to 40 s. */
const AGE_STEP = 5;
const AGES = 120;
const AHEAD = 40;

export class Freeing {
  readonly #scenario: Scenario;
  readonly #talk: readonly Float64Array[];
  readonly #wrapUp: readonly Float64Array[];

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    const ages = Array.from({ length: AGES }, (_, place) => (place + 0.5) * AGE_STEP);
    this.#talk = ages.map((age) => this.#table((ahead) => this.#fromTalk(age, ahead)));
    this.#wrapUp = ages.map((age) => this.#table((ahead) => this.#fromWrapUp(age, ahead)));
  }

  /** The probability that an agent who is not idle now is free so many seconds ahead. */
  by(agent: PacedAgent, now: number, ahead: number): number {
    if (ahead < 0 || agent.pausePending) return 0;
    const { breakTime } = this.#scenario.service;
    if (agent.state === "break") return overBy(breakTime, ahead);
    const tables = agent.state === "talk" ? this.#talk : this.#wrapUp;
    const table = tables[Math.min(AGES - 1, Math.floor((now - agent.since) / AGE_STEP))];
    return table?.[Math.min(AHEAD, Math.round(ahead))] ?? 0;
  }

  #table(of: (ahead: number) => number): Float64Array {
    const { breaks } = this.#scenario.service;
    return Float64Array.from({ length: AHEAD + 1 }, (_, ahead) => (1 - breaks) * of(ahead));
  }

  #fromWrapUp(age: number, ahead: number): number {
    return overInTime(this.#scenario.service.wrapUp, age, ahead);
  }

  /** The talk ends in one of the steps ahead, and the wrap-up in what is left. */
  #fromTalk(age: number, ahead: number): number {
    const { talk, wrapUp } = this.#scenario.service;
    let sum = 0;
    for (let step = 0; step < ahead; step++) {
      const ends = overInTime(talk, age, step + 1) - overInTime(talk, age, step);
      sum += ends * overBy(wrapUp, ahead - step - 0.5);
    }
    return sum;
  }
}

/** P(over within so long | not over at this age). */
function overInTime(duration: Parameters<typeof overBy>[0], age: number, ahead: number): number {
  const left = 1 - overBy(duration, age);
  return left < 1e-9 ? 1 : (overBy(duration, age + ahead) - overBy(duration, age)) / left;
}
