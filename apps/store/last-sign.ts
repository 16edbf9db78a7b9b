/** The last sign of life of an Asterisk that is gone. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Db } from "./database.ts";

/**
 * When a recording of this channel last grew, or any line of the record was written; milliseconds since 1970.
 * @param monitor the folder of growing recordings
 * @param before only what is older than this counts
 */
export async function lastSign(db: Db, monitor: string, channel: string, before: number): Promise<number> {
  const files = await Promise.all(
    [".raw", ".wav"].map((end) => stat(join(monitor, channel + end)).catch(() => undefined)),
  );
  const { at } = await db
    .selectFrom("call_event")
    .select((row) => row.fn.max("at").as("at"))
    .where("source", "=", "cel")
    .where("at", "<", new Date(before))
    .executeTakeFirstOrThrow();
  return Math.max(
    at?.getTime() ?? 0,
    ...files.map((file) => file?.mtimeMs ?? 0).filter((time) => time < before),
  );
}
