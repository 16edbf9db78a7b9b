/** Uploaded sounds. */
import type { Db } from "../database.ts";

/** Sounds by name; `id`: this one. `usedBy`: the lines and slots that play it. */
export async function listSounds(db: Db, only: { id?: string } = {}) {
  const [rows, uses] = [
    await db
      .selectFrom("sound")
      .select([
        "id",
        "name",
        "language",
        "original_name as originalName",
        "format",
        "bytes",
        "sha256",
        "duration_ms as durationMs",
        "created_at as createdAt",
      ])
      .$if(only.id !== undefined, (query) => query.where("id", "=", only.id as string))
      .orderBy("name")
      .orderBy("created_at")
      .execute(),
    await db
      .selectFrom("line_prompt")
      .select(["sound_id as soundId", "line_id as lineId", "slot"])
      .where("sound_id", "is not", null)
      .$if(only.id !== undefined, (query) => query.where("sound_id", "=", only.id as string))
      .execute(),
  ];
  return rows.map((row) => ({
    ...row,
    usedBy: uses.filter((use) => use.soundId === row.id).map(({ lineId, slot }) => ({ lineId, slot })),
  }));
}

/** The ids of all sounds. */
export async function soundIds(db: Db): Promise<string[]> {
  return (await db.selectFrom("sound").select("id").execute()).map(({ id }) => id);
}
