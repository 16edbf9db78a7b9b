/** The refusal list, and evidence of consent. */
import { sql } from "kysely";
import type { Purpose } from "../../core/dialling/campaign.ts";
import type { Db } from "../database.ts";
import { afterTakers } from "../take-facts.ts";
import { reopenListed } from "./campaign-list.ts";

export interface NewRefusal {
  /** E.164. */
  readonly phone: string;
  readonly reason: string;
  readonly source: "api" | "import" | "key" | "agent";
  /** Null: for ever. */
  readonly until: Date | null;
  /** In which attempt it was said. */
  readonly attemptId?: string | undefined;
}

/**
 * Writes down who must not be called. The longer word counts: what was said for ever stays so, and who may only add to
 * the list takes nobody off it. Whoever decides about a number at this moment is waited for, so that nobody is dialled
 * by what was read before.
 * @param trx a transaction, or the wait is in vain
 * @returns how many were not on the list before
 */
export async function addRefusals(trx: Db, refusals: readonly NewRefusal[]): Promise<number> {
  await afterTakers(trx);
  // One statement cannot write a row twice.
  const once = new Map(refusals.map((refusal) => [refusal.phone, refusal]));
  for (const refusal of refusals) if (refusal.until === null) once.set(refusal.phone, refusal);
  const { rows } = await sql<{ added: boolean }>`
    insert into refused_number as old (phone, reason, source, until, attempt_id)
    select phone, reason, source, until, "attemptId"
      from jsonb_to_recordset(${JSON.stringify([...once.values()])}::jsonb)
           as one(phone text, reason text, source text, until timestamptz, "attemptId" text)
        on conflict (phone) do update
           set reason = excluded.reason, source = excluded.source, until = excluded.until, at = now(),
               attempt_id = excluded.attempt_id
         where old.until < coalesce(excluded.until, 'infinity')
    returning xmax = 0 as added`.execute(trx);
  return rows.filter(({ added }) => added).length;
}

/** @returns false when it was not on the list */
export async function removeRefusal(trx: Db, phone: string): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom("refused_number")
    .where("phone", "=", phone)
    .executeTakeFirst();
  await reopenListed(trx, [phone]);
  return numDeletedRows > 0n;
}

export interface NewConsent {
  readonly phone: string;
  readonly contactId: string | null;
  readonly purpose: Purpose;
  readonly how: string;
  readonly givenAt: Date;
  readonly takenBy: string;
  readonly reference: string;
  readonly until: Date | null;
}

/** @returns their ids, in the same order */
export async function addConsents(trx: Db, consents: readonly NewConsent[]): Promise<string[]> {
  const rows = consents.map((consent) => ({
    ...{ phone: consent.phone, contact_id: consent.contactId, purpose: consent.purpose, how: consent.how },
    ...{ given_at: consent.givenAt, taken_by: consent.takenBy, reference: consent.reference },
    ...{ until: consent.until, withdrawn_at: null },
  }));
  const ids = await trx.insertInto("contact_consent").values(rows).returning("id").execute();
  await reopenListed(
    trx,
    consents.map(({ phone }) => phone),
  );
  return ids.map(({ id }) => id);
}

/**
 * Whoever withdraws a consent agrees no more, however often they had agreed: every consent of this number to the same
 * purpose goes with it. Whoever decides about a number at this moment is waited for.
 * @param trx a transaction
 * @returns false when there is no such consent, or it was withdrawn before
 */
export async function withdrawConsent(trx: Db, id: string): Promise<boolean> {
  await afterTakers(trx);
  const { numAffectedRows } = await sql`
    update contact_consent given set withdrawn_at = now()
      from contact_consent asked
     where asked.id = ${id} and asked.withdrawn_at is null and given.withdrawn_at is null
       and given.phone = asked.phone and given.purpose = asked.purpose`.execute(trx);
  return (numAffectedRows ?? 0n) > 0n;
}
