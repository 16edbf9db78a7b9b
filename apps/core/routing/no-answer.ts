/**
 * Nobody took the call and nobody will: the ending.
 */
import type { DomainEvent } from "../events.ts";
import { membersOf } from "../floor.ts";
import { whyNotForwarded } from "./forwarding.ts";
import { type Asked, refuse } from "./rule.ts";
import { verdicts } from "./verdict.ts";

/** The last rule: it always answers (PROMPT-05, D-10, D-44). */
export function noAnswer(asked: Asked): DomainEvent {
  const { floor, call, line, queue, at } = asked;
  const more = whyNotForwarded(asked) ?? "";
  const members = membersOf(floor, queue);
  const considered = verdicts(floor, call, line, members);
  if (call.tried.length > 0)
    return refuse(call, at, "no-answer", {
      rule: "D-44",
      text: `everyone in «${queue.name}» who could answer let it ring${more}`,
      considered,
    });
  return refuse(call, at, "no-answer", {
    rule: "D-10",
    text: `nobody in «${queue.name}» can take calls${more}`,
    considered,
  });
}
