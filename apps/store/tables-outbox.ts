/**
 * The tables of what others are told: events, webhooks, notices, e-mail and SMS.
 */
import type { Generated, JSONColumnType } from "kysely";
import type { Created } from "./tables.ts";

export type MessageState = "queued" | "taken" | "sent" | "logged" | "failed";

export interface EventOutTable {
  id: Generated<string>;
  seq: Generated<number>;
  type: string;
  subject: string;
  sequence: number;
  call_id: string | null;
  at: Generated<Date>;
  data: JSONColumnType<Record<string, unknown>>;
  dispatched_at: Date | null;
}

export interface EventSubjectTable {
  subject: string;
  last: number;
  at: Generated<Date>;
}

export interface WebhookTable {
  id: Generated<string>;
  url: string;
  events: string[];
  secret: string;
  previous_secret: Generated<string | null>;
  previous_until: Generated<Date | null>;
  enabled: Generated<boolean>;
  disabled_because: Generated<string | null>;
  failures: Generated<number>;
  failing_since: Generated<Date | null>;
  retry_at: Generated<Date | null>;
  created_at: Created;
}

export interface WebhookDeliveryTable {
  id: Generated<string>;
  seq: Generated<number>;
  webhook_id: string;
  event_id: string;
  state: Generated<"pending" | "delivered" | "dead">;
  attempts: Generated<number>;
  next_at: Generated<Date>;
  first_failed_at: Generated<Date | null>;
  last_at: Generated<Date | null>;
  last_status: Generated<number | null>;
  last_error: Generated<string | null>;
  /** Since when we try: begins anew when somebody asks for another try. */
  created_at: Generated<Date>;
}

export interface NoticeTable {
  id: Generated<string>;
  agent_id: string;
  kind: string;
  call_id: string | null;
  because: string;
  at: Generated<Date>;
  read_at: Generated<Date | null>;
  /** The one contact that it is about. */
  contact_id: Generated<string | null>;
  /** How many contacts it is about. */
  count: Generated<number | null>;
}

export interface MailOutTable {
  id: Generated<string>;
  key: string | null;
  to_address: string;
  subject: string;
  text: string;
  purpose: string;
  state: Generated<MessageState>;
  attempts: Generated<number>;
  last_error: Generated<string | null>;
  created_at: Created;
  done_at: Generated<Date | null>;
}

export interface SmsOutTable {
  id: Generated<string>;
  to_number: string;
  text: string;
  purpose: string;
  state: Generated<MessageState>;
  attempts: Generated<number>;
  last_error: Generated<string | null>;
  created_at: Created;
  done_at: Generated<Date | null>;
}

/** Their names in the database. */
export interface OutboxTables {
  event_out: EventOutTable;
  event_subject: EventSubjectTable;
  webhook: WebhookTable;
  webhook_delivery: WebhookDeliveryTable;
  notice: NoticeTable;
  mail_out: MailOutTable;
  sms_out: SmsOutTable;
}
