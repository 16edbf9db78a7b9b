/** The back-fill of agents' parts, as the migration does it: for records that no intake wrote. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { home } from "../../apps/home.ts";
import type { Db } from "../../apps/store/database.ts";

/** Writes agent_call and agent_busy anew from calls, channels and wrap-ups. */
export async function backfillAgentCalls(db: Db): Promise<void> {
  const text = readFileSync(join(home, "db/migrations/0130_agent_calls.sql"), "utf8");
  const [, statements] = text.split("-- Back-fill");
  await db.transaction().execute(async (trx) => {
    await sql`set local statement_timeout = 0`.execute(trx);
    await sql`truncate agent_call, agent_busy`.execute(trx);
    await sql.raw(`--${statements}`).execute(trx);
  });
}
