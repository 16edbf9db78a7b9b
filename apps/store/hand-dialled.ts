/** Calls that agents dialled on their phones: nobody wrote an attempt for them, but the person's phone has rung. */
import { sql } from "kysely";
import type { PastAttempt } from "../core/dialling/gate.ts";
import type { Db } from "./database.ts";

/** Of these numbers and people, since then. */
export async function handDialled(
  db: Db,
  phones: readonly string[],
  contacts: readonly string[],
  since: Date,
): Promise<(PastAttempt & { readonly contactId: string | null })[]> {
  const { rows } = await sql<{ number: string; contactId: string | null; at: Date; endedAt: Date | null }>`
    select to_number as number, contact_id as "contactId", arrived_at as at, ended_at as "endedAt"
      from call
     where type = 'outbound' and to_number is not null and arrived_at > ${since}
       and (to_number = any(${phones}) or contact_id = any(${contacts}::uuid[]))
       and not exists (select from attempt where attempt.call_id = call.id)`.execute(db);
  return rows.map(({ at, endedAt, ...call }) => ({
    ...call,
    at: at.getTime(),
    endedAt: endedAt?.getTime(),
    open: false,
  }));
}
