/**
 * Contacts and organisations: who we talk to, how to reach them in the order in which it is tried, and whose they are.
 * An agent makes and changes those it owns (ROLE-02, OWN-02); what is somebody else's is not there for it.
 */
import { tidy } from "../core/contacts/contact.ts";
import type { Db } from "../store/database.ts";
import { actingAs } from "../store/writes/acting.ts";
import { setEmails, setPhones, setTags } from "../store/writes/contacts.ts";
import { checkContact, readEmails, readPhones, type Standing, zoneFor } from "./contact-fields.ts";
import { type Context, isId, ownAgent, required } from "./context.ts";
import { refuseDuplicate } from "./duplicate-check.ts";
import type { Handlers } from "./handlers.ts";
import { type Asker, CommandProblem, type ContactFields } from "./port.ts";

type ContactCommand = "contact.create" | "contact.change" | "contact.delete";

export function contactCommands({ write, config }: Context): Pick<Handlers, ContactCommand> {
  const lists = (fields: Partial<ContactFields>) => ({
    phones: fields.phones && readPhones(fields.phones, config.country),
    emails: fields.emails && readEmails(fields.emails),
    tags: fields.tags,
  });
  return {
    "contact.create": (fields, by) =>
      write(async (trx) => {
        const made = lists(fields);
        const ownerId = ownerOf(fields, by);
        await checkContact(trx, { ...fields, ownerId }, by);
        if (fields.checkDuplicates) await refuseDuplicate(trx, fields.kind ?? "contact", made, by);
        const { id } = await trx
          .insertInto("contact")
          .values({
            ...{ kind: fields.kind ?? "contact", organisation_id: fields.organisationId ?? null },
            ...{ name: tidy(fields.name), position: fields.position, owner_id: ownerId },
            ...details(fields, {}),
          })
          .returning("id")
          .executeTakeFirstOrThrow();
        await setLists(trx, id, made, by);
        return { id };
      }),
    "contact.change": ({ id, change }, by) =>
      write(async (trx) => {
        const made = lists(change);
        await actingAs(trx, by);
        const standing = await requireContact(trx, id, by);
        await checkContact(trx, change, by, standing);
        const set = {
          ...(change.name !== undefined && { name: tidy(change.name) }),
          ...(change.position !== undefined && { position: change.position }),
          ...(change.ownerId !== undefined && { owner_id: change.ownerId }),
          ...(change.organisationId !== undefined && { organisation_id: change.organisationId }),
          ...details(change, standing),
          updated_at: new Date(),
        };
        await trx.updateTable("contact").set(set).where("id", "=", id).execute();
        await setLists(trx, id, made, by);
        return {};
      }),
    "contact.delete": ({ id }, by) =>
      write(async (trx) => {
        await requireContact(trx, id, by);
        await trx.deleteFrom("contact").where("id", "=", id).execute();
        return {};
      }),
  };
}

/** An agent's new contact is its own; a person of an organisation takes the organisation's owner (OWN-04). */
function ownerOf({ ownerId, organisationId }: ContactFields, by: Asker): string | null {
  const own = ownAgent(by);
  if (own === undefined || organisationId) return ownerId;
  if (ownerId !== null && ownerId !== own)
    throw new CommandProblem(422, "not-yours", "an agent's new contact is its own", "ownerId");
  return own;
}

const PLAIN = ["city", "industry", "site", "inn", "kpp", "description"] as const;

function details(fields: Partial<ContactFields>, standing: Pick<Standing, "city" | "zone">) {
  const texts = PLAIN.flatMap((name) => {
    const value = fields[name];
    return value === undefined ? [] : [[name, value === null || value === "" ? null : value.trim()] as const];
  });
  return { ...Object.fromEntries(texts), ...zoneFor(fields, standing) };
}

async function setLists(
  trx: Db,
  id: string,
  { phones, emails, tags }: { phones?: string[]; emails?: string[]; tags?: string[] },
  by: Asker,
): Promise<void> {
  if (phones) await setPhones(trx, id, phones);
  if (emails) await setEmails(trx, id, emails);
  if (tags) await setTags(trx, id, tags.map(tidy), by.agentId ?? null);
}

async function requireContact(db: Db, id: string, by: Asker): Promise<Standing> {
  const own = ownAgent(by);
  let query = db
    .selectFrom("contact")
    .select(["id", "kind", "organisation_id as organisationId", "owner_id as ownerId", "city", "zone"])
    .where("id", "=", id)
    .forUpdate();
  if (own !== undefined) query = query.where("owner_id", "=", own);
  return required(isId(id) ? await query.executeTakeFirst() : undefined, "contact");
}
