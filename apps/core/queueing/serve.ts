/**
 * A kept place's turn has come: an agent is kept free, and the customer is going to be called.
 */
import { pauseInQueues } from "../agents/pause.ts";
import type { Callback, Millis, Queue } from "../floor.ts";
import { membersOf } from "../floor.ts";
import { trunkFor } from "../outgoing/trunk.ts";
import { isOpen } from "../routing/hours.ts";
import { nextTimes } from "../routing/opening-times.ts";
import { choose } from "../routing/strategy.ts";
import type { Turn } from "../turn.ts";
import { freeIn, nextCallback, ruleOf } from "./callbacks.ts";

/** Starts as many call-backs of this queue as are due and have an agent. Without a carrier they wait on. */
export function serveCallbacks(turn: Turn, queue: Queue, at: Millis): void {
  const { floor } = turn;
  for (let next = nextCallback(floor, queue); next; next = nextCallback(floor, queue)) {
    const line = floor.lines.get(next.lineId);
    if (!trunkFor(floor, line)) return;
    if (ruleOf(floor, next).withinHoursOnly && !isOpen(line?.hours, at)) {
      putOff(turn, next, at, nextTimes(line?.hours, at).nextOpenAt, "the line is closed");
      continue;
    }
    const free = freeIn(floor, queue);
    const { agent } = choose(queue.strategy === "random" ? "most-idle" : queue.strategy, free, 0);
    turn.happened({
      kind: "CallbackStarted",
      at,
      id: next.id,
      agent: agent.id,
      because: { rule: "ROUTE-12", text: `the kept place is next in «${queue.name}»; ${agent.name} is free` },
    });
    pauseInQueues(turn, agent.id);
    const callback = floor.callbacks.get(next.id);
    if (callback) turn.ask({ kind: "commitCallback", at, callback });
  }
}

/** Not before `nextAt`; without such a time it is given up. */
export function putOff(
  turn: Turn,
  callback: Callback,
  at: Millis,
  nextAt: Millis | undefined,
  reason: string,
): void {
  if (nextAt === undefined) {
    endCallback(turn, callback, at, "expired", `${reason}, and does not open again`);
    return;
  }
  const { id, attempts } = callback;
  turn.happened({ kind: "CallbackPutBack", at, id, state: "later", attempts, nextAt });
  const later = turn.floor.callbacks.get(id);
  if (later) turn.ask({ kind: "settleCallback", at, callback: later, state: "waiting", reason });
  turn.ask({ kind: "wake", at: nextAt, input: { kind: "callbackDue", at: nextAt, id } });
}

/** It is over: served, given up, or not needed any more. */
export function endCallback(
  turn: Turn,
  callback: Callback,
  at: Millis,
  state: "connected" | "failed" | "cancelled" | "expired",
  reason: string,
): void {
  turn.happened({ kind: "CallbackOver", at, id: callback.id });
  turn.ask({ kind: "settleCallback", at, callback, state, reason });
  membersTold(turn, callback.queueId);
}

/** Members of a queue are paused or not by whether somebody has kept a place in it (agents/wrap-up.ts). */
export function membersTold(turn: Turn, queueId: Queue["id"]): void {
  const queue = turn.floor.queues.get(queueId);
  for (const agent of queue ? membersOf(turn.floor, queue) : [])
    if (agent.state === "inbound") pauseInQueues(turn, agent.id);
}
