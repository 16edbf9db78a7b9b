/** The audit, newest first. */
import { sql } from "kysely";
import type { Db } from "../database.ts";
import type { Role } from "../tables.ts";
import { type Cursor, type Page, pageOf } from "./page.ts";

export interface AuditFilter {
  /** A whole action, or the beginning of one up to a dot: `recording` finds `recording.listened`. */
  readonly action?: string | undefined;
  readonly keyId?: string | undefined;
  readonly agentId?: string | undefined;
  readonly subjectType?: string | undefined;
  readonly subjectId?: string | undefined;
  /** ISO 8601; `since` included, `until` excluded. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly after?: Cursor | undefined;
  readonly limit: number;
}

export interface AuditRow {
  readonly id: string;
  readonly at: Date;
  readonly keyId: string | null;
  readonly keyName: string | null;
  readonly role: Role | null;
  readonly agentId: string | null;
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string | null;
  readonly detail: Record<string, unknown>;
  readonly address: string | null;
  readonly cursorAt: string;
}

/** One page of the deeds that match all of the filter. */
export async function listAudit(db: Db, filter: AuditFilter): Promise<Page<AuditRow>> {
  const { action, since, until, after } = filter;
  let query = db
    .selectFrom("audit")
    .leftJoin("api_key", "api_key.id", "audit.key_id")
    .select([
      "audit.id",
      "audit.at",
      "audit.key_id as keyId",
      "api_key.name as keyName",
      "audit.role",
      "audit.agent_id as agentId",
      "audit.action",
      "audit.subject_type as subjectType",
      "audit.subject_id as subjectId",
      "audit.detail",
      "audit.address",
      sql<string>`audit.at::text`.as("cursorAt"),
    ]);
  if (action)
    query = query.where(
      sql<boolean>`(audit.action = ${action} or starts_with(audit.action, ${`${action}.`}))`,
    );
  if (filter.keyId) query = query.where("audit.key_id", "=", filter.keyId);
  if (filter.agentId) query = query.where("audit.agent_id", "=", filter.agentId);
  if (filter.subjectType) query = query.where("audit.subject_type", "=", filter.subjectType);
  if (filter.subjectId) query = query.where("audit.subject_id", "=", filter.subjectId);
  if (since) query = query.where(sql<boolean>`audit.at >= ${since}::timestamptz`);
  if (until) query = query.where(sql<boolean>`audit.at < ${until}::timestamptz`);
  if (after)
    query = query.where(sql<boolean>`(audit.at, audit.id) < (${after.at}::timestamptz, ${after.id}::uuid)`);
  const rows = await query
    .orderBy("audit.at", "desc")
    .orderBy("audit.id", "desc")
    .limit(filter.limit + 1)
    .execute();
  return pageOf(rows, filter.limit);
}
