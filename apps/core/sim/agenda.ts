/**
 * Virtual time: what is to happen when. The simulator's only clock.
 */
interface Item {
  readonly at: number;
  /** What was planned first for an instant happens first. */
  readonly order: number;
  readonly happen: () => void;
}

/** A binary heap by time. */
export class Agenda {
  now = 0;
  readonly #heap: Item[] = [];
  #planned = 0;

  /** @param at milliseconds since 1970; an instant that is over means now */
  plan(at: number, happen: () => void): void {
    const item = { at: Math.max(at, this.now), order: this.#planned++, happen };
    const heap = this.#heap;
    let place = heap.length;
    heap.push(item);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent] as Item;
      if (!isBefore(item, above)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = item;
  }

  /** Lets everything happen, in order, and what it plans as well. */
  run(): void {
    for (let item = this.#take(); item; item = this.#take()) {
      this.now = item.at;
      item.happen();
    }
  }

  #take(): Item | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Item, heap[child] as Item)) child++;
      if (!isBefore(heap[child] as Item, last)) break;
      heap[place] = heap[child] as Item;
      place = child;
    }
    heap[place] = last;
    return first;
  }
}

function isBefore(a: Item, b: Item): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
