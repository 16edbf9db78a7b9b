/** Contacts, newest first. */
import { sql } from "kysely";
import type { Db } from "../database.ts";
import { containing } from "./containing.ts";
import { type Cursor, type Page, pageOf } from "./page.ts";

export interface ContactFilter {
  readonly id?: string;
  /** E.164. */
  readonly phone?: string | undefined;
  readonly ownerId?: string | undefined;
  /** Part of the name, or of a number's digits. */
  readonly q?: string | undefined;
  /** Narrows to one owner, whatever was asked. */
  readonly only?: string | undefined;
  readonly after?: Cursor | undefined;
  readonly limit: number;
}

export interface ContactRow {
  readonly id: string;
  readonly name: string;
  readonly position: string | null;
  readonly ownerId: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly phones: string[];
  readonly cursorAt: string;
}

/** One page of the contacts that match all of the filter. */
export async function listContacts(db: Db, filter: ContactFilter): Promise<Page<ContactRow>> {
  let query = db
    .selectFrom("contact")
    .select([
      "id",
      "name",
      "position",
      "owner_id as ownerId",
      "created_at as createdAt",
      "updated_at as updatedAt",
      sql<
        string[]
      >`array(select phone from contact_phone where contact_id = contact.id order by contact_phone.position, phone)`.as(
        "phones",
      ),
      sql<string>`created_at::text`.as("cursorAt"),
    ]);
  if (filter.id) query = query.where("id", "=", filter.id);
  if (filter.ownerId) query = query.where("owner_id", "=", filter.ownerId);
  if (filter.only) query = query.where("owner_id", "=", filter.only);
  if (filter.phone)
    query = query.where(
      sql<boolean>`id in (select contact_id from contact_phone where phone = ${filter.phone})`,
    );
  if (filter.q) query = query.where(matching(filter.q));
  if (filter.after)
    query = query.where(
      sql<boolean>`(created_at, id) < (${filter.after.at}::timestamptz, ${filter.after.id}::uuid)`,
    );
  const rows = await query
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(filter.limit + 1)
    .execute();
  return pageOf(rows, filter.limit);
}

function matching(q: string) {
  const part = containing(q);
  const digits = q.replace(/\D/g, "");
  if (digits.length < 3) return sql<boolean>`name ilike ${part}`;
  return sql<boolean>`(name ilike ${part} or id in (
    select contact_id from contact_phone where phone like ${`%${digits}%`}))`;
}

/** Whether somebody has this number (E.164). */
export async function hasContact(db: Db, phone: string): Promise<boolean> {
  const row = await db
    .selectFrom("contact_phone")
    .select("phone")
    .where("phone", "=", phone)
    .executeTakeFirst();
  return row !== undefined;
}
