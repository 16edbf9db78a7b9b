/**
 * A call waits in Stasis and asks where to go on: at its arrival, and after each step that did not end it.
 */
import type { Call } from "../floor.ts";
import type { Input } from "../inputs.ts";
import { refused } from "../outgoing/place.ts";
import { route, routeAfterWait } from "../routing/inbound.ts";
import { routeInternal } from "../routing/internal.ts";
import { agentAt, type Turn } from "../turn.ts";

/** A customer's call, at its first question. */
export function callerArrived(turn: Turn, input: Extract<Input, { kind: "callerArrived" }>): void {
  const known = turn.floor.calls.get(input.call);
  // Asked twice: the first answer is on its way.
  if (known && known.phase !== "deciding") return;
  if (known?.lineId) {
    routeOn(turn, input.call, input.at, input.draw);
    return;
  }
  const lineId = turn.floor.lineKeys.get(input.lineKey);
  turn.happened({
    kind: "CallArrived",
    at: input.at,
    call: input.call,
    channel: input.channel,
    type: "inbound",
    lineId,
    from: input.from,
    contactId: input.contact?.id,
    ownerId: input.contact?.ownerId,
    queue: lineId === undefined ? undefined : turn.floor.lines.get(lineId)?.queueId,
  });
  routeOn(turn, input.call, input.at, input.draw);
}

/** The arrival prompt has been heard to its end (PROMPT-03). */
export function welcomed(turn: Turn, input: Extract<Input, { kind: "welcomed" }>): void {
  adopt(turn, input);
  turn.happened({ kind: "CallerWelcomed", at: input.at, call: input.call });
  routeOn(turn, input.call, input.at, input.draw);
}

/** A number outside did not take the call (forwarding, a menu, a transfer). */
export function externalEnded(turn: Turn, input: Extract<Input, { kind: "externalEnded" }>): void {
  adopt(turn, input);
  turn.happened({ kind: "ExternalEnded", at: input.at, call: input.call, result: input.result });
  const own = turn.floor.calls.get(input.call);
  if (own?.kind === "outbound") {
    const because = { rule: "SOFT-05", text: `${own.to} was not reached (${input.result})` };
    turn.happened(refused(own, input.at, because));
    return;
  }
  routeOn(turn, input.call, input.at, input.draw);
}

/** An agent's phone rang in vain: the next one, by the same rules. */
export function offerEnded(turn: Turn, input: Extract<Input, { kind: "offerEnded" }>): void {
  const agent = agentAt(turn.floor, input.phone);
  adopt(turn, input);
  if (agent)
    turn.happened({
      kind: "OfferEnded",
      at: input.at,
      call: input.call,
      agent: agent.id,
      result: input.result,
    });
  const call = turn.floor.calls.get(input.call);
  if (call?.kind !== "internal") {
    routeOn(turn, input.call, input.at, input.draw);
    return;
  }
  const because = { rule: "AGENT-13", text: "the colleague did not answer" };
  turn.happened({
    kind: "CallRefused",
    at: input.at,
    call: input.call,
    step: { kind: "ending", name: "unavailable" },
    because,
  });
}

/** Queue() gave up: its longest wait is over, or it was emptied. One wait per call, then the ending (D-44). */
export function queueLeft(turn: Turn, input: Extract<Input, { kind: "queueLeft" }>): void {
  adopt(turn, input);
  const text =
    input.result === "TIMEOUT"
      ? "waited the queue's longest time"
      : `the queue gave the call back (${input.result})`;
  const call = turn.floor.calls.get(input.call);
  if (call) turn.happened(routeAfterWait(turn.floor, call, input.at, input.draw, text));
}

/** The owner did not become free in time; the queue is next. */
export function ownerAwaited(turn: Turn, input: Extract<Input, { kind: "ownerAwaited" }>): void {
  adopt(turn, input);
  turn.happened({ kind: "OwnerMissed", at: input.at, call: input.call });
  routeOn(turn, input.call, input.at, input.draw);
}

/** An agent dials a short number (SOFT-08). */
export function colleagueDialled(turn: Turn, input: Extract<Input, { kind: "colleagueDialled" }>): void {
  const by = agentAt(turn.floor, input.byPhone);
  if (!turn.floor.calls.has(input.call))
    turn.happened({
      kind: "CallArrived",
      at: input.at,
      call: input.call,
      channel: input.channel,
      type: "internal",
      from: by?.shortNumber,
    });
  const call = turn.floor.calls.get(input.call);
  if (call) turn.happened(routeInternal(turn.floor, call, input.shortNumber, input.at));
}

/** A call the engine has not seen arriving (it was away): it is taken over as it is. */
export function adopt(
  turn: Turn,
  input: { at: number; call: string; channel: string; lineKey: string },
): void {
  if (turn.floor.calls.has(input.call)) return;
  const lineId = turn.floor.lineKeys.get(input.lineKey);
  const type = input.lineKey === "internal" ? "internal" : "inbound";
  turn.happened({
    kind: "CallArrived",
    at: input.at,
    call: input.call,
    channel: input.channel,
    type,
    lineId,
  });
}

/** Asks the rules of routing where the call goes now. */
export function routeOn(turn: Turn, id: string, at: number, draw: number): void {
  const call: Call | undefined = turn.floor.calls.get(id);
  if (call) turn.happened(route(turn.floor, call, at, draw));
}
