/**
 * The abandonment of a window as a budget: how much of it the next answers may use, the threshold on the risk that
 * makes them use just that, and the guard.
 *
 * The threshold is moved at every live answer by what was allowed less what was lost. Summed up, the steps telescope:
 * the mean loss differs from the mean allowance by no more than (ln highest - ln lowest) / (STEP * answers), whatever
 * the world does, while the threshold is not held at its lower end, where dialling is nearly one for one
 * (the idea of Gibbs and Candès, "Adaptive Conformal Inference", 2021).
 */
import type { Policy } from "./options.ts";

const STEP = 0.12;
const LOWEST = Math.log(0.002);
const HIGHEST = Math.log(0.6);
const START = Math.log(0.04);
/** The allowance of one answer, in targets. */
const LEAST = 0.02;
const MOST = 1.6;
/**
 * The answers still to come are reckoned from at least so many seconds, and for at most so many: a month's window does
 * not lend today what a list that may end tomorrow would have to pay back.
 */
const SHORTEST = 300;
const LONGEST = 8 * 3600;
/** The guard counts on this share of them only. */
const SURE_SHARE = 0.85;
/** Losses the limit must allow before it is taken as it stands. */
const SURE_OF = 3;

export interface BudgetSaved {
  readonly logTheta: number;
  readonly live: number;
  readonly lost: number;
  readonly began: number | null;
  readonly windowEnd: number | null;
}

export class Budget {
  readonly #limit: number;
  readonly #target: number;
  #logTheta = START;
  #live = 0;
  #lost = 0;
  #began: number | null = null;
  #windowEnd: number | null = null;
  #now = 0;

  constructor(policy: Policy, saved?: BudgetSaved) {
    this.#limit = policy.limit;
    this.#target = policy.target;
    if (!saved) return;
    this.#logTheta = saved.logTheta;
    this.#live = saved.live;
    this.#lost = saved.lost;
    this.#began = saved.began;
    this.#windowEnd = saved.windowEnd;
  }

  /** Time has passed. When a window is over and a later end is named, the counts begin anew; the threshold stays. */
  pass(now: number, windowEnd: number): void {
    const over = this.#windowEnd !== null && now >= this.#windowEnd && windowEnd > now;
    if (over) this.#live = this.#lost = 0;
    if (over || this.#began === null) this.#began = now;
    this.#now = now;
    this.#windowEnd = Number.isFinite(windowEnd) ? windowEnd : now + LONGEST;
  }

  /** A live answer got its agent, or was lost. */
  answered(lost: boolean): void {
    this.#live++;
    if (lost) this.#lost++;
    const step = STEP * (this.allowance() - (lost ? 1 : 0));
    this.#logTheta = Math.min(Math.max(this.#logTheta + step, LOWEST), HIGHEST);
  }

  /** The share of the answers still to come that may be lost so that the window ends on target. */
  allowance(): number {
    const left = this.#left();
    const target = this.#target;
    if (left <= 0) return this.#lost > target * this.#live ? LEAST * target : target;
    const share = (target * (this.#live + left) - this.#lost) / left;
    return Math.min(Math.max(share, LEAST * target), MOST * target);
  }

  /** The highest risk at which one more call may be dialled. */
  theta(): number {
    return (Math.exp(this.#logTheta) * this.allowance()) / this.#target;
  }

  /**
   * May no further loss be risked? When the window is beyond the limit, or one more could take it there at its end.
   * Before the first answer there is nothing to count with.
   */
  guard(): boolean {
    if (this.#live === 0) return false;
    const ahead = this.#limit * (this.#live + SURE_SHARE * this.#left());
    return this.#beyond() || this.#lost + 1 > ahead;
  }

  /** So few answers that the limit allows but a loss or two are beyond it when chance hardly explains the losses. */
  #beyond(): boolean {
    const allowed = this.#limit * this.#live;
    return this.#lost > (allowed >= SURE_OF ? allowed : allowed + Math.sqrt(allowed) + 1);
  }

  get live(): number {
    return this.#live;
  }

  get lost(): number {
    return this.#lost;
  }

  saved(): BudgetSaved {
    return {
      logTheta: this.#logTheta,
      live: this.#live,
      lost: this.#lost,
      began: this.#began,
      windowEnd: this.#windowEnd,
    };
  }

  /** Live answers that may be expected until the window ends. */
  #left(): number {
    if (this.#began === null || this.#windowEnd === null) return 0;
    const ran = Math.max(this.#now - this.#began, SHORTEST);
    const remaining = Math.min(Math.max(this.#windowEnd - this.#now, 0), LONGEST);
    return (this.#live / ran) * remaining;
  }
}
