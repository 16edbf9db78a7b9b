/**
 * How many to dial now: the interface between whoever decides it and whoever has calls and agents, be that the engine,
 * the simulator, or a simulator from outside (`createPacer` in pacing.ts makes the product's own).
 *
 * All times are in seconds on one clock that never goes back; its zero does not matter. Everything is told by the
 * caller; a pacer has no clock and no chance of its own (law L3).
 */

/** The caller's name for a call in flight. */
export type CallRef = number | string;

/** What became of a dial: a live person, a machine, a fast failure, nobody, or we hung up early. */
export type Resolution = "live" | "machine" | "fail" | "noanswer" | "shed";

export interface PacedAgent {
  readonly state: "idle" | "talk" | "wrap" | "break";
  /** Since when. */
  readonly since: number;
  /** The agent has announced a break (AGENT-09): they do not come back after this call. */
  readonly pausePending?: boolean | undefined;
}

export interface PacedCall {
  readonly id: CallRef;
  /** When it was dialled. */
  readonly t0: number;
  /** The number's class of answer probability (list scoring); undefined: class 0. */
  readonly cls?: number | undefined;
}

/** The campaign at this moment. */
export interface PacingView {
  readonly now: number;
  /** Agents who are free now and may be given a call of this campaign. */
  readonly idle: number;
  /** Customers who have answered and wait for an agent. */
  readonly waiting: number;
  readonly agents: Iterable<PacedAgent>;
  /** Dialled and not resolved. */
  readonly inFlight: Iterable<PacedCall>;
  /** Calls per second that take the same agents, such as a queue's; undefined: none. */
  readonly arrivals?: number | undefined;
  /** When the window ends over which abandonment is counted. */
  readonly windowEnd: number;
  /** Lines that may still be taken now: trunk limit, calls per second. Undefined: no limit. */
  readonly room?: number | undefined;
  /** Classes of the numbers that are next in the list, in order; undefined or short: class 0. */
  readonly next?: readonly number[] | undefined;
}

export interface PacingDecision {
  /** How many to dial now. */
  readonly dial: number;
  /** Calls in flight to hang up, oldest first. */
  readonly shed?: readonly CallRef[] | undefined;
}

/** Why the last decision was as it was; stored with it (law L6). */
export interface PacingReason {
  /** The risk that the next call answered would find nobody, and how much of it is allowed. */
  readonly q: number;
  readonly theta: number;
  /** The estimated share of dials that a live person answers. */
  readonly pHat: number;
  /** Beyond the limit: only one for one. */
  readonly guard: boolean;
  readonly [more: string]: unknown;
}

export interface Pacer {
  onDial(call: PacedCall): void;
  /** `age`: seconds from the dial to its result. */
  onResolved(call: PacedCall, kind: Resolution, age: number): void;
  /** A live answer was given to an agent, or lost (abandoned). */
  onLive(lost: boolean): void;
  /** An agent's talk ended after `seconds`. */
  onTalkEnd(seconds: number): void;
  onWrapEnd(seconds: number, next: "ready" | "break" | "off"): void;
  /** Time has passed; call it about once a second, before `decide`. */
  tick(view: PacingView): void;
  decide(view: PacingView): PacingDecision;
  /** Plain data from which `createPacer` goes on after a restart. */
  snapshot(): unknown;
  explain(): PacingReason;
}
