/**
 * An agent's open line: the phone stays in one call, and a campaign's customers come by it (dialplan/69-open-line.conf).
 * The phone is busy with it for everything else: queues' callers and colleagues do not come by it.
 */
import type { Agent } from "../floor.ts";

/** How the ids of open lines' channels begin: what happens on them belongs to no call. */
export const OPEN_LINE = "open-line-";

/** The agent as a campaign sees them: an open line is no call. */
export function asCampaignSees(agent: Agent): Agent {
  return agent.openLine === undefined ? agent : { ...agent, device: "idle" };
}
