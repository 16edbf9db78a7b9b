/** DUP-13: somebody makes a record that is there already. */
import type { ContactKind } from "../core/contacts/contact.ts";
import type { Db } from "../store/database.ts";
import { listContacts } from "../store/reads/contacts.ts";
import { ownAgent } from "./context.ts";
import { type Asker, CommandProblem } from "./port.ts";

/** Looks where the asker may look (DUP-02). @throws CommandProblem 409 naming the field, and the record that has it */
export async function refuseDuplicate(
  db: Db,
  kind: ContactKind,
  { phones = [], emails = [] }: { phones?: readonly string[]; emails?: readonly string[] },
  by: Asker,
): Promise<void> {
  const only = ownAgent(by);
  const questions = [
    ...phones.map((phone, index) => ({ field: `phones.${index}`, asked: { phone } })),
    ...emails.map((email, index) => ({ field: `emails.${index}`, asked: { email } })),
  ];
  for (const { field, asked } of questions) {
    const [found] = (await listContacts(db, { ...asked, kind, only, limit: 1 })).items;
    if (found)
      throw new CommandProblem(409, "duplicate", `«${found.name}» has it already: ${found.id}`, field);
  }
}
