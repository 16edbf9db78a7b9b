/**
 * The audit: who did what that must not be done unseen. Rows are only ever added (db/migrations/0040_audit.sql).
 */
import { sql } from "kysely";
import type { Db } from "../database.ts";
import type { Role } from "../tables.ts";

/** Whoever asked, as commands know them (`Asker`); `house`: nobody, it is the house's own doing. */
export type Actor =
  | {
      readonly keyId: string;
      readonly role: Role;
      readonly agentId?: string | undefined;
      /** Where the request came from. */
      readonly address?: string | undefined;
    }
  | "house";

/** One deed. */
export interface Deed {
  readonly by: Actor;
  /** `<subject>.<verb in the past>`: `recording.listened`, `call.supervised`. Small letters and hyphens. */
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId?: string | undefined;
  /** What else somebody will ask later; no secrets. */
  readonly detail?: Readonly<Record<string, unknown>> | undefined;
  /**
   * The same deed by the same key on the same subject within so many seconds is one row: a player asks for a
   * recording in a dozen ranges.
   */
  readonly onceInSeconds?: number | undefined;
}

/**
 * Writes a deed down; in the deed's own transaction where there is one, so that there is never one without the other.
 * @throws when the database does not take it: then the deed must not be done either.
 */
export async function audit(db: Db, deed: Deed): Promise<void> {
  const { by, action, subjectType, subjectId = null, detail = {}, onceInSeconds = 0 } = deed;
  const { keyId = null, role = null, agentId = null, address = null } = by === "house" ? {} : by;
  await sql`
    insert into audit (key_id, role, agent_id, action, subject_type, subject_id, detail, address)
    select ${keyId}, ${role}, ${agentId}, ${action}, ${subjectType}, ${subjectId}, ${JSON.stringify(detail)}::jsonb, ${address}
     where ${onceInSeconds}::float8 = 0 or not exists (
       select from audit
        where subject_type = ${subjectType} and subject_id = ${subjectId} and action = ${action} and key_id = ${keyId}
          and at > now() - make_interval(secs => ${onceInSeconds}::float8))`.execute(db);
}
