/**
 * An agent calls somebody: a customer (SOFT-05, SOFT-06, DEFER-03) or, from the workplace, a colleague (SOFT-08).
 */

import { cannotTake } from "../agents/eligible.ts";
import { pauseInQueues } from "../agents/pause.ts";
import { dialAgain } from "../dialling/dial.ts";
import type { Agent, Trunk } from "../floor.ts";
import type { Input } from "../inputs.ts";
import {
  cannotPlace,
  dialCustomer,
  lineFor,
  OWN_PHONE_SECONDS,
  phoneAway,
  refused,
  seenNumber,
} from "../outgoing/place.ts";
import { shownNumber } from "../outgoing/shown-number.ts";
import { dialThrough, NO_TRUNK, trunkFor } from "../outgoing/trunk.ts";
import { attemptOver } from "../queueing/attempt.ts";
import { agentAt, type Turn } from "../turn.ts";
import { settle } from "./service.ts";

/** From the workplace: the agent's phone is called first (LINE-11, LINE-13). */
export function callPlaced(turn: Turn, input: Extract<Input, { kind: "callPlaced" }>): void {
  const { floor } = turn;
  const agent = floor.agents.get(input.agent);
  const reason = agent ? (cannotPlace(agent) ?? phoneAway(agent, floor)) : "unknown";
  if (!agent || reason) {
    turn.refuse("not-available", `the agent cannot place a call: ${reason}`, "agentId");
    return;
  }
  const { to } = input;
  const colleague = to.kind === "colleague" ? floor.agents.get(to.agent) : undefined;
  if (to.kind === "colleague" && (!colleague || cannotTake(colleague) || colleague.id === agent.id)) {
    const why = colleague ? (cannotTake(colleague) ?? "that is the agent's own") : "unknown";
    turn.refuse("not-available", `the colleague is not available: ${why}`, "to");
    return;
  }
  const line = to.kind === "outside" ? lineFor(floor, agent.id, input.lineId) : undefined;
  const shown =
    to.kind === "outside" ? seenNumber(floor, { agent, line, errand: input.errand }, input.at) : undefined;
  if (shown && "reason" in shown) {
    turn.refuse("number-unavailable", shown.reason, shown.reason === NO_TRUNK ? "to.number" : "agentId");
    return;
  }
  const common = { at: input.at, call: input.call, channel: input.channel, agent: agent.id };
  turn.happened({
    kind: "CallArrived",
    ...common,
    type: to.kind === "outside" ? "outbound" : "internal",
    from: shown?.callerId ?? line?.number ?? agent.shortNumber,
    to: to.kind === "outside" ? to.number : colleague?.shortNumber,
    lineId: line?.id,
    contactId: to.kind === "outside" ? to.contactId : undefined,
  });
  const firstNumber = agent.callMode === "external" ? agent.mobile : undefined;
  turn.happened({ kind: "CallPlaced", ...common, firstNumber, errand: input.errand });
  pauseInQueues(turn, agent.id);
  turn.ask({
    kind: "originate",
    call: input.call,
    channel: input.channel,
    ...firstLeg(
      agent,
      turn,
      shown?.trunk,
      to.kind === "outside" ? to.number : `"${colleague?.name}" <${colleague?.shortNumber}>`,
    ),
    seconds: OWN_PHONE_SECONDS,
    place: {
      context: "from-agent",
      extension: to.kind === "outside" ? to.number : (colleague?.shortNumber ?? ""),
    },
    variables: {
      DZ_AGENT: agent.phone,
      ...(agent.autoAnswer && {
        "PJSIP_HEADER(add,Call-Info)": "<sip:dozvon>;answer-after=0",
        "PJSIP_HEADER(add,Alert-Info)": "<sip:dozvon>;info=alert-autoanswer",
      }),
    },
  });
}

/** A number outside, asked for by the dialplan: the agent's phone was answered, or has dialled by itself. */
export function numberDialled(turn: Turn, input: Extract<Input, { kind: "numberDialled" }>): void {
  const { floor } = turn;
  const agent = agentAt(floor, input.byPhone);
  const byKeys = !floor.calls.has(input.call);
  if (byKeys) {
    const line = agent && lineFor(floor, agent.id);
    const shown = agent && shownNumber(floor, agent, line, input.at);
    turn.happened({
      kind: "CallArrived",
      at: input.at,
      call: input.call,
      channel: input.channel,
      type: "outbound",
      agent: agent?.id,
      from: (shown && "trunk" in shown ? shown.callerId : undefined) ?? line?.number ?? agent?.shortNumber,
      to: input.number,
      lineId: line?.id,
      contactId: input.contact?.id,
    });
  }
  const call = floor.calls.get(input.call);
  if (!call) return;
  const reason = agent ? cannotPlace(agent, call.id) : "this phone is no agent's";
  const refusal = byKeys && input.refused === true;
  if (!agent || reason || !input.allowed || refusal) {
    const why = `${input.number} ${refusal ? "is on the refusal list" : "may not be called"}`;
    const text = reason ? `the agent cannot place a call: ${reason}` : why;
    turn.happened(refused(call, input.at, { rule: "SOFT-05", text }));
    return;
  }
  if (!agent.call) {
    turn.happened({
      kind: "CallPlaced",
      at: input.at,
      call: call.id,
      agent: agent.id,
      channel: input.channel,
    });
    pauseInQueues(turn, agent.id);
  }
  turn.happened(dialCustomer(floor, call, agent, input.number, input.at));
}

/** Asterisk did not even begin to call the agent's phone. */
export function originateFailed(turn: Turn, input: Extract<Input, { kind: "originateFailed" }>): void {
  const call = turn.floor.calls.get(input.call);
  if (call?.channel !== input.channel) return;
  const attempt = turn.floor.attempts.get(input.channel);
  if (attempt) {
    // A channel that may be there is looked for by reconciliation; dialling again could ring somebody twice.
    if (!input.unsure) dialAgain(turn, attempt, input.at);
    return;
  }
  turn.happened({ kind: "CallGone", at: input.at, call: call.id });
  attemptOver(turn, call.id, input.at, "could not be dialled");
  if (call.agentId !== undefined) settle(turn, call.agentId, input.at, true);
}

/** The end of a call, asked for in its window (SOFT-04). `agent`: who asks for their own. */
export function hangUpAsked(turn: Turn, input: Extract<Input, { kind: "hangUpAsked" }>): void {
  const call = turn.floor.calls.get(input.call);
  const held = input.agent === undefined ? undefined : turn.floor.agents.get(input.agent)?.call;
  if (!call) {
    turn.refuse("over", "the call is over");
    return;
  }
  if (input.agent !== undefined && (held?.id !== call.id || held.phase === "offered")) {
    turn.refuse("not-yours", "this is not a call that the agent is in");
    return;
  }
  turn.ask({ kind: "hangUp", call: call.id, channel: call.channel });
}

/** What is called first: the phone, or in mode `external` the agent's own number outside (LINE-13). */
function firstLeg(agent: Agent, turn: Turn, through: Trunk | undefined, callerId: string) {
  const trunk = through ?? trunkFor(turn.floor);
  return agent.callMode === "external" && agent.mobile && trunk
    ? dialThrough(trunk, agent.mobile, callerId)
    : { phone: agent.phone, callerId };
}
