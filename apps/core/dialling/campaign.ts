/**
 * The words of campaigns: how they dial, what for, how far they are, and how an attempt ends.
 */
import type { AgentId, WrapUp } from "../floor.ts";
import type { Policy } from "./policy.ts";

/**
 * `preview`: an agent sees the contact and decides. `progressive`: one dial for each free agent. `power`: a fixed ratio.
 * `predictive`: the pacer decides. `agentless`: an announcement, nobody's agent.
 */
export const CAMPAIGN_MODES = ["preview", "progressive", "power", "predictive", "agentless"] as const;
export type CampaignMode = (typeof CAMPAIGN_MODES)[number];

/** `draining`: dials nobody new, lets calls end, and is `stopped` then. `finished`: the list is through. */
export const CAMPAIGN_STATES = ["draft", "running", "paused", "draining", "stopped", "finished"] as const;
export type CampaignState = (typeof CAMPAIGN_STATES)[number];

/** What the calls are for: the law asks it first. */
export const PURPOSES = ["service", "advertising", "survey", "reminder", "debt"] as const;
export type Purpose = (typeof PURPOSES)[number];

/** How far somebody of a list is. `refused`: must not be called; `cancelled`: taken off the list. */
export const CONTACT_STATES = ["waiting", "taken", "done", "refused", "cancelled"] as const;
export type ContactState = (typeof CONTACT_STATES)[number];

/** How an attempt of a campaign ends: a closed list (law L8). The table from SIP and Q.850 is in endings.ts. */
export const ATTEMPT_ENDINGS = [
  /** A person answered and an agent was there in time. */
  "answered",
  /** A person answered and no agent was there in time. */
  "abandoned",
  /** A person answered and hung up before the connect deadline. */
  "hung_up",
  /** Agentless: a person answered and the announcement was played. */
  "self_service",
  "machine",
  "no_answer",
  "busy",
  "rejected",
  "unreachable",
  "not_in_service",
  "failed",
  /** We hung up early, after the minimum ring time. */
  "shed",
  /** We hung up because the campaign was stopped or the agent went away. */
  "cancelled",
  /** No phone rang: nothing was sent. */
  "not_placed",
  /** Asterisk died or its record is incomplete. */
  "lost",
] as const;
export type AttemptEnding = (typeof ATTEMPT_ENDINGS)[number];

/** A person answered: what abandonment is a share of. */
export const LIVE_ENDINGS: readonly AttemptEnding[] = ["answered", "abandoned", "hung_up", "self_service"];

/** How agents are reached: their phone rings, or they keep a line open. */
export type AgentConnect = "ring" | "open-line";

/** Parameters of app_amd (milliseconds, words, and for `silenceThreshold` an energy), as its documentation names them. */
export interface AmdSettings {
  readonly initialSilence: number;
  readonly greeting: number;
  readonly afterGreetingSilence: number;
  readonly totalAnalysisTime: number;
  readonly minimumWordLength: number;
  readonly betweenWordsSilence: number;
  readonly maximumNumberOfWords: number;
  readonly silenceThreshold: number;
  readonly maximumWordLength: number;
  /** What NOTSURE is taken for. */
  readonly unsure: "person" | "machine";
  /** What a machine gets: the end, or a message after its greeting. */
  readonly machine: "hang-up" | "message";
  /** The message. */
  readonly machineSoundId: string | null;
}

/** What the keys mean during an agentless campaign's announcement. */
export interface Announcement {
  /** How often it is played. */
  readonly times: number;
  /** How long a key is waited for after it. */
  readonly waitSeconds: number;
  /** `0` … `9`, `*`, `#`. */
  readonly keys: Readonly<Record<string, { readonly name: string; readonly does: KeyDoes }>>;
}

/**
 * What a key does. `answer`: it is noted, and the call ends. `queue`: to the agents of the campaign's queue, or of its
 * line's. `refuse`: the number is not called again. `replay`: the announcement once more.
 */
export const KEY_DOES = ["answer", "queue", "refuse", "replay"] as const;
export type KeyDoes = (typeof KEY_DOES)[number];

/** Preview: what follows when the agent has not decided in time: back to the list and a break, or a call by itself. */
export const PREVIEW_TIMEOUTS = ["pause", "call"] as const;
export type PreviewTimeout = (typeof PREVIEW_TIMEOUTS)[number];

export interface PreviewSettings {
  /** So long somebody is shown. */
  readonly seconds: number;
  readonly onTimeout: PreviewTimeout;
}

/** A campaign as the engine has it. */
export interface Campaign {
  readonly id: string;
  /** For the dialplan: `c…`. */
  readonly key: string;
  readonly name: string;
  readonly mode: CampaignMode;
  readonly state: CampaignState;
  readonly purpose: Purpose;
  readonly lineId: string;
  readonly queueId: string | undefined;
  /** Who serves it: the queue's agents, or its own. */
  readonly agents: readonly AgentId[];
  /** Power: calls in flight for each free agent. */
  readonly ratio: number | undefined;
  readonly connect: AgentConnect;
  readonly blending: boolean;
  readonly shedding: boolean;
  /** Its share of agents who serve several campaigns. */
  readonly weight: number;
  readonly ringSeconds: number;
  readonly amd: AmdSettings | undefined;
  /** Undefined: the built-in message, in the line's language. */
  readonly messageSoundId: string | undefined;
  readonly announcementSoundId: string | undefined;
  readonly announcement: Announcement | undefined;
  readonly policy: Policy;
  /** In the order of failover; none: as for every call outside. */
  readonly trunkIds: readonly string[];
  readonly callsPerSecond: number;
  readonly maxLines: number;
  /** Shown in turn; none: the line's number. */
  readonly callerNumbers: readonly string[];
  /** The campaign's own, else its queue's. */
  readonly wrapUp: WrapUp | undefined;
  /** In mode `preview`. */
  readonly preview: PreviewSettings;
  readonly startedAt: number | undefined;
}
