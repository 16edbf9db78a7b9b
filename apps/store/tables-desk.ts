/** The tables of agents' outbound work apart from campaigns. */
import type { Generated } from "kysely";
import type { Created } from "./tables.ts";

export type DialTaskState = "open" | "in_work" | "successful" | "unsuccessful";

export interface DialTaskTable {
  id: Generated<string>;
  agent_id: string | null;
  contact_id: string | null;
  name: Generated<string>;
  number: string;
  line_id: string | null;
  topic: string;
  comment: Generated<string>;
  state: Generated<DialTaskState>;
  calls: Generated<number>;
  call_id: Generated<string | null>;
  result: Generated<string>;
  created_at: Created;
  created_by: string | null;
  closed_at: Generated<Date | null>;
}

/** Their names in the database. */
export interface DeskTables {
  dial_task: DialTaskTable;
}
