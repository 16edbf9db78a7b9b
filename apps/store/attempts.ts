/**
 * Attempts of which we do not know whether they were made: we died between writing one down and telling Asterisk, or
 * before we could note what came of it. They are found out by looking, never by dialling again (law L4).
 */
import type { Db } from "./database.ts";

/** A younger one is perhaps being placed right now. */
const SURE_AFTER_MS = 15_000;

/**
 * Marks each as placed, if Asterisk has its channel or the record its call, else as not placed: nobody's phone rang.
 * @param alive whether Asterisk has this channel now; throws when it cannot say, and everything stays as it is.
 */
export async function settleAttempts(db: Db, alive: (channel: string) => Promise<boolean>): Promise<void> {
  const rows = await db
    .selectFrom("attempt")
    .leftJoin("call", "call.id", "attempt.call_id")
    .select(["attempt.id", "call.id as recorded"])
    .where("attempt.state", "=", "placing")
    // A campaign's has an ending, which the dialler finds out.
    .where("attempt.campaign_id", "is", null)
    .where("attempt.created_at", "<", new Date(Date.now() - SURE_AFTER_MS))
    .execute();
  for (const { id, recorded } of rows) {
    const state = recorded !== null || (await alive(id)) ? "placed" : "not-placed";
    await db
      .updateTable("attempt")
      .set({ state })
      .where("id", "=", id)
      .where("state", "=", "placing")
      .execute();
  }
}
