/** Contacts by what somebody typed (CONT-05). */
import { type RawBuilder, sql } from "kysely";
import { containing } from "./containing.ts";

/** Whether a part of the contact's name, of a number or of an address is this text. */
export function matchingText(q: string): RawBuilder<boolean> {
  const part = containing(q);
  const digits = q.replace(/\D/g, "");
  if (digits.length < 3) return sql<boolean>`contact.name ilike ${part}`;
  return sql<boolean>`(contact.name ilike ${part} or contact.id in (
    select contact_id from contact_phone where phone like ${`%${digits}%`}))`;
}
