/**
 * When will a ringing call be answered by a live person? Hazards by second of ringing, learned online from every call
 * including those that still ring (right-censored), in common and for each class of number, and a fast multiplier that
 * follows the hour.
 */
import { CELLS, GRID, HORIZON } from "./grid.ts";
import type { Policy } from "./options.ts";
import { AGES, believedRinging, emptyRinging, type RingCounts } from "./ring-curve.ts";

/** Classes of numbers that are told apart; the caller's higher ones share the last. */
export const CLASSES = 24;
/** So much of the past is kept at each result: about 2000 calls. */
const KEPT = 0.9995;
/** A class of its own starts from the common hazards, which are worth so many calls. */
const COMMON_WORTH = 20;
/** The fast multiplier: its memory in seconds, its prior worth in answers, its range, and its caution. */
const FAST_SECONDS = 600;
const FAST_WORTH = 6;
const FAST_RANGE = 4;
const CAUTION = 1.2;
/** No second of ringing ends more calls than this. */
const SUREST = 0.98;
/** Keeps a fraction defined at ages that are long forgotten. */
const UNSEEN = 1e-9;

interface ClassCounts extends RingCounts {
  /** Live answers, and how many the common hazards would have given. */
  seen: number;
  expected: number;
}

/** What a restart goes on from. */
export interface AnswersSaved {
  readonly common: SavedCounts;
  readonly classes: readonly (SavedCounts & { readonly seen: number; readonly expected: number })[];
  readonly fast: readonly [number, number];
}
interface SavedCounts {
  readonly reached: readonly number[];
  readonly live: readonly number[];
  readonly other: readonly number[];
}

export class Answers {
  readonly #common: RingCounts;
  readonly #classes: ClassCounts[] = [];
  #fastSeen = 0;
  #fastExpected = 0;
  /** Hazards per class and age as last worked out, and chances per class, age and instant of the grid. */
  readonly #hazards = new Float64Array(CLASSES * AGES * 2);
  readonly #hazardsOf = new Int32Array(CLASSES);
  readonly #chances = new Float64Array(CLASSES * AGES * CELLS);
  readonly #chancesOf = new Int32Array(CLASSES * AGES);
  #version = 1;

  constructor(policy: Policy, saved?: AnswersSaved) {
    this.#common = saved ? loaded(saved.common) : believedRinging(policy.answerRate, policy.ringSeconds);
    if (!saved) return;
    for (const { seen, expected, ...counts } of saved.classes)
      this.#classes.push({ ...loaded(counts), seen, expected });
    [this.#fastSeen, this.#fastExpected] = saved.fast;
  }

  /** The fast multiplier forgets. */
  pass(seconds: number): void {
    const kept = Math.exp(-seconds / FAST_SECONDS);
    this.#fastSeen *= kept;
    this.#fastExpected *= kept;
    this.#version++;
  }

  /** A call of the class has rung for `age` whole seconds and rings on. */
  reached(cls: number, age: number): void {
    if (age < 0) return;
    const second = Math.min(age, AGES - 1);
    const own = this.#of(cls);
    own.expected += liveHazard(this.#common, second);
    this.#fastExpected += this.#slow(cls, second);
    plus(this.#common.reached, second, 1);
    plus(own.reached, second, 1);
    this.#version++;
  }

  /** A call's result after `age` seconds. */
  resolved(cls: number, age: number, live: boolean): void {
    const second = Math.min(Math.max(Math.floor(age), 0), AGES - 1);
    const own = this.#of(cls);
    forget(this.#common);
    forget(own);
    own.seen *= KEPT;
    own.expected *= KEPT;
    plus(live ? this.#common.live : this.#common.other, second, 1);
    plus(live ? own.live : own.other, second, 1);
    if (live) {
      own.seen++;
      this.#fastSeen++;
    }
    this.#version++;
  }

  /** How the answer rate of the last minutes stands to the learned one. */
  fast(): number {
    const ratio = (this.#fastSeen + FAST_WORTH) / (this.#fastExpected + FAST_WORTH);
    return Math.min(Math.max(ratio, 1 / FAST_RANGE), FAST_RANGE);
  }

  /**
   * Where in `table` the chances lie that a call of this class, unresolved after `age` whole seconds, has been
   * answered live by each instant of the grid.
   */
  chancesAt(cls: number, age: number): number {
    const known = classOf(cls);
    const second = Math.min(Math.max(age, 0), AGES - 1);
    const row = known * AGES + second;
    if (this.#chancesOf[row] !== this.#version) {
      this.#chancesOf[row] = this.#version;
      this.#work(known, second, row * CELLS);
    }
    return row * CELLS;
  }

  get table(): Float64Array {
    return this.#chances;
  }

  /** The share of dials that a live person answers, without caution; of one class, or in common. */
  rate(cls?: number): number {
    const fast = this.fast();
    let left = 1;
    let answered = 0;
    for (let age = 0; age < AGES; age++) {
      const live = Math.min(this.#slow(cls, age) * fast, SUREST);
      const other = Math.min(this.#slowOther(cls, age), 1 - live);
      answered += left * live;
      left *= 1 - live - other;
    }
    return answered;
  }

  saved(): AnswersSaved {
    return {
      common: plain(this.#common),
      classes: this.#classes.map((own) => ({ ...plain(own), seen: own.seen, expected: own.expected })),
      fast: [this.#fastSeen, this.#fastExpected],
    };
  }

  #of(cls: number): ClassCounts {
    const known = classOf(cls);
    while (this.#classes.length <= known) this.#classes.push({ ...emptyRinging(), seen: 0, expected: 0 });
    return this.#classes[known] as ClassCounts;
  }

  /** The live hazard of a class at an age, without the fast multiplier: its own counts drawn to the common ones. */
  #slow(cls: number | undefined, second: number): number {
    const common = liveHazard(this.#common, second);
    const own = cls === undefined ? undefined : this.#classes[classOf(cls)];
    if (!own) return common;
    const multiplier = (own.seen + FAST_WORTH) / (own.expected + FAST_WORTH);
    const seen = (own.live[second] as number) + COMMON_WORTH * Math.min(common * multiplier, SUREST);
    return Math.min(seen / ((own.reached[second] as number) + COMMON_WORTH), SUREST);
  }

  #slowOther(cls: number | undefined, second: number): number {
    const common = otherHazard(this.#common, second);
    const own = cls === undefined ? undefined : this.#classes[classOf(cls)];
    if (!own) return common;
    const seen = (own.other[second] as number) + COMMON_WORTH * common;
    return Math.min(seen / ((own.reached[second] as number) + COMMON_WORTH), SUREST);
  }

  #work(known: number, second: number, offset: number): void {
    if (this.#hazardsOf[known] !== this.#version) this.#workHazards(known);
    const first = known * AGES * 2;
    let left = 1;
    let answered = 0;
    let cell = 0;
    for (let ahead = 1; ahead <= HORIZON; ahead++) {
      const at = first + 2 * Math.min(second + ahead - 1, AGES - 1);
      const live = this.#hazards[at] as number;
      answered += left * live;
      left *= 1 - live - (this.#hazards[at + 1] as number);
      if (ahead === GRID[cell]) this.#chances[offset + cell++] = answered;
    }
  }

  /** With caution: the answer rate is taken a little too high while little is known about the last minutes. */
  #workHazards(known: number): void {
    this.#hazardsOf[known] = this.#version;
    const careful = this.fast() * (1 + CAUTION / Math.sqrt(this.#fastExpected + FAST_WORTH));
    const first = known * AGES * 2;
    for (let age = 0; age < AGES; age++) {
      const live = Math.min(this.#slow(known, age) * careful, SUREST);
      this.#hazards[first + 2 * age] = live;
      this.#hazards[first + 2 * age + 1] = Math.min(this.#slowOther(known, age), 1 - live);
    }
  }
}

/** The class as it is known here: a whole number from 0. */
export function classOf(cls: number | undefined): number {
  const number = Math.floor(cls ?? 0);
  return number > 0 ? Math.min(number, CLASSES - 1) : 0;
}

function liveHazard({ live, reached }: RingCounts, second: number): number {
  return Math.min((live[second] as number) / ((reached[second] as number) + UNSEEN), SUREST);
}

/** At an age no call has reached for long, the call ends. */
function otherHazard({ other, reached }: RingCounts, second: number): number {
  return Math.min(((other[second] as number) + UNSEEN) / ((reached[second] as number) + UNSEEN), SUREST);
}

function plus(values: Float64Array, index: number, more: number): void {
  values[index] = (values[index] as number) + more;
}

function forget({ reached, live, other }: RingCounts): void {
  for (let age = 0; age < AGES; age++) {
    reached[age] = (reached[age] as number) * KEPT;
    live[age] = (live[age] as number) * KEPT;
    other[age] = (other[age] as number) * KEPT;
  }
}

function plain({ reached, live, other }: RingCounts): SavedCounts {
  return { reached: [...reached], live: [...live], other: [...other] };
}

function loaded({ reached, live, other }: SavedCounts): RingCounts {
  return {
    reached: Float64Array.from(reached),
    live: Float64Array.from(live),
    other: Float64Array.from(other),
  };
}
