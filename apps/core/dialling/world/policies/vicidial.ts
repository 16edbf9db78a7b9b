/**
 * A rule like VICIdial's adaptive dialling, re-told from its description in docs/PREDICTIVE.txt and from what
 * AST_VDadapt.pl and AST_VDauto_dial.pl do: its behaviour on one server, not the product, and no line of it.
 *
 * A level of lines per agent grows by the share of agents who are free, every 15 s; dropped calls are looked at every
 * 60 s, and beyond the limit the level falls to one (HARD_LIMIT).
 */
import type { PacingView, Resolution } from "../../pacer.ts";
import { countsOf, SimplePacer } from "./simple.ts";

export interface VicidialOptions {
  /** adaptive_maximum_level. */
  readonly maxLevel: number;
  /** Lines per free agent (available_only_ratio_tally) or per agent who is neither on a break nor in wrap-up. */
  readonly availableOnly: boolean;
  /** adaptive_dropped_percentage / 100. */
  readonly limit: number;
}

export const VICIDIAL_DEFAULT: VicidialOptions = { maxLevel: 3, availableOnly: false, limit: 0.03 };

const ADAPT_EVERY = 15;
const STATISTICS_EVERY = 60;
const DIAL_EVERY = 2.5;
const SAMPLES = 15;

interface Sample {
  readonly ready: number;
  readonly waiting: number;
  readonly signedIn: number;
}

export class Vicidial extends SimplePacer {
  readonly #options: VicidialOptions;
  #level = 1;
  #samples: Sample[] = [];
  readonly #next = { sample: 0, adapt: ADAPT_EVERY, statistics: STATISTICS_EVERY, dial: 0 };
  /** The day's, as they are, as the last look saw them, and as the look before did. */
  #now = { calls: 0, answered: 0, dropped: 0 };
  #seen = { calls: 0, answered: 0, dropped: 0 };
  #before = { calls: 0, answered: 0, dropped: 0 };

  constructor(options: VicidialOptions = VICIDIAL_DEFAULT) {
    super();
    this.#options = options;
  }

  override onResolved(_call: unknown, kind: Resolution): void {
    this.#now.calls++;
    if (kind === "live") this.#now.answered++;
  }

  override onLive(lost: boolean): void {
    if (lost) this.#now.dropped++;
  }

  override tick(view: PacingView): void {
    if (view.now >= this.#next.sample) this.#sample(view);
    if (view.now >= this.#next.statistics) {
      this.#next.statistics += STATISTICS_EVERY;
      this.#before = this.#seen;
      this.#seen = { ...this.#now };
    }
    if (view.now >= this.#next.adapt) {
      this.#next.adapt += ADAPT_EVERY;
      this.#adapt();
    }
  }

  override decide(view: PacingView) {
    if (view.now < this.#next.dial) return { dial: 0 };
    this.#next.dial = Math.max(this.#next.dial + DIAL_EVERY, view.now);
    const { idle, waiting, inFlight, talking } = countsOf(view);
    const { availableOnly } = this.#options;
    const goal = Math.round(this.#level * (availableOnly ? idle : idle + talking));
    const lines = inFlight + waiting + (availableOnly ? 0 : talking);
    return { dial: Math.max(0, Math.min(goal - lines, view.room ?? Number.POSITIVE_INFINITY)) };
  }

  #sample(view: PacingView): void {
    this.#next.sample = view.now + 1;
    const { idle, waiting, talking, inWrapUp, onBreak } = countsOf(view);
    this.#samples.push({ ready: idle, waiting, signedIn: idle + talking + inWrapUp + onBreak });
    if (this.#samples.length > SAMPLES) this.#samples.shift();
  }

  #adapt(): void {
    const sum = (of: keyof Sample): number => this.#samples.reduce((total, one) => total + one[of], 0);
    const difference = (sum("ready") - sum("waiting")) / Math.max(1, sum("signedIn"));
    this.#level = this.#within(this.#level * (1 + difference));
    const minute = {
      calls: this.#seen.calls - this.#before.calls,
      answered: this.#seen.answered - this.#before.answered,
      dropped: this.#seen.dropped - this.#before.dropped,
    };
    if (minute.calls > 20 && minute.dropped > minute.answered / 2)
      this.#level = this.#within(this.#level / 2);
    const { calls, answered, dropped } = this.#seen;
    if (calls > 50 && dropped > this.#options.limit * answered) this.#level = 1;
  }

  #within(level: number): number {
    return Math.min(this.#options.maxLevel, Math.max(1, level));
  }
}
