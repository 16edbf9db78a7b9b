/** The live stream's rows (see store/live.ts, which writes them). */
import { sql } from "kysely";
import type { Db } from "../database.ts";

export interface LiveRow {
  readonly seq: number;
  readonly at: Date;
  readonly topic: "calls" | "agents" | "queues" | "system";
  readonly kind: string;
  readonly data: Record<string, unknown>;
}

/** Events with a number above `seq`, in order. */
export async function liveAfter(db: Db, seq: number, limit: number): Promise<LiveRow[]> {
  const rows = await db
    .selectFrom("live_event")
    .select(["seq", "at", "topic", "kind", "data"])
    .where("seq", ">", seq)
    .orderBy("seq")
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
}

/** The oldest and the newest number that are kept; zeros when there are none. */
export async function liveBounds(db: Db): Promise<{ oldest: number; latest: number }> {
  const { rows } = await sql<{ oldest: number; latest: number }>`
    select coalesce(min(seq), 0) as oldest, coalesce(max(seq), 0) as latest from live_event`.execute(db);
  return { oldest: Number(rows[0]?.oldest ?? 0), latest: Number(rows[0]?.latest ?? 0) };
}

/** @throws when the database does not answer. */
export async function ping(db: Db): Promise<void> {
  await sql`select 1`.execute(db);
}
