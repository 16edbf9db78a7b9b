/** How many may do something at once; the others wait for their turn, and not for ever. */

/** Nobody's turn came in time, or too many wait already: come back later. */
export class BusyError extends Error {
  constructor() {
    super("too many at once");
    this.name = "BusyError";
  }
}

export interface SlotLimits {
  readonly atOnce: number;
  readonly waiting: number;
  readonly waitMs: number;
}

/** Runs work in the order in which it came. */
export type Slots = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** @returns what runs work, or rejects with BusyError without having begun it */
export function createSlots({ atOnce, waiting, waitMs }: SlotLimits): Slots {
  const queue: (() => void)[] = [];
  let running = 0;
  const turn = () =>
    new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        queue.splice(queue.indexOf(begin), 1);
        reject(new BusyError());
      }, waitMs);
      const begin = () => {
        clearTimeout(timer);
        resolve();
      };
      queue.push(begin);
    });
  return async (work) => {
    if (running >= atOnce) {
      if (queue.length >= waiting) throw new BusyError();
      // Whoever ends hands the slot on, so nobody who comes meanwhile takes it.
      await turn();
    } else running++;
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next) next();
      else running--;
    }
  };
}
