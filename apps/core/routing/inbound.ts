/**
 * A customer's call, from the first ring to somebody's voice.
 *
 *   a menu first (menu.ts), if the line plays one now; what is chosen in it goes before what follows
 *
 *   line known? ─▶ open? ─▶ welcomed? ─▶ owner free? ─▶ owner free soon? ─▶ an agent free, nobody waiting? ─▶ can wait?
 *     │ no          │ no      │ no         │ yes          │ yes               │ yes                          │ yes  │ no
 *   not in service  closed  arrival prompt offer owner   wait for owner      offer agent                   queue  overflow,
 *                                                                                                                 forwarding,
 *                                                                                                                 no answer
 *
 * After every step that ended without a conversation the same questions are asked again, without those already tried.
 */
import type { DomainEvent } from "../events.ts";
import type { Call, Floor } from "../floor.ts";
import { lineOf } from "../floor.ts";
import { outOfHours, welcome } from "./arrival.ts";
import { forward, whyNotForwarded } from "./forwarding.ts";
import { chosenAgent, chosenNumber, playMenu } from "./menu.ts";
import { noAnswer } from "./no-answer.ts";
import { overflow, overflowAfterWait } from "./overflow.ts";
import { awaitOwner, toOwner } from "./owner.ts";
import { toQueue } from "./queueing.ts";
import { type Asked, type Rule, refuse } from "./rule.ts";

/** In this order; the first one that has an answer decides. */
const RULES: readonly Rule[] = [
  ...[playMenu, chosenNumber, outOfHours, welcome, chosenAgent],
  ...[toOwner, awaitOwner, toQueue, overflow, forward],
];

/** A call that went outside and came back is not offered in the house again: one round (D-44). */
const AFTER_OUTSIDE: readonly Rule[] = [chosenNumber, forward];

/** A customer whom an agent called and left waiting has heard neither menu nor greeting, and does not, unless handed on. */
const PLACED: readonly Rule[] = [toOwner, awaitOwner, toQueue, overflow, forward];

/** The event that says where this call goes next, with its reason. `call` is in phase `deciding`. */
export function route(floor: Floor, call: Call, at: number, draw: number): DomainEvent {
  const asked = askedOf(floor, call, at, draw);
  if (!asked)
    return refuse(call, at, "not-in-service", {
      rule: "LINE-14",
      text: "the number dialled is not one of our lines",
    });
  const placed = call.kind === "outbound" && !call.calledBack && !call.handedToLine;
  for (const rule of placed ? PLACED : call.dialled ? AFTER_OUTSIDE : RULES) {
    const event = rule(asked);
    if (event) return event;
  }
  return noAnswer(asked);
}

/**
 * Where a call goes that has waited its queue's longest time: one wait per queue, then outside or the end (D-08, D-44).
 * @param text why the queue let it go
 */
export function routeAfterWait(
  floor: Floor,
  call: Call,
  at: number,
  draw: number,
  text: string,
): DomainEvent {
  const asked = askedOf(floor, call, at, draw);
  const event = asked && (overflowAfterWait(asked) ?? forward(asked));
  const more = (asked && whyNotForwarded(asked)) ?? "";
  return event ?? refuse(call, at, "no-answer", { rule: "D-44", text: `${text}${more}` });
}

/** The call with the line it came on and the queue that serves it; undefined when it came on none of ours. */
export function askedOf(floor: Floor, call: Call, at: number, draw: number): Asked | undefined {
  const line = lineOf(floor, call);
  const queue = line && (floor.queues.get(call.servedBy ?? line.queueId) ?? floor.queues.get(line.queueId));
  return queue && { floor, call, line, queue, at, draw };
}
