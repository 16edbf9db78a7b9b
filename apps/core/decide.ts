/**
 * The heart: what was heard, against the floor, gives what has happened and what is to be done.
 *
 * Pure (law L3): no clock, no chance, no I/O. The engine, the tests and the simulator run this function.
 */
import type { Effect } from "./effects.ts";
import type { DomainEvent } from "./events.ts";
import { evolve } from "./events.ts";
import type { Agent, Call, Floor } from "./floor.ts";
import type { Input } from "./inputs.ts";
import { route } from "./routing/inbound.ts";
import { routeInternal } from "./routing/internal.ts";

export interface Decision {
  readonly events: readonly DomainEvent[];
  readonly effects: readonly Effect[];
}

const NOTHING: Decision = { events: [], effects: [] };

/**
 * Decides, and moves the floor: the next input sees what this one did, so two callers at the same instant
 * are never given the same agent.
 */
export function decide(floor: Floor, input: Input): Decision {
  const turn = new Turn(floor);
  hear(turn, input);
  return turn.events.length > 0 || turn.effects.length > 0 ? turn : NOTHING;
}

/** One turn: collects events, moving the floor with each, and the effects they ask for. */
class Turn implements Decision {
  readonly floor: Floor;
  readonly events: DomainEvent[] = [];
  readonly effects: Effect[] = [];
  constructor(floor: Floor) {
    this.floor = floor;
  }
  happened(event: DomainEvent): void {
    evolve(this.floor, event);
    this.events.push(event);
    if ("step" in event) {
      const call = this.floor.calls.get(event.call);
      if (call)
        this.effects.push({ kind: "continue", call: call.id, channel: call.channel, step: event.step });
    }
  }
}

function hear(turn: Turn, input: Input): void {
  const { floor } = turn;
  switch (input.kind) {
    case "callerArrived":
      callerArrived(turn, input);
      return;
    case "offerEnded":
      offerEnded(turn, input);
      return;
    case "queueLeft":
      queueLeft(turn, input);
      return;
    case "colleagueDialled":
      colleagueDialled(turn, input);
      return;
    case "queueJoined": {
      const queue = [...floor.queues.values()].find((each) => each.key === input.queueKey);
      if (queue && !floor.calls.has(input.call)) adopt(turn, { ...input, lineKey: "" });
      if (queue)
        turn.happened({
          kind: "QueueJoined",
          at: input.at,
          call: input.call,
          channel: input.channel,
          queue: queue.id,
        });
      return;
    }
    case "phoneCalled":
      phoneCalled(turn, input);
      return;
    case "talkStarted":
    case "talkEnded": {
      const agent = agentAt(floor, input.phone);
      if (!agent) return;
      const mine = agent.call?.id === input.call ? agent.call.phase : undefined;
      if (input.kind === "talkEnded" && mine === "offered" && !isOffered(floor, input.call, agent))
        turn.happened({ kind: "QueueRingEnded", at: input.at, call: input.call, agent: agent.id });
      if ((mine === "talking") === (input.kind === "talkStarted")) return; // Heard already, or never answered.
      const kind = input.kind === "talkStarted" ? "TalkStarted" : "TalkEnded";
      turn.happened({ kind, at: input.at, call: input.call, agent: agent.id });
      return;
    }
    case "stepRefused":
      if (floor.calls.has(input.call)) turn.happened({ kind: "StepRefused", at: input.at, call: input.call });
      return;
    case "callGone":
      if (floor.calls.has(input.call) || someoneIn(floor, input.call))
        turn.happened({ kind: "CallGone", at: input.at, call: input.call });
      return;
    case "deviceChanged": {
      const agent = agentAt(floor, input.phone);
      if (agent && agent.device !== input.device)
        turn.happened({ kind: "DeviceChanged", at: input.at, agent: agent.id, device: input.device });
      return;
    }
    case "stateChosen":
      stateChosen(turn, input);
      return;
    case "settingsLoaded":
      turn.happened({ ...input, kind: "SettingsLoaded" });
      return;
    case "callsRecovered":
      turn.happened({ ...input, kind: "CallsRecovered" });
      return;
  }
}

/** The queue, or the fallback, rings an agent without asking us. */
function phoneCalled(turn: Turn, input: Extract<Input, { kind: "phoneCalled" }>): void {
  const agent = agentAt(turn.floor, input.phone);
  if (!agent || agent.call || isOffered(turn.floor, input.call, agent)) return;
  turn.happened({ kind: "QueueRang", at: input.at, call: input.call, agent: agent.id });
}

/** Whether the engine itself is offering this call to this agent. */
function isOffered(floor: Floor, call: string, agent: Agent): boolean {
  const known = floor.calls.get(call);
  return known?.phase === "offered" && known.agentId === agent.id;
}

function callerArrived(turn: Turn, input: Extract<Input, { kind: "callerArrived" }>): void {
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

function offerEnded(turn: Turn, input: Extract<Input, { kind: "offerEnded" }>): void {
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
function queueLeft(turn: Turn, input: Extract<Input, { kind: "queueLeft" }>): void {
  adopt(turn, input);
  const text =
    input.result === "TIMEOUT"
      ? "waited the queue's longest time"
      : `the queue gave the call back (${input.result})`;
  const because = { rule: "D-44", text };
  turn.happened({
    kind: "CallRefused",
    at: input.at,
    call: input.call,
    step: { kind: "ending", name: "no-answer" },
    because,
  });
}

function colleagueDialled(turn: Turn, input: Extract<Input, { kind: "colleagueDialled" }>): void {
  const by = agentAt(turn.floor, input.byPhone);
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

function stateChosen(turn: Turn, input: Extract<Input, { kind: "stateChosen" }>): void {
  const agent = turn.floor.agents.get(input.agent);
  if (!agent || agent.state === input.state) return;
  turn.happened({ kind: "StateChosen", at: input.at, agent: agent.id, state: input.state });
  turn.effects.push({
    kind: "pauseMember",
    phone: agent.phone,
    paused: input.state !== "inbound",
    reason: input.state,
  });
}

/** A call the engine has not seen arriving (it was away): it is taken over as it is. */
function adopt(turn: Turn, input: { at: number; call: string; channel: string; lineKey: string }): void {
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

function routeOn(turn: Turn, id: string, at: number, draw: number): void {
  const call: Call | undefined = turn.floor.calls.get(id);
  if (call) turn.happened(route(turn.floor, call, at, draw));
}

function someoneIn(floor: Floor, call: string): boolean {
  for (const agent of floor.agents.values()) if (agent.call?.id === call) return true;
  return false;
}

function agentAt(floor: Floor, phone: string): Agent | undefined {
  const id = floor.phones.get(phone);
  return id === undefined ? undefined : floor.agents.get(id);
}
