/**
 * What became of a call to a customer who kept the place.
 */
import { freed } from "../agents/freed.ts";
import type { Callback, CallId, Millis } from "../floor.ts";
import { lineOf } from "../floor.ts";
import { isOpen } from "../routing/hours.ts";
import { nextTimes } from "../routing/opening-times.ts";
import type { Turn } from "../turn.ts";
import { ruleOf, servedByCall } from "./callbacks.ts";
import { endCallback, membersTold, putOff, serveCallbacks } from "./serve.ts";

/** The call to the customer is over and nobody was spoken to: again later while attempts are left, else given up. */
export function attemptOver(turn: Turn, call: CallId, at: Millis, reason: string): void {
  const callback = servedByCall(turn.floor, call);
  if (callback) tryAgain(turn, callback, at, reason);
}

/** The attempt counts, whatever it came to. */
export function tryAgain(turn: Turn, callback: Callback, at: Millis, reason: string): void {
  const { floor } = turn;
  const kept = callback.agentId;
  const rule = ruleOf(floor, callback);
  if (callback.attempts >= rule.attempts)
    endCallback(turn, callback, at, "failed", `tried ${callback.attempts} times: ${reason}`);
  else {
    const { hours } = floor.lines.get(callback.lineId) ?? {};
    const next = at + rule.retryMinutes * 60_000;
    const open = !rule.withinHoursOnly || isOpen(hours, next) ? next : nextTimes(hours, next).nextOpenAt;
    putOff(turn, callback, at, open, reason);
    membersTold(turn, callback.queueId);
  }
  if (kept !== undefined) freed(turn, kept, at);
}

/** A talk has begun: the kept place that this call serves, or that this customer had, is not needed any more. */
export function customerServed(turn: Turn, id: CallId, at: Millis): void {
  const { floor } = turn;
  const own = servedByCall(floor, id);
  if (own) {
    endCallback(turn, own, at, "connected", "spoke to an agent");
    return;
  }
  const call = floor.calls.get(id);
  if (call?.kind !== "inbound" || call.from === undefined) return;
  const queueId = call.queueId ?? call.servedBy ?? lineOf(floor, call)?.queueId;
  for (const callback of [...floor.callbacks.values()])
    if (callback.number === call.from && callback.queueId === queueId)
      withdraw(turn, callback, at, "the customer called again and was answered");
}

/** Takes a kept place back; a call in flight is hung up. */
export function withdraw(turn: Turn, callback: Callback, at: Millis, reason: string): void {
  const kept = callback.agentId;
  endCallback(turn, callback, at, "cancelled", reason);
  const { dialled } = callback;
  if (dialled) turn.ask({ kind: "hangUp", call: dialled.call, channel: dialled.channel });
  if (kept !== undefined) freed(turn, kept, at);
}

/** A call left: if its caller kept the place, the turn may have come already. */
export function callerLeft(turn: Turn, call: CallId, at: Millis): void {
  const { callbacks, queues } = turn.floor;
  const kept = [...callbacks.values()].filter((callback) => callback.call === call);
  for (const id of new Set(kept.map(({ queueId }) => queueId))) {
    const queue = queues.get(id);
    if (queue) serveCallbacks(turn, queue, at);
  }
}
