/** Imports of contacts and what became of their rows. */
import { sql } from "kysely";
import type { ImportField } from "../../core/contacts/headings.ts";
import type { DuplicatePolicy, MatchedBy } from "../../core/contacts/loading.ts";
import type { Db } from "../database.ts";
import type { ImportProblem, ImportState } from "../tables-contacts.ts";
import { type Cursor, type Page, pageOf } from "./page.ts";

export interface ImportRow {
  readonly id: string;
  readonly way: "file" | "stream";
  readonly fileName: string;
  readonly bytes: number;
  readonly state: ImportState;
  readonly problem: ImportProblem | null;
  readonly format: "csv" | "xlsx" | "ndjson" | null;
  readonly encoding: string | null;
  readonly delimiter: string | null;
  readonly headings: string[] | null;
  readonly mapping: (ImportField | null)[] | null;
  readonly preview: string[][] | null;
  readonly rowsTotal: number | null;
  readonly policy: DuplicatePolicy | null;
  readonly ownerId: string | null;
  readonly tag: string | null;
  readonly agentId: string | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly rowDone: number;
  readonly loaded: number;
  readonly merged: number;
  readonly skipped: number;
  readonly refused: number;
  readonly contactsLoaded: number;
  readonly organisationsLoaded: number;
  readonly contactsMerged: number;
  readonly organisationsMerged: number;
  readonly cursorAt: string;
}

export interface ImportFilter {
  readonly id?: string;
  /** Narrows to one uploader. */
  readonly only?: string | undefined;
  readonly after?: Cursor | undefined;
  readonly limit: number;
}

/** Newest first. */
export async function listImports(db: Db, filter: ImportFilter): Promise<Page<ImportRow>> {
  let query = db
    .selectFrom("contact_import")
    .select(["id", "way", "bytes", "state", "problem", "format", "encoding", "delimiter", "headings"])
    .select(["mapping", "preview", "policy", "tag", "loaded", "merged", "skipped", "refused"])
    .select([
      "file_name as fileName",
      "rows_total as rowsTotal",
      "owner_id as ownerId",
      "agent_id as agentId",
    ])
    .select(["created_at as createdAt", "started_at as startedAt", "ended_at as endedAt"])
    .select(["row_done as rowDone", "contacts_loaded as contactsLoaded"])
    .select(["organisations_loaded as organisationsLoaded", "contacts_merged as contactsMerged"])
    .select(["organisations_merged as organisationsMerged", sql<string>`created_at::text`.as("cursorAt")]);
  if (filter.id) query = query.where("id", "=", filter.id);
  if (filter.only) query = query.where("agent_id", "=", filter.only);
  if (filter.after)
    query = query.where(
      sql<boolean>`(created_at, id) < (${filter.after.at}::timestamptz, ${filter.after.id}::uuid)`,
    );
  const rows = await query
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(filter.limit + 1)
    .execute();
  return pageOf(rows, filter.limit);
}

/** What became of one row. */
export interface ImportedRow {
  readonly row: number;
  readonly result: "loaded" | "merged" | "skipped" | "refused";
  readonly reason: string | null;
  readonly field: string | null;
  readonly value: string | null;
  readonly contactId: string | null;
  readonly organisationId: string | null;
  readonly matchedId: string | null;
  readonly matchedBy: MatchedBy | null;
  readonly matchedRow: number | null;
}

/** Rows in the order of the file, those behind `after`. */
export function listImportRows(
  db: Db,
  {
    id,
    after,
    result,
    limit,
  }: { id: string; after: number; result?: ImportedRow["result"] | undefined; limit: number },
): Promise<ImportedRow[]> {
  let query = db
    .selectFrom("contact_import_row")
    .select(["number as row", "result", "reason", "field", "value"])
    .select(["contact_id as contactId", "organisation_id as organisationId", "matched_id as matchedId"])
    .select(["matched_by as matchedBy", "matched_row as matchedRow"])
    .where("import_id", "=", id)
    .where("number", ">", after);
  if (result) query = query.where("result", "=", result);
  return query.orderBy("number").limit(limit).execute();
}
