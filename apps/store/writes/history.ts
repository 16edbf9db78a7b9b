/** Entries of a contact's history that people write (OWN-07, OWN-08). */
import type { Db } from "../database.ts";

/** @returns the entry's id */
export async function addComment(
  trx: Db,
  contactId: string,
  text: string,
  { keyId, agentId }: { keyId: string | null; agentId: string | null },
): Promise<string> {
  const { id } = await trx
    .insertInto("activity")
    .values({
      ...{ contact_id: contactId, kind: "comment", data: JSON.stringify({ text }) },
      ...{ by_key_id: keyId, by_agent_id: agentId },
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/**
 * Gives an entry another text: a comment, a letter, a survey, or what was written when a call was completed.
 * @returns `fact`: it has no text; `unknown`: this contact has no such entry
 */
export async function editEntry(
  trx: Db,
  contactId: string,
  id: string,
  text: string,
  keyId: string | null,
): Promise<"done" | "fact" | "unknown"> {
  const edited = { edited_at: new Date(), edited_by_key_id: keyId };
  const entry = await trx
    .selectFrom("activity")
    .select(["kind", "data"])
    .where("id", "=", id)
    .where("contact_id", "=", contactId)
    .forUpdate()
    .executeTakeFirst();
  if (entry?.kind === "owner-changed" || entry?.kind === "merged") return "fact";
  if (entry) {
    const data = JSON.stringify({ ...entry.data, text });
    await trx
      .updateTable("activity")
      .set({ data, ...edited })
      .where("id", "=", id)
      .execute();
    return "done";
  }
  const calls = trx.selectFrom("call").select("id").where("contact_id", "=", contactId);
  const { numUpdatedRows } = await trx
    .updateTable("completion")
    .set({ comment: text, ...edited })
    .where("id", "=", id)
    .where("call_id", "in", calls)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) return "done";
  return (await calls.where("id", "=", id).executeTakeFirst()) ? "fact" : "unknown";
}
