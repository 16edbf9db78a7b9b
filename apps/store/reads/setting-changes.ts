/** The log of changed settings, newest first. */
import { sql } from "kysely";
import type { Db } from "../database.ts";
import { type Cursor, pageOf } from "./page.ts";

const COLUMNS = [
  "id",
  "at",
  "key_id as keyId",
  "role",
  "command",
  "subject_id as subjectId",
  "subject_name as subjectName",
  "before",
  "after",
  "undone_by as undoneBy",
] as const;

/** One page, of one subject or of all. */
export async function listChanges(
  db: Db,
  { subjectId, after, limit }: { subjectId?: string | undefined; after?: Cursor | undefined; limit: number },
) {
  let query = db.selectFrom("setting_change").select(COLUMNS).select(sql<string>`at::text`.as("cursorAt"));
  if (subjectId) query = query.where("subject_id", "=", subjectId);
  if (after) query = query.where(sql<boolean>`(at, id) < (${after.at}::timestamptz, ${after.id}::uuid)`);
  const rows = await query
    .orderBy("at", "desc")
    .orderBy("id", "desc")
    .limit(limit + 1)
    .execute();
  return pageOf(rows, limit);
}

/** One change; undefined when there is none. */
export function findChange(db: Db, id: string) {
  return db.selectFrom("setting_change").select(COLUMNS).where("id", "=", id).executeTakeFirst();
}

/** The same, kept from others until the transaction ends. */
export function lockChange(trx: Db, id: string) {
  return trx.selectFrom("setting_change").select(COLUMNS).where("id", "=", id).forUpdate().executeTakeFirst();
}
