/** What is the same for the whole company. */
import { sql } from "kysely";
import type { Db } from "../database.ts";
import { COMPANY_PLACES, type CompanyValues } from "../reads/company.ts";

/** Writes what is named; the rest stays as it is. */
export async function saveCompany(trx: Db, change: Partial<CompanyValues>): Promise<void> {
  for (const [setting, value] of Object.entries(change)) {
    const [name, field] = COMPANY_PLACES[setting as keyof CompanyValues];
    const added = JSON.stringify({ [field]: value });
    await trx
      .insertInto("company_setting")
      .values({ name, value: added })
      .onConflict((conflict) =>
        conflict.column("name").doUpdateSet({
          value: sql`company_setting.value || excluded.value`,
          updated_at: new Date(),
        }),
      )
      .execute();
  }
}
