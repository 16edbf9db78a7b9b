/** Answering machine detection as people know it better. */
import { sql } from "kysely";
import type { Db } from "./database.ts";

/**
 * Writes beside AMD's verdict what it should have been, and who says so; its own words stay. Said again, the newer
 * word counts. @returns false when there is no such attempt with a verdict
 */
export async function correctAmd(
  db: Db,
  {
    campaign,
    attempt,
    verdict,
    by,
  }: { campaign: string; attempt: string; verdict: "person" | "machine"; by: string },
): Promise<boolean> {
  const corrected = JSON.stringify({ corrected: { verdict, by, at: new Date().toISOString() } });
  const { numUpdatedRows } = await db
    .updateTable("attempt")
    .set({ amd: sql<string>`amd || ${corrected}::jsonb` })
    .where("id", "=", attempt)
    .where("campaign_id", "=", campaign)
    .where("amd", "is not", null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
