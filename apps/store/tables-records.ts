/** The tables that the fold of a call's record writes besides the record itself. */
import type { CallTable } from "./tables.ts";

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

/** Their names in the database. */
export interface RecordTables {
  agent_call: AgentCallTable;
  agent_busy: AgentBusyTable;
}
