/**
 * Before anybody is looked for: is the line open, and what does the caller hear first?
 */
import { isOpen } from "./hours.ts";
import { type Rule, refuse } from "./rule.ts";

/** Outside the working hours a new call does not enter (ROUTE-07, PROMPT-06). */
export const outOfHours: Rule = ({ call, line, at }) => {
  if (call.tried.length > 0 || call.welcomed || isOpen(line.hours, at)) return undefined;
  return refuse(call, at, "out-of-hours", {
    rule: "ROUTE-07",
    text: `outside the working hours of line «${line.name}»`,
  });
};

/** The arrival prompt, once, before an agent is chosen: nobody is kept free while it plays (PROMPT-03). */
export const welcome: Rule = ({ call, line, at }) => {
  if (!line.welcome || call.welcomed) return undefined;
  return {
    kind: "CallWelcomed",
    at,
    call: call.id,
    step: { kind: "welcome", lineKey: line.key },
    because: { rule: "PROMPT-03", text: `the arrival prompt of line «${line.name}»` },
  };
};
