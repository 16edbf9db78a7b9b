/** The tables that the fold of a call's record writes besides the record itself, and the tariffs that it prices by. */
import type { Generated } from "kysely";
import type { Rounding, Uncharged } from "../core/billing/charge.ts";
import type { CallTable, Created } from "./tables.ts";

export interface AgentCallTable {
  call_id: string;
  agent_id: string;
  type: CallTable["type"];
  arrived_at: Date;
  called: boolean;
  involved: boolean;
  talk_ms: number | null;
  ring_ms: number;
  rings: number;
  wrap_up_ms: number;
  owned: boolean;
  owner_answered: boolean;
}

export interface AgentBusyTable {
  call_id: string;
  agent_id: string;
  from_at: Date;
  to_at: Date | null;
}

export interface TariffTable {
  id: Generated<string>;
  prefix: string;
  direction: string;
  rate_minor_per_minute: number;
  currency: string;
  rounding: Rounding;
  created_at: Created;
}

export interface ChargeTable {
  call_id: string;
  channel: string;
  number: string;
  answered_at: Date;
  seconds: number;
  billed_seconds: number | null;
  direction: string | null;
  rate_minor_per_minute: number | null;
  rounding: Rounding | null;
  currency: string | null;
  amount_minor: number | null;
  reason: Uncharged | null;
}

/** Their names in the database. */
export interface RecordTables {
  agent_call: AgentCallTable;
  agent_busy: AgentBusyTable;
  tariff: TariffTable;
  charge: ChargeTable;
}
