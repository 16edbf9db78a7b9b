/** Deferred calls whose time has come. */
import type { Db } from "./database.ts";
import { emitEvent } from "./writes/outbox.ts";

export interface DueCall {
  readonly id: string;
  readonly agentId: string;
  readonly number: string;
  readonly contactId: string | null;
  readonly comment: string;
  readonly dueAt: Date;
}

/** Marks what is due, tells it to webhooks in the same transaction, and says when the next one is. */
export async function takeDue(db: Db): Promise<{ due: DueCall[]; next: Date | undefined }> {
  return db.transaction().execute(async (trx) => {
    const due = await trx
      .updateTable("deferred_call")
      .set({ state: "due" })
      .where("state", "=", "waiting")
      .where("due_at", "<=", new Date())
      .returning(["id", "agent_id as agentId", "number", "contact_id as contactId", "comment"])
      .returning("due_at as dueAt")
      .execute();
    for (const { id, dueAt, ...data } of due)
      await emitEvent(
        trx,
        "deferred.due",
        { kind: "deferred", id },
        { deferredId: id, ...data, dueAt: dueAt.toISOString() },
      );
    const next = await trx
      .selectFrom("deferred_call")
      .select((row) => row.fn.min("due_at").as("at"))
      .where("state", "=", "waiting")
      .executeTakeFirst();
    return { due, next: next?.at ?? undefined };
  });
}
