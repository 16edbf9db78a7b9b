/** Tariffs, and what calls cost. */
import type { Db } from "../database.ts";

/** By prefix; one, or all. */
export function listTariffs(db: Db, id?: string) {
  const query = db
    .selectFrom("tariff")
    .select(["id", "prefix", "direction", "currency", "rounding"])
    .select(["rate_minor_per_minute as rateMinorPerMinute", "created_at as createdAt"])
    .orderBy("prefix");
  return (id === undefined ? query : query.where("id", "=", id)).execute();
}

/** The charges of one call, in the order of their answers. */
export function chargesOf(db: Db, callId: string) {
  return db
    .selectFrom("charge")
    .select(["channel", "number", "direction", "seconds", "billed_seconds as billedSeconds", "rounding"])
    .select(["rate_minor_per_minute as rateMinorPerMinute", "currency", "amount_minor as amountMinor"])
    .select(["reason", "answered_at as answeredAt"])
    .where("call_id", "=", callId)
    .orderBy("answered_at")
    .orderBy("channel")
    .execute();
}
