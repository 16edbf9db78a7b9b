/** The tables of agents' outbound work apart from campaigns. */
import type { Generated } from "kysely";
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

/** Their names in the database. */
export interface DeskTables {
  dial_task: DialTaskTable;
  product: ProductTable;
  agent_product: AgentProductTable;
  customer_order: CustomerOrderTable;
  order_save: OrderSaveTable;
}
