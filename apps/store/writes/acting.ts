/** Who acts in a transaction, for what the database writes down by itself (db/migrations/0180_book.sql). */
import { sql } from "kysely";
import type { Db } from "../database.ts";

/** Holds to the end of the transaction; an id that is none counts as nobody's. */
export async function actingAs(
  trx: Db,
  { keyId, agentId }: { readonly keyId: string; readonly agentId?: string | undefined },
): Promise<void> {
  await sql`select set_config('dozvon.key', ${idOf(keyId)}, true), set_config('dozvon.agent', ${idOf(agentId)}, true)`.execute(
    trx,
  );
}

function idOf(text: string | undefined): string {
  return text !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? text : "";
}
