/** What people write into a contact's history: comments, and corrections of what is written (OWN-07, OWN-08). */

import { addComment, editEntry } from "../store/writes/history.ts";
import { contactFor } from "./contact-for.ts";
import { type Context, isId, ownAgent, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { type Asker, CommandProblem } from "./port.ts";

export function historyCommands({ write }: Context): Pick<Handlers, "history.comment" | "history.edit"> {
  return {
    "history.comment": ({ contactId, text }, by) =>
      write(async (trx) => {
        await contactFor(trx, contactId, by, "id");
        return { id: await addComment(trx, contactId, text, author(by)) };
      }),
    "history.edit": ({ contactId, id, text }, by) =>
      write(async (trx) => {
        await contactFor(trx, contactId, by, "id");
        const done = isId(id) ? await editEntry(trx, contactId, id, text, author(by).keyId) : "unknown";
        required(done === "unknown" ? undefined : done, "entry");
        if (done === "fact")
          throw new CommandProblem(409, "fact", "this entry is what happened; it has no text of anybody's");
        return {};
      }),
  };
}

function author(by: Asker): { keyId: string | null; agentId: string | null } {
  return { keyId: isId(by.keyId) ? by.keyId : null, agentId: ownAgent(by) ?? null };
}
