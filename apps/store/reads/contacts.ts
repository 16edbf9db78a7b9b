/** Contacts, newest first. */
import { sql } from "kysely";
import type { ContactKind } from "../../core/contacts/contact.ts";
import type { Db } from "../database.ts";
import { containing } from "./containing.ts";
import { type Cursor, type Page, pageOf } from "./page.ts";

export interface ContactFilter {
  readonly id?: string;
  readonly ids?: readonly string[];
  readonly kind?: ContactKind | undefined;
  /** People of this organisation. */
  readonly organisationId?: string | undefined;
  /** E.164. */
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
  readonly ownerId?: string | undefined;
  readonly tagId?: string | undefined;
  /** Part of the name, or of a number's digits. */
  readonly q?: string | undefined;
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
export async function listContacts(db: Db, filter: ContactFilter): Promise<Page<ContactRow>> {
  let query = db
    .selectFrom("contact")
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
  if (filter.kind) query = query.where("kind", "=", filter.kind);
  if (filter.organisationId) query = query.where("organisation_id", "=", filter.organisationId);
  if (filter.ownerId) query = query.where("owner_id", "=", filter.ownerId);
  if (filter.only) query = query.where("owner_id", "=", filter.only);
  if (filter.phone)
    query = query.where(
      sql<boolean>`id in (select contact_id from contact_phone where phone = ${filter.phone})`,
    );
  if (filter.email)
    query = query.where(
      sql<boolean>`id in (select contact_id from contact_email where lower(email) = lower(${filter.email}))`,
    );
  if (filter.tagId)
    query = query.where(
      sql<boolean>`id in (select contact_id from contact_tag where tag_id = ${filter.tagId})`,
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
