/**
 * The line's queue: an agent who is free, or a place among those who wait (ROUTE-02..04, ROUTE-12, D-10).
 */
import { canBecomeFree, cannotTake } from "../agents/eligible.ts";
import { waitingIn } from "../floor.ts";
import { enqueue, offer, type Rule } from "./rule.ts";
import { choose } from "./strategy.ts";
import { verdicts } from "./verdict.ts";

const STRATEGY_RULES = { random: "ROUTE-02", "most-idle": "ROUTE-03", sequential: "ROUTE-04" } as const;

/** Offers to a free agent by the queue's strategy, or waits while somebody can become free. */
export const toQueue: Rule = (asked) => {
  const { floor, call, line, queue, draw } = asked;
  const members = queue.agents.flatMap((id) => floor.agents.get(id) ?? []);
  const left = members.filter((agent) => !call.tried.includes(agent.id));
  const free = left.filter((agent) => !cannotTake(agent));
  const worthWaiting = left.some(canBecomeFree);
  const ahead = waitingIn(floor, queue.id).length;
  const considered = verdicts(floor, call, line, members);
  if (ahead > 0 && worthWaiting)
    return enqueue(asked, {
      rule: "ROUTE-12",
      text: `${ahead} waiting before this call in «${queue.name}»`,
      considered,
    });
  if (free.length > 0) {
    const chosen = choose(queue.strategy, free, draw);
    return offer(asked, chosen.agent, {
      rule: STRATEGY_RULES[queue.strategy],
      text: chosen.text,
      considered,
    });
  }
  if (!worthWaiting) return undefined;
  return enqueue(asked, { rule: "D-10", text: `everyone in «${queue.name}» is busy`, considered });
};
