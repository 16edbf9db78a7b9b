/** Notices, newest first, with what is needed to call back. */
import { sql } from "kysely";
import type { Db } from "../database.ts";
import { type Cursor, type Page, pageOf } from "./page.ts";

export interface NoticeFilter {
  readonly id?: string | undefined;
  readonly agentId?: string | undefined;
  readonly unread?: boolean | undefined;
  readonly after?: Cursor | undefined;
  readonly limit: number;
}

/** One page of the notices that match all of the filter. */
export async function listNotices(db: Db, filter: NoticeFilter): Promise<Page<NoticeRow>> {
  const { id, agentId, unread, after, limit } = filter;
  const rows = await selectNotices(db)
    .$if(id !== undefined, (query) => query.where("notice.id", "=", id as string))
    .$if(agentId !== undefined, (query) => query.where("notice.agent_id", "=", agentId as string))
    .$if(unread !== undefined, (query) => query.where("notice.read_at", unread ? "is" : "is not", null))
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(notice.at, notice.id) < (${after?.at}::timestamptz, ${after?.id}::uuid)`),
    )
    .orderBy("notice.at", "desc")
    .orderBy("notice.id", "desc")
    .limit(limit + 1)
    .execute();
  return pageOf(rows, limit);
}

export type NoticeRow = Awaited<ReturnType<ReturnType<typeof selectNotices>["execute"]>>[number];

function selectNotices(db: Db) {
  return db
    .selectFrom("notice")
    .leftJoin("call", "call.id", "notice.call_id")
    .leftJoin("line", "line.id", "call.line_id")
    .leftJoin("contact", (join) =>
      join.on("contact.id", "=", sql<string>`coalesce(notice.contact_id, call.contact_id)`),
    )
    .select([
      "notice.id",
      "notice.agent_id as agentId",
      "notice.kind",
      "notice.call_id as callId",
      "notice.because",
      "notice.count",
      "notice.at",
      "notice.read_at as readAt",
      "call.from_number as from",
      "call.ending",
      "contact.id as contactId",
      "contact.name as contactName",
      "call.line_id as lineId",
      "line.name as lineName",
      sql<string>`notice.at::text`.as("cursorAt"),
    ]);
}
