/**
 * What the engine needs from the world; bin/engine.ts joins it with the real things.
 */
import type { Effect } from "../core/effects.ts";
import type { DomainEvent } from "../core/events.ts";
import type { AgentId, AgentState } from "../core/floor.ts";
import type { Input } from "../core/inputs.ts";

/** Carries effects out. Never throws: what failed is logged, and comes back as an input if it matters. */
export interface Hands {
  perform(effect: Exclude<Effect, { kind: "wake" | "saveState" | "settleAttempt" } | CallbackEffect>): void;
}

/** What of an effect is about kept places: it is written down first, and the core hears of it. */
export type CallbackEffect = Extract<Effect, { kind: "keepPlace" | "commitCallback" | "settleCallback" }>;

/** Writes kept places and attempts down. Never throws; what the core waits for comes back as an input. */
export interface CallbackKeeper {
  perform(effect: CallbackEffect): void;
}

/** Writes down how a campaign's attempt ended that was never placed. Never throws. */
export interface AttemptKeeper {
  settle(effect: Extract<Effect, { kind: "settleAttempt" }>): void;
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

/** The live stream, as whoever says something on it sees it. */
export interface LiveSink {
  push(topic: "calls" | "agents" | "queues" | "system", kind: string, data: object): void;
}

export interface Log {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}
