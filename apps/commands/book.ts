/** Work on many contacts: tags, another owner, their end (CONT-04, TAG-03..07, OWN-02). */
import { tidy } from "../core/contacts/contact.ts";
import { listTags } from "../store/reads/tags.ts";
import { actingAs } from "../store/writes/acting.ts";
import { deleteContacts, passContacts } from "../store/writes/book.ts";
import { tagsNamed } from "../store/writes/contacts.ts";
import { assignTags, removeTag } from "../store/writes/tags.ts";
import { type Context, isId, ownAgent, required, requiredFor } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { CommandProblem } from "./port.ts";
import { pick } from "./selection.ts";

type BookCommand = "tag.assign" | "tag.delete" | "book.pass" | "book.delete";

export function bookCommands({ write }: Context): Pick<Handlers, BookCommand> {
  return {
    "tag.assign": ({ names, tagIds, ...selection }, by) =>
      write(async (trx) => {
        const own = ownAgent(by);
        const visible = new Set((await listTags(trx, own)).map(({ id }) => id));
        tagIds.forEach((id, index) => {
          requiredFor(by, visible.has(id.toLowerCase()) ? id : undefined, "tag", `tagIds.${index}`);
        });
        const found = await pick(trx, selection, by);
        const named = await tagsNamed(trx, names.map(tidy), own ?? null);
        const tags = [...new Set([...tagIds, ...named])];
        return { contacts: found, assigned: await assignTags(trx, tags, own ?? null), tagIds: tags };
      }),
    "tag.delete": ({ id }, by) =>
      write(async (trx) => {
        const own = ownAgent(by);
        if (!isId(id)) required(undefined, "tag");
        if (own !== undefined) {
          required((await listTags(trx, own, id))[0], "tag");
          return { contacts: await removeTag(trx, id, own) };
        }
        const query = trx.selectFrom("tag").select("owner_id").where("id", "=", id).forUpdate();
        if (required(await query.executeTakeFirst(), "tag").owner_id !== null)
          throw new CommandProblem(409, "managers", "a manager's tag is taken off card by card (TAG-06)");
        return { contacts: await removeTag(trx, id, undefined) };
      }),
    "book.pass": ({ ownerId, ...selection }, by) =>
      write(async (trx) => {
        await actingAs(trx, by);
        if (ownerId !== null) {
          const query = trx.selectFrom("agent").select("id").where("id", "=", ownerId);
          required(isId(ownerId) ? await query.executeTakeFirst() : undefined, "agent", "ownerId");
        }
        const found = await pick(trx, selection, by);
        return { contacts: found, ...(await passContacts(trx, ownerId)) };
      }),
    "book.delete": (selection, by) =>
      write(async (trx) => {
        await pick(trx, selection, by);
        return deleteContacts(trx);
      }),
  };
}
