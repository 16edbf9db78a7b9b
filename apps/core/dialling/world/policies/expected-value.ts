/**
 * Expected value with feedback: as many calls in flight as will, on average, be answered by the agents who will be
 * free, times a gain that is turned until the share of lost calls is the one wanted. What most good dialers do.
 */
import type { PacedCall, PacingView, Resolution } from "../../pacer.ts";
import { countsOf, SimplePacer } from "./simple.ts";
import { Steering } from "./steering.ts";

export interface ExpectedValueOptions {
  /** The wanted share of lost calls; undefined: no feedback, a gain of one. */
  readonly target: number | undefined;
}

const BINS = 27;
/** Calls after which an old observation has lost 63 % of its weight. */
const MEMORY = 2000;
const AGENTS_MEMORY = 500;

export class ExpectedValue extends SimplePacer {
  readonly #steering: Steering | undefined;
  /** By age at the end: live answers and others. Begins as 60 calls of which a quarter is answered. */
  readonly #live = new Float64Array(BINS).fill(15 / BINS);
  readonly #other = new Float64Array(BINS).fill(45 / BINS);
  #ringing = { sum: 15 * 12, count: 15 };
  #talk = 120;
  #wrapUp = 20;

  constructor({ target }: ExpectedValueOptions = { target: 0.028 }) {
    super();
    if (target !== undefined)
      this.#steering = new Steering({ target, step: 0.15, start: 0.4, lowest: 0.05, highest: 3 });
  }

  override onResolved(_call: PacedCall, kind: Resolution, age: number): void {
    const bin = Math.min(BINS - 1, Math.floor(age));
    for (let place = 0; place < BINS; place++) {
      this.#live[place] = (this.#live[place] ?? 0) * (1 - 1 / MEMORY);
      this.#other[place] = (this.#other[place] ?? 0) * (1 - 1 / MEMORY);
    }
    const into = kind === "live" ? this.#live : this.#other;
    into[bin] = (into[bin] ?? 0) + 1;
    if (kind === "live") this.#ringing = { sum: this.#ringing.sum + age, count: this.#ringing.count + 1 };
  }

  override onLive(lost: boolean): void {
    this.#steering?.learn(lost);
  }

  override onTalkEnd(seconds: number): void {
    this.#talk += (seconds - this.#talk) / AGENTS_MEMORY;
  }

  override onWrapEnd(seconds: number): void {
    this.#wrapUp += (seconds - this.#wrapUp) / AGENTS_MEMORY;
  }

  override decide(view: PacingView) {
    const { idle, waiting, talking, inWrapUp, inFlight } = countsOf(view);
    const answer = this.#answerByAge();
    let expected = 0;
    for (const call of view.inFlight)
      expected += answer[Math.min(BINS - 1, Math.floor(view.now - call.t0))] ?? 0;
    const ringing = this.#ringing.sum / this.#ringing.count;
    const freed = 1 - Math.exp(-ringing / (this.#talk + this.#wrapUp));
    const free = idle - waiting + (talking + inWrapUp) * freed;
    const gain = this.#steering?.factor ?? 1;
    const wanted = (gain * free - expected) / Math.max(0.02, answer[0] ?? 0);
    const dial = Math.max(Math.floor(wanted), idle - waiting - inFlight, 0);
    return { dial: Math.min(dial, view.room ?? Number.POSITIVE_INFINITY) };
  }

  /** P(a person will answer | in flight at this age). */
  #answerByAge(): Float64Array {
    const answer = new Float64Array(BINS);
    let live = 0;
    let all = 0;
    for (let age = BINS - 1; age >= 0; age--) {
      live += this.#live[age] ?? 0;
      all += (this.#live[age] ?? 0) + (this.#other[age] ?? 0);
      answer[age] = live / all;
    }
    return answer;
  }
}
