/** What the record says of a campaign's dial, read back out of the facts that were taken in. */
import { sql } from "kysely";
import { type AttemptRecord, foldAttempt } from "../core/records/attempt.ts";
import { foldPreviewed, PREVIEWED } from "../core/records/attempt-previewed.ts";
import { inOrder } from "../core/records/fold.ts";
import type { Db } from "./database.ts";
import { settleAttempt } from "./settle.ts";
import { addRefusals } from "./writes/refusals.ts";

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
  const fold = channel.startsWith(PREVIEWED) ? foldPreviewed : foldAttempt;
  const record = fold(channel, inOrder(facts.map((fact) => ({ ...fact, at: fact.at.getTime() }))), {
    connectedAt: row.connected_at?.getTime(),
    endedAt: row.ended_at.getTime(),
  });
  return { record, agentId: row.agent_id ?? undefined };
}

/** Settles an attempt by its record; whoever asked for it goes on the refusal list before. */
export async function settleByRecord(
  db: Db,
  attempt: string,
  record: AttemptRecord,
  agentId: string | undefined,
): Promise<void> {
  if (record.refused) await db.transaction().execute((trx) => refusePerson(trx, attempt));
  const { ending, endedAt, cause, refused: _, ...facts } = record;
  await settleAttempt(db, attempt, { ending, endedAt, cause, agentId, ...facts });
}

/**
 * The key was pressed: nobody calls this person again, on whatever number. An organisation's other numbers are other
 * people's.
 */
async function refusePerson(trx: Db, attempt: string): Promise<void> {
  const { rows } = await sql<{ phone: string }>`
    select number as phone from attempt where id = ${attempt}
    union
    select n.phone from attempt a join campaign_contact l on l.id = a.campaign_contact_id
      join campaign_number n on n.campaign_contact_id = l.id left join contact c on c.id = l.contact_id
     where a.id = ${attempt} and c.kind is distinct from 'organisation'
    union
    select p.phone from attempt a join contact c on c.id = a.contact_id join contact_phone p on p.contact_id = c.id
     where a.id = ${attempt} and c.kind = 'contact'`.execute(trx);
  const said = { reason: "pressed the key during a call", source: "key", until: null } as const;
  await addRefusals(
    trx,
    rows.map(({ phone }) => ({ phone, ...said, attemptId: attempt })),
  );
}
