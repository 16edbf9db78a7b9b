/**
 * A caller keeps the place; the customer is called, answers, or does not.
 */

import { cannotTake } from "../agents/eligible.ts";
import { freed } from "../agents/freed.ts";
import { pauseInQueues } from "../agents/pause.ts";
import type { Callback, Queue } from "../floor.ts";
import { lineOf } from "../floor.ts";
import type { Input } from "../inputs.ts";
import { numberOn } from "../outgoing/shown-number.ts";
import { dialThrough, NO_TRUNK, trunkFor } from "../outgoing/trunk.ts";
import { customerServed, tryAgain, withdraw } from "../queueing/attempt.ts";
import { freeIn, placeIn, servedByCall } from "../queueing/callbacks.ts";
import { endCallback, membersTold, serveCallbacks } from "../queueing/serve.ts";
import { enqueue, offer, priorityOf, recording } from "../routing/rule.ts";
import { choose } from "../routing/strategy.ts";
import type { Turn } from "../turn.ts";
import { adopt, routeOn } from "./questions.ts";

/** How long a customer's phone rings. */
const CUSTOMER_SECONDS = 45;
/** After the database did not take an attempt. */
const AGAIN_MS = 10_000;

type Heard<Kind extends Input["kind"]> = Extract<Input, { kind: Kind }>;

/** The key was pressed. Nothing is promised before it is written down. */
export function callbackAsked(turn: Turn, input: Heard<"callbackAsked">): void {
  const { floor } = turn;
  adopt(turn, input);
  turn.happened({ kind: "CallbackAsked", at: input.at, call: input.call });
  const call = floor.calls.get(input.call);
  const queue = [...floor.queues.values()].find((each) => each.key === input.queueKey);
  if (!call?.lineId || !queue) {
    routeOn(turn, input.call, input.at, 0);
    return;
  }
  const { from } = input;
  if (!queue.callback || !input.allowed || !from?.startsWith("+")) {
    backToQueue(turn, call.id, queue, input.at, "this number cannot be called back");
    return;
  }
  const same = [...floor.callbacks.values()].find(
    (each) => each.number === from && each.queueId === queue.id && each.state !== "calling",
  );
  if (same) {
    said(turn, same, call.id, input.at);
    return;
  }
  const callback: Callback = {
    id: input.id,
    call: call.id,
    queueId: queue.id,
    lineId: call.lineId,
    number: from,
    contactId: call.contactId ?? input.contact?.id,
    ownerId: call.ownerId ?? input.contact?.ownerId,
    keptAt: call.phase === "queued" ? call.phaseSince : input.at,
    state: "waiting",
    attempts: 0,
    nextAt: input.at,
  };
  turn.ask({ kind: "keepPlace", at: input.at, callback });
}

/**
 * It is written down: the caller is told so, and may hang up. One who was sent back into the queue meanwhile waits on
 * there, is told when they ask again, and is called back if they leave unserved.
 */
export function callbackKept(turn: Turn, input: Heard<"callbackKept">): void {
  const { at, callback } = input;
  const because = { rule: "ROUTE-12", text: "the place was written down too late; the caller waits on" };
  if (turn.floor.calls.get(callback.call)?.joined)
    turn.happened({ kind: "CallbackKept", at, call: callback.call, callback, because });
  else said(turn, callback, callback.call, at);
  membersTold(turn, input.callback.queueId);
}

/** The database did not take it: the caller goes on waiting. */
export function callbackNotKept(turn: Turn, { callback, at }: Heard<"callbackNotKept">): void {
  const queue = turn.floor.queues.get(callback.queueId);
  if (queue && !turn.floor.calls.get(callback.call)?.joined)
    backToQueue(turn, callback.call, queue, at, "the place could not be written down");
}

/** The attempt is committed (law L4): now the customer is dialled. */
export function callbackCommitted(turn: Turn, input: Heard<"callbackCommitted">): void {
  const { floor } = turn;
  const callback = floor.callbacks.get(input.id);
  if (callback?.state !== "calling" || callback.dialled) return;
  const line = floor.lines.get(callback.lineId);
  const trunk = trunkFor(floor, line);
  const { call, channel, at } = input;
  turn.happened({ kind: "CallbackDialled", at, id: callback.id, call, channel });
  if (!trunk || !line) {
    const dialled = floor.callbacks.get(input.id);
    if (dialled) tryAgain(turn, dialled, at, NO_TRUNK);
    return;
  }
  turn.happened({
    kind: "CallArrived",
    at,
    call,
    channel,
    type: "outbound",
    lineId: line.id,
    from: line.number,
    to: callback.number,
    contactId: callback.contactId,
    ownerId: callback.ownerId,
    queue: callback.queueId,
    calledBack: true,
  });
  turn.ask({
    kind: "originate",
    call,
    channel,
    ...dialThrough(trunk, callback.number, numberOn(trunk, line)),
    seconds: CUSTOMER_SECONDS,
    place: { context: "called-back", extension: line.key },
    variables: { DZ_NUMBER: callback.number },
  });
}

/** The database is away: nobody was dialled, and the attempt does not count, unless it would fail for ever. */
export function callbackNotCommitted(turn: Turn, { id, at, refused }: Heard<"callbackNotCommitted">): void {
  const callback = turn.floor.callbacks.get(id);
  if (callback?.state !== "calling" || callback.dialled) return;
  if (refused) {
    tryAgain(turn, callback, at, "the attempt could not be written down");
    return;
  }
  const nextAt = at + AGAIN_MS;
  const attempts = callback.attempts - 1;
  turn.happened({ kind: "CallbackPutBack", at, id, state: "later", attempts, nextAt });
  turn.ask({ kind: "wake", at: nextAt, input: { kind: "callbackDue", at: nextAt, id } });
  membersTold(turn, callback.queueId);
  if (callback.agentId !== undefined) freed(turn, callback.agentId, at);
}

/** The customer is there: the agent who was kept free, else another one, else the head of the queue. */
export function calledBack(turn: Turn, input: Heard<"calledBack">): void {
  const { floor } = turn;
  adopt(turn, input);
  const call = floor.calls.get(input.call);
  if (call?.phase !== "deciding") return;
  const callback = servedByCall(floor, call.id);
  const line = lineOf(floor, call);
  const queue = floor.queues.get(callback?.queueId ?? line?.queueId ?? "");
  const kept = callback?.agentId;
  if (callback) turn.happened({ kind: "CallbackAnswered", at: input.at, id: callback.id, call: call.id });
  if (!line || !queue) {
    routeOn(turn, call.id, input.at, input.draw);
    return;
  }
  const asked = { floor, call, line, queue, at: input.at, draw: input.draw };
  const agent = kept === undefined ? undefined : floor.agents.get(kept);
  const free = freeIn(floor, queue);
  const because = (text: string) => ({ rule: "ROUTE-12", text: `the customer was called back; ${text}` });
  if (agent && !cannotTake(agent)) turn.happened(offer(asked, agent, because(`${agent.name} was kept free`)));
  else if (free.length > 0) {
    const chosen = choose(queue.strategy, free, input.draw);
    turn.happened(offer(asked, chosen.agent, because(chosen.text)));
  } else turn.happened(enqueue(asked, because("nobody is free any more: first in the queue")));
  if (kept !== undefined) pauseInQueues(turn, kept);
}

/** A later attempt's time has come. */
export function callbackDue(turn: Turn, { id, at }: Heard<"callbackDue">): void {
  const callback = turn.floor.callbacks.get(id);
  if (callback?.state !== "later" || callback.nextAt > at) return;
  const { attempts, nextAt } = callback;
  turn.happened({ kind: "CallbackPutBack", at, id, state: "waiting", attempts, nextAt });
  membersTold(turn, callback.queueId);
  const queue = turn.floor.queues.get(callback.queueId);
  if (queue) serveCallbacks(turn, queue, at);
}

/** A person takes it back. */
export function callbackCancelled(turn: Turn, { id, at }: Heard<"callbackCancelled">): void {
  const callback = turn.floor.callbacks.get(id);
  if (callback) withdraw(turn, callback, at, "cancelled by a person");
  else turn.refuse("over", "this call-back is over");
}

/** After a restart: the attempt is over; it counts. */
export function callbackLost(turn: Turn, { id, at, talked }: Heard<"callbackLost">): void {
  const callback = turn.floor.callbacks.get(id);
  if (callback?.state !== "calling") return;
  if (talked) endCallback(turn, callback, at, "connected", "spoke to an agent");
  else tryAgain(turn, callback, at, "the engine was away during the attempt");
}

/** After a restart: places are in line again; attempts in flight are looked for by whoever can (law L4). */
export function callbacksRecovered(turn: Turn, input: Heard<"callbacksRecovered">): void {
  turn.happened({ kind: "CallbacksRecovered", at: input.at, callbacks: input.callbacks });
  for (const { id, state, nextAt, dialled } of input.callbacks) {
    if (state === "later")
      turn.ask({ kind: "wake", at: nextAt, input: { kind: "callbackDue", at: nextAt, id } });
    if (dialled && turn.floor.calls.get(dialled.call)?.phase === "talking")
      customerServed(turn, dialled.call, input.at);
  }
}

/** «We will call you back», and the end of the call. */
function said(turn: Turn, callback: Callback, call: string, at: number): void {
  turn.happened({
    kind: "CallbackKept",
    at,
    call,
    callback,
    step: { kind: "ending", name: "callback" },
    because: { rule: "ROUTE-12", text: `the caller keeps the place; ${callback.number} is called back` },
  });
}

/** The same place as before: the wait goes on, no longer than it would have, and as urgent as it was. */
function backToQueue(turn: Turn, id: string, queue: Queue, at: number, text: string): void {
  const { floor } = turn;
  const call = floor.calls.get(id);
  const line = lineOf(floor, call);
  if (!call || !line) return;
  const since = call.phase === "queued" ? call.phaseSince : at;
  turn.happened({
    kind: "CallQueued",
    at,
    since,
    call: id,
    queue: queue.id,
    step: {
      kind: "queue",
      key: queue.key,
      seconds: Math.max(1, queue.maxWaitSeconds - Math.floor((at - since) / 1000)),
      priority: priorityOf(call, line),
      position: placeIn(floor, queue, call),
      ...recording(call, line),
    },
    because: { rule: "ROUTE-12", text },
  });
}
