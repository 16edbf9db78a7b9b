/** Numbers that may be shown to whom we call: ours, or proved to be ours (LINE-01 … LINE-04). */
import { sql } from "kysely";
import type { Db } from "../database.ts";

/** Those of these numbers (E.164) that the company may show now. */
export async function ownAmong(db: Db, numbers: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ number: string }>`
    select number from line where number = any(${numbers})
    union
    select number from trunk where kind = 'pbx' and number = any(${numbers})
    union
    select number from number_verification
     where subject in ('company', 'agent') and valid_until > now() and number = any(${numbers})
    union
    select value->>'serviceNumber' from company_setting
     where name = 'numbers' and value->>'serviceNumber' = any(${numbers})`.execute(db);
  return new Set(rows.map(({ number }) => number));
}
