/** Contacts: who we talk to, their phones in the order in which they are dialled, and their owner. */
import { toE164 } from "../phone/number.ts";
import type { Db } from "../store/database.ts";
import { type Context, checkName, isId, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { CommandProblem, type ContactFields } from "./port.ts";

export function contactCommands({
  write,
  config,
}: Context): Pick<Handlers, "contact.create" | "contact.change" | "contact.delete"> {
  return {
    "contact.create": (fields) =>
      write(async (trx) => {
        const phones = readPhones(fields.phones, config.country);
        await check(trx, fields);
        const row = { name: fields.name, position: fields.position, owner_id: fields.ownerId };
        const { id } = await trx.insertInto("contact").values(row).returning("id").executeTakeFirstOrThrow();
        await setPhones(trx, id, phones);
        return { id };
      }),
    "contact.change": ({ id, change }) =>
      write(async (trx) => {
        await requireContact(trx, id);
        await check(trx, change);
        const set = {
          ...(change.name !== undefined && { name: change.name }),
          ...(change.position !== undefined && { position: change.position }),
          ...(change.ownerId !== undefined && { owner_id: change.ownerId }),
          updated_at: new Date(),
        };
        await trx.updateTable("contact").set(set).where("id", "=", id).execute();
        if (change.phones) await setPhones(trx, id, readPhones(change.phones, config.country));
        return {};
      }),
    "contact.delete": ({ id }) =>
      write(async (trx) => {
        await requireContact(trx, id);
        await trx.deleteFrom("contact").where("id", "=", id).execute();
        return {};
      }),
  };
}

function readPhones(texts: readonly string[], country: string): string[] {
  return texts.map((text, index) => {
    const field = `phones.${index}`;
    const phone = toE164(text, country);
    if (!phone) throw new CommandProblem(422, "not-a-number", `«${text}» is not a phone number`, field);
    const first = texts.findIndex((other) => toE164(other, country) === phone);
    if (first < index) throw new CommandProblem(422, "twice", "this number is named twice", field);
    return phone;
  });
}

async function setPhones(trx: Db, id: string, phones: readonly string[]): Promise<void> {
  await trx.deleteFrom("contact_phone").where("contact_id", "=", id).execute();
  if (phones.length === 0) return;
  const rows = phones.map((phone, position) => ({ contact_id: id, phone, position }));
  await trx.insertInto("contact_phone").values(rows).execute();
}

async function check(trx: Db, { name, ownerId }: Partial<ContactFields>): Promise<void> {
  checkName(name);
  if (ownerId === undefined || ownerId === null) return;
  const query = trx.selectFrom("agent").select("id").where("id", "=", ownerId);
  required(isId(ownerId) ? await query.executeTakeFirst() : undefined, "agent", "ownerId");
}

async function requireContact(db: Db, id: string): Promise<void> {
  const query = db.selectFrom("contact").select("id").where("id", "=", id);
  required(isId(id) ? await query.executeTakeFirst() : undefined, "contact");
}
