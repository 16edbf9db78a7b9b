/**
 * Forward-only SQL migrations: db/migrations/NNNN_name.sql, in the order of their names, each in a transaction.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Migration, Migrator, sql } from "kysely";
import { home } from "../home.ts";
import type { Db } from "./database.ts";

/**
 * Brings the database to this version. Safe to run from two processes at once (kysely takes a lock).
 * @returns the names of the migrations that ran now.
 * @throws Error naming the migration and PostgreSQL's reason; nothing of the failed batch remains.
 */
export async function migrate(db: Db): Promise<string[]> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => readMigrations() } });
  const { error, results } = await migrator.migrateToLatest();
  if (error) {
    const failed = results?.find((result) => result.status === "Error")?.migrationName ?? "migrations";
    throw new Error(`${failed}: ${(error as Error).message}`);
  }
  return (results ?? []).map((result) => result.migrationName);
}

function readMigrations(): Record<string, Migration> {
  const folder = join(home, "db", "migrations");
  const names = readdirSync(folder).filter((name) => /^\d{4}_[a-z0-9_]+\.sql$/.test(name));
  return Object.fromEntries(
    names.map((name) => {
      const text = readFileSync(join(folder, name), "utf8");
      return [name.replace(/\.sql$/, ""), { up: async (db) => void (await sql.raw(text).execute(db)) }];
    }),
  );
}
