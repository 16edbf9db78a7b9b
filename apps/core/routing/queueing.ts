/**
 * The queue: an agent who is free, or a place among those who wait (ROUTE-02..04, ROUTE-12, D-10).
 */
import { canBecomeFree, cannotTake } from "../agents/eligible.ts";
import type { Agent, Queue } from "../floor.ts";
import { membersOf, waitingIn } from "../floor.ts";
import { type Asked, enqueue, offer, type Rule } from "./rule.ts";
import { choose } from "./strategy.ts";
import { verdicts } from "./verdict.ts";

const STRATEGY_RULES = { random: "ROUTE-02", "most-idle": "ROUTE-03", sequential: "ROUTE-04" } as const;

/** Offers to a free agent by the queue's strategy, or waits while that makes sense and there is room. */
export const toQueue: Rule = (asked) => {
  const { floor, call, line, queue, draw } = asked;
  const members = membersOf(floor, queue);
  const left = members.filter((agent) => !call.tried.includes(agent.id));
  const free = left.filter((agent) => !cannotTake(agent));
  const ahead = waitingIn(floor, queue.id).length;
  // Whose agent's phone vanished goes before all others (F11).
  if (free.length > 0 && (ahead === 0 || call.urgent)) {
    const chosen = choose(queue.strategy, mostSkilled(free, queue), draw);
    return offer(asked, chosen.agent, {
      rule: call.urgent ? "F11" : STRATEGY_RULES[queue.strategy],
      text: call.urgent ? `the agent's phone was lost: before all others, ${chosen.text}` : chosen.text,
      considered: verdicts(floor, call, line, members),
    });
  }
  if (whyNotWaiting(asked)) return undefined;
  const because = call.urgent
    ? { rule: "F11", text: `the agent's phone was lost: at the head of «${queue.name}»` }
    : ahead > 0
      ? { rule: "ROUTE-12", text: `${ahead} waiting before this call in «${queue.name}»` }
      : { rule: "D-10", text: `everyone in «${queue.name}» is busy` };
  return enqueue(asked, { ...because, considered: verdicts(floor, call, line, members) });
};

/** Why it makes no sense, or there is no room, to wait in this queue; undefined when the call can wait. */
export function whyNotWaiting({ floor, call, queue }: Asked): "empty" | "full" | undefined {
  const members = membersOf(floor, queue);
  // Whom a lost phone cut off is not sent away while anybody is signed in: the phone may be back in a moment (F11).
  if (call.cutOff)
    return queue.joinWhenEmpty || members.some(({ state }) => state === "inbound") ? undefined : "empty";
  const worth = members.some((agent) => !call.tried.includes(agent.id) && canBecomeFree(agent));
  if (!worth && !(queue.joinWhenEmpty && call.tried.length === 0)) return "empty";
  const full = queue.maxLength !== undefined && waitingIn(floor, queue.id).length >= queue.maxLength;
  return full ? "full" : undefined;
}

/** Those with the lowest penalty (skills as penalties). */
function mostSkilled(free: readonly Agent[], queue: Queue): readonly Agent[] {
  const { penalties } = queue;
  if (!penalties?.size) return free;
  const least = Math.min(...free.map((agent) => penalties.get(agent.id) ?? 0));
  return free.filter((agent) => (penalties.get(agent.id) ?? 0) === least);
}
