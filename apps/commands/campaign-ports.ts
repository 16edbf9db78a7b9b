/** What campaigns, their lists, refusals and consents consist of, and the commands that change them. */
import type {
  AgentConnect,
  AmdSettings,
  Announcement,
  CampaignMode,
  CampaignState,
  PreviewSettings,
  Purpose,
} from "../core/dialling/campaign.ts";
import type { Hindrance } from "../core/dialling/hindrances.ts";
import type { SkipReason, SkipTo } from "../core/dialling/preview.ts";
import type { PolicyChange } from "../core/dialling/wished-policy.ts";
import type { Applied, Created, Placed } from "./port.ts";

export interface CampaignFields {
  name: string;
  mode: CampaignMode;
  purpose: Purpose;
  lineId: string;
  /** Whose agents serve it; null: `agentIds`. */
  queueId: string | null;
  agentIds: string[];
  /** In mode `power`. */
  ratio: number | null;
  connect: AgentConnect;
  blending: boolean;
  shedding: boolean;
  weight: number;
  ringSeconds: number;
  amd: AmdSettings | null;
  messageSoundId: string | null;
  announcementSoundId: string | null;
  announcement: Announcement | null;
  /** A preset, and what is to be different. */
  policy: PolicyChange;
  trunkIds: string[];
  callsPerSecond: number;
  maxLines: number;
  /** E.164. */
  callerNumbers: string[];
  /** Null: as the queue has it. */
  wrapUp: { mode: "none" | "limit" | "until-completed"; seconds?: number } | null;
  /** In mode `preview`. */
  preview: PreviewSettings;
}

/** What people do with a campaign. */
export type CampaignMove = "start" | "pause" | "resume" | "drain" | "stop";

/** Somebody to be put on a list: a contact of ours, or numbers. */
export interface NewListed {
  /** The caller's own count, for the report. */
  row: number;
  contactId?: string | undefined;
  /** E.164; with a contact: these instead of its own. */
  phones?: string[] | undefined;
  name?: string | undefined;
  /** IANA. */
  zone?: string | undefined;
  priority?: number | undefined;
  /** ISO 8601: not before. */
  nextAt?: string | undefined;
  agentId?: string | undefined;
  score?: number | undefined;
}

export type ListingResult = "added" | "duplicate" | "unknown-contact" | "no-number" | "refused";

/** What became of a row, and of numbers that were left out of it. */
export interface ListedRow {
  row: number;
  result: ListingResult;
  /** Numbers that are on the list already, or refused. */
  left?: string[] | undefined;
  /** Numbers that were added and may not be called (DOZVON_DIAL_ALLOW): the dialler will refuse them. */
  notAllowed?: string[] | undefined;
}

export interface ConsentFields {
  /** E.164. */
  phone: string;
  purpose: Purpose;
  how: string;
  givenAt: string;
  takenBy: string;
  reference: string;
  until: string | null;
  contactId: string | null;
}

export interface RefusalFields {
  /** E.164. */
  phone: string;
  reason: string;
  until: string | null;
}

export interface CampaignCommands {
  "campaign.create": [CampaignFields, Created];
  /** Running ones too: what is in flight ends as it began. */
  "campaign.change": [{ id: string; change: Partial<CampaignFields> }, Applied];
  /** 409 when it has called anybody: its attempts are evidence. */
  "campaign.delete": [{ id: string }, Applied];
  "campaign.move": [
    { id: string; move: CampaignMove },
    /** What keeps it from dialling, now that it runs. */
    { state: CampaignState; warnings: readonly Hindrance[] },
  ];
  /** At most 2000 rows; each is added or not by itself. */
  "campaign.list": [{ id: string; rows: NewListed[] }, { rows: ListedRow[] }];
  /** Takes people off the list who are waiting; no ids: all of them. */
  "campaign.unlist": [{ id: string; contactIds?: string[] }, { cancelled: number }];
  /** AMD was wrong, says whoever listened to the recording; kept beside its verdict. */
  "campaign.correctAmd": [
    { id: string; attemptId: string; verdict: "person" | "machine" },
    Record<string, never>,
  ];
  /**
   * Whoever is shown is called at this number (E.164), or at the first that may be dialled now. `byItself`: the engine
   * asks, because the time was over.
   */
  "preview.call": [{ id: string; phone?: string | undefined; byItself?: boolean }, Placed];
  "preview.skip": [{ id: string; reason: SkipReason; comment: string; to: SkipTo }, Record<string, never>];
  "refusal.add": [{ refusals: RefusalFields[]; source: "api" | "import" | "agent" }, { added: number }];
  "refusal.remove": [{ phone: string }, Record<string, never>];
  "consent.add": [{ consents: ConsentFields[] }, { ids: string[] }];
  "consent.withdraw": [{ id: string }, Record<string, never>];
}
