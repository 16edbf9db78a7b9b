/** How far imports are: what is to be done next, and what came of it. */
import { sql } from "kysely";
import type { ImportField } from "../../core/contacts/headings.ts";
import type { Db } from "../database.ts";
import type { ImportProblem } from "../tables-contacts.ts";

/** What the jobs process has to do. */
export interface ImportTask {
  readonly id: string;
  readonly kind: "read" | "load";
}

/** Beginnings of one piece before it is given up: what ends the process each time would do so for ever. */
const MOST_ATTEMPTS = 5;

/** The oldest of its kind that waits, or was under way when a process died. */
export async function nextImport(db: Db, kind: ImportTask["kind"]): Promise<ImportTask | undefined> {
  const states = kind === "read" ? (["reading"] as const) : (["running", "queued"] as const);
  const row = await db
    .selectFrom("contact_import")
    .select("id")
    .where("state", "in", states)
    .orderBy(sql`state = 'running'`, "desc")
    .orderBy("created_at")
    .orderBy("id")
    .executeTakeFirst();
  return row && { id: row.id, kind };
}

/** What a file needs to be read. */
export interface ImportSource {
  readonly id: string;
  readonly way: "file" | "stream";
  readonly format: "csv" | "xlsx" | "ndjson" | null;
  readonly encoding: string | null;
  readonly delimiter: string | null;
  readonly mapping: readonly (ImportField | null)[] | null;
  readonly rowDone: number;
}

/**
 * Begins with an import, or begins again where it stands.
 * @returns undefined when there is nothing to do any more
 */
export async function beginImport(db: Db, { id, kind }: ImportTask): Promise<ImportSource | undefined> {
  const row = await db
    .updateTable("contact_import")
    .set((row) => ({
      attempts: row("attempts", "+", 1),
      ...(kind === "load" && {
        state: "running" as const,
        started_at: sql<Date>`coalesce(started_at, now())`,
      }),
    }))
    .where("id", "=", id)
    .where("state", "in", kind === "read" ? ["reading"] : ["queued", "running"])
    .returning(["id", "way", "format", "encoding", "delimiter", "mapping", "row_done as rowDone", "attempts"])
    .executeTakeFirst();
  if (!row) return undefined;
  if (row.attempts > MOST_ATTEMPTS) {
    const message = `it broke off ${MOST_ATTEMPTS} times behind row ${row.rowDone}; rows up to there are loaded`;
    await endImport(db, { id, kind }, { code: "broke-off", message });
    return undefined;
  }
  return row;
}

/** What a file turned out to be. */
export interface Recognised {
  readonly format: "csv" | "xlsx" | "ndjson";
  readonly encoding: string | null;
  readonly delimiter: string | null;
  readonly headings: readonly string[];
  readonly mapping: readonly (ImportField | null)[];
  readonly preview: readonly (readonly string[])[];
  readonly rowsTotal: number | null;
}

/** The file is read: people may look at it; a stream goes on at once. */
export async function importRead(db: Db, id: string, read: Recognised): Promise<void> {
  await db
    .updateTable("contact_import")
    .set({
      state: sql`case way when 'stream' then 'queued' else 'ready' end`,
      attempts: 0,
      ...{ format: read.format, encoding: read.encoding, delimiter: read.delimiter },
      ...{ headings: JSON.stringify(read.headings), mapping: JSON.stringify(read.mapping) },
      ...{ preview: JSON.stringify(read.preview), rows_total: read.rowsTotal },
    })
    .where("id", "=", id)
    .where("state", "=", "reading")
    .execute();
}

/** It is over: well (no problem), refused before it began, or failed. */
export async function endImport(
  db: Db,
  { id, kind }: ImportTask,
  problem: ImportProblem | undefined,
): Promise<void> {
  const state = problem === undefined ? "done" : kind === "read" ? "refused" : "failed";
  await db
    .updateTable("contact_import")
    .set({ state, ended_at: new Date(), problem: problem === undefined ? null : JSON.stringify(problem) })
    .where("id", "=", id)
    .where("state", "in", ["reading", "queued", "running"])
    .execute();
}

/** Whether an import still waits for its file, which has its id for a name. */
export async function isFileNeeded(db: Db, name: string): Promise<boolean> {
  const row = await db
    .selectFrom("contact_import")
    .select("id")
    .where(sql<string>`id::text`, "=", name)
    .where("state", "in", ["reading", "ready", "queued", "running"])
    .executeTakeFirst();
  return row !== undefined;
}

/** Forgets what was uploaded and never begun, and reports that are old. */
export async function tidyImports(db: Db): Promise<void> {
  await sql`update contact_import set state = 'cancelled', ended_at = now()
             where state = 'ready' and created_at < now() - interval '2 days'`.execute(db);
  await sql`delete from contact_import where ended_at < now() - interval '90 days'`.execute(db);
}
