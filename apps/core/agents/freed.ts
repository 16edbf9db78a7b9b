/**
 * An agent became free while callers wait in `Queue()`.
 *
 * app_queue looks at its members once a second, so a freed agent would stand idle for half a second on average. A
 * digit, as if the caller had pressed it, wakes its loop at once (app_queue.c, wait_our_turn and wait_a_bit): whom it
 * serves and how stays Asterisk's own doing, and a nudge too many does nothing (law L1).
 */
import { serveWaiting } from "../dialling/connect.ts";
import type { Agent, Call } from "../floor.ts";
import { lineOf, membersOf, waitingIn } from "../floor.ts";
import { queuesWithCallbacks } from "../queueing/callbacks.ts";
import { serveCallbacks } from "../queueing/serve.ts";
import { askedOf } from "../routing/inbound.ts";
import { offer, priorityOf } from "../routing/rule.ts";
import type { Turn } from "../turn.ts";
import { cannotTake } from "./eligible.ts";
import { pauseInQueues } from "./pause.ts";

/** The most callers that are nudged at once. */
const MOST = 10;

/**
 * Nudges those who are first in each queue of this agent: one for each idle agent, and one for each phone that rings
 * already, because the caller it rings for still counts as waiting. The phone's word is enough: that the talk is over
 * is read from the record a moment later, and Asterisk looks for itself whether the member may be rung.
 */
export function freed(turn: Turn, id: Agent["id"], at: number): void {
  const { floor } = turn;
  const agent = floor.agents.get(id);
  if (serveWaiting(turn, id, at)) return;
  if (!agent || !isIdle(agent)) return;
  offerAwaited(turn, agent, at);
  const kept = queuesWithCallbacks(floor, id);
  for (const queue of kept) serveCallbacks(turn, queue, at);
  if (floor.agents.get(id)?.keptFor !== undefined) return;
  if (kept.length > 0) pauseInQueues(turn, id);
  for (const queue of floor.queues.values()) {
    if (!queue.agents.includes(id)) continue;
    const waiting = waitingIn(floor, queue.id);
    if (waiting.length === 0) continue;
    const members = membersOf(floor, queue);
    const wanted = members.filter((each) => isIdle(each) || each.call?.phase === "offered").length;
    const priority = (call: Call) => priorityOf(call, lineOf(floor, call));
    waiting.sort((one, other) => priority(other) - priority(one) || one.phaseSince - other.phaseSince);
    for (const call of waiting.slice(0, Math.min(wanted, MOST)))
      turn.ask({ kind: "nudge", call: call.id, channel: call.channel });
  }
}

/** A caller who waits for this agent, their owner, gets them (ROUTE-05); the one who came first. */
function offerAwaited(turn: Turn, agent: Agent, at: number): void {
  if (cannotTake(agent)) return;
  const { floor } = turn;
  const waiting = [...floor.calls.values()].filter(
    (call) => call.phase === "awaiting-owner" && call.ownerId === agent.id,
  );
  const [first] = waiting.sort((one, other) => one.phaseSince - other.phaseSince);
  const asked = first && askedOf(floor, first, at, 0);
  if (!asked) return;
  const because = {
    rule: "ROUTE-05",
    text: `${agent.name} owns this caller, who waited, and is free now`,
  };
  turn.happened({ ...offer(asked, agent, because), elsewhere: true });
}

function isIdle(agent: Agent): boolean {
  return agent.state === "inbound" && agent.device === "idle" && agent.keptFor === undefined;
}
