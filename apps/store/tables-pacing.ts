/** The pacer's memory and its reasons. */
import type { Generated, JSONColumnType } from "kysely";

export interface CampaignPacingTable {
  campaign_id: string;
  snapshot: JSONColumnType<object>;
  at: Generated<Date>;
}

export interface PacingDecisionTable {
  id: Generated<string>;
  campaign_id: string;
  at: Date;
  dialled: number;
  shed: Generated<number>;
  because: JSONColumnType<Record<string, unknown>>;
}

/** Their names in the database. */
export interface PacingTables {
  campaign_pacing: CampaignPacingTable;
  pacing_decision: PacingDecisionTable;
}
