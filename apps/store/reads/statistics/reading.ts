/** Reading a lot at once. */
import { sql } from "kysely";
import type { Db } from "../../database.ts";
import { createSlots } from "./slots.ts";

/**
 * Half of a process's connections (store/database.ts) at most: a report may take a minute, and calls, settings and
 * keys are read meanwhile. Who opens a page with several tables waits for the first ones.
 */
const inTurn = createSlots({ atOnce: 2, waiting: 8, waitMs: 10_000 });

/**
 * Several sums of one moment, over one connection: a report must not take all of the API's. With PostgreSQL's usual
 * 4 MB a month of calls would be sorted on disk before it is summed up; with this it is summed up in memory; and the
 * planner, who cannot know how few kinds of calls there are, is told not to sort them first.
 * A busy machine may take longer over a year of many agents than any other question is given.
 * @throws BusyError when too many are read already
 */
export function inOneReading<Result>(db: Db, read: (trx: Db) => Promise<Result>): Promise<Result> {
  return inTurn(() =>
    db
      .transaction()
      .setIsolationLevel("repeatable read")
      .setAccessMode("read only")
      .execute(async (trx) => {
        await sql`set local work_mem = '64MB'`.execute(trx);
        await sql`set local enable_sort = off`.execute(trx);
        await sql`set local statement_timeout = '60s'`.execute(trx);
        return read(trx);
      }),
  );
}
