/**
 * A customer's call, from the first ring to somebody's voice.
 *
 *   line known? ─▶ open? ─▶ welcomed? ─▶ owner free? ─▶ others waiting? ─▶ an agent free? ─▶ somebody to wait for?
 *     │ no          │ no      │ no         │ yes          │ yes              │ yes              │ yes      │ no
 *   not in service  closed  arrival prompt offer owner   queue              offer agent        queue      no answer
 *
 * After every step that ended without a conversation the same questions are asked again, without those already tried.
 */
import type { DomainEvent } from "../events.ts";
import type { Call, Floor } from "../floor.ts";
import { outOfHours, welcome } from "./arrival.ts";
import { noAnswer } from "./no-answer.ts";
import { toOwner } from "./owner.ts";
import { toQueue } from "./queueing.ts";
import { type Asked, type Rule, refuse } from "./rule.ts";

/** In this order; the first one that has an answer decides. */
const RULES: readonly Rule[] = [outOfHours, welcome, toOwner, toQueue];

/** The event that says where this call goes next, with its reason. `call` is in phase `deciding`. */
export function route(floor: Floor, call: Call, at: number, draw: number): DomainEvent {
  const line = call.lineId === undefined ? undefined : floor.lines.get(call.lineId);
  const queue = line && floor.queues.get(line.queueId);
  if (!line || !queue)
    return refuse(call, at, "not-in-service", {
      rule: "LINE-14",
      text: "the number dialled is not one of our lines",
    });
  const asked: Asked = { floor, call, line, queue, at, draw };
  for (const rule of RULES) {
    const event = rule(asked);
    if (event) return event;
  }
  return noAnswer(asked);
}
