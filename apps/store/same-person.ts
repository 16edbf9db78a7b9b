/**
 * Which numbers are one person's, as far as the contacts say: a list of plain numbers does not make two debtors of one
 * (230-FZ art. 7 speaks of the debtor, not of the number). An organisation's numbers are many people's.
 */
import { sql } from "kysely";
import type { Db } from "./database.ts";

/** Phone → the contacts whose number it is; all of them, when several people share it. */
export async function ownersOf(db: Db, phones: readonly string[]): Promise<Map<string, string[]>> {
  if (phones.length === 0) return new Map();
  const { rows } = await sql<{ phone: string; owners: string[] }>`
    select p.phone, array_agg(p.contact_id::text) as owners
      from contact_phone p join contact c on c.id = p.contact_id
     where p.phone = any(${phones}) and c.kind = 'contact' group by p.phone`.execute(db);
  return new Map(rows.map(({ phone, owners }) => [phone, owners]));
}

/** Contact → all its numbers. */
export async function numbersOfPeople(db: Db, contacts: readonly string[]): Promise<Map<string, string[]>> {
  if (contacts.length === 0) return new Map();
  const { rows } = await sql<{ id: string; phones: string[] }>`
    select c.id, array_agg(p.phone) as phones
      from contact_phone p join contact c on c.id = p.contact_id
     where p.contact_id = any(${contacts}::uuid[]) and c.kind = 'contact' group by c.id`.execute(db);
  return new Map(rows.map(({ id, phones }) => [id, phones]));
}

interface Listed {
  readonly candidate: string;
  readonly phone: string;
  readonly contactId: string | null;
  readonly owners?: readonly string[] | undefined;
}

/** Candidate → everything that is theirs: the contacts they are, the numbers on the list, and those of the contacts. */
export function peopleOf(numbers: readonly Listed[], theirs: ReadonlyMap<string, readonly string[]>) {
  const people = new Map<string, { contacts: Set<string>; phones: Set<string> }>();
  for (const { candidate, phone, contactId, owners = [] } of numbers) {
    const person = people.get(candidate) ?? { contacts: new Set(), phones: new Set() };
    people.set(candidate, person);
    person.phones.add(phone);
    for (const contact of contactId === null ? owners : [contactId]) {
      person.contacts.add(contact);
      for (const other of theirs.get(contact) ?? []) person.phones.add(other);
    }
  }
  return people;
}
