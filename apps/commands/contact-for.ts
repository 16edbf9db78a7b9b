/** Contacts that a request names: an agent reaches those it owns, as in GET /v1/contacts (ROLE-02). */
import type { Db } from "../store/database.ts";
import { type ContactRow, listContacts } from "../store/reads/contacts.ts";
import { isId, ownAgent, requiredFor } from "./context.ts";
import type { Asker } from "./port.ts";

/**
 * The contact, if this asker may see it.
 * @throws CommandProblem 404 to an agent, whether it is somebody else's or nobody's; 422 to others
 */
export async function contactFor(db: Db, id: string, by: Asker, field: string): Promise<ContactRow> {
  const [row] = isId(id) ? (await listContacts(db, { id, only: ownAgent(by), limit: 1 })).items : [];
  return requiredFor(by, row, "contact", field);
}

/** The contact's first number, E.164. @throws CommandProblem as contactFor; 422 when it has none */
export async function phoneOf(db: Db, id: string, by: Asker, field: string): Promise<string> {
  const { phones } = await contactFor(db, id, by, field);
  return requiredFor(by, phones[0], "contact with a phone", field);
}
