/** Work on many contacts begins with which ones (CONT-04): those that the asker reaches, and no others. */
import type { Db } from "../store/database.ts";
import type { ContactFilter } from "../store/reads/contact-filter.ts";
import { firstMissing, pickContacts } from "../store/writes/picked.ts";
import { isId, ownAgent, requiredFor } from "./context.ts";
import { type Asker, CommandProblem, type ContactSelection } from "./port.ts";

/**
 * Picks the contacts for this transaction (store/writes/picked.ts).
 * @returns how many
 * @throws CommandProblem 404 (agents) or 422 naming the first id that is not there, or not the agent's; 422 for the
 * tag of an agent whose contacts were not chosen first (TAG-05); 409 when they are not as many as was expected
 */
export async function pick(
  trx: Db,
  { contacts, confirm }: { contacts: ContactSelection; confirm?: number | undefined },
  by: Asker,
): Promise<number> {
  const only = ownAgent(by);
  if (contacts.ids === undefined) {
    if (only === undefined) await requireManagerFirst(trx, contacts.filter);
    return expected(confirm, await pickContacts(trx, { filter: contacts.filter }, { only }));
  }
  const ids = contacts.ids.map((id) => id.toLowerCase());
  const known = ids.filter(isId);
  const found = await pickContacts(trx, { ids: known }, { only });
  const missing = known.length < ids.length ? ids.find((id) => !isId(id)) : await firstMissing(trx, ids);
  if (missing !== undefined) requiredFor(by, undefined, "contact", `contacts.ids.${ids.indexOf(missing)}`);
  return expected(confirm, found);
}

async function requireManagerFirst(trx: Db, { tagId, ownerId }: ContactFilter): Promise<void> {
  if (tagId === undefined || ownerId !== undefined) return;
  const tag = await trx.selectFrom("tag").select("owner_id").where("id", "=", tagId).executeTakeFirst();
  if (!tag?.owner_id) return;
  const message = "this is a manager's tag: say whose contacts are meant";
  throw new CommandProblem(422, "manager-first", message, "contacts.filter.ownerId");
}

/** Who says how many it will be is held to it: nothing is done to contacts that nobody has seen. */
export function expected(confirm: number | undefined, found: number): number {
  if (confirm === undefined || confirm === found) return found;
  throw new CommandProblem(409, "count-differs", `there are ${found} of them, and not ${confirm}`, "confirm");
}
