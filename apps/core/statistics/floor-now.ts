/** The present, for a wallboard: how many agents are in which status. */
import type { AgentStatus } from "../agents/status.ts";

const NOBODY: Readonly<Record<AgentStatus, number>> = {
  available: 0,
  ringing: 0,
  dialling: 0,
  talking: 0,
  "wrap-up": 0,
  "do-not-disturb": 0,
  break: 0,
  outbound: 0,
  offline: 0,
};

/** Every status with its number of agents, also those that nobody is in. */
export function countStatuses(statuses: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = { ...NOBODY };
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
