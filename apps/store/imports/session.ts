/**
 * One connection for one import: kysely's queries and COPY share it, and so its transactions.
 */
import { finished } from "node:stream/promises";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import type { Db } from "../database.ts";
import type { Database } from "../tables.ts";

export type CopyValue = string | number | null;

export interface Copy {
  /** Table and columns, such as `contact (id, name)`; never from outside. */
  readonly into: string;
  readonly rows: readonly (readonly CopyValue[])[];
}

export interface ImportSession {
  readonly db: Db;
  /** COPY of these, one after another in the transaction that is open; the next is made while the server takes one. */
  copy(copies: Iterable<Copy>): Promise<void>;
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
    async copy(copies) {
      const { from: copyFrom } = await import("pg-copy-streams");
      let before: Promise<void> | undefined;
      for (const { into, rows } of copies) {
        if (rows.length === 0) continue;
        const text = rows.map((row) => `${row.map(copyText).join("\t")}\n`).join("");
        await before;
        const stream = client.query(copyFrom(`copy ${into} from stdin`));
        before = finished(stream);
        // It may be refused while the next one is made.
        before.catch(() => {});
        // What is written is on its way only when the server has said that it listens.
        await new Promise<void>((resolve) => stream.write(text, () => resolve()));
        stream.end();
      }
      await before;
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
