/**
 * What a rule of routing is: it looks at a call that asks, and answers where the call goes, or nothing.
 */
import type { Because } from "../because.ts";
import type { Step } from "../effects.ts";
import type { DomainEvent } from "../events.ts";
import type { Agent, Call, Floor, Line, Queue } from "../floor.ts";

/** A call in phase `deciding` on a line of ours. */
export interface Asked {
  readonly floor: Floor;
  readonly call: Call;
  readonly line: Line;
  readonly queue: Queue;
  readonly at: number;
  /** Chance in [0, 1). */
  readonly draw: number;
}

/** The event that says where the call goes, with its reason; undefined when the rule has nothing to say. */
export type Rule = (asked: Asked) => DomainEvent | undefined;

/** The call is offered to this agent. */
export function offer(
  { call, line, queue, at }: Omit<Asked, "floor" | "draw">,
  agent: Agent,
  because: Because,
): DomainEvent & { kind: "AgentOffered" } {
  const step: Step = {
    kind: "offer",
    phone: agent.phone,
    seconds: queue.answerSeconds,
    ...recording(call, line),
  };
  return { kind: "AgentOffered", at, call: call.id, agent: agent.id, queue: queue.id, step, because };
}

/** Above every line's priority (0 to 20): who kept a place, and before them who lost the agent's phone (F11). */
const FIRST = 99;
const URGENT = 1000;

/** Its place among those who wait in the same queue: the higher the sooner. */
export function priorityOf(call: Call, line: Line | undefined): number {
  return call.urgent ? URGENT : call.calledBack ? FIRST : (line?.priority ?? 0);
}

/** The call waits in Asterisk's queue. */
export function enqueue({ call, line, queue, at }: Asked, because: Because): DomainEvent {
  const step: Step = {
    kind: "queue",
    key: queue.key,
    seconds: queue.maxWaitSeconds,
    priority: priorityOf(call, line),
    ...recording(call, line),
  };
  return { kind: "CallQueued", at, call: call.id, queue: queue.id, step, because };
}

/** The call ends with an announcement. */
export function refuse(
  call: Call,
  at: number,
  name: Extract<Step, { kind: "ending" }>["name"],
  because: Because,
): DomainEvent {
  return { kind: "CallRefused", at, call: call.id, step: { kind: "ending", name }, because };
}

/** The line's policy, once per call (REC-01): MixMonitor goes on through later offers and the queue. */
export function recording(call: Call, line: Line): { record: Line["recording"]; announce: boolean } {
  if (call.recorded || line.recording === "off") return { record: "off", announce: false };
  return { record: line.recording, announce: line.announceRecording };
}
