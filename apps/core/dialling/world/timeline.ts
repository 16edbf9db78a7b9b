/** Virtual time: what happens when. */
interface Item<What> {
  readonly at: number;
  /** What was planned first for an instant happens first. */
  readonly order: number;
  readonly what: What;
}

/** A binary heap by time. */
export class Timeline<What> {
  readonly #heap: Item<What>[] = [];
  #planned = 0;

  /** When the next thing happens; infinity when there is none. */
  get next(): number {
    return this.#heap[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  /** @param at seconds */
  plan(at: number, what: What): void {
    const item = { at, order: this.#planned++, what };
    const heap = this.#heap;
    let place = heap.push(item) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent] as Item<What>;
      if (!isBefore(item, above)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = item;
  }

  /** Takes what is next. */
  take(): What | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first?.what;
    let place = 0;
    for (let child = 1; child < heap.length; child = 2 * place + 1) {
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Item<What>, heap[child] as Item<What>))
        child++;
      const below = heap[child] as Item<What>;
      if (!isBefore(below, last)) break;
      heap[place] = below;
      place = child;
    }
    heap[place] = last;
    return first.what;
  }
}

function isBefore<What>(a: Item<What>, b: Item<What>): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
