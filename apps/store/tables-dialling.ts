/**
 * The dialler's tables: campaigns, their lists, and who must not or may be called.
 */
import type { ColumnType, Generated, JSONColumnType } from "kysely";
import type {
  AttemptEnding,
  CampaignMode,
  CampaignState,
  ContactState,
  PreviewTimeout,
  Purpose,
} from "../core/dialling/campaign.ts";
import type { PreviewOutcome, SkipReason } from "../core/dialling/preview.ts";
import type { Created } from "./tables.ts";

/** A jsonb column that may be null. */
type MaybeJson = JSONColumnType<object> | null;

export interface CampaignTable {
  id: Generated<string>;
  key: string;
  name: string;
  mode: CampaignMode;
  state: Generated<CampaignState>;
  purpose: Purpose;
  line_id: string;
  queue_id: string | null;
  /** numeric: PostgreSQL hands it over as text. */
  ratio: ColumnType<string | null, number | string | null | undefined, number | string | null>;
  connect: Generated<"ring" | "open-line">;
  blending: Generated<boolean>;
  shedding: Generated<boolean>;
  weight: Generated<number>;
  ring_seconds: Generated<number>;
  amd: MaybeJson;
  message_sound_id: string | null;
  announcement_sound_id: string | null;
  announcement: MaybeJson;
  policy: JSONColumnType<object>;
  trunk_ids: Generated<string[]>;
  calls_per_second: Generated<number>;
  max_lines: Generated<number>;
  caller_numbers: Generated<string[]>;
  wrap_up: "none" | "limit" | "until-completed" | null;
  wrap_up_seconds: number | null;
  preview_seconds: Generated<number>;
  preview_timeout: Generated<PreviewTimeout>;
  created_at: Created;
  started_at: Date | null;
  ended_at: Date | null;
}

export interface CampaignAgentTable {
  campaign_id: string;
  agent_id: string;
}

/** How many of a list came into a state, or left it; the sum is how many there are. Kept by triggers. */
export interface CampaignTallyTable {
  campaign_id: string;
  state: ContactState;
  /** Why they are in that state, or wait while they are not due. */
  code: string;
  /** They wait, for one agent. */
  kept: boolean;
  /** Of those who wait: the ten minutes in which they are due. */
  due: Date | null;
  change: number;
}

export interface CampaignContactTable {
  id: Generated<string>;
  campaign_id: string;
  contact_id: string | null;
  name: Generated<string>;
  state: Generated<ContactState>;
  priority: Generated<number>;
  next_at: Generated<Date>;
  position: Generated<number>;
  attempts: Generated<number>;
  agent_id: string | null;
  last_ending: AttemptEnding | null;
  done_reason: string | null;
  taken_at: Date | null;
  taken_by: string | null;
  ended_at: Date | null;
}

export interface CampaignNumberTable {
  campaign_contact_id: string;
  phone: string;
  campaign_id: string;
  position: number;
  zone: string | null;
  score: number | null;
  attempts: Generated<number>;
  last_at: Date | null;
  last_ending: AttemptEnding | null;
}

export interface CampaignPreviewTable {
  id: Generated<string>;
  campaign_id: string;
  campaign_contact_id: string;
  agent_id: string | null;
  shown_at: Date;
  until: Date;
  ended_at: Generated<Date | null>;
  outcome: Generated<PreviewOutcome | null>;
  by_itself: Generated<boolean>;
  reason: Generated<SkipReason | null>;
  comment: Generated<string>;
  attempt_id: Generated<string | null>;
}

export interface RefusedNumberTable {
  phone: string;
  reason: Generated<string>;
  source: "api" | "import" | "key" | "agent";
  at: Generated<Date>;
  until: Date | null;
  attempt_id: string | null;
}

export interface ContactConsentTable {
  id: Generated<string>;
  phone: string;
  contact_id: string | null;
  purpose: Purpose;
  how: string;
  given_at: Date;
  taken_by: string;
  reference: Generated<string>;
  until: Date | null;
  withdrawn_at: Date | null;
  created_at: Created;
}

/** Their names in the database. `attempt` is in tables-service.ts: agents place calls as well. */
export interface DiallingTables {
  campaign: CampaignTable;
  campaign_agent: CampaignAgentTable;
  campaign_contact: CampaignContactTable;
  campaign_tally: CampaignTallyTable;
  campaign_number: CampaignNumberTable;
  campaign_preview: CampaignPreviewTable;
  refused_number: RefusedNumberTable;
  contact_consent: ContactConsentTable;
}
