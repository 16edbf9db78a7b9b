/**
 * Campaigns' dials in flight, as the floor has them.
 */
import type { AgentId, CallId, Millis, TrunkId } from "../floor.ts";

/**
 * One dial of one number, from its commit until its channel is gone.
 *
 *   ringing ─answer─▶ waiting ─agent─▶ connecting ─▶ talking
 *      │                 │  ▲              │
 *      │                 │  └──in vain─────┘
 *      │                 └─deadline─▶ leaving (the message is played)
 *      └──────────────────────────────────────────────────────────▶ gone
 *
 * `leaving` is also whoever hears an announcement or turned out to be a machine: no agent is wanted any more.
 */
export interface Attempt {
  /** Its channel's id. */
  readonly id: string;
  readonly call: CallId;
  readonly campaignId: string;
  /** E.164. */
  readonly number: string;
  readonly trunkKey: string;
  readonly dialledAt: Millis;
  /** The number's class of answer probability (list scoring). */
  readonly cls?: number | undefined;
  /** Asked for this agent; undefined: for any of the campaign's. */
  readonly agentId?: AgentId | undefined;
  readonly stage: "ringing" | "waiting" | "connecting" | "talking" | "leaving";
  /** When a live person was there. */
  readonly liveAt?: Millis | undefined;
  /** By when an agent has to be there. */
  readonly deadlineAt?: Millis | undefined;
  /** Why nobody is wanted for it any more (`leaving`). */
  readonly left?: "abandoned" | "machine" | "self_service" | undefined;
  /** The carrier said nothing at all. */
  readonly silent?: boolean | undefined;
  /** We hang up, or have: why. */
  readonly ended?: "shed" | "cancelled" | undefined;
  /** Which number of the pool is shown (`Taken`). */
  readonly turn: number;
  /** Trunks that did not take it. */
  readonly refusedBy: readonly TrunkId[];
}

/** What was written down and is now to be dialled. */
export interface Taken {
  /** The id of the channel that it gets. */
  readonly id: string;
  readonly call: CallId;
  readonly number: string;
  readonly contactId?: string | undefined;
  readonly agentId?: AgentId | undefined;
  readonly cls?: number | undefined;
  /** Which number of the pool is shown: counts on with each attempt at this number. */
  readonly turn: number;
}

/** A carrier that fails is left alone for a while. */
export interface TrunkRest {
  readonly failures: number;
  /** The last failure. */
  readonly since: Millis;
  readonly until: Millis;
}
