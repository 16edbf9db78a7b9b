/** What becomes of scenarios when something else goes. */
import { sql } from "kysely";
import type { Db } from "../database.ts";

/** A line goes: it leaves the scenarios that it had, none of which becomes its direction's default by that (SCEN-04). */
export async function forgetLine(trx: Db, lineId: string): Promise<void> {
  await sql`update scenario set line_ids = array_remove(line_ids, ${lineId}::uuid)
             where ${lineId}::uuid = any(line_ids)`.execute(trx);
}
