/** The database: is it there, which version, which schema, and does its clock agree with ours. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import type { Instance } from "../peers/instance.ts";
import { type Db, openDatabase } from "../store/database.ts";
import { isHeld } from "../store/single.ts";
import type { Check } from "./finding.ts";
import type { Checkpoints } from "./machine.ts";

/** Hours and waits are reckoned in seconds. */
const CLOCKS_AGREE_MS = 1000;
const LONG_AGO = "now() - interval '1 minute'";
const silent = { warn: () => {} };

export interface Database {
  readonly checks: readonly Check[];
  checkpoints(): Promise<Checkpoints>;
  close(): Promise<void>;
}

/** Opens a connection of the doctor's own; nothing is sent before the first check. */
export function openForDoctor({ databaseUrl, config }: Instance): Database {
  const url = databaseUrl;
  const db = openDatabase({ url, name: "doctor", poolSize: 1, statementMs: 5000, log: silent });
  const hint = config.databaseUrl
    ? "is the PostgreSQL of DATABASE_URL up and reachable?"
    : "see logs/postgres.log in the data folder";
  const checks: Check[] = [
    { name: "PostgreSQL", hint, look: () => one(db, "select current_setting('server_version') as value") },
    {
      name: "schema",
      hint: "start this version once: npm start brings the database up to date",
      look: () => compareSchema(db, config.home),
    },
    {
      name: "database's clock",
      hint: "set the clocks of both machines by NTP",
      look: async () => {
        const before = Date.now();
        const value = await one(db, "select (extract(epoch from clock_timestamp()) * 1000)::text as value");
        const off = Number(value) - (before + Date.now()) / 2;
        return { ok: Math.abs(off) <= CLOCKS_AGREE_MS, text: `${Math.round(off)} ms from ours` };
      },
    },
    {
      name: "jobs",
      hint: "webhooks, mails and SMS wait meanwhile; see logs/jobs.log in the data folder",
      look: () => lookAtJobs(db),
    },
  ];
  return { checks, checkpoints: () => readCheckpoints(db), close: () => db.destroy() };
}

async function compareSchema(db: Db, home: string) {
  const present = await one(db, "select max(name) as value from kysely_migration");
  const names = readdirSync(join(home, "db/migrations")).filter((name) => name.endsWith(".sql"));
  const wanted =
    names
      .sort()
      .at(-1)
      ?.replace(/\.sql$/, "") ?? "";
  return { ok: present === wanted, text: present === wanted ? present : `${present}, but this is ${wanted}` };
}

/** The one process that tells others: is it there, and does anything wait for it that should be gone. */
async function lookAtJobs(db: Db) {
  const running = await isHeld(db, "jobs");
  const waiting = Number(
    await one(
      db,
      `select ((select count(*) from event_out where dispatched_at is null and at < ${LONG_AGO})
             + (select count(*) from mail_out where state = 'queued' and created_at < ${LONG_AGO})
             + (select count(*) from sms_out where state = 'queued' and created_at < ${LONG_AGO}))::text as value`,
    ),
  );
  const text = `${running ? "the process works" : "no process works"}, ${waiting} events and messages wait for longer than a minute`;
  return { ok: running && waiting === 0, text };
}

async function readCheckpoints(db: Db): Promise<Checkpoints> {
  const rows = await db.selectFrom("intake").select(["source", "file", "offset"]).execute();
  return new Map(rows.map(({ source, file, offset }) => [source, { file, offset: Number(offset) }]));
}

async function one(db: Db, text: string): Promise<string> {
  const { rows } = await sql.raw<{ value: string }>(text).execute(db);
  return rows[0]?.value ?? "";
}
