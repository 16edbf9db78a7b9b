/**
 * After a restart: the calls that the record says are still going on, and who is in them.
 */
import { wrapUpOf } from "./agents/wrap-up.ts";
import type { AgentCall, AgentId, Call, CallId, Floor } from "./floor.ts";

/** An open call as the record has it. */
export interface RecoveredCall extends Call {
  /** The channel of its agent. */
  readonly agentChannel?: string | undefined;
  /** Agents who are in it beside its own. */
  readonly parts?: readonly RecoveredPart[] | undefined;
}

/** What an agent does in a call who is not the call's own. */
export type RecoveredPart = Omit<AgentCall, "id"> & { readonly agent: AgentId };

/** Puts the calls back, and their agents into them. */
export function recoverCalls(floor: Floor, calls: readonly RecoveredCall[]): void {
  for (const call of calls) {
    floor.calls.set(call.id, call);
    for (const { agent, ...part } of call.parts ?? []) hold(floor, agent, { id: call.id, ...part });
    if (call.kind === "outbound" && call.agentId && call.phase !== "talking")
      hold(floor, call.agentId, {
        id: call.id,
        phase: "dialling",
        since: call.phaseSince,
        channel: call.channel,
      });
    if (!call.agentId || (call.phase !== "offered" && call.phase !== "talking")) continue;
    const wrapUp = call.phase === "talking" ? wrapUpOf(floor, call.id) : undefined;
    const { id, phase, phaseSince: since, agentChannel: channel } = call;
    const held = { id, phase, since, channel, wrapUp };
    hold(floor, call.agentId, held);
  }
}

/** What follows talks of campaigns' calls: known when it is known whose attempts they are. */
export function recoverWrapUps(floor: Floor, attempts: readonly { readonly call: CallId }[]): void {
  const calls = new Set(attempts.map(({ call }) => call));
  for (const { id: agent, call } of [...floor.agents.values()])
    if (call?.phase === "talking" && call.as === undefined && calls.has(call.id))
      hold(floor, agent, { ...call, wrapUp: wrapUpOf(floor, call.id) });
}

function hold(floor: Floor, id: AgentId, call: AgentCall): void {
  const agent = floor.agents.get(id);
  if (agent) floor.agents.set(id, { ...agent, call });
}
