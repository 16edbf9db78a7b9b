/**
 * The caller's owner first (ROUTE-05), also when that means a short wait.
 */
import { canBecomeFree, cannotTake } from "../agents/eligible.ts";
import type { Agent, Call, Floor, Queue } from "../floor.ts";
import { ENOUGH, likelyFreeWithin } from "./likely-free.ts";
import { type Asked, offer, type Rule, recording } from "./rule.ts";
import { verdict } from "./verdict.ts";

/** Offers the call to its owner, if the line asks owners first and the owner can take a call now (D-41). */
export const toOwner: Rule = (asked) => {
  const { floor, call } = asked;
  const owner = ownerOf(floor, call);
  if (!owner || !isForOwner(asked, owner) || call.tried.includes(owner.id) || cannotTake(owner))
    return undefined;
  return offer(asked, owner, {
    rule: "ROUTE-05",
    text: `${owner.name} owns this caller and can take a call`,
    considered: [verdict(owner)],
  });
};

/** An even chance: below it the queue is the better place to wait. */
const LIKELY = 0.5;

/** Waits for an owner who talks, when the talk is likely to end within the line's limit; once per call. */
export const awaitOwner: Rule = (asked) => {
  const { floor, call, line, queue, at } = asked;
  const owner = ownerOf(floor, call);
  const limit = line.ownerWaitSeconds ?? 0;
  if (
    limit === 0 ||
    !owner ||
    !isForOwner(asked, owner) ||
    call.ownerAwaited ||
    call.tried.includes(owner.id)
  )
    return undefined;
  if (owner.call?.phase !== "talking" || !canBecomeFree(owner)) return undefined;
  const chance = likelyFreeWithin(talksOf(floor, owner, queue), at - owner.call.since, limit * 1000);
  if (chance === undefined || chance < LIKELY) return undefined;
  return {
    kind: "OwnerAwaited",
    at,
    call: call.id,
    agent: owner.id,
    step: { kind: "await-owner", seconds: limit, ...recording(call, line) },
    because: {
      rule: "ROUTE-05",
      text: `${owner.name} owns this caller, talks, and is free within ${limit} s in ${Math.round(chance * 100)} % of such talks`,
      considered: [verdict(owner)],
    },
  };
};

/** A caller who chose somebody or a group in a menu is the owner's only where the owner serves that group. */
function isForOwner({ call, line, queue }: Asked, owner: Agent): boolean {
  return line.ownerFirst && (!call.chosen || queue.agents.includes(owner.id));
}

/** The agent who owns the caller. */
export function ownerOf(floor: Floor, call: Call): Agent | undefined {
  return call.ownerId === undefined ? undefined : floor.agents.get(call.ownerId);
}

/** The owner's own talks; before there are enough of them, those of everybody in the queue. */
function talksOf(floor: Floor, owner: Agent, queue: Queue): readonly number[] {
  const own = floor.talks.get(owner.id) ?? [];
  if (own.length >= ENOUGH) return own;
  return queue.agents.flatMap((id) => floor.talks.get(id) ?? []);
}
