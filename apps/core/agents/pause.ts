/**
 * An agent's places in Asterisk's queues follow what the agent does.
 */
import type { AgentId } from "../floor.ts";
import type { Turn } from "../turn.ts";
import { pauseReason, queuePaused } from "./wrap-up.ts";

/** Asterisk's queues are told whether they may ring this agent. */
export function pauseInQueues(turn: Turn, id: AgentId): void {
  const agent = turn.floor.agents.get(id);
  if (!agent) return;
  turn.ask({
    kind: "pauseMember",
    phone: agent.phone,
    paused: queuePaused(agent, turn.floor),
    reason: pauseReason(agent),
  });
}
