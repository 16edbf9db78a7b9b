/** Deferred calls whose time has come. */
import { sql } from "kysely";
import type { Db } from "./database.ts";
import { companySettings } from "./reads/company.ts";
import { emitEvent } from "./writes/outbox.ts";

export interface DueCall {
  readonly id: string;
  readonly agentId: string;
  readonly number: string;
  readonly contactId: string | null;
  readonly comment: string;
  readonly dueAt: Date;
}

/** A due call that may be placed by itself as soon as its agent is free. */
export interface AutoCall {
  readonly id: string;
  readonly agentId: string;
}

export interface DueCalls {
  /** Due from now on. */
  readonly due: readonly DueCall[];
  readonly auto: readonly AutoCall[];
  /** When to look again. */
  readonly next: Date | undefined;
}

/** So often is an agent's phone tried that is not lifted; then the call waits to be placed by hand. */
const AUTO_TRIES = 3;
/** What was due longer ago is not placed by itself: the customer agreed to that hour. */
const AUTO_WITHIN_MS = 3_600_000;

/**
 * Marks what is due and tells it to webhooks in the same transaction, and says which due calls are to be placed without
 * anybody's asking (the agent's choice, else the company's), and when the next one is due. Whoever asked not to be
 * called is not called by a machine.
 */
export async function takeDue(db: Db): Promise<DueCalls> {
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
    const auto = await automatic(trx);
    const first = await trx
      .selectFrom("deferred_call")
      .select((row) => row.fn.min("due_at").as("at"))
      .where("state", "=", "waiting")
      .executeTakeFirst();
    const times = [first?.at, ...auto.later].filter((at) => at != null);
    const next = times.sort((one, other) => one.getTime() - other.getTime())[0];
    return { due, auto: auto.now, next };
  });
}

/** Of each agent the one that was due first; `later`: when those may be tried again whose agent did not lift the phone. */
async function automatic(trx: Db): Promise<{ now: AutoCall[]; later: Date[] }> {
  const { deferredAutoCall } = await companySettings(trx);
  const rows = await trx
    .selectFrom("deferred_call")
    .innerJoin("agent", "agent.id", "deferred_call.agent_id")
    .select(["deferred_call.id", "agent_id as agentId", "auto_at as autoAt"])
    .where("deferred_call.state", "=", "due")
    .where("tries", "<", AUTO_TRIES)
    // What the gate has put off is due when it says so.
    .where(sql<boolean>`greatest(due_at, auto_at) > ${new Date(Date.now() - AUTO_WITHIN_MS)}`)
    .where(
      (row) => row.fn.coalesce("agent.deferred_auto_call", sql<boolean>`${deferredAutoCall}`),
      "is",
      true,
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("refused_number")
            .select("phone")
            .whereRef("phone", "=", "deferred_call.number")
            .where(sql<boolean>`until is null or until > now()`),
        ),
      ),
    )
    .orderBy("due_at")
    .orderBy("deferred_call.id")
    .execute();
  const now = new Map<string, AutoCall>();
  for (const { id, agentId, autoAt } of rows)
    if ((autoAt === null || autoAt.getTime() <= Date.now()) && !now.has(agentId))
      now.set(agentId, { id, agentId });
  return {
    now: [...now.values()],
    later: rows.flatMap(({ autoAt }) => (autoAt && autoAt > new Date() ? [autoAt] : [])),
  };
}

/** A call is placed for it: done with that, as far as we know now. @returns whether it was still open */
export async function deferredPlaced(trx: Db, id: string, callId: string): Promise<boolean> {
  const placed = await trx
    .updateTable("deferred_call")
    .set({ state: "done", call_id: callId, put_off_reason: null })
    .where("id", "=", id)
    .where("state", "in", ["waiting", "due"])
    .returning("id")
    .executeTakeFirst();
  return placed !== undefined;
}

/** So long at least until the gate is asked again, so that nobody is asked about in a circle. */
const ASKED_AGAIN_MS = 20_000;

/** The gate refused to have it placed by itself: it is asked again when it said, or waits for the agent for good. */
export async function putOffDeferred(
  trx: Db,
  id: string,
  { code, notBefore }: { code: string; notBefore?: number | undefined },
): Promise<void> {
  const later =
    notBefore === undefined
      ? { tries: AUTO_TRIES, auto_at: null }
      : { auto_at: new Date(Math.max(notBefore, Date.now() + ASKED_AGAIN_MS)) };
  await trx
    .updateTable("deferred_call")
    .set({ ...later, put_off_reason: code })
    .where("id", "=", id)
    .where("state", "=", "due")
    .execute();
}

const AGAIN_MS = 60_000;

/** Nobody was dialled: it is as open as before, and is tried again by itself only after a pause that grows. */
export async function deferredSettled(
  trx: Db,
  { id, callId, dialled }: { id: string; callId: string; dialled: boolean },
): Promise<void> {
  if (dialled) return;
  await trx
    .updateTable("deferred_call")
    .set((row) => ({
      state: sql`case when due_at > now() then 'waiting' else 'due' end`,
      call_id: null,
      tries: row("tries", "+", 1),
      auto_at: sql`now() + (tries + 1) * ${AGAIN_MS} * interval '1 millisecond'`,
    }))
    .where("id", "=", id)
    .where("call_id", "=", callId)
    .where("state", "=", "done")
    .execute();
}
