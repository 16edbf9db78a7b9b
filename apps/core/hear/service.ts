/**
 * From the end of a talk to the agent's next call: wrap-up, the completion of the service, the state afterwards.
 *
 *   talking ──ends──▶ wrap-up ──completed, or its limit──▶ free, or the state that was chosen meanwhile
 *      └──completed during the talk (WRAP-08): the talk ends──▲
 */
import { freed } from "../agents/freed.ts";
import { pauseInQueues } from "../agents/pause.ts";
import { queuePaused } from "../agents/wrap-up.ts";
import type { Agent, AgentId, Millis } from "../floor.ts";
import type { Input } from "../inputs.ts";
import type { Turn } from "../turn.ts";

/**
 * A talk has begun: if a wrap-up follows it, Asterisk's queues stop ringing its agent now.
 * @param paused the queues have been stopped already, because the agent was dialling
 */
export function beginTalk(turn: Turn, id: AgentId, paused: boolean): void {
  const agent = turn.floor.agents.get(id);
  if (agent && agent.state === "inbound" && queuePaused(agent, turn.floor) !== paused)
    pauseInQueues(turn, id);
}

/** The agent's talk is over: wrap-up, unless the queue has none or the service is completed already. */
export function endTalk(turn: Turn, agent: Agent, at: Millis): void {
  const { call } = agent;
  if (!call) return;
  turn.happened({ kind: "TalkEnded", at, call: call.id, agent: agent.id });
  if (!call.wrapUp || call.completed) {
    settle(turn, agent.id, at, call.wrapUp !== undefined);
    return;
  }
  const until = call.wrapUp.mode === "limit" ? at + call.wrapUp.seconds * 1000 : undefined;
  turn.happened({ kind: "WrapUpStarted", at, call: call.id, agent: agent.id, until });
  if (until !== undefined)
    turn.ask({
      kind: "wake",
      at: until,
      input: { kind: "wrapUpExpired", at: until, call: call.id, agent: agent.id, since: at },
    });
}

/** The agent has written down what the call was about; a talk that is still going on ends with it (WRAP-08). */
export function serviceCompleted(turn: Turn, input: Extract<Input, { kind: "serviceCompleted" }>): void {
  const agent = turn.floor.agents.get(input.agent);
  const held = agent?.call?.id === input.call ? agent.call : undefined;
  if (held?.phase === "wrap-up") {
    endWrapUp(turn, input, "completed");
    return;
  }
  const call = turn.floor.calls.get(input.call);
  if (held?.phase !== "talking" || !call) {
    turn.refuse("not-in-call", "the agent neither talks in this call nor has to complete it");
    return;
  }
  turn.happened({ kind: "ServiceCompleted", at: input.at, call: input.call, agent: input.agent });
  turn.ask({ kind: "hangUp", call: call.id, channel: call.channel });
}

/** The wrap-up's limit is over. */
export function wrapUpExpired(turn: Turn, input: Extract<Input, { kind: "wrapUpExpired" }>): void {
  const held = turn.floor.agents.get(input.agent)?.call;
  if (held?.id === input.call && held.phase === "wrap-up" && held.since === input.since)
    endWrapUp(turn, input, "limit");
}

/** After a restart: wrap-ups are open again, and their limits run on. */
export function wrapUpsRecovered(turn: Turn, input: Extract<Input, { kind: "wrapUpsRecovered" }>): void {
  for (const { call, agent: id, since, until } of input.wrapUps) {
    const agent = turn.floor.agents.get(id);
    if (!agent || agent.call) continue;
    turn.happened({ kind: "WrapUpStarted", at: since, call, agent: id, until });
    if (until !== undefined)
      turn.ask({
        kind: "wake",
        at: until,
        input: { kind: "wrapUpExpired", at: until, call, agent: id, since },
      });
  }
  for (const agent of turn.floor.agents.values()) if (!agent.call) settle(turn, agent.id, input.at, false);
}

/** A state for after the call. */
export function statePlanned(turn: Turn, input: Extract<Input, { kind: "statePlanned" }>): void {
  const agent = turn.floor.agents.get(input.agent);
  if (!agent) return;
  const state = input.state === agent.state ? undefined : input.state;
  if (state !== agent.pendingState)
    turn.happened({ kind: "StatePlanned", at: input.at, agent: agent.id, state });
  // The call may have ended while the plan was written down.
  if (!agent.call) settle(turn, agent.id, input.at, false);
}

function endWrapUp(
  turn: Turn,
  { at, call, agent }: { at: Millis; call: string; agent: AgentId },
  how: "completed" | "limit",
): void {
  turn.happened({ kind: "WrapUpEnded", at, call, agent, how });
  settle(turn, agent, at, true);
}

/** The agent's call is over for good: the state chosen meanwhile begins, and the queues may ring again (WRAP-05). */
export function settle(turn: Turn, id: AgentId, at: Millis, wasPaused: boolean): void {
  const agent = turn.floor.agents.get(id);
  const state = agent?.pendingState;
  if (state !== undefined) {
    turn.happened({ kind: "StateChosen", at, agent: id, state });
    turn.ask({ kind: "saveState", agent: id, state, at });
  }
  if (state !== undefined || wasPaused) pauseInQueues(turn, id);
  freed(turn, id, at);
}
