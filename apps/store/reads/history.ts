/** A contact's history: its calls, what was written about them, and everything else that happened (OWN-07). */
import { type RawBuilder, sql } from "kysely";
import type { Db } from "../database.ts";
import { type Cursor, type Page, pageOf } from "./page.ts";

export const HISTORY_KINDS = [
  ...(["inbound-call", "outbound-call", "missed-call", "completion"] as const),
  ...(["letter", "survey", "comment", "owner-changed", "merged"] as const),
];

export type HistoryKind = (typeof HISTORY_KINDS)[number];

export interface HistoryRow {
  readonly id: string;
  readonly kind: HistoryKind;
  readonly at: Date;
  /** Who talked, wrote or did it; null: the administrator, nobody, or an agent who is gone. */
  readonly agentId: string | null;
  readonly callId: string | null;
  readonly text: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly editedAt: Date | null;
  readonly cursorAt: string;
}

export interface HistoryQuery {
  readonly contactId: string;
  readonly kind?: HistoryKind | undefined;
  readonly after?: Cursor | undefined;
  readonly limit: number;
}

/** One page, newest first. */
export async function listHistory(db: Db, query: HistoryQuery): Promise<Page<HistoryRow>> {
  const { contactId, kind, after, limit } = query;
  const parts = [calls(contactId), completions(contactId), activities(contactId)].map(
    (part) => sql`(
      select * from (${part}) part (id, kind, at, "agentId", "callId", text, data, "editedAt")
       where (${kind ?? null}::text is null or kind = ${kind ?? null}::text)
         and (${after?.at ?? null}::text is null
              or (at, id) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid))
       order by at desc, id desc limit ${limit + 1})`,
  );
  const { rows } = await sql<HistoryRow>`
    select *, at::text as "cursorAt" from (${sql.join(parts, sql` union all `)}) entries
     order by at desc, id desc limit ${limit + 1}`.execute(db);
  return pageOf(rows, limit);
}

function calls(contactId: string): RawBuilder<unknown> {
  return sql`
    select id, type || '-call', arrived_at, agent_id, id, null::text,
           jsonb_build_object('talkMs', talk_ms, 'ending', ending, 'lineId', line_id), null::timestamptz
      from call where contact_id = ${contactId} and type in ('inbound', 'outbound', 'missed')`;
}

function completions(contactId: string): RawBuilder<unknown> {
  return sql`
    select k.id, 'completion', k.completed_at, k.agent_id, k.call_id, k.comment,
           jsonb_build_object('topicIds', k.topic_ids, 'resultId', k.result_id), k.edited_at
      from completion k join call c on c.id = k.call_id where c.contact_id = ${contactId}`;
}

function activities(contactId: string): RawBuilder<unknown> {
  return sql`
    select id, kind, at, by_agent_id, null::uuid, data ->> 'text', data - 'text', edited_at
      from activity where contact_id = ${contactId}`;
}
