/** The tables of agents' outbound work apart from campaigns. */
import type { ColumnType, Generated } from "kysely";
import type { Purpose } from "../core/dialling/campaign.ts";
import type { Calendar } from "../core/dialling/policy.ts";
import type { OrderStatus } from "../core/orders/order.ts";
import type { Reason } from "../core/orders/reasons.ts";
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

export interface ProductTable {
  id: Generated<string>;
  name: string;
  created_at: Created;
}

/** Which products an agent knows (ROLE-17). */
export interface AgentProductTable {
  agent_id: string;
  product_id: string;
}

export interface CustomerOrderTable {
  id: Generated<string>;
  number: string;
  client_name: Generated<string>;
  phone: string;
  contact_id: string | null;
  webmaster_id: number | null;
  product_id: string;
  arrived_at: Generated<Date>;
  status: Generated<OrderStatus>;
  responsible_id: Generated<string | null>;
  failures: Generated<number>;
  failed_at: Generated<Date | null>;
  reason: Generated<Reason | null>;
  reason_count: Generated<number | null>;
  call_back_at: Generated<Date | null>;
  due_at: Generated<Date | null>;
  due_told: Generated<boolean>;
  comment: Generated<string>;
  taken_by: Generated<string | null>;
  taken_at: Generated<Date | null>;
  created_at: Created;
  updated_at: Generated<Date>;
}

export interface OrderSaveTable {
  id: Generated<string>;
  order_id: string;
  agent_id: string | null;
  call_id: string | null;
  at: Generated<Date>;
  status: OrderStatus;
  failures: number;
  reason: Reason | null;
  reason_count: number | null;
  call_back_at: Date | null;
  comment: Generated<string>;
}

export interface CallListTable {
  id: Generated<string>;
  name: string;
  scenario_id: string;
  line_id: string | null;
  purpose: Purpose;
  preset: string;
  week: ColumnType<Calendar["week"] | null, string | null, string | null>;
  state: Generated<"open" | "closed">;
  created_at: Created;
  created_by: string | null;
}

export interface CallListAgentTable {
  list_id: string;
  agent_id: string;
}

export type ListItemState = "waiting" | "open" | "done" | "skipped" | "refused";

export interface CallListItemTable {
  id: Generated<string>;
  list_id: string;
  position: number;
  contact_id: string;
  state: Generated<ListItemState>;
  agent_id: Generated<string | null>;
  number: Generated<string | null>;
  opened_at: Generated<Date | null>;
  closed_at: Generated<Date | null>;
  next_at: Generated<Date | null>;
  reason: Generated<string | null>;
  dial_pending: Generated<boolean>;
  auto_at: Generated<Date | null>;
  tries: Generated<number>;
  calls: Generated<number>;
  call_id: Generated<string | null>;
  result_id: Generated<string | null>;
  comment: Generated<string>;
}

export interface CallListSaveTable {
  id: Generated<string>;
  item_id: string;
  agent_id: string | null;
  call_id: string | null;
  at: Generated<Date>;
  result_id: string | null;
  comment: Generated<string>;
}

/** Their names in the database. */
export interface DeskTables {
  dial_task: DialTaskTable;
  product: ProductTable;
  agent_product: AgentProductTable;
  customer_order: CustomerOrderTable;
  order_save: OrderSaveTable;
  call_list: CallListTable;
  call_list_agent: CallListAgentTable;
  call_list_item: CallListItemTable;
  call_list_save: CallListSaveTable;
}
