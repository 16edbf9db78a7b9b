/**
 * Before anybody is looked for: is the line open, and what does the caller hear first?
 */
import { canBecomeFree, cannotTake } from "../agents/eligible.ts";
import type { AgentId } from "../floor.ts";
import { isOpen } from "./hours.ts";
import { type Rule, refuse } from "./rule.ts";

/** Outside the working hours a new call does not enter (ROUTE-07, PROMPT-06), from a menu neither (D-09). */
export const outOfHours: Rule = ({ call, line, at }) => {
  if (call.tried.length > 0 || call.welcomed || isOpen(line.hours, at)) return undefined;
  const text = `outside the working hours of line «${line.name}»`;
  return refuse(
    call,
    at,
    "out-of-hours",
    call.chosen ? { rule: "D-09", text: `an agent was chosen ${text}` } : { rule: "ROUTE-07", text },
  );
};

/**
 * The arrival prompt, once, before an agent is chosen: nobody is kept free while it plays (PROMPT-03). A caller whom
 * nobody can answer is told so at once (PROMPT-05); one whose phone call has rung already is not greeted again.
 */
export const welcome: Rule = ({ floor, call, line, queue, at }) => {
  if (!line.welcome || call.welcomed || call.tried.length > 0) return undefined;
  const canAnswer = (id: AgentId): boolean => {
    const agent = floor.agents.get(id);
    return agent !== undefined && (canBecomeFree(agent) || !cannotTake(agent));
  };
  const owner = line.ownerFirst ? call.ownerId : undefined;
  if (!queue.agents.some(canAnswer) && !(owner && canAnswer(owner))) return undefined;
  return {
    kind: "CallWelcomed",
    at,
    call: call.id,
    step: { kind: "welcome", lineKey: line.key },
    because: { rule: "PROMPT-03", text: `the arrival prompt of line «${line.name}»` },
  };
};
