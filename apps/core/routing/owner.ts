/**
 * The caller's owner first (ROUTE-05).
 */
import { cannotTake } from "../agents/eligible.ts";
import type { Agent, Call, Floor } from "../floor.ts";
import { offer, type Rule } from "./rule.ts";
import { verdict } from "./verdict.ts";

/** Offers the call to its owner, if the line asks owners first and the owner can take a call now (D-41). */
export const toOwner: Rule = (asked) => {
  const { floor, call, line } = asked;
  const owner = ownerOf(floor, call);
  if (!line.ownerFirst || !owner || call.tried.includes(owner.id) || cannotTake(owner)) return undefined;
  return offer(asked, owner, {
    rule: "ROUTE-05",
    text: `${owner.name} owns this caller and can take a call`,
    considered: [verdict(owner)],
  });
};

/** The agent who owns the caller. */
export function ownerOf(floor: Floor, call: Call): Agent | undefined {
  return call.ownerId === undefined ? undefined : floor.agents.get(call.ownerId);
}
