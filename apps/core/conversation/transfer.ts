/**
 * Handing a conversation over: blind, with a consultation, with a conference (XFER-01).
 */
import type { Step } from "../effects.ts";
import type { Call } from "../floor.ts";
import type { Turn } from "../turn.ts";
import {
  conference,
  conferenceBringing,
  consult,
  fetch,
  held,
  RELEASED,
  TRANSFER_RING_SECONDS,
} from "./places.ts";
import { type Regroup, type Target, targetAgent, targetChannel } from "./regroup.ts";
import { type Act, actOf, became, type ConversationAsk } from "./request.ts";
import { findTarget, forColleaguesOnly } from "./target.ts";
import { standing } from "./unmoved.ts";

type TransferAsk = Extract<ConversationAsk, { do: "transfer" }>;

/** Begins any of the three kinds. */
export function transfer(act: Act, ask: TransferAsk): undefined {
  const { turn, call, agent } = act;
  if (call.regroup && call.regroup.kind !== "held")
    return turn.refuse("not-now", `the conversation is ${call.regroup.kind} already`);
  const found = findTarget(turn.floor, ask.to, ask.type, agent, call);
  if ("refused" in found) return turn.refuse(found.refused.code, found.refused.text, found.refused.field);
  if (ask.type === "blind") return blind(act, found.target, found.name);
  const acceptanceNeeded = found.acceptanceNeeded || ask.acceptanceNeeded;
  consultation(act, found.target, found.name, acceptanceNeeded, ask.type === "conference");
}

/** XFER-02: the customer rings the target, the agent is free. */
function blind(act: Act, target: Target, name: string): undefined {
  const { turn, at, call, agent, channel } = act;
  const because = {
    rule: "XFER-02",
    text: `${agent.name} handed the caller to ${name} without a consultation`,
  };
  const place = stepTo(target);
  const before = standing(act, "CallTransferred", target.kind === "agent" ? target.id : undefined);
  became(act, "CallTransferred", { kind: "transferring", by: agent.id, since: at, target }, because);
  turn.ask({
    kind: "redirect",
    call: call.id,
    channel: call.channel,
    place,
    other: { channel, place: RELEASED },
    before,
  });
}

/** The step that rings a target for the customer, or leads to a line; the recording goes on by itself. */
export function stepTo(target: Target): Step {
  if (target.kind === "line") return { kind: "to-line", lineKey: target.key };
  const common = { seconds: TRANSFER_RING_SECONDS, record: "off", announce: false } as const;
  if (target.kind === "agent") return { kind: "offer", phone: target.phone, ...common };
  const { number, trunkKey, callerId } = target;
  return { kind: "external", number, trunkKey, callerId, ...common };
}

/** XFER-03: the customer hears music while the agent talks to the target. */
function consultation(
  act: Act,
  target: Target,
  name: string,
  acceptanceNeeded: boolean,
  thenConference: boolean,
): undefined {
  const { turn, at, call, agent, channel } = act;
  if (target.kind === "line") return;
  const rule = thenConference ? "XFER-04" : "XFER-03";
  const because = { rule, text: `${agent.name} calls ${name} while the caller waits` };
  const shown = target.kind === "agent" ? agent.shortNumber : (target.callerId ?? "");
  const wasHeld = call.regroup?.kind === "held";
  const group: Regroup = {
    ...{
      kind: "consulting",
      by: agent.id,
      since: at,
      target,
      answered: false,
      acceptanceNeeded,
      thenConference,
    },
  };
  const before = standing(act, "ConsultationStarted", targetAgent(group));
  became(act, "ConsultationStarted", group, because);
  const place = consult(call.channel, target, shown);
  if (wasHeld) turn.ask({ kind: "redirect", call: call.id, channel, place, before });
  else
    turn.ask({
      kind: "redirect",
      call: call.id,
      channel: call.channel,
      place: held(channel),
      other: { channel, place },
      before,
    });
}

/** XFER-03 "interrupt redirect": the target is dropped, the agent is with the customer again. */
export function interrupt(act: Act): undefined {
  const { turn, at, call, agent, channel } = act;
  if (call.regroup?.kind !== "consulting")
    return turn.refuse("no-consultation", "there is no consultation to interrupt");
  const because = { rule: "XFER-03", text: `${agent.name} went back to the caller` };
  const before = standing(act, "ConsultationEnded");
  became(act, "ConsultationEnded", { kind: "returning", by: agent.id, since: at }, because);
  turn.ask({ kind: "redirect", call: call.id, channel, place: fetch(call.channel), before });
}

/** The agent hands the customer over to the one who was consulted. */
export function complete(act: Act): undefined {
  const { turn, call, agent } = act;
  const group = consulted(turn, call);
  if (!group) return;
  if (group.acceptanceNeeded)
    return turn.refuse("acceptance-needed", "the colleague has to accept this call first (XFER-14)");
  handOver(act, group, { rule: "XFER-01", text: `${agent.name} handed the caller over` });
}

/**
 * The one who was consulted takes the call (XFER-14, D-05: either side may complete it).
 * @param by the consulted agent; undefined: a supervisor says it for them.
 */
export function accept(turn: Turn, at: number, callId: string, by: string | undefined): undefined {
  const call = turn.floor.calls.get(callId);
  const group = call && consulted(turn, call);
  if (!call || !group)
    return call ? undefined : turn.refuse("not-found", "there is no such conversation now");
  if (by !== undefined && (group.target.kind !== "agent" || group.target.id !== by))
    return turn.refuse("not-yours", "only the colleague who is consulted can accept the call");
  const act = actOf(turn, at, callId, group.by);
  const name =
    group.target.kind === "agent" ? turn.floor.agents.get(group.target.id)?.name : group.target.kind;
  if (act) handOver(act, group, { rule: "XFER-14", text: `${name ?? "the colleague"} accepted the call` });
}

/** XFER-04, D-06: the customer, the agent and the one who was consulted hear each other. */
export function joinAll(act: Act): undefined {
  const { turn, at, call, agent, channel } = act;
  const group = consulted(turn, call);
  const other = group && targetChannel(turn.floor, call);
  if (!group || !other) return;
  const because = { rule: "XFER-04", text: `${agent.name} joined all three` };
  const { target } = group;
  const before = standing(act, "ConferenceStarted");
  became(
    act,
    "ConferenceStarted",
    { kind: "conference", by: agent.id, since: at, target, channel: other },
    because,
  );
  turn.ask({
    kind: "redirect",
    call: call.id,
    channel: other,
    place: conference(call.channel),
    other: { channel, place: conferenceBringing(call.channel) },
    before,
  });
}

/** D-06: the agent leaves, the two others stay together. */
export function leave(act: Act): undefined {
  const { turn, call, channel } = act;
  if (call.regroup?.kind !== "conference")
    return turn.refuse("no-conference", "there is no conference to leave");
  const before = standing(act, "ConferenceLeft");
  turn.ask({ kind: "redirect", call: call.id, channel, place: RELEASED, before });
}

type Consulting = Extract<Regroup, { kind: "consulting" }>;

/** A consultation in which both talk and which may be more than that; or the request is refused. */
function consulted(turn: Turn, call: Call): Consulting | undefined {
  const group = call.regroup;
  const no = (code: string, text: string): undefined => turn.refuse(code, text) as undefined;
  if (group?.kind !== "consulting") return no("no-consultation", "nobody is being consulted");
  if (!group.answered || !targetChannel(turn.floor, call))
    return no("no-answer-yet", "nobody has answered yet");
  if (forColleaguesOnly(turn.floor, call))
    return no("consultation-only", "this colleague talks to colleagues only (XFER-05)");
  return group;
}

function handOver(act: Act, group: Consulting, because: { rule: string; text: string }): undefined {
  const { turn, at, call, channel } = act;
  const other = targetChannel(turn.floor, call);
  if (!other) return;
  const { by, target } = group;
  const before = standing(act, "TransferHanded");
  became(act, "TransferHanded", { kind: "handing", by, since: at, target, channel: other }, because);
  turn.ask({
    kind: "redirect",
    call: call.id,
    channel: other,
    place: fetch(call.channel),
    other: { channel, place: RELEASED },
    before,
  });
}
