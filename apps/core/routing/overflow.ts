/**
 * A queue that is full, empty, or has kept the caller for its longest time sends the call on.
 */
import type { DomainEvent } from "../events.ts";
import { dialOutside } from "./external.ts";
import { toQueue, whyNotWaiting } from "./queueing.ts";
import type { Asked, Rule } from "./rule.ts";

/** After the queue could not take the call. */
export const overflow: Rule = (asked) => {
  const why = whyNotWaiting(asked);
  return why && sendOn(asked, `«${asked.queue.name}» is ${why}`);
};

/** After the longest wait. */
export function overflowAfterWait(asked: Asked): DomainEvent | undefined {
  return sendOn(asked, `the longest wait in «${asked.queue.name}» is over`);
}

/** To the queue's overflow; a queue that cannot take it either sends it on in its turn. Saved chains have an end. */
function sendOn(asked: Asked, why: string): DomainEvent | undefined {
  const { floor, queue } = asked;
  const target = queue.overflow;
  if (!target) return undefined;
  if ("number" in target)
    return dialOutside(asked, target.number, { rule: "ROUTE-12", text: `${why}: on to ${target.number}` });
  const next = floor.queues.get(target.queueId);
  if (!next) return undefined;
  const there = { ...asked, queue: next, call: { ...asked.call, tried: [] } };
  const event = toQueue(there) ?? overflow(there);
  if (!event || !("because" in event)) return event;
  const text = `${why}: on to «${next.name}»; ${event.because.text}`;
  return { ...event, because: { ...event.because, text } };
}
