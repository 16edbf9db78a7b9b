/**
 * Which number the customer sees when this agent calls, and through which trunk the call goes; or why the agent cannot
 * call at all (LINE-01..04, LINE-06, LINE-08).
 */
import type { Agent, Floor, Line, Millis, Trunk } from "../floor.ts";
import { LINES_OWN, type NumberPlan, type OwnNumber } from "../numbers.ts";
import { NO_TRUNK, trunkFor } from "./trunk.ts";

export type Shown =
  /** `callerId` in E.164; undefined: the carrier's own. */
  | { readonly trunk: Trunk; readonly callerId: string | undefined; readonly rule: string }
  | { readonly reason: string; readonly rule: string };

/**
 * The one rule. An own PBX shows its number; else the number is the line's, the company's or the agent's, and the
 * latter two have to be proved, whatever is shown in their place (LINE-03).
 */
export function shownNumber(floor: Floor, agent: Agent, line: Line | undefined, at: Millis): Shown {
  const trunk = trunkFor(floor, line);
  if (!trunk) return { reason: NO_TRUNK, rule: "SOFT-05" };
  if (trunk.kind === "pbx") return { trunk, callerId: trunk.number, rule: "LINE-06" };
  const plan = floor.numbers ?? LINES_OWN;
  if (plan.source === "line") return { trunk, callerId: line?.number, rule: "LINE-15" };
  const reason = lacks(plan, plan.source === "common" ? plan.common : agent.shown, at);
  if (reason) return { reason, rule: "LINE-04" };
  const own = plan.source === "common" ? plan.common : agent.shown;
  return { trunk, callerId: plan.display === "service" ? plan.serviceNumber : own?.number, rule: "LINE-02" };
}

/** What a call through this trunk shows for a line: on the own PBX its number (LINE-06), else the line's. */
export function numberOn(trunk: Trunk, line: Line | undefined): string | undefined {
  return trunk.kind === "pbx" ? trunk.number : line?.number;
}

function lacks(plan: NumberPlan, own: OwnNumber | undefined, at: Millis): string | undefined {
  const whose = plan.source === "common" ? "the company's common number" : "the agent's own number";
  if (!own) return `${whose} is not verified yet`;
  if (own.validUntil <= at) {
    const day = new Date(own.validUntil).toISOString().slice(0, 10);
    return `the verification of ${own.number} lapsed on ${day}; ${whose} has to be verified again`;
  }
  return plan.display === "service" && !plan.serviceNumber ? "no service number is set" : undefined;
}
