/**
 * Whom Asterisk may ring for a campaign's customers while no engine answers (68-campaign.conf, campaign-alone).
 */
import type { Agent, Floor } from "../floor.ts";
import { agentsOf, servesCampaign } from "./agents.ts";
import type { Campaign } from "./campaign.ts";

/** A variable of the dialplan must not grow without end, nor the time in which it is looked through. */
const MOST = 200;

/**
 * Those whom nothing but a talk keeps from this campaign's customers: who is in one, Asterisk knows itself, and that
 * wrap-up follows it, nobody would know then.
 * @returns phones, `.line` behind those that are reached by an open line
 */
export function teamAlone(floor: Floor, campaign: Campaign): string[] {
  const team: string[] = [];
  for (const id of agentsOf(floor, campaign)) {
    const agent = floor.agents.get(id);
    if (agent && mayBeRung(agent, campaign)) team.push(entryOf(agent));
    if (team.length === MOST) break;
  }
  return team;
}

function mayBeRung(agent: Agent, campaign: Campaign): boolean {
  const { state, pendingState, call } = agent;
  if (!servesCampaign({ state: pendingState ?? state }, campaign)) return false;
  if (agent.phoneLost || agent.keptFor !== undefined) return false;
  if (campaign.connect === "open-line" && agent.openLine === undefined) return false;
  return call?.phase !== "wrap-up" && call?.phase !== "dialling" && !call?.wrapUp;
}

function entryOf({ phone, openLine }: Agent): string {
  return openLine === undefined ? phone : `${phone}.line`;
}
