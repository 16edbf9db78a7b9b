/** API keys, as the API reads them. */
import { sql } from "kysely";
import type { Db } from "../database.ts";
import type { Role } from "../tables.ts";

export interface KeyIdentity {
  readonly keyId: string;
  readonly name: string;
  readonly role: Role;
  readonly agentId?: string | undefined;
}

/** Who holds the key with this SHA-256 (hexadecimal); undefined when unknown or revoked. */
export async function findKey(db: Db, hash: string): Promise<KeyIdentity | undefined> {
  const row = await db
    .selectFrom("api_key")
    .select(["id", "name", "role", "agent_id"])
    .where("hash", "=", Buffer.from(hash, "hex"))
    .where("revoked_at", "is", null)
    .executeTakeFirst();
  return row && { keyId: row.id, name: row.name, role: row.role, agentId: row.agent_id ?? undefined };
}

/** Notes that a key is in use, at most once a minute: the API's only write. */
export async function touchKey(db: Db, id: string): Promise<void> {
  await sql`update api_key set last_used_at = now() where id = ${id}
             and (last_used_at is null or last_used_at < now() - interval '1 minute')`.execute(db);
}

/** All keys, the revoked ones too, newest first; never the hash. */
export function listKeys(db: Db, id?: string) {
  return db
    .selectFrom("api_key")
    .select([
      "id",
      "name",
      "role",
      "agent_id as agentId",
      "created_at as createdAt",
      "last_used_at as lastUsedAt",
      "revoked_at as revokedAt",
    ])
    .$if(id !== undefined, (query) => query.where("id", "=", id as string))
    .orderBy("created_at", "desc")
    .orderBy("id")
    .execute();
}
