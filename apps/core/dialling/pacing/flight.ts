/**
 * The calls in flight as one decision sees them, oldest first.
 */
import type { PacedCall } from "../pacer.ts";
import type { Answers } from "./answers.ts";

export class Flight {
  #calls: PacedCall[] = [];

  take(inFlight: Iterable<PacedCall>): void {
    this.#calls.length = 0;
    let sorted = true;
    let last = Number.NEGATIVE_INFINITY;
    for (const call of inFlight) {
      if (call.t0 < last) sorted = false;
      last = call.t0;
      this.#calls.push(call);
    }
    if (!sorted) this.#calls.sort((one, other) => one.t0 - other.t0);
  }

  get size(): number {
    return this.#calls.length;
  }

  /** How many of the oldest have rung for `seconds`. */
  rungFor(seconds: number, now: number): number {
    let count = 0;
    while (count < this.#calls.length && now - (this.#calls[count] as PacedCall).t0 >= seconds) count++;
    return count;
  }

  /** Where in the table of answers the chances of the call at `index` lie. */
  chancesOf(answers: Answers, index: number, now: number): number {
    const { cls, t0 } = this.#calls[index] as PacedCall;
    return answers.chancesAt(cls ?? 0, Math.floor(now - t0));
  }

  /** The seconds of ringing that calls have entered since `before` are told. */
  age(answers: Answers, before: number, now: number): void {
    for (const { cls, t0 } of this.#calls) reachedSince(answers, cls, before - t0, now - t0);
  }

  oldest(count: number): PacedCall["id"][] {
    return this.#calls.slice(0, count).map(({ id }) => id);
  }
}

/** A call has grown from one age to another; second 0 is told when it is dialled. */
export function reachedSince(answers: Answers, cls: number | undefined, from: number, to: number): void {
  for (let age = Math.max(Math.floor(from) + 1, 1); age <= to; age++) answers.reached(cls ?? 0, age);
}
