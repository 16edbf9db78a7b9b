/**
 * Whom Asterisk may ring for a campaign's customers while no engine answers (68-campaign.conf, campaign-alone).
 */
import type { Agent, AgentCall, Floor } from "../floor.ts";
import { agentsOf, servesCampaign } from "./agents.ts";
import type { Campaign } from "./campaign.ts";

/** The time in which they are looked through must not grow without end. */
const MOST = 200;
/** Characters: Asterisk's expressions and functions take 4096, with what belongs to them (pbx.h, VAR_BUF_SIZE). */
const LONGEST = 3500;

/**
 * Those whom nothing but a talk keeps from this campaign's customers: who is in one, Asterisk knows itself, and that
 * wrap-up follows it, nobody would know then.
 * @returns phones, `.line` behind those that are reached by an open line
 */
export function teamAlone(floor: Floor, campaign: Campaign): string[] {
  const team: string[] = [];
  let length = 0;
  for (const id of agentsOf(floor, campaign)) {
    const agent = floor.agents.get(id);
    if (!agent || !mayBeRung(floor, agent, campaign)) continue;
    const entry = entryOf(agent);
    length += entry.length + 1;
    if (length > LONGEST || team.length === MOST) break;
    team.push(entry);
  }
  return team;
}

function mayBeRung(floor: Floor, agent: Agent, campaign: Campaign): boolean {
  const { state, pendingState, call } = agent;
  if (!servesCampaign({ state: pendingState ?? state }, campaign)) return false;
  if (agent.phoneLost || agent.keptFor !== undefined) return false;
  if (campaign.connect === "open-line" && agent.openLine === undefined) return false;
  if (call && isElsewhere(floor, agent, call)) return false;
  return call?.phase !== "wrap-up" && call?.phase !== "dialling" && !call?.wrapUp;
}

/** Rung or talking on a number of their own outside: their phone, which Asterisk knows, is in no use then. */
function isElsewhere(floor: Floor, { callMode }: Agent, call: AgentCall): boolean {
  return callMode === "external" || floor.calls.get(call.id)?.phase === "external";
}

function entryOf({ phone, openLine }: Agent): string {
  return openLine === undefined ? phone : `${phone}.line`;
}
