/**
 * One connection for one import: kysely's queries and COPY share it, and so its transactions.
 */
import { finished } from "node:stream/promises";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import type { Db } from "../database.ts";
import type { Database } from "../tables.ts";

export type CopyValue = string | number | null;

export interface ImportSession {
  readonly db: Db;
  /**
   * COPY of these rows, in the transaction that is open.
   * @param into table and columns, such as `contact (id, name)`; never from outside
   */
  copy(into: string, rows: readonly (readonly CopyValue[])[]): Promise<void>;
  close(): Promise<void>;
}

/** A piece of an import takes a second at most; whatever takes this long is stuck. */
const STATEMENT_MS = 120_000;

/** @throws when the database does not answer */
export async function openImportSession(url: string): Promise<ImportSession> {
  const client = new pg.Client({
    connectionString: url,
    application_name: "dozvon-import",
    keepAlive: true,
    connectionTimeoutMillis: 3000,
    statement_timeout: STATEMENT_MS,
  });
  // What breaks is told to the query under way.
  client.on("error", () => {});
  await client.connect();
  const lent = Object.assign(client, { release: () => {} });
  const pool = { connect: async () => lent, end: async () => {} };
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  return {
    db,
    async copy(into, rows) {
      if (rows.length === 0) return;
      const { from: copyFrom } = await import("pg-copy-streams");
      const stream = client.query(copyFrom(`copy ${into} from stdin`));
      stream.end(rows.map((row) => `${row.map(copyText).join("\t")}\n`).join(""));
      await finished(stream);
    },
    async close() {
      await db.destroy();
      await client.end().catch(() => {});
    },
  };
}

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

/** COPY's text format (PostgreSQL, COPY, "Text Format"). */
function copyText(value: CopyValue): string {
  if (value === null) return "\\N";
  if (typeof value === "number") return String(value);
  return /[\\\t\n\r]/.test(value) ? value.replace(/[\\\t\n\r]/g, (one) => ESCAPES[one] ?? one) : value;
}
