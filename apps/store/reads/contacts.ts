/** Contacts, newest first. */
import { sql } from "kysely";
import type { ContactKind } from "../../core/contacts/contact.ts";
import type { Db } from "../database.ts";
import { type ContactFilter, narrowed } from "./contact-filter.ts";
import { type Cursor, type Page, pageOf } from "./page.ts";

export interface ContactListing extends ContactFilter {
  readonly id?: string | undefined;
  readonly ids?: readonly string[] | undefined;
  /** Narrows to one owner, whatever was asked. */
  readonly only?: string | undefined;
  readonly after?: Cursor | undefined;
  readonly limit: number;
}

export interface ContactRow {
  readonly id: string;
  readonly kind: ContactKind;
  readonly name: string;
  readonly position: string | null;
  readonly organisationId: string | null;
  readonly ownerId: string | null;
  readonly city: string | null;
  readonly zone: string | null;
  readonly industry: string | null;
  readonly site: string | null;
  readonly inn: string | null;
  readonly kpp: string | null;
  readonly description: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly phones: string[];
  readonly emails: string[];
  readonly tags: { id: string; name: string }[];
  readonly cursorAt: string;
}

const NO_ID = "00000000-0000-0000-0000-000000000000";

/** One page of the contacts that match all of the filter. */
export async function listContacts(db: Db, filter: ContactListing): Promise<Page<ContactRow>> {
  let query = narrowed(db.selectFrom("contact"), filter, filter)
    .select(["id", "kind", "name", "position", "city", "zone", "industry", "site", "inn", "kpp"])
    .select(["description", "organisation_id as organisationId", "owner_id as ownerId"])
    .select(["created_at as createdAt", "updated_at as updatedAt"])
    .select([
      sql<
        string[]
      >`array(select phone from contact_phone where contact_id = contact.id order by contact_phone.position, phone)`.as(
        "phones",
      ),
      sql<
        string[]
      >`array(select email from contact_email where contact_id = contact.id order by contact_email.position)`.as(
        "emails",
      ),
      sql<{ id: string; name: string }[]>`(
        select coalesce(jsonb_agg(jsonb_build_object('id', tag.id, 'name', tag.name) order by lower(tag.name), tag.id), '[]')
          from contact_tag join tag on tag.id = tag_id where contact_id = contact.id)`.as("tags"),
      sql<string>`created_at::text`.as("cursorAt"),
    ]);
  if (filter.ids) query = query.where("id", "in", filter.ids.length > 0 ? filter.ids : [NO_ID]);
  if (filter.id) query = query.where("id", "=", filter.id);
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

/** Whether somebody has this number (E.164). */
export async function hasContact(db: Db, phone: string): Promise<boolean> {
  const row = await db
    .selectFrom("contact_phone")
    .select("phone")
    .where("phone", "=", phone)
    .executeTakeFirst();
  return row !== undefined;
}
