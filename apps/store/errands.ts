/**
 * What calls were placed for: a call for later, a task, the next of a list, an order. An errand is claimed with its
 * attempt, before anything rings (law L4), and told afterwards whether anybody was dialled; both survive a restart.
 */
import { sql } from "kysely";
import type { ErrandKind } from "../core/outgoing/errand.ts";
import { itemSettled } from "./call-lists.ts";
import type { Db } from "./database.ts";
import { deferredSettled } from "./deferred.ts";
import { taskSettled } from "./dial-tasks.ts";

/** What came of the call that was placed for an errand. */
export interface ErrandOutcome {
  /** The errand's. */
  readonly id: string;
  readonly callId: string;
  /** Whether the customer was dialled; otherwise it is as if nothing had been placed. */
  readonly dialled: boolean;
  readonly talked: boolean;
}

type Settle = (trx: Db, outcome: ErrandOutcome) => Promise<void>;

const SETTLE: Readonly<Record<ErrandKind, Settle>> = {
  deferred: deferredSettled,
  task: taskSettled,
  list: itemSettled,
  order: async () => {},
};

/**
 * Tells every errand whose call is over, or was never made, what came of it; once each. Safe to call at any time and
 * from several places.
 * @returns how many there were
 */
export async function settleErrands(db: Db): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<ErrandOutcome & { attempt: string; kind: ErrandKind }>`
      select a.id as attempt, a.errand as kind, a.errand_id as id, a.call_id as "callId",
             a.state not in ('refused', 'not-placed') and exists (
               select from call_leg l where l.call_id = a.call_id and l.to_number = a.number) as dialled,
             coalesce(c.talk_ms > 0, false) as talked
        from attempt a left join call c on c.id = a.call_id
       where a.errand is not null and not a.errand_settled
         and (a.state in ('refused', 'not-placed') or c.ended_at is not null)
       order by a.created_at
         for update of a skip locked`.execute(trx);
    for (const { attempt, kind, ...outcome } of rows) {
      await SETTLE[kind](trx, outcome);
      await trx.updateTable("attempt").set({ errand_settled: true }).where("id", "=", attempt).execute();
    }
    return rows.length;
  });
}
