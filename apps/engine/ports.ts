/**
 * What the engine needs from the world; bin/engine.ts joins it with the real things.
 */
import type { Effect } from "../core/effects.ts";
import type { DomainEvent } from "../core/events.ts";
import type { AgentId, AgentState } from "../core/floor.ts";
import type { Input } from "../core/inputs.ts";

/** Carries effects out. Never throws: what failed is logged, and comes back as an input if it matters. */
export interface Hands {
  perform(effect: Exclude<Effect, { kind: "wake" | "saveState" }>): void;
}

/** Says an input later. */
export interface Wakes {
  wake(at: number, input: Input): void;
}

/** Writes down a state that the floor has already. Never throws; an absent database only delays it. */
export interface StateKeeper {
  save(change: { agent: AgentId; state: AgentState; at: number }): void;
}

/** Writes decisions down before they are carried out (law L6). Synchronous: the fact first, then the deed. */
export interface Journal {
  append(events: readonly DomainEvent[]): void;
}

/** Tells whoever listens to the live stream. */
export interface Announcer {
  announce(event: DomainEvent): void;
}

export interface Log {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}
