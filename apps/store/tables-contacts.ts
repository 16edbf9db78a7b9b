/**
 * The tables of the contact base: organisations, people, how to reach them, tags and history.
 */
import type { Generated, JSONColumnType } from "kysely";
import type { ContactKind } from "../core/contacts/contact.ts";
import type { Created } from "./tables.ts";

export interface ContactTable {
  id: Generated<string>;
  kind: Generated<ContactKind>;
  name: string;
  position: string | null;
  /** Of people in an organisation, the organisation's (OWN-04). */
  owner_id: string | null;
  created_at: Created;
  updated_at: Generated<Date>;
  organisation_id: Generated<string | null>;
  city: Generated<string | null>;
  /** An IANA name; null: as the number's region says (D-37). */
  zone: Generated<string | null>;
  industry: Generated<string | null>;
  site: Generated<string | null>;
  inn: Generated<string | null>;
  kpp: Generated<string | null>;
  description: Generated<string | null>;
}

export interface ContactPhoneTable {
  contact_id: string;
  phone: string;
  position: number;
}

export interface ContactEmailTable {
  contact_id: string;
  email: string;
  position: number;
}

export interface TagTable {
  id: Generated<string>;
  name: string;
  /** null: the administrator's, or of an agent who is gone. */
  owner_id: string | null;
  creator: "admin" | "agent";
  created_at: Created;
}

export interface ContactTagTable {
  contact_id: string;
  tag_id: string;
  /** null: the administrator, or an agent who is gone. */
  by_agent_id: string | null;
  at: Created;
}

/** What an activity tells, beside calls, which have rows of their own (OWN-07). */
export type ActivityKind = "comment" | "letter" | "survey" | "owner-changed" | "merged";

export interface ActivityTable {
  id: Generated<string>;
  contact_id: string;
  kind: ActivityKind;
  at: Generated<Date>;
  by_key_id: string | null;
  by_agent_id: string | null;
  data: JSONColumnType<Record<string, unknown>>;
  edited_at: Generated<Date | null>;
  edited_by_key_id: Generated<string | null>;
}

export interface ContactTables {
  contact: ContactTable;
  contact_phone: ContactPhoneTable;
  contact_email: ContactEmailTable;
  tag: TagTable;
  contact_tag: ContactTagTable;
  activity: ActivityTable;
}
