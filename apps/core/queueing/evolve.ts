/**
 * How kept places move the floor.
 */
import type { DomainEvent } from "../events.ts";
import type { Callback, Floor } from "../floor.ts";

/** The part of `evolve` (core/evolve.ts) that is about call-backs; other events move nothing here. */
export function evolveCallback(floor: Floor, event: DomainEvent): void {
  switch (event.kind) {
    case "CallbackStarted": {
      const callback = floor.callbacks.get(event.id);
      if (!callback) return;
      keep(floor, event.agent, callback.id);
      change(floor, event.id, {
        state: "calling",
        attempts: callback.attempts + 1,
        agentId: event.agent,
        dialled: undefined,
      });
      return;
    }
    case "CallbackDialled":
      change(floor, event.id, { dialled: { call: event.call, channel: event.channel } });
      return;
    case "CallbackAnswered":
      release(floor, event.id);
      change(floor, event.id, { agentId: undefined });
      return;
    case "CallbackPutBack":
      release(floor, event.id);
      change(floor, event.id, {
        state: event.state,
        attempts: event.attempts,
        nextAt: event.nextAt,
        agentId: undefined,
        dialled: undefined,
      });
      return;
    case "CallbackOver":
      release(floor, event.id);
      floor.callbacks.delete(event.id);
      return;
    case "CallbacksRecovered":
      for (const callback of event.callbacks) floor.callbacks.set(callback.id, callback);
      return;
    default:
      return;
  }
}

function change(floor: Floor, id: Callback["id"], to: Partial<Callback>): void {
  const callback = floor.callbacks.get(id);
  if (callback) floor.callbacks.set(id, { ...callback, ...to });
}

function keep(floor: Floor, id: string, callback: Callback["id"]): void {
  const agent = floor.agents.get(id);
  if (agent) floor.agents.set(id, { ...agent, keptFor: callback });
}

/** Nobody is kept free for this call-back any more. */
function release(floor: Floor, id: Callback["id"]): void {
  for (const agent of floor.agents.values())
    if (agent.keptFor === id) floor.agents.set(agent.id, { ...agent, keptFor: undefined });
}
