/**
 * Agents: what they choose, and what their phones do.
 */
import { freed } from "../agents/freed.ts";
import { pauseInQueues } from "../agents/pause.ts";
import { withdrawn } from "../dialling/leaving.ts";
import { closeOpenLine } from "../dialling/open-line.ts";
import type { Input } from "../inputs.ts";
import { agentAt, type Turn } from "../turn.ts";

/** An agent chose a state (AGENT-04); their places in Asterisk's queues follow. */
export function stateChosen(turn: Turn, input: Extract<Input, { kind: "stateChosen" }>): void {
  const agent = turn.floor.agents.get(input.agent);
  if (!agent || agent.state === input.state) return;
  turn.happened({ kind: "StateChosen", at: input.at, agent: agent.id, state: input.state });
  pauseInQueues(turn, agent.id);
  withdrawn(turn, agent.id);
  closeOpenLine(turn, agent.id);
  freed(turn, agent.id, input.at);
}

/** Asterisk says something else of a phone than before. */
export function deviceChanged(turn: Turn, input: Extract<Input, { kind: "deviceChanged" }>): void {
  const agent = agentAt(turn.floor, input.phone);
  if (!agent || agent.device === input.device) return;
  turn.happened({ kind: "DeviceChanged", at: input.at, agent: agent.id, device: input.device });
  freed(turn, agent.id, input.at);
}
