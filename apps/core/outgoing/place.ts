/**
 * Calls that agents place: from the workplace (the agent's phone is called first, and dials when it is answered) or
 * from the phone's own keys. Both come to the same question of the dialplan (20-from-agent.conf).
 */

import type { Campaign } from "../dialling/campaign.ts";
import { shownFor, trunkOf } from "../dialling/trunks.ts";
import type { DomainEvent } from "../events.ts";
import type { Agent, AgentId, Call, Floor, Line, Millis } from "../floor.ts";
import { lineOf } from "../floor.ts";
import type { Errand } from "./errand.ts";
import { type Shown, shownNumber } from "./shown-number.ts";
import { NO_TRUNK, trunkFor } from "./trunk.ts";

/** How long the agent's own phone rings before the customer is dialled. */
export const OWN_PHONE_SECONDS = 25;
/** How long a customer's phone rings. */
const CUSTOMER_SECONDS = 45;

/**
 * Why this agent cannot place a call; undefined: nothing stands in the way (SOFT-05, WRAP-05).
 * @param dialling the call that is being placed already, when the question is asked again
 */
export function cannotPlace(agent: Agent, dialling?: Call["id"]): string | undefined {
  if (agent.state === "offline") return "signed out";
  if (agent.state === "break") return "on a break";
  if (agent.call?.id === dialling && dialling !== undefined) return undefined;
  if (agent.call?.phase === "wrap-up") return "in wrap-up: the service has to be completed first";
  return agent.call ? "busy with another call" : undefined;
}

/** Why the phone that is called first cannot be called; undefined: it can (LINE-11, LINE-13). */
export function phoneAway(agent: Agent, floor: Floor): string | undefined {
  if (agent.callMode !== "external")
    return agent.device === "idle" ? undefined : `the phone is ${agent.device}`;
  if (!agent.mobile) return "there is no number outside to call the agent at";
  return trunkFor(floor) ? undefined : NO_TRUNK;
}

/**
 * Why no call is placed for this agent now without their asking: calls for later that are due, the next of a list
 * (DIAL-09). Undefined: nothing else is going on.
 */
export function notFree(floor: Floor, id: AgentId): string | undefined {
  const agent = floor.agents.get(id);
  if (!agent) return "unknown";
  if (agent.phoneLost) return "phone lost";
  if (agent.keptFor !== undefined) return "kept free for a call-back";
  return cannotPlace(agent) ?? phoneAway(agent, floor);
}

/** The line that a call of this agent counts for, and whose number the customer sees. */
export function lineFor(floor: Floor, agent: AgentId, wanted?: Line["id"]): Line | undefined {
  const lines = [...floor.lines.values()];
  if (wanted !== undefined) return floor.lines.get(wanted);
  return lines.find((line) => floor.queues.get(line.queueId)?.agents.includes(agent)) ?? lines[0];
}

/** The customer is dialled through the own PBX or the first carrier that takes calls (shown-number.ts). */
export function dialCustomer(
  floor: Floor,
  call: Call,
  agent: Agent,
  number: string,
  at: Millis,
): DomainEvent {
  const line = lineOf(floor, call);
  const campaign = campaignOf(floor, call.errand);
  const shown = seenNumber(floor, { agent, line, errand: call.errand }, at);
  if ("reason" in shown) return refused(call, at, { rule: shown.rule, text: shown.reason });
  const record = line?.recording ?? "off";
  return {
    kind: "ExternalDialled",
    at,
    call: call.id,
    number,
    step: {
      kind: "external",
      number,
      trunkKey: shown.trunk.key,
      callerId: shown.callerId,
      seconds: campaign?.ringSeconds ?? CUSTOMER_SECONDS,
      record,
      announce: false,
      placedFor: line?.key ?? null,
    },
    because: {
      rule: shown.rule,
      text: `${agent.name} calls ${number} for line «${line?.name ?? "none"}» and shows ${shown.callerId ?? "the carrier's number"}`,
    },
  };
}

/**
 * Which number the customer sees and through which trunk the call goes: as the campaign has it that showed them to the
 * agent, else by the one rule of calls that agents place.
 */
export function seenNumber(
  floor: Floor,
  { agent, line, errand }: { agent: Agent; line: Line | undefined; errand?: Errand | undefined },
  at: Millis,
): Shown {
  const campaign = campaignOf(floor, errand);
  if (!campaign) return shownNumber(floor, agent, line, at);
  const trunk = trunkOf(floor, campaign, at);
  if (!trunk) return { reason: NO_TRUNK, rule: "campaign" };
  return { trunk, callerId: shownFor(trunk, campaign, line, errand?.turn ?? 0), rule: "campaign" };
}

function campaignOf(floor: Floor, errand: Errand | undefined): Campaign | undefined {
  return errand?.kind === "campaign" ? floor.campaigns.get(errand.id) : undefined;
}

/** The caller, an agent, hears that it does not work. */
export function refused(call: Call, at: Millis, because: { rule: string; text: string }): DomainEvent {
  return {
    kind: "CallRefused",
    at,
    call: call.id,
    step: { kind: "ending", name: "unavailable" },
    because,
  };
}
