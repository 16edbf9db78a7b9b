/** What the record says of a campaign's dial, read back out of the facts that were taken in. */
import { type AttemptRecord, foldAttempt } from "../core/records/attempt.ts";
import { inOrder } from "../core/records/fold.ts";
import type { Db } from "./database.ts";
import { settleAttempt } from "./settle.ts";

/** Undefined while its call goes on, or when there is none. */
export async function readAttemptRecord(
  db: Db,
  channel: string,
  call: string,
): Promise<{ record: AttemptRecord; agentId: string | undefined } | undefined> {
  const row = await db
    .selectFrom("call")
    .select(["connected_at", "ended_at", "agent_id"])
    .where("id", "=", call)
    .executeTakeFirst();
  if (!row?.ended_at) return undefined;
  const facts = await db
    .selectFrom("call_event")
    .select(["origin", "kind", "source", "at", "data"])
    .where("call_id", "=", call)
    .execute();
  const record = foldAttempt(channel, inOrder(facts.map((fact) => ({ ...fact, at: fact.at.getTime() }))), {
    connectedAt: row.connected_at?.getTime(),
    endedAt: row.ended_at.getTime(),
  });
  return { record, agentId: row.agent_id ?? undefined };
}

/** Settles an attempt by its record; a number whose owner asked for it goes on the refusal list, in the same breath. */
export async function settleByRecord(
  db: Db,
  attempt: string,
  record: AttemptRecord,
  agentId: string | undefined,
): Promise<void> {
  if (record.refused) await refuseNumber(db, attempt, record.endedAt);
  const { ending, endedAt, cause, refused: _, ...facts } = record;
  await settleAttempt(db, attempt, { ending, endedAt, cause, agentId, ...facts });
}

/** The key was pressed: nobody calls this number again. */
async function refuseNumber(db: Db, attempt: string, at: number): Promise<void> {
  await db
    .insertInto("refused_number")
    .columns(["phone", "reason", "source", "at", "attempt_id"])
    .expression((query) =>
      query
        .selectFrom("attempt")
        .select((row) => [
          "number",
          row.val("pressed the key during a call").as("reason"),
          row.val("key").as("source"),
          row.val(new Date(at)).as("at"),
          "id",
        ])
        .where("id", "=", attempt),
    )
    .onConflict((conflict) => conflict.column("phone").doUpdateSet({ until: null }))
    .execute();
}
