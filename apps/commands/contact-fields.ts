/** What makes sense in a contact: numbers, addresses, owners, organisations and zones that there are. */

import { zoneOfCity } from "../core/contacts/city-zones.ts";
import { type ContactKind, isEmail } from "../core/contacts/contact.ts";
import { toE164 } from "../phone/number.ts";
import type { Db } from "../store/database.ts";
import { checkName, isId, ownAgent, required } from "./context.ts";
import { type Asker, CommandProblem, type ContactFields } from "./port.ts";

/** A contact as it stands before a change. */
export interface Standing {
  readonly id?: string;
  readonly kind?: ContactKind;
  readonly organisationId?: string | null;
  readonly ownerId?: string | null;
  readonly city?: string | null;
  readonly zone?: string | null;
}

/** Numbers in E.164, in their order. @throws CommandProblem 422 naming the one that is none, or is there twice */
export function readPhones(texts: readonly string[], country: string): string[] {
  return texts.map((text, index) => {
    const field = `phones.${index}`;
    const phone = toE164(text, country);
    if (!phone) throw new CommandProblem(422, "not-a-number", `«${text}» is not a phone number`, field);
    const first = texts.findIndex((other) => toE164(other, country) === phone);
    if (first < index) throw new CommandProblem(422, "twice", "this number is named twice", field);
    return phone;
  });
}

/** Addresses as they were written. @throws CommandProblem 422 naming the one that is none, or is there twice */
export function readEmails(texts: readonly string[]): string[] {
  const emails = texts.map((text) => text.trim());
  return emails.map((email, index) => {
    const field = `emails.${index}`;
    if (!isEmail(email))
      throw new CommandProblem(422, "not-an-address", `«${email}» is not an e-mail address`, field);
    if (emails.findIndex((other) => other.toLowerCase() === email.toLowerCase()) < index)
      throw new CommandProblem(422, "twice", "this address is named twice", field);
    return email;
  });
}

/** @throws CommandProblem 422 naming the field that makes no sense for this contact */
export async function checkContact(
  trx: Db,
  fields: Partial<ContactFields>,
  by: Asker,
  standing: Standing = {},
): Promise<void> {
  checkName(fields.name);
  const kind = standing.kind ?? fields.kind ?? "contact";
  const organisationId =
    fields.organisationId === undefined ? standing.organisationId : fields.organisationId;
  if (fields.organisationId) await checkOrganisation(trx, fields.organisationId, kind, by);
  const { ownerId } = fields;
  if (organisationId && ownerId && ownerId !== standing.ownerId)
    throw new CommandProblem(422, "organisations", "it has the owner of its organisation", "ownerId");
  if (ownerId) {
    const query = trx.selectFrom("agent").select("id").where("id", "=", ownerId);
    required(isId(ownerId) ? await query.executeTakeFirst() : undefined, "agent", "ownerId");
  }
  if (fields.zone && !isZone(fields.zone))
    throw new CommandProblem(422, "unknown", "there is no such time zone", "zone");
}

async function checkOrganisation(trx: Db, id: string, kind: ContactKind, by: Asker): Promise<void> {
  const field = "organisationId";
  if (kind === "organisation")
    throw new CommandProblem(422, "nested", "an organisation cannot be in another one", field);
  let query = trx.selectFrom("contact").select("kind").where("id", "=", id);
  const own = ownAgent(by);
  if (own !== undefined) query = query.where("owner_id", "=", own);
  const row = required(isId(id) ? await query.executeTakeFirst() : undefined, "organisation", field);
  if (row.kind !== "organisation")
    throw new CommandProblem(422, "nested", "this is a contact and not an organisation", field);
}

/**
 * The zone after a change (D-37): the one that is given, else that of the new city. One that was set by hand stays while
 * the city stays.
 */
export function zoneFor(
  { city, zone }: Partial<ContactFields>,
  standing: Pick<Standing, "city" | "zone">,
): { zone?: string | null } {
  if (zone) return { zone };
  const now = city === undefined ? standing.city : city;
  if (zone === null || (city !== undefined && city !== standing.city))
    return { zone: now ? (zoneOfCity(now) ?? null) : null };
  return {};
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^[A-Z]\w*(\/[\w+-]+)+$|^UTC$/.test(name);
  } catch {
    return false;
  }
}
