/**
 * A customer's call, from the first ring to somebody's voice.
 *
 *   line known? ─▶ open? ─▶ welcomed? ─▶ owner free? ─▶ owner free soon? ─▶ an agent free, nobody waiting? ─▶ can wait?
 *     │ no          │ no      │ no         │ yes          │ yes               │ yes                          │ yes  │ no
 *   not in service  closed  arrival prompt offer owner   wait for owner      offer agent                   queue  overflow,
 *                                                                                                                 no answer
 *
 * After every step that ended without a conversation the same questions are asked again, without those already tried.
 */
import type { DomainEvent } from "../events.ts";
import type { Call, Floor } from "../floor.ts";
import { outOfHours, welcome } from "./arrival.ts";
import { noAnswer } from "./no-answer.ts";
import { overflow, overflowAfterWait } from "./overflow.ts";
import { awaitOwner, toOwner } from "./owner.ts";
import { toQueue } from "./queueing.ts";
import { type Asked, type Rule, refuse } from "./rule.ts";

/** In this order; the first one that has an answer decides. */
const RULES: readonly Rule[] = [outOfHours, welcome, toOwner, awaitOwner, toQueue, overflow];

/** The event that says where this call goes next, with its reason. `call` is in phase `deciding`. */
export function route(floor: Floor, call: Call, at: number, draw: number): DomainEvent {
  const asked = askedOf(floor, call, at, draw);
  if (!asked)
    return refuse(call, at, "not-in-service", {
      rule: "LINE-14",
      text: "the number dialled is not one of our lines",
    });
  for (const rule of RULES) {
    const event = rule(asked);
    if (event) return event;
  }
  return noAnswer(asked);
}

/** Where a call goes that has waited its queue's longest time: one wait per queue (D-44). */
export function routeAfterWait(
  floor: Floor,
  call: Call,
  at: number,
  draw: number,
  text: string,
): DomainEvent {
  const asked = askedOf(floor, call, at, draw);
  return (asked && overflowAfterWait(asked)) ?? refuse(call, at, "no-answer", { rule: "D-44", text });
}

function askedOf(floor: Floor, call: Call, at: number, draw: number): Asked | undefined {
  const line = call.lineId === undefined ? undefined : floor.lines.get(call.lineId);
  const queue = line && floor.queues.get(call.servedBy ?? line.queueId);
  return queue && { floor, call, line, queue, at, draw };
}
