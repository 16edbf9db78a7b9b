/** Charges of connections to numbers outside: priced when they are over, by the tariffs of that moment. */
import { type RawBuilder, sql } from "kysely";
import { chargeOf, type Tariff, tariffOf } from "../core/billing/charge.ts";
import type { Connection } from "../core/records/connections.ts";
import type { CallRecord } from "../core/records/fold.ts";
import type { Db } from "./database.ts";
import { toJson } from "./intake-rows.ts";

interface Folded {
  readonly id: string;
  readonly record: CallRecord;
}

/** Rows of `charge` for every connection that is over. One short question, only when there is such a connection. */
export async function priceConnections(db: Db, records: readonly Folded[]): Promise<object[]> {
  const over = records.flatMap(({ id, record }) =>
    record.connections.flatMap((each) =>
      each.endedAt === undefined ? [] : [{ id, each, ms: each.endedAt - each.answeredAt }],
    ),
  );
  if (over.length === 0) return [];
  const numbers = over.map(({ each }) => each.number);
  const [tariffs, pbx] = [await tariffsFor(db, numbers), await ownPbx(db)];
  return over.map(({ id, each, ms }) => chargeRow(id, each, ms, tariffs, pbx));
}

/**
 * Part of the intake's one statement. What is charged stays: a record that is folded anew does not meet the tariffs of
 * another day.
 */
export function keepCharges(rows: readonly object[]): RawBuilder<unknown> {
  return sql`charges as (
      insert into charge select * from json_populate_recordset(null::charge, ${toJson(rows)}::json)
          on conflict (call_id, channel) do nothing
    )`;
}

function chargeRow(
  call: string,
  { channel, number, trunk, answeredAt }: Connection,
  ms: number,
  tariffs: readonly Tariff[],
  pbx: ReadonlySet<string>,
): object {
  const ownPbx = trunk !== undefined && pbx.has(trunk);
  const { seconds, billedSeconds, tariff, amountMinor, reason } = chargeOf(
    ms,
    tariffOf(number, tariffs),
    ownPbx,
  );
  return {
    ...{ call_id: call, channel, number, answered_at: new Date(answeredAt).toISOString() },
    ...{ seconds, billed_seconds: billedSeconds, direction: tariff?.direction, rounding: tariff?.rounding },
    ...{ rate_minor_per_minute: tariff?.rateMinorPerMinute, currency: tariff?.currency },
    ...{ amount_minor: amountMinor, reason },
  };
}

function tariffsFor(db: Db, numbers: readonly string[]): Promise<Tariff[]> {
  return db
    .selectFrom("tariff")
    .select(["prefix", "direction", "currency", "rounding", "rate_minor_per_minute as rateMinorPerMinute"])
    .where(
      sql<boolean>`exists (select from unnest(${numbers}::text[]) as called (number) where starts_with(called.number, prefix))`,
    )
    .execute();
}

async function ownPbx(db: Db): Promise<Set<string>> {
  const rows = await db.selectFrom("trunk").select("key").where("kind", "=", "pbx").execute();
  return new Set(rows.map(({ key }) => key));
}
