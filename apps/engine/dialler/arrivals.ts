/** How many calls a second come into each queue: what takes the agents whom a campaign shares with it. */
import type { DomainEvent } from "../../core/events.ts";
import type { QueueId } from "../../core/floor.ts";

/** What is longer ago counts less and less. */
const MEMORY_MS = 900_000;

export class Arrivals {
  readonly #since: number;
  readonly #queues = new Map<QueueId, { count: number; at: number }>();

  constructor(at: number) {
    this.#since = at;
  }

  hear(event: DomainEvent): void {
    if (event.kind !== "CallArrived" || event.type !== "inbound" || event.queue === undefined) return;
    this.#queues.set(event.queue, { count: this.#count(event.queue, event.at) + 1, at: event.at });
  }

  /** Calls per second, for as long as is known. */
  of(queue: QueueId, at: number): number {
    const seconds = (MEMORY_MS / 1000) * (1 - Math.exp(-Math.max(0, at - this.#since) / MEMORY_MS));
    return seconds < 1 ? 0 : this.#count(queue, at) / seconds;
  }

  #count(queue: QueueId, at: number): number {
    const known = this.#queues.get(queue);
    return known ? known.count * Math.exp(-Math.max(0, at - known.at) / MEMORY_MS) : 0;
  }
}
