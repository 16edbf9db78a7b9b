/**
 * Campaigns and their attempts in flight, as the floor has them.
 */
import type { AgentId, CallId, LineId, Millis, QueueId, TrunkId, WrapUp } from "../floor.ts";
import type { CampaignMode, CampaignState } from "./campaign.ts";

/** A campaign's settings, as far as dialling needs them. */
export interface Campaign {
  readonly id: string;
  /** The dialplan's name for it. */
  readonly key: string;
  readonly name: string;
  readonly mode: CampaignMode;
  readonly state: CampaignState;
  readonly lineId: LineId;
  /** Whose agents serve it; undefined: `agents`. */
  readonly queueId?: QueueId | undefined;
  readonly agents: readonly AgentId[];
  /** Power: calls in flight for each free agent. */
  readonly ratio?: number | undefined;
  readonly connect: "ring" | "open-line";
  /** Its agents may take queue calls as well: those in inbound state serve it too. */
  readonly blending: boolean;
  /** Whether calls that have rung for the minimum time may be hung up when the risk of abandoning one jumps. */
  readonly shedding: boolean;
  /** Its share of agents who serve several campaigns. */
  readonly weight: number;
  readonly ringSeconds: number;
  /** Undefined: nobody listens for machines. */
  readonly amd?: Amd | undefined;
  /** Undefined: the built-in message. */
  readonly messageSoundId?: string | undefined;
  /** Whether who called is said when no agent is there. */
  readonly says: boolean;
  /** The key that means "do not call again"; undefined: none. */
  readonly refusalKey?: string | undefined;
  readonly announcement?: Announcement | undefined;
  readonly deadline: Deadline;
  /** In the order of failover; empty: as for every call outside. */
  readonly trunkIds: readonly TrunkId[];
  readonly callsPerSecond: number;
  readonly maxLines: number;
  /** Shown in turn; empty: the line's number. */
  readonly callerNumbers: readonly string[];
  /** `queue`: as the queue has it. */
  readonly wrapUp: WrapUp | "none" | "queue";
}

/** By when somebody who answered must have an agent. */
export interface Deadline {
  readonly ms: number;
  /** From the answer, or from the end of what was said first (known only where app_amd listens). */
  readonly clock: "answer" | "greeting-end";
}

/** Parameters of app_amd, in its order, and what a machine gets. Times in milliseconds. */
export interface Amd {
  readonly initialSilenceMs: number;
  readonly greetingMs: number;
  readonly afterGreetingSilenceMs: number;
  readonly totalMs: number;
  readonly minWordMs: number;
  readonly betweenWordsMs: number;
  readonly maxWords: number;
  readonly machine: "hang-up" | "message";
  /** What a machine is told, after its tone; undefined: the campaign's identifying message. */
  readonly machineSoundId?: string | undefined;
}

/** What an agentless campaign says, and what the keys mean. */
export interface Announcement {
  readonly soundId?: string | undefined;
  /** How often it is played to somebody who presses nothing. */
  readonly plays: number;
  readonly keys: readonly AnnouncementKey[];
}

/** `answer`: the key is the answer; `queue`: an agent is wanted. The refusal key is the policy's. */
export interface AnnouncementKey {
  readonly digit: string;
  readonly means: "answer" | "queue";
  readonly queueId?: QueueId | undefined;
}

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
  readonly until: Millis;
}
