/** What is the same for the whole company, with what holds while nobody has said anything else. */
import type { Db } from "../database.ts";

export interface CompanyValues {
  /** Whether a call can be completed without a topic (WRAP-02, D-14). */
  readonly wrapUpTopicRequired: boolean;
  /** Whether due calls are placed by themselves when their agent is free (DEFER-01). */
  readonly deferredAutoCall: boolean;
  /** IANA zone: when the company's day begins and ends (ORDQ-02 … ORDQ-07). */
  readonly zone: string;
  /** After a failed call an order is redialled not earlier, and by when (D-18). */
  readonly quickRedialAfterSeconds: number;
  readonly quickRedialBySeconds: number;
}

/** Where each setting is kept: the row's name in company_setting, the field of its value, and the default. */
export const COMPANY_PLACES: {
  readonly [Name in keyof CompanyValues]: readonly [
    row: string,
    field: string,
    otherwise: CompanyValues[Name],
  ];
} = {
  wrapUpTopicRequired: ["wrapUp", "topicRequired", true],
  deferredAutoCall: ["deferred", "autoCall", false],
  zone: ["zone", "name", "Europe/Moscow"],
  quickRedialAfterSeconds: ["quickRedial", "afterSeconds", 120],
  quickRedialBySeconds: ["quickRedial", "bySeconds", 180],
};

/** All of them. */
export async function companySettings(db: Db): Promise<CompanyValues> {
  const rows = await db.selectFrom("company_setting").select(["name", "value"]).execute();
  const values = new Map(rows.map(({ name, value }) => [name, value as Record<string, unknown>]));
  const entries = Object.entries(COMPANY_PLACES).map(([setting, [row, field, otherwise]]) => [
    setting,
    values.get(row)?.[field] ?? otherwise,
  ]);
  return Object.fromEntries(entries) as CompanyValues;
}
