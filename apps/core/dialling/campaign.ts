/**
 * The words of campaigns: how they dial, what for, how far they are, and how an attempt ends.
 */

/**
 * `preview`: an agent sees the contact and decides. `progressive`: one dial for each free agent. `power`: a fixed ratio.
 * `predictive`: the pacer decides. `agentless`: an announcement, nobody's agent.
 */
export const CAMPAIGN_MODES = ["preview", "progressive", "power", "predictive", "agentless"] as const;
export type CampaignMode = (typeof CAMPAIGN_MODES)[number];

/** `draining`: dials nobody new and lets calls end. `stopped` and `finished` (the list is through) are for good. */
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
