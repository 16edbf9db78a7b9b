/**
 * One process at a time: a lock of PostgreSQL's, held by a connection of its own and gone with it, however the process
 * ends.
 */
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import pg from "pg";
import type { Db } from "./database.ts";

const AGAIN_MS = 500;

/**
 * Waits until nobody else holds the lock of this name.
 * @param onLost the connection broke, so another may hold it now
 * @throws when the database does not answer
 */
export async function holdAlone(
  url: string,
  name: string,
  onLost: () => void,
): Promise<{ release(): Promise<void> }> {
  const client = new pg.Client({
    connectionString: url,
    application_name: lockName(name),
    keepAlive: true,
    connectionTimeoutMillis: 3000,
  });
  await client.connect();
  let held = false;
  let released = false;
  const lost = (): void => {
    if (held && !released) onLost();
    held = false;
  };
  client.on("error", lost);
  client.on("end", lost);
  const ask = "select pg_try_advisory_lock(hashtextextended($1, 0)) as mine";
  while (!(await client.query<{ mine: boolean }>(ask, [`dozvon ${name}`])).rows[0]?.mine)
    await pause(AGAIN_MS);
  held = true;
  return {
    async release() {
      released = true;
      await client.end().catch(() => {});
    },
  };
}

/** Whether some process holds the lock of this name. */
export async function isHeld(db: Db, name: string): Promise<boolean> {
  const { rows } = await sql<{ held: boolean }>`
    select exists (select from pg_locks join pg_stat_activity using (pid)
                    where locktype = 'advisory' and granted
                      and application_name = ${lockName(name)}) as held`.execute(db);
  return rows[0]?.held === true;
}

/** What the lock's connection is called in pg_stat_activity. */
function lockName(name: string): string {
  return `dozvon-${name}-lock`;
}
