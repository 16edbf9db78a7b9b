/** What happens to a dial task: a call is placed for it, and somebody closes it (DIAL-13, DIAL-14). */
import { sql } from "kysely";
import type { Db } from "./database.ts";
import type { ErrandOutcome } from "./errands.ts";

/**
 * A call is placed for it. Refused when it is closed, or when another agent's call for it is going on.
 * @returns whether it was placed
 */
export async function taskPlaced(trx: Db, id: string, callId: string, agentId: string): Promise<boolean> {
  const placed = await trx
    .updateTable("dial_task")
    .set({ state: "in_work", call_id: callId })
    .where("id", "=", id)
    .where("closed_at", "is", null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("attempt")
            .select("attempt.id")
            .where("errand_id", "=", id)
            .where("errand_settled", "=", false)
            .where("attempt.agent_id", "!=", agentId),
        ),
      ),
    )
    .returning("id")
    .executeTakeFirst();
  return placed !== undefined;
}

/** A task whose subscriber was never dialled is as open as before; asking twice leaves the call that goes on. */
export async function taskSettled(trx: Db, { id, callId, dialled }: ErrandOutcome): Promise<void> {
  if (dialled) {
    await trx
      .updateTable("dial_task")
      .set((row) => ({ calls: row("calls", "+", 1) }))
      .where("id", "=", id)
      .execute();
    return;
  }
  const other = await trx
    .selectFrom("attempt")
    .select("call_id")
    .where("errand", "=", "task")
    .where("errand_id", "=", id)
    .where("errand_settled", "=", false)
    .where("call_id", "!=", callId)
    .orderBy("created_at", "desc")
    .limit(1)
    .executeTakeFirst();
  await trx
    .updateTable("dial_task")
    .set({
      ...{ call_id: other?.call_id ?? null },
      ...(!other && { state: sql`case when calls = 0 then 'open' else state end` }),
    })
    .where("id", "=", id)
    .where("call_id", "=", callId)
    .where("closed_at", "is", null)
    .execute();
}

/** Closes it. @returns the task as it was, undefined when it is closed already */
export async function closeTask(
  trx: Db,
  id: string,
  outcome: "successful" | "unsuccessful",
  result: string,
): Promise<{ agentId: string | null } | undefined> {
  return trx
    .updateTable("dial_task")
    .set({ state: outcome, result, closed_at: new Date() })
    .where("id", "=", id)
    .where("closed_at", "is", null)
    .returning("agent_id as agentId")
    .executeTakeFirst();
}
