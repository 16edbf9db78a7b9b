/**
 * SOFT-14: the agent answers by a command of the panel. The phone is asked to answer by itself; whether it does is
 * heard like any other answer, so a phone that cannot only goes on ringing.
 */
import type { Agent, AgentId, CallId, Floor } from "../floor.ts";
import type { Input } from "../inputs.ts";
import type { Turn } from "../turn.ts";

/** The agent whose phone rings for this call; undefined: nobody's does. */
export function ringingFor(floor: Floor, call: CallId): Agent | undefined {
  for (const agent of floor.agents.values())
    if (agent.call?.id === call && agent.call.phase === "offered") return agent;
  return undefined;
}

/** `agent` answers a call that rings for them, and no other. */
export function answerAsked(turn: Turn, input: Extract<Input, { kind: "answerAsked" }>): undefined {
  const call = turn.floor.calls.get(input.call);
  if (!call) return turn.refuse("over", "the call is over");
  const agent = turn.floor.agents.get(input.agent);
  const rings = agent?.call?.id === input.call && agent.call.phase === "offered";
  if (!agent || !rings) return turn.refuse(...whyNot(agent, call.id, call.tried));
  const { channel } = agent.call ?? {};
  if (!channel) return turn.refuse("not-ringing", `${agent.name}'s phone does not ring yet`);
  const because = { rule: "SOFT-14", text: `${agent.name} answered from the control panel` };
  turn.happened({ kind: "AnswerAsked", at: input.at, call: call.id, agent: agent.id, because });
  turn.ask({ kind: "answer", call: call.id, agent: agent.id, channel });
}

/** The phone was not even asked. */
export function answerNotSent(turn: Turn, input: Extract<Input, { kind: "answerNotSent" }>): undefined {
  if (!turn.floor.calls.has(input.call)) return;
  const because = { rule: "SOFT-14", text: `the phone was not asked to answer: ${input.reason}` };
  turn.happened({ kind: "AnswerNotSent", at: input.at, call: input.call, agent: input.agent, because });
}

/** A command that comes too late is no trespass; one about somebody else's call is. */
function whyNot(agent: Agent | undefined, call: CallId, tried: readonly AgentId[]): [string, string] {
  if (agent && (agent.call?.id === call || tried.includes(agent.id)))
    return ["not-ringing", `the call does not ring for ${agent.name} now`];
  return ["not-yours", "this call does not ring for the agent"];
}
