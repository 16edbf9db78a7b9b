/** A call is written down for later to a number that nobody may call now. */
import type { Db } from "../store/database.ts";
import { refusedOutside } from "../store/reads/refusals.ts";

/** The gate decides at its time; who writes the call down should know what it would say now. @param number E.164 */
export async function refusalWarnings(db: Db, number: string | null) {
  const refused = number === null ? undefined : await refusedOutside(db, number);
  if (!refused) return [];
  const until = refused.notBefore === undefined ? "" : ` until ${new Date(refused.notBefore).toISOString()}`;
  const text = `the number is on the refusal list${until}: a call to it is refused as long as it is`;
  return [{ code: "refused" as const, text, field: "number" }];
}
