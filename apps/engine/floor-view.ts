/**
 * The live floor as the API shows it.
 */
import type { FloorView } from "../commands/port.ts";
import { cannotTake } from "../core/agents/eligible.ts";
import { statusOf } from "../core/agents/status.ts";
import { type AgentCall, type Floor, waitingIn } from "../core/floor.ts";

function viewCall({ id, phase, since, until }: AgentCall): NonNullable<FloorView["agents"][number]["call"]> {
  return { id, phase, since, until };
}

/** A copy in plain data; nothing of it is the floor itself. */
export function viewFloor(
  floor: Floor,
  at: number,
  asterisk: "up" | "down",
  alarms: readonly string[],
): FloorView {
  return {
    at,
    asterisk,
    alarms,
    agents: [...floor.agents.values()].map((agent) => ({
      id: agent.id,
      state: agent.state,
      stateSince: agent.stateSince,
      pendingState: agent.pendingState,
      status: statusOf(agent),
      device: agent.device,
      openLine: agent.openLine !== undefined,
      call: agent.call && viewCall(agent.call),
    })),
    queues: [...floor.queues.values()].map((queue) => {
      const waiting = waitingIn(floor, queue.id);
      const members = queue.agents.flatMap((id) => floor.agents.get(id) ?? []);
      return {
        id: queue.id,
        waiting: waiting.length,
        callbacks: [...floor.callbacks.values()].filter((each) => each.queueId === queue.id).length,
        longestWaitSince:
          waiting.length > 0 ? Math.min(...waiting.map((call) => call.phaseSince)) : undefined,
        free: members.filter((agent) => !cannotTake(agent)).length,
      };
    }),
    calls: [...floor.calls.values()].map((call) => ({
      id: call.id,
      phase: call.phase,
      phaseSince: call.phaseSince,
      lineId: call.lineId,
      queueId: call.queueId,
      agentId: call.agentId,
      from: call.from,
      arrivedAt: call.arrivedAt,
    })),
  };
}
