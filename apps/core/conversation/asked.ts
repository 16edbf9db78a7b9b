/**
 * Requests about conversations and their questions back, sorted.
 */
import { cannotBeCalled } from "../agents/eligible.ts";
import { adopt, routeOn, withoutPartner } from "../hear/adopt.ts";
import type { Input } from "../inputs.ts";
import { agentAt, type Turn } from "../turn.ts";
import { hold, mute, resume } from "./hold.ts";
import { ECHO } from "./places.ts";
import { type Act, actOf, type ConversationAsk } from "./request.ts";
import { findTarget } from "./target.ts";
import { accept, complete, interrupt, joinAll, leave, stepTo, transfer } from "./transfer.ts";

/** An agent, or a supervisor, wants something done with a conversation. */
export function conversationAsked(
  turn: Turn,
  input: Extract<Input, { kind: "conversationAsked" }>,
): undefined {
  const { at, call, by, ask } = input;
  if (ask.do === "accept") return accept(turn, at, call, by);
  const act = actOf(turn, at, call, by);
  if (act) perform(act, ask);
}

function perform(act: Act, ask: Exclude<ConversationAsk, { do: "accept" }> | ConversationAsk): undefined {
  switch (ask.do) {
    case "hold":
      return hold(act);
    case "resume":
      return resume(act);
    case "mute":
      return mute(act, ask.muted);
    case "transfer":
      return transfer(act, ask);
    case "complete":
      return complete(act);
    case "interrupt":
      return interrupt(act);
    case "conference":
      return joinAll(act);
    case "leave":
      return leave(act);
    case "accept":
      return;
  }
}

/** The customer's partner went away while the customer was waiting: somebody else takes the call. */
export function partnerGone(turn: Turn, input: Extract<Input, { kind: "partnerGone" }>): undefined {
  adopt(turn, input);
  turn.happened({ kind: "CallReturned", at: input.at, call: input.call });
  withoutPartner(turn, input);
}

/** A blind transfer rang in vain: the end, or back to the agent (D-04, a setting of the line). */
export function transferUnanswered(turn: Turn, input: { at: number; call: string; draw: number }): boolean {
  const call = turn.floor.calls.get(input.call);
  const group = call?.regroup;
  if (group?.kind !== "transferring" || !call) return false;
  const line = call.lineId === undefined ? undefined : turn.floor.lines.get(call.lineId);
  const because = { rule: "XFER-11", text: "nobody took the call that was handed over" };
  turn.happened({ kind: "CallReturned", at: input.at, call: call.id });
  const back = turn.floor.agents.get(group.by);
  if (line?.blindNoAnswer !== "return" || !back) {
    const step = { kind: "ending", name: "no-answer" } as const;
    turn.happened({ kind: "CallRefused", at: input.at, call: call.id, step, because });
    return true;
  }
  if (cannotBeCalled(back) || back.call) routeOn(turn, input.call, input.at, input.draw);
  else offerBack(turn, input, group.by, { rule: "D-04", text: `${because.text}; back to ${back.name}` });
  return true;
}

/** A phone's own transfer key (REFER): the same rules as for the API, the same record (SOFT-13). */
export function phoneTransferred(turn: Turn, input: Extract<Input, { kind: "phoneTransferred" }>): undefined {
  adopt(turn, input);
  const call = turn.floor.calls.get(input.call);
  const by = agentAt(turn.floor, input.byPhone);
  if (!call || !by) {
    routeOn(turn, input.call, input.at, input.draw);
    return;
  }
  const found = input.shortNumber
    ? findTarget(turn.floor, { shortNumber: input.shortNumber }, "blind", by, call)
    : undefined;
  const outside = input.number && (!found || "refused" in found) ? { number: input.number } : undefined;
  const target = outside ? findTarget(turn.floor, outside, "blind", by, call) : found;
  const common = { at: input.at, call: call.id, agent: by.id };
  if (!target || "refused" in target) {
    const text = `${by.name}'s phone asked for ${input.shortNumber}: ${target?.refused.text ?? "no such number"}`;
    turn.happened({ kind: "CallReturned", at: input.at, call: call.id });
    if (cannotBeCalled(by)) routeOn(turn, input.call, input.at, input.draw);
    else
      offerBack(turn, input, by.id, {
        rule: target?.refused.code === "consultation-only" ? "XFER-05" : "XFER-09",
        text,
      });
    return;
  }
  const because = { rule: "SOFT-13", text: `${by.name} handed the caller to ${target.name} on the phone` };
  const regroup = { kind: "transferring", by: by.id, since: input.at, target: target.target } as const;
  const step = stepTo(target.target);
  turn.happened({ kind: "CallTransferred", ...common, regroup, because, step });
}

/** ENV-03: the agent's phone rings, and its user hears the own voice. */
export function echoAsked(turn: Turn, input: Extract<Input, { kind: "echoAsked" }>): undefined {
  const agent = turn.floor.agents.get(input.agent);
  if (!agent) return turn.refuse("not-found", "there is no such agent");
  if (agent.call) return turn.refuse("not-available", `${agent.name} is in a call`);
  const reason = cannotBeCalled(agent);
  if (reason) return turn.refuse("not-available", `${agent.name} cannot be called: ${reason}`);
  const { channel } = input;
  turn.ask({ kind: "originate", call: channel, channel, phone: agent.phone, seconds: 20, place: ECHO });
}

function offerBack(
  turn: Turn,
  input: { at: number; call: string },
  agent: string,
  because: { rule: string; text: string },
): undefined {
  const phone = turn.floor.agents.get(agent)?.phone ?? "";
  const step = { kind: "offer", phone, seconds: 30, record: "off", announce: false } as const;
  turn.happened({ kind: "AgentOffered", at: input.at, call: input.call, agent, step, because });
}
