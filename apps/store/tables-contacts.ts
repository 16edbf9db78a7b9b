/**
 * The tables of the contact base: organisations, people, how to reach them, tags and history.
 */
import type { Generated, JSONColumnType } from "kysely";
import type { ContactKind } from "../core/contacts/contact.ts";
import type { ImportField } from "../core/contacts/headings.ts";
import type { DuplicatePolicy, MatchedBy } from "../core/contacts/loading.ts";
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
  /** The import that made it, which may be gone. */
  import_id: Generated<string | null>;
}

export interface ContactPhoneTable {
  contact_id: string;
  phone: string;
  position: number;
  /** The contact's, kept by triggers. */
  owner_id: Generated<string | null>;
}

export interface ContactEmailTable {
  contact_id: string;
  email: string;
  position: number;
  /** The contact's, kept by triggers. */
  owner_id: Generated<string | null>;
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

export type ImportState =
  | "reading"
  | "ready"
  | "refused"
  | "queued"
  | "running"
  | "done"
  | "failed"
  | "cancelled";

export interface ContactImportTable {
  id: string;
  way: "file" | "stream";
  file_name: string;
  bytes: number;
  state: ImportState;
  problem: JSONColumnType<ImportProblem> | null;
  format: "csv" | "xlsx" | "ndjson" | null;
  encoding: string | null;
  delimiter: string | null;
  headings: JSONColumnType<string[]> | null;
  mapping: JSONColumnType<(ImportField | null)[]> | null;
  preview: JSONColumnType<string[][]> | null;
  rows_total: number | null;
  policy: DuplicatePolicy | null;
  owner_id: string | null;
  tag: string | null;
  key_id: string | null;
  agent_id: string | null;
  created_at: Created;
  started_at: Date | null;
  ended_at: Date | null;
  attempts: Generated<number>;
  /** The last row that was dealt with; 1 is the headings'. */
  row_done: Generated<number>;
  loaded: Generated<number>;
  merged: Generated<number>;
  skipped: Generated<number>;
  refused: Generated<number>;
  contacts_loaded: Generated<number>;
  organisations_loaded: Generated<number>;
  contacts_merged: Generated<number>;
  organisations_merged: Generated<number>;
}

/** Why an import is refused or has failed. */
export interface ImportProblem {
  readonly code: string;
  readonly message: string;
}

export interface ContactImportRowTable {
  import_id: string;
  number: number;
  result: "loaded" | "merged" | "skipped" | "refused";
  reason: string | null;
  field: string | null;
  value: string | null;
  contact_id: string | null;
  organisation_id: string | null;
  matched_id: string | null;
  matched_by: MatchedBy | null;
  matched_row: number | null;
}

export interface ContactTables {
  contact: ContactTable;
  contact_phone: ContactPhoneTable;
  contact_email: ContactEmailTable;
  tag: TagTable;
  contact_tag: ContactTagTable;
  activity: ActivityTable;
  contact_import: ContactImportTable;
  contact_import_row: ContactImportRowTable;
}
