/**
 * The status that colleagues see, derived from the one state machine (AGENT-01, D-01).
 */
import type { Agent, Millis } from "../floor.ts";
import { asCampaignSees } from "./open-line.ts";

export type AgentStatus =
  | "available"
  | "ringing"
  | "dialling"
  | "talking"
  | "wrap-up"
  | "do-not-disturb"
  | "break"
  | "outbound"
  | "offline";

/**
 * available = inbound and idle; outbound = in that state and free: no inbound calls, but calls of campaigns and the
 * agent's own (AGENT-06); do-not-disturb = on a break, for those who serve a line (D-01): there is nothing to be disturbed
 * by for others (AGENT-03), whose status is the state they chose; offline = signed out, or the phone is not there (AGENT-02). `ringing` and `dialling` come before talking, `wrap-up` the
 * time after it until the service is completed (AGENT-08).
 */
export function statusOf(known: Agent): AgentStatus {
  const agent = asCampaignSees(known);
  if (agent.state === "offline" || agent.device === "unreachable" || agent.phoneLost) return "offline";
  // A PJSIP phone that rings is "busy" for Asterisk as well (device_state_busy_at = 1), so the call is asked first.
  if (agent.call?.phase === "dialling") return "dialling";
  if (agent.call?.phase === "offered" || agent.device === "ringing") return "ringing";
  if (agent.call?.phase === "talking" || agent.device === "busy") return "talking";
  if (agent.call?.phase === "wrap-up") return "wrap-up";
  if (agent.state === "inbound") return "available";
  if (agent.state === "outbound") return "outbound";
  return agent.servesLines === false ? agent.state : "do-not-disturb";
}

/** Since when the agent has been talking, for the running timer (AGENT-07). */
export function talkingSince(agent: Agent): Millis | undefined {
  return agent.call?.phase === "talking" ? agent.call.since : undefined;
}
