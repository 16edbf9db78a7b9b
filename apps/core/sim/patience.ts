/**
 * How long callers are willing to wait. Who was answered tells only that the patience was at least the wait, so
 * the waits of a day are censored, and the estimate is Kaplan's and Meier's (J. Am. Stat. Assoc. 53, 1958).
 */
export interface Waited {
  readonly ms: number;
  /** The caller gave up at `ms`; otherwise something else ended the wait. */
  readonly gaveUp: boolean;
}

export class Patience {
  /** Where the estimate falls, and what share is still waiting after it. */
  readonly #at: number[] = [];
  readonly #share: number[] = [];
  /** Leavings per millisecond of waiting: the tail beyond the last one who gave up. */
  readonly #rate: number;

  constructor(waits: readonly Waited[]) {
    const ordered = [...waits].sort((a, b) => a.ms - b.ms || Number(b.gaveUp) - Number(a.gaveUp));
    let [share, exposure, left] = [1, 0, 0];
    ordered.forEach(({ ms, gaveUp }, place) => {
      exposure += ms;
      if (!gaveUp) return;
      left++;
      share *= 1 - 1 / (ordered.length - place);
      if (this.#at.at(-1) === ms) this.#share[this.#share.length - 1] = share;
      else {
        this.#at.push(ms);
        this.#share.push(share);
      }
    });
    this.#rate = exposure > 0 ? left / exposure : 0;
  }

  /**
   * Milliseconds that somebody waits who has waited `beyond` already; Infinity when nobody gave up all day.
   * @param draw chance in [0, 1)
   */
  draw(draw: number, beyond = 0): number {
    if (this.#rate === 0) return Number.POSITIVE_INFINITY;
    const first = firstAfter(this.#at, beyond);
    const before = first === 0 ? 1 : (this.#share[first - 1] ?? 0);
    const goal = before * (1 - draw);
    const fallen = this.#at[Math.max(first, this.#firstDownTo(goal))];
    if (fallen !== undefined) return fallen;
    const last = this.#share.at(-1) ?? 1;
    // With an exact zero at the end there is no tail; whoever is beyond it is taken for an average person.
    const left = last > 0 && before > 0 ? Math.min(1, goal / Math.min(before, last)) : 1 - draw;
    return Math.max(beyond, this.#at.at(-1) ?? 0) - Math.log(left) / this.#rate;
  }

  /** The first place where no larger share than this is still waiting. */
  #firstDownTo(goal: number): number {
    let [low, high] = [0, this.#share.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#share[middle] as number) > goal) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function firstAfter(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
