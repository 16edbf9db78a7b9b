/**
 * A call waits in Stasis and asks where to go on: at its arrival, and after each step that did not end it.
 */
import { transferUnanswered } from "../conversation/asked.ts";
import { askedAgain } from "../dialling/connect.ts";
import type { Chosen, Floor } from "../floor.ts";
import type { Input } from "../inputs.ts";
import { refused } from "../outgoing/place.ts";
import { routeAfterWait } from "../routing/inbound.ts";
import { routeInternal } from "../routing/internal.ts";
import { agentAt, type Turn } from "../turn.ts";
import { adopt, routeOn } from "./adopt.ts";

export { adopt, routeOn };

/** A customer's call, at its first question. */
export function callerArrived(turn: Turn, input: Extract<Input, { kind: "callerArrived" }>): void {
  const known = turn.floor.calls.get(input.call);
  // Asked twice: the first answer is on its way.
  if (known && known.phase !== "deciding") return;
  if (known?.lineId) {
    adopt(turn, input);
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

/** A menu was left by a key, or because nobody pressed one (IVR-05, IVR-08). */
export function menuChose(turn: Turn, input: Extract<Input, { kind: "menuChose" }>): void {
  adopt(turn, input);
  const { menuKey: menu, digit } = input;
  const chosen = chosenBy(turn.floor, input);
  const queue = chosen?.kind === "queue" ? chosen.queue : undefined;
  const pressed = digit === "none" ? `nothing was pressed in ${menu}` : `${digit} was pressed in ${menu}`;
  const because = {
    rule: digit === "none" ? "IVR-08" : "IVR-05",
    text: `${pressed}: ${input.action} ${chosen ? nameOf(turn.floor, chosen) : "that is no longer there"}`,
  };
  turn.happened({ kind: "MenuChose", at: input.at, call: input.call, menu, digit, chosen, queue, because });
  routeOn(turn, input.call, input.at, input.draw);
}

function chosenBy(floor: Floor, input: Extract<Input, { kind: "menuChose" }>): Chosen | undefined {
  const { action, target } = input;
  if (action === "external") return { kind: "external", number: target };
  if (action === "agent") {
    const agent = floor.phones.get(target);
    return agent === undefined ? undefined : { kind: "agent", agent };
  }
  const queue = [...floor.queues.values()].find((each) => each.key === target);
  return queue && { kind: "queue", queue: queue.id };
}

function nameOf(floor: Floor, chosen: Chosen): string {
  if (chosen.kind === "agent") return floor.agents.get(chosen.agent)?.name ?? "";
  if (chosen.kind === "queue") return `«${floor.queues.get(chosen.queue)?.name}»`;
  return chosen.number;
}

/** A number outside did not take the call (forwarding, a menu, a transfer). */
export function externalEnded(turn: Turn, input: Extract<Input, { kind: "externalEnded" }>): void {
  adopt(turn, input);
  turn.happened({ kind: "ExternalEnded", at: input.at, call: input.call, result: input.result });
  if (transferUnanswered(turn, input)) return;
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
  if (transferUnanswered(turn, input)) return;
  if (askedAgain(turn, input.call, input.at)) {
    // A phone that does not answer by itself is perhaps gone: otherwise it would be the next customer's as well.
    if (input.result === "NOANSWER") turn.ask({ kind: "probePhone", call: input.call, phone: input.phone });
    return;
  }
  const call = turn.floor.calls.get(input.call);
  if (call?.kind !== "internal" || call.lineId !== undefined) {
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

/** Queue() gave up: its longest wait is over, or it was emptied. One wait per call, then outside or the end (D-44). */
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
  const phase = turn.floor.calls.get(input.call)?.phase;
  // The owner became free as the music ended: the call is being taken to them, out of this question too.
  if (phase !== "awaiting-owner" && phase !== "deciding") return;
  turn.happened({ kind: "OwnerMissed", at: input.at, call: input.call });
  routeOn(turn, input.call, input.at, input.draw);
}

/** An agent dials a short number: a colleague's (SOFT-08), or a line's, whose rules then count (LINE-20). */
export function colleagueDialled(turn: Turn, input: Extract<Input, { kind: "colleagueDialled" }>): void {
  const by = agentAt(turn.floor, input.byPhone);
  const line = [...turn.floor.lines.values()].find((each) => each.shortNumber === input.shortNumber);
  if (!turn.floor.calls.has(input.call))
    turn.happened({
      kind: "CallArrived",
      at: input.at,
      call: input.call,
      channel: input.channel,
      type: "internal",
      from: by?.shortNumber,
      lineId: line?.id,
      queue: line?.queueId,
    });
  const call = turn.floor.calls.get(input.call);
  if (!call) return;
  if (line) routeOn(turn, call.id, input.at, 0);
  else turn.happened(routeInternal(turn.floor, call, input.shortNumber, input.at));
}
