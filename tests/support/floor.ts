/**
 * Floors for pure tests: a small team, a queue and a line, and a `house` that hears inputs.
 */
import { decide } from "../../apps/core/decide.ts";
import type { Effect } from "../../apps/core/effects.ts";
import type { DomainEvent } from "../../apps/core/events.ts";
import {
  type Agent,
  emptyFloor,
  type Floor,
  type Line,
  type Queue,
  type Trunk,
} from "../../apps/core/floor.ts";
import type { Input } from "../../apps/core/inputs.ts";

export const T0 = Date.UTC(2026, 0, 5, 9, 0); // A Monday, 12:00 in Moscow.

/** An agent with defaults: in inbound state with an idle phone. */
export function agent(name: string, change: Partial<Agent> = {}): Agent {
  const id = name.toLowerCase();
  return {
    id,
    name,
    shortNumber: "1",
    phone: `a-${id}`,
    state: "inbound",
    stateSince: T0 - 60_000,
    device: "idle",
    ...change,
  };
}

export function queue(agents: readonly Agent[], change: Partial<Queue> = {}): Queue {
  const defaults = { strategy: "sequential", answerSeconds: 20, maxWaitSeconds: 300 } as const;
  return { id: "q", key: "q1", name: "Sales", ...defaults, agents: agents.map((each) => each.id), ...change };
}

export function line(change: Partial<Line> = {}): Line {
  return {
    id: "l",
    key: "l1",
    number: "+74950000101",
    name: "Orders",
    queueId: "q",
    ownerFirst: true,
    recording: "stereo",
    announceRecording: false,
    ...change,
  };
}

export interface House {
  readonly floor: Floor;
  hear(input: Input): { events: readonly DomainEvent[]; effects: readonly Effect[] };
  /** A caller arrives on line l1. */
  arrive(
    call: string,
    more?: { owner?: string; from?: string; at?: number; draw?: number; lineKey?: string },
  ): Heard;
  /** The offer to this agent ended without a conversation. */
  ringOut(call: string, agent: string, at?: number, result?: string): Heard;
}

export interface Heard {
  readonly events: readonly DomainEvent[];
  readonly effects: readonly Effect[];
  /** Where the call goes: `offer a-anna`, `queue q1`, `ending no-answer`. */
  readonly goes: string;
  readonly because: { rule: string; text: string } | undefined;
}

export function house(
  agents: readonly Agent[],
  queues: readonly Queue[] = [queue(agents)],
  lines: readonly Line[] = [line()],
  trunks: readonly Trunk[] = [],
): House {
  const floor = emptyFloor();
  const hear = (input: Input) => decide(floor, input);
  hear({ kind: "settingsLoaded", at: T0, agents, queues, lines, trunks });
  const seen = (input: Input): Heard => {
    const { events, effects } = hear(input);
    const going = effects.find((effect) => effect.kind === "continue");
    const because = events.flatMap((event) => ("because" in event ? [event.because] : [])).at(-1);
    return { events, effects, goes: going ? describe(going) : "nowhere", because };
  };
  return {
    floor,
    hear,
    arrive: (call, { owner, from = "+79160000001", at = T0, draw = 0, lineKey = "l1" } = {}) =>
      seen({
        kind: "callerArrived",
        at,
        call,
        channel: `ch-${call}`,
        lineKey,
        from,
        contact: owner ? { id: "c", ownerId: owner } : undefined,
        draw,
      }),
    ringOut: (call, name, at = T0 + 20_000, result = "NOANSWER") =>
      seen({
        kind: "offerEnded",
        at,
        call,
        channel: `ch-${call}`,
        lineKey: "l1",
        phone: `a-${name}`,
        result,
        draw: 0,
      }),
  };
}

function describe(effect: Extract<Effect, { kind: "continue" }>): string {
  const { step } = effect;
  if (step.kind === "offer" || step.kind === "connect") return `${step.kind} ${step.phone}`;
  if (step.kind === "abandon") return "abandon";
  if (step.kind === "queue") return `queue ${step.key}`;
  if (step.kind === "welcome") return `welcome ${step.lineKey}`;
  if (step.kind === "to-line") return `to-line ${step.lineKey}`;
  if (step.kind === "menu") return `menu ${step.menuKey}`;
  if (step.kind === "external") return `external ${step.number} by ${step.trunkKey}`;
  if (step.kind === "await-owner") return "await-owner";
  return `ending ${step.name}`;
}
