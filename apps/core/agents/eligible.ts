/**
 * May this agent be offered a call now? (ROUTE-11, D-41)
 */
import type { Agent } from "../floor.ts";

/** `undefined` when the agent can take a call; otherwise the reason, for `because`. */
export function cannotTake(agent: Agent): string | undefined {
  if (agent.state === "offline") return "signed out";
  if (agent.state === "break") return "on a break";
  if (agent.state === "outbound") return "in outbound state";
  return occupied(agent);
}

/** Why this agent cannot be given a call now, whatever state they chose; `undefined`: they can. */
export function occupied(agent: Agent): string | undefined {
  if (agent.phoneLost) return "phone lost";
  if (agent.device === "unreachable") return "phone not reachable";
  if (agent.call?.phase === "talking") return "talking";
  if (agent.call?.phase === "offered") return "ringing for another call";
  if (agent.call?.phase === "dialling") return "placing a call";
  if (agent.call?.phase === "wrap-up") return "in wrap-up";
  if (agent.keptFor !== undefined) return "kept free for a call-back";
  if (agent.device === "ringing") return "phone ringing";
  if (agent.device === "busy") return busyWith(agent);
  return undefined;
}

/** `undefined` when this phone can be called whatever its agent's state is; otherwise the reason. */
export function cannotBeCalled(agent: Agent): string | undefined {
  if (agent.device === "unreachable") return "phone not reachable";
  if (agent.device === "ringing" || agent.device === "busy") return busyWith(agent);
  return undefined;
}

/** An open line is for campaigns only: whoever else would reach its agent is told so. */
function busyWith(agent: Agent): string {
  return agent.openLine === undefined ? "phone busy" : "keeps a line open for campaigns";
}

/** Takes inbound calls but not at this moment: worth waiting for (D-10). */
export function canBecomeFree(agent: Agent): boolean {
  return agent.state === "inbound" && agent.device !== "unreachable" && !agent.phoneLost;
}
