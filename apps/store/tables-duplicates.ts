/** The tables of a search for duplicates. */
import type { Generated, JSONColumnType } from "kysely";
import type { ContactKind } from "../core/contacts/contact.ts";
import type { Created } from "./tables.ts";

/** How the record that survives is chosen (DUP-06). */
export type BaseCriterion = "oldest" | "newest" | "most-filled" | "most-active";

export interface DuplicateSearchTable {
  id: Generated<string>;
  by_key_id: string | null;
  base: BaseCriterion;
  created_at: Created;
  done: Generated<"deleted" | "merged" | null>;
}

export interface DuplicateTable {
  search_id: string;
  contact_id: string;
  kind: ContactKind;
  number: number;
  rank: number;
  base: boolean;
  selected: Generated<boolean>;
  matched: JSONColumnType<{ field: string; value: string }[]>;
}

export interface DuplicateTables {
  duplicate_search: DuplicateSearchTable;
  duplicate: DuplicateTable;
}
