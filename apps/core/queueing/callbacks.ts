/**
 * Virtual hold: a caller who waits may keep the place and be called back. Who is next, those on the line and those who
 * have kept their place taken together: the higher priority first, then who has waited longer.
 */
import { cannotTake } from "../agents/eligible.ts";
import type { Agent, AgentId, Call, Callback, CallbackRule, CallId, Floor, Queue } from "../floor.ts";
import { lineOf, membersOf, waitingIn } from "../floor.ts";
import { priorityOf } from "../routing/rule.ts";

/** For places that were kept before the offer was switched off. */
const DEFAULT_RULE: CallbackRule = {
  afterSeconds: 45,
  digit: "1",
  attempts: 2,
  retryMinutes: 15,
  withinHoursOnly: true,
};

/** The rule that a kept place goes by. */
export function ruleOf(floor: Floor, callback: Callback): CallbackRule {
  return floor.queues.get(callback.queueId)?.callback ?? DEFAULT_RULE;
}

/** Kept places of a queue that are due, and whose caller has left the line. */
export function dueIn(floor: Floor, queue: Queue): Callback[] {
  const due: Callback[] = [];
  for (const callback of floor.callbacks.values())
    if (callback.queueId === queue.id && callback.state === "waiting" && !floor.calls.has(callback.call))
      due.push(callback);
  return due;
}

/** Queues of this agent in which somebody has kept a place whose turn may come now. */
export function queuesWithCallbacks(floor: Floor, agent: AgentId): Queue[] {
  if (floor.callbacks.size === 0) return [];
  const queues = new Set<Queue>();
  for (const { state, queueId } of floor.callbacks.values()) {
    const queue = state === "waiting" ? floor.queues.get(queueId) : undefined;
    if (queue?.agents.includes(agent)) queues.add(queue);
  }
  return [...queues];
}

/** Whether the engine has to say whose turn it is when this agent becomes free. */
export function hasCallbacks(floor: Floor, agent: AgentId): boolean {
  return queuesWithCallbacks(floor, agent).length > 0;
}

/**
 * The kept place whose customer has to be called now: it is among the first so many as there are agents free, those
 * kept for calls in flight not counted. So there are never more calls in flight than agents who wait for them.
 */
export function nextCallback(floor: Floor, queue: Queue): Callback | undefined {
  const due = dueIn(floor, queue);
  if (due.length === 0) return undefined;
  const free = freeIn(floor, queue).length - unattended(floor, queue);
  if (free <= 0) return undefined;
  const places: Place[] = [
    ...waitingIn(floor, queue.id)
      .filter((call) => !isRung(floor, call.id))
      .map((call) => ({
        priority: priorityOf(call, lineOf(floor, call)),
        since: call.phaseSince,
        callback: undefined,
      })),
    ...due.map((callback) => ({
      priority: floor.lines.get(callback.lineId)?.priority ?? 0,
      since: callback.keptAt,
      callback,
    })),
  ];
  places.sort((one, other) => other.priority - one.priority || one.since - other.since);
  return places.slice(0, free).find((place) => place.callback)?.callback;
}

/** Agents of a queue whose phone is idle and who are kept for nobody. */
export function freeIn(floor: Floor, queue: Queue): Agent[] {
  return membersOf(floor, queue).filter((agent) => agent.device === "idle" && !cannotTake(agent));
}

/** From which place on a caller waits in this queue, counted from 1. */
export function placeIn(floor: Floor, queue: Queue, call: Call): number {
  const mine = priorityOf(call, lineOf(floor, call));
  const ahead = waitingIn(floor, queue.id).filter((other) => {
    const theirs = priorityOf(other, lineOf(floor, other));
    return other.id !== call.id && (theirs > mine || (theirs === mine && other.phaseSince < call.phaseSince));
  });
  return ahead.length + 1;
}

/** The kept place that this call to a customer serves. */
export function servedByCall(floor: Floor, call: CallId): Callback | undefined {
  for (const callback of floor.callbacks.values()) if (callback.dialled?.call === call) return callback;
  return undefined;
}

interface Place {
  readonly priority: number;
  readonly since: number;
  readonly callback: Callback | undefined;
}

/** Calls in flight that no agent is kept for (we were restarted), and that have not been answered. */
function unattended(floor: Floor, queue: Queue): number {
  let count = 0;
  for (const { queueId, state, agentId, dialled } of floor.callbacks.values()) {
    if (queueId !== queue.id || state !== "calling" || agentId !== undefined) continue;
    const phase = dialled && floor.calls.get(dialled.call)?.phase;
    if (phase === undefined || phase === "deciding") count += 1;
  }
  return count;
}

function isRung(floor: Floor, call: CallId): boolean {
  for (const agent of floor.agents.values())
    if (agent.call?.id === call && agent.call.phase === "offered") return true;
  return false;
}
