/** Trunks: the carriers' ends. The password is never read here. */
import { sql } from "kysely";
import type { Db } from "../database.ts";

/** Trunks by name. @param id only this one. */
export function listTrunks(db: Db, id?: string) {
  return db
    .selectFrom("trunk")
    .select([
      "id",
      "name",
      "addresses",
      "host",
      "port",
      "username",
      "number_format as numberFormat",
      "max_lines as maxLines",
      "calls_per_second as callsPerSecond",
      sql<boolean>`password is not null`.as("hasPassword"),
      "created_at as createdAt",
    ])
    .where("kind", "=", "carrier")
    .$if(id !== undefined, (query) => query.where("id", "=", id as string))
    .orderBy("name")
    .execute();
}
