/**
 * The connection to PostgreSQL: one pool per process, with time limits, that survives the database's absence.
 */
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import type { Database } from "./tables.ts";

export type Db = Kysely<Database>;

// bigint columns are sequence numbers and sizes here, far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

export interface DatabaseOptions {
  readonly url: string;
  readonly name: string;
  readonly poolSize?: number;
  readonly statementMs?: number;
  readonly log: { warn(fields: object, text: string): void };
}

/** Opens a pool; nothing is sent before the first query. Idle connections that break are only logged. */
export function openDatabase(options: DatabaseOptions): Db {
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: `dozvon-${options.name}`,
    max: options.poolSize ?? 4,
    connectionTimeoutMillis: 3000,
    idleTimeoutMillis: 30_000,
    statement_timeout: options.statementMs ?? 10_000,
    keepAlive: true,
  });
  pool.on("error", (error) => options.log.warn({ error: error.message }, "A database connection broke."));
  // A client that breaks while it is being handed out has no listener of its own, and would end the process.
  pool.on("connect", (client) => client.on("error", () => {}));
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}

/** Whether an error means "the database is not there", as opposed to "it said no". */
export function isDatabaseAway(error: unknown): boolean {
  const code = (error as { code?: unknown } | undefined)?.code;
  if (typeof code === "string" && /^(ECONN|EPIPE|ETIMEDOUT|ENOENT|57P0|08)/.test(code)) return true;
  return (
    error instanceof Error &&
    /terminat|timeout exceeded|timeout expired|Connection ended/i.test(error.message)
  );
}

/** SQLSTATE class 22 (data) and 23 (constraints): the same rows would be refused for ever. */
export function isDataFault(error: unknown): boolean {
  return /^2[23]/.test(String((error as { code?: unknown } | undefined)?.code));
}

/**
 * Whether PostgreSQL refused a value that it was given, and why: no such value in its types (class 22), or a row that is
 * not there (23503). Refusals that only a mistake of ours can cause, such as a division by zero, are not among them.
 */
export function refusedValue(error: unknown): "value" | "reference" | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  if (code === "23503") return "reference";
  return typeof code === "string" && REFUSALS.has(code) ? "value" : undefined;
}

/** Too long, out of range, no such date, offset or encoding, not the text of this type (PostgreSQL, appendix A). */
const REFUSALS = new Set(["22001", "22003", "22007", "22008", "22009", "22021", "22P02", "22P05"]);
