/**
 * Before Asterisk starts: the database's shape, the administrator's key, on an empty database a demonstration
 * company, and Asterisk's whole configuration.
 */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { foundCompany } from "../commands/company.ts";
import { hashKey } from "../commands/keys.ts";
import { installEtc, instanceOf } from "../confgen/etc.ts";
import { giveTo, makeFolders } from "../confgen/folders.ts";
import { render } from "../confgen/generated.ts";
import { asteriskPlaces } from "../confgen/places.ts";
import { installData } from "../confgen/sounds.ts";
import { type Config, loadConfig } from "../config.ts";
import type { Account } from "../host/account.ts";
import { type AsteriskFacts, findAsterisk } from "../host/asterisk.ts";
import { ensureCertificate } from "../host/certificate.ts";
import { canReach } from "../host/reach.ts";
import { ensureSecrets, type Secrets } from "../host/secrets.ts";
import { type Db, openDatabase } from "../store/database.ts";
import { migrate } from "../store/migrate.ts";
import { readSettings } from "../store/settings.ts";

/** What prepare needs; `owner` is the account that carries Asterisk when we are root. */
export interface PrepareInput {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly databaseUrl: string;
  readonly asterisk: Pick<AsteriskFacts, "moduleDir" | "dataDir" | "sbinDir">;
  readonly owner?: Pick<Account, "uid" | "gid"> | undefined;
}

/**
 * Makes an instance ready to start. Doing it again changes nothing that a manager made.
 * @returns whether the database was empty.
 * @throws Error naming the migration, or everything that is wrong with Asterisk's configuration.
 */
export async function prepare(input: PrepareInput): Promise<{ fresh: boolean }> {
  const warn = (fields: object, text: string) => console.warn(text, fields);
  const db = openDatabase({ url: input.databaseUrl, name: "prepare", statementMs: 60_000, log: { warn } });
  try {
    await migrate(db);
    await ensureAdminKey(db, input.secrets.adminApiKey);
    const fresh = await ensureCompany(db, input);
    if (input.config.wssPort !== undefined) await ensureCertificate(input.config, input.owner);
    await renderAsterisk(db, input);
    return { fresh };
  } finally {
    await db.destroy();
  }
}

async function ensureAdminKey(db: Db, key: string): Promise<void> {
  const row = { name: "Administrator", role: "admin" as const, hash: hashKey(key) };
  await db
    .insertInto("api_key")
    .values({ ...row, agent_id: null, last_used_at: null, revoked_at: null })
    .onConflict((conflict) => conflict.column("hash").doNothing())
    .execute();
}

async function ensureCompany(db: Db, { config, secrets, owner }: PrepareInput): Promise<boolean> {
  const path = join(config.dataDir, "credentials.json");
  return db.transaction().execute(async (trx) => {
    const agents = await trx.selectFrom("agent").select("id").limit(1).execute();
    const queues = await trx.selectFrom("queue").select("id").limit(1).execute();
    if (agents.length > 0 || queues.length > 0) return false;
    const accounts = await foundCompany(trx, config);
    const api = { url: `http://${config.apiHost}:${config.apiPort}`, key: secrets.adminApiKey };
    writeFileSync(path, `${JSON.stringify({ api, agents: accounts }, null, 2)}\n`, { mode: 0o600 });
    giveTo(path, owner);
    return true;
  });
}

async function renderAsterisk(db: Db, input: PrepareInput): Promise<void> {
  const { config, asterisk, owner } = input;
  const places = asteriskPlaces(config.dataDir);
  makeFolders(places);
  const ours = process.getuid?.() !== 0 || owner === undefined;
  installData(asterisk.dataDir, places.data, (path) => ours || (existsSync(path) && canReach(path, owner)));
  installEtc({ ...input, places }, render(await readSettings(db), instanceOf(config), new Date()));
  giveTo(places.root, owner);
}

async function main(): Promise<void> {
  const config = loadConfig();
  const databaseUrl = config.databaseUrl;
  if (!databaseUrl)
    throw new Error("DATABASE_URL: set it, or use npm start, which brings a PostgreSQL along");
  const report = (line: string) => console.log(line);
  const asterisk = await findAsterisk(config, report);
  const { fresh } = await prepare({
    config,
    secrets: ensureSecrets(config, undefined),
    databaseUrl,
    asterisk,
  });
  report(fresh ? "prepared, with a demonstration company" : "prepared");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
