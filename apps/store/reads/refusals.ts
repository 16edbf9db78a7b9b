/** The refusal list and consents: pages. */
import { sql } from "kysely";
import type { Purpose } from "../../core/dialling/campaign.ts";
import type { Db } from "../database.ts";
import { type Cursor, pageOf } from "./page.ts";

export { refusedOutside } from "../line-gate.ts";

/** One page of the refusal list, the newest first. Its cursor's id is the phone. */
export async function listRefusals(
  db: Db,
  wanted: { phone?: string | undefined; after?: { at: string; phone: string } | undefined; limit: number },
) {
  const rows = await db
    .selectFrom("refused_number")
    .select(["phone", "reason", "source", "at", "until", "attempt_id as attemptId"])
    .select(sql<string>`at::text`.as("cursorAt"))
    .$if(wanted.phone !== undefined, (query) => query.where("phone", "=", wanted.phone as string))
    .$if(wanted.after !== undefined, (query) =>
      query.where(sql<boolean>`(at, phone) < (${wanted.after?.at}::timestamptz, ${wanted.after?.phone})`),
    )
    .orderBy("at", "desc")
    .orderBy("phone", "desc")
    .limit(wanted.limit + 1)
    .execute();
  const items = rows.slice(0, wanted.limit);
  const last = rows.length > wanted.limit ? items.at(-1) : undefined;
  return { items, next: last ? Buffer.from(`${last.cursorAt}|${last.phone}`).toString("base64url") : null };
}

/** Small enough that a call that is being decided waits a few milliseconds at most while everything is read. */
const PAGE = 4000;

/** All numbers of the list, page by page in their order. @param after the last page's `next`; "": from the first on */
export async function refusalPage(
  db: Db,
  after: string,
): Promise<{ items: { phone: string; until: Date | null }[]; next: string | undefined }> {
  const items = await db
    .selectFrom("refused_number")
    .select(["phone", "until"])
    .where("phone", ">", after)
    .orderBy("phone")
    .limit(PAGE)
    .execute();
  return { items, next: items.length < PAGE ? undefined : items.at(-1)?.phone };
}

/** One page of consents, the newest first. */
export async function listConsents(
  db: Db,
  wanted: {
    id?: string;
    phone?: string | undefined;
    contactId?: string | undefined;
    purpose?: Purpose | undefined;
    after?: Cursor | undefined;
    limit: number;
  },
) {
  const { after } = wanted;
  const rows = await db
    .selectFrom("contact_consent")
    .select(["id", "phone", "contact_id as contactId", "purpose", "how", "given_at as givenAt", "reference"])
    .select(["taken_by as takenBy", "until", "withdrawn_at as withdrawnAt", "created_at as createdAt"])
    .select(sql<string>`created_at::text`.as("cursorAt"))
    .$if(wanted.id !== undefined, (query) => query.where("id", "=", wanted.id as string))
    .$if(wanted.phone !== undefined, (query) => query.where("phone", "=", wanted.phone as string))
    .$if(wanted.contactId !== undefined, (query) =>
      query.where("contact_id", "=", wanted.contactId as string),
    )
    .$if(wanted.purpose !== undefined, (query) => query.where("purpose", "=", wanted.purpose as Purpose))
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(created_at, id) < (${after?.at}::timestamptz, ${after?.id}::uuid)`),
    )
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(wanted.limit + 1)
    .execute();
  return pageOf(rows, wanted.limit);
}
