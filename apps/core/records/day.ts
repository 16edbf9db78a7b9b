/**
 * One day of a contact centre, as its records have it: what the simulator replays.
 */
import type { Ending } from "../ending.ts";
import type { AgentId, AgentState, CallId, LineId, Millis } from "../floor.ts";

/** A customer's call, without what the contact centre itself has decided about it. */
export interface DayCall {
  readonly id: CallId;
  readonly lineId: LineId;
  readonly from?: string | undefined;
  /** What the directory said of the caller then. */
  readonly contactId?: string | undefined;
  readonly ownerId?: AgentId | undefined;
  readonly arrivedAt: Millis;
  /** From arrival to an agent's voice, to the announcement that nobody answers, or to the hang-up. */
  readonly waitMs: number;
  readonly ending: Ending;
  /** Undefined: nobody answered. */
  readonly answer?: DayAnswer | undefined;
  /** Phones that rang for this call in vain. */
  readonly vain: readonly VainRing[];
}

export interface DayAnswer {
  readonly agentId: AgentId | undefined;
  /** How long the phone of the agent who answered had rung. */
  readonly ringMs: number;
  /** From the first word to the agent's hanging up. */
  readonly talkMs: number;
  /** The agent's work afterwards; undefined: none is on record. */
  readonly wrapUp?: DayWrapUp | undefined;
}

export interface DayWrapUp {
  readonly ms: number;
  /** The agent completed the service; otherwise its limit ended it. */
  readonly completed: boolean;
}

export interface VainRing {
  readonly agentId: AgentId;
  readonly ringMs: number;
  /** The phone said no; otherwise it was let ring. */
  readonly refused: boolean;
}

/** An agent's phone was in use for something else: a colleague, a transferred call, a call from before. */
export interface Occupied {
  readonly agentId: AgentId;
  readonly from: Millis;
  readonly to: Millis;
}

export interface StateAt {
  readonly agentId: AgentId;
  readonly state: AgentState;
  readonly at: Millis;
}

export interface RecordedDay {
  readonly from: Millis;
  /** Calls that arrive from here on belong to the next day. */
  readonly to: Millis;
  /** In the order of arrival. */
  readonly calls: readonly DayCall[];
  readonly occupied: readonly Occupied[];
  /** In order; the last one before `from` is the state with which the day begins. */
  readonly states: readonly StateAt[];
}
