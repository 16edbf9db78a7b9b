/**
 * One turn of the house: what one input leads to.
 */
import type { Effect } from "./effects.ts";
import type { DomainEvent } from "./events.ts";
import { evolve } from "./evolve.ts";
import type { Agent, Floor } from "./floor.ts";

/** Why somebody's request cannot be carried out. */
export interface Refusal {
  /** For programs, such as `not-available`. */
  readonly code: string;
  /** For people. */
  readonly text: string;
  /** The path of the argument that is wrong. */
  readonly field?: string | undefined;
}

/** What a turn comes to. `refused` is set by requests of people (the API's), never by what Asterisk tells. */
export interface Decision {
  readonly events: readonly DomainEvent[];
  readonly effects: readonly Effect[];
  readonly refused?: Refusal | undefined;
}

/** Collects events, moving the floor with each, and the effects they ask for. */
export class Turn implements Decision {
  readonly floor: Floor;
  readonly events: DomainEvent[] = [];
  readonly effects: Effect[] = [];
  refused: Refusal | undefined;
  constructor(floor: Floor) {
    this.floor = floor;
  }

  /** Moves the floor. An event with a `step` also sends its call's channel there. */
  happened(event: DomainEvent): void {
    evolve(this.floor, event);
    this.events.push(event);
    if ("step" in event && event.step) {
      const call = this.floor.calls.get(event.call);
      if (call)
        this.effects.push({
          kind: "continue",
          call: call.id,
          channel: call.channel,
          step: event.step,
          ...("elsewhere" in event && { elsewhere: event.elsewhere }),
        });
    }
  }

  /** Asks for something that is done outside. */
  ask(effect: Effect): void {
    this.effects.push(effect);
  }

  /** Answers a person's request with no. Nothing may have happened in this turn. */
  refuse(code: string, text: string, field?: string): undefined {
    this.refused = { code, text, field };
  }
}

/** The agent with this phone. */
export function agentAt(floor: Floor, phone: string): Agent | undefined {
  const id = floor.phones.get(phone);
  return id === undefined ? undefined : floor.agents.get(id);
}

/** An agent who is called at a number outside (LINE-13): known by the channel, not by the phone. */
export function agentOn(floor: Floor, channel: string | undefined): Agent | undefined {
  if (channel === undefined) return undefined;
  for (const agent of floor.agents.values()) if (agent.call?.channel === channel) return agent;
  return undefined;
}
