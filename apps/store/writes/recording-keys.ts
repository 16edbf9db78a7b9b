/** Which recordings are wrapped by which master key: bookkeeping of a rotation (REC-03). */
import type { Db } from "../database.ts";

export interface Wrapped {
  readonly id: string;
  readonly path: string;
}

/** Kept recordings that another key than this one wraps. @param after only those behind this id. */
export async function wrappedByOthers(
  db: Db,
  keyId: string,
  limit: number,
  after: string | undefined,
): Promise<Wrapped[]> {
  let query = db
    .selectFrom("recording")
    .select(["id", "path"])
    .where("key_id", "is not", null)
    .where("key_id", "<>", keyId)
    .where("path", "is not", null);
  if (after) query = query.where("id", ">", after);
  const rows = await query.orderBy("id").limit(limit).execute();
  return rows.map(({ id, path }) => ({ id, path: path as string }));
}

/** Notes the key that wraps a recording now. */
export async function noteKey(db: Db, id: string, keyId: string): Promise<void> {
  await db
    .updateTable("recording")
    .set({ key_id: keyId })
    .where("id", "=", id)
    .where("key_id", "is not", null)
    .execute();
}
