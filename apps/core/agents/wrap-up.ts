/**
 * The time between a conversation and the next one, which is the agent's own: writing down what it was about
 * (AGENT-08, WRAP-01, D-12). It begins with the end of the talk and ends with the completion of the service, or with
 * the queue's limit.
 */

import { attemptOfCall } from "../dialling/evolve.ts";
import type { Agent, AgentId, AgentState, CallId, Floor, WrapUp } from "../floor.ts";
import { hasCallbacks } from "../queueing/callbacks.ts";

/** What follows a talk of this call: the setting of the call's queue, else of its line's. Colleagues' calls: nothing. */
export function wrapUpOf(floor: Floor, id: CallId): WrapUp | undefined {
  const call = floor.calls.get(id);
  if (!call || call.kind === "internal") return undefined;
  const previewed = call.errand?.kind === "campaign" ? call.errand.id : undefined;
  const own = floor.campaigns.get(attemptOfCall(floor, id)?.campaignId ?? previewed ?? "");
  if (own) return own.wrapUp;
  const queue = call.queueId ?? (call.lineId && floor.lines.get(call.lineId)?.queueId);
  return queue === undefined ? undefined : floor.queues.get(queue)?.wrapUp;
}

/**
 * Whether Asterisk's queues must not ring this agent. Paused from the beginning of a talk that a wrap-up follows:
 * at its end the queue would be faster than we are. So too while somebody has kept a place in one of the agent's
 * queues: whose turn it is, Asterisk's queue does not know.
 */
export function queuePaused(agent: Agent, floor: Floor): boolean {
  if (agent.state !== "inbound" || agent.phoneLost) return true;
  if (agent.keptFor !== undefined) return true;
  if ((agent.call?.phase === "talking" || agent.call?.phase === "wrap-up") && hasCallbacks(floor, agent.id))
    return true;
  if (agent.call?.phase === "dialling") return true;
  return agent.call?.phase === "wrap-up" || (agent.call?.phase === "talking" && !!agent.call.wrapUp);
}

/** What Asterisk shows as the reason of the pause. */
export function pauseReason(agent: Agent): string {
  if (agent.phoneLost) return "phone lost";
  return agent.state === "inbound" ? (agent.call?.phase ?? "inbound") : agent.state;
}

/** Whether a state that is chosen now waits for the end of the agent's call (AGENT-09). Signing out never waits. */
export function isPostponed(agent: Agent | undefined, state: AgentState): boolean {
  if (!agent || state === "offline" || agent.state === "offline") return false;
  return agent.call?.phase === "talking" || agent.call?.phase === "wrap-up";
}

/** Agents who talk in this call, or have to complete it. */
export function serversOf(floor: Floor, call: CallId): AgentId[] {
  const agents = [...floor.agents.values()];
  return agents
    .filter((agent) => agent.call?.id === call && agent.call.phase !== "offered")
    .filter(() => floor.calls.get(call)?.kind !== "internal")
    .map((agent) => agent.id);
}
