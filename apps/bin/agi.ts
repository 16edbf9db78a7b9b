/**
 * The AGI app's process: answers one question for the fallback, "who owns this number?" (dialplan/40-fallback.conf).
 *
 * Small and separate, so that it is there when the engine is not. It asks the database for each call, which is
 * few calls: the fallback is an exception. No answer in a second is "nobody", and the dialplan goes to the queue.
 */
import type pg from "pg";
import { createAgiServer } from "../asterisk/agi.ts";
import { takeConfig } from "../given-config.ts";
import { plainLog } from "./plain-log.ts";
import { onStop } from "./stop.ts";

const config = await takeConfig();
const log = plainLog("agi");

/** PostgreSQL's client and the numbering plans are loaded with the first question: idle, they cost 24 MB. */
let tools:
  | Promise<{ pool: pg.Pool; toE164: (text: string, country: string) => string | undefined }>
  | undefined;

async function load(): Promise<Awaited<NonNullable<typeof tools>>> {
  const [{ default: client }, { toE164 }] = await Promise.all([import("pg"), import("../phone/number.ts")]);
  const pool = new client.Pool({
    connectionString: config.databaseUrl,
    application_name: "dozvon-agi",
    max: 2,
    connectionTimeoutMillis: 800,
    statement_timeout: 1000,
    idleTimeoutMillis: 10_000,
  });
  pool.on("error", (error) => log.warn({ error: error.message }, "A database connection broke."));
  pool.on("connect", (client) => client.on("error", () => {}));
  return { pool, toE164 };
}

/**
 * The owner's phone, if the owner takes inbound calls now (D-41), has no service to complete (AGENT-08), and the line asks
 * owners first. What the record said last: the engine may be away. Whether the phone is free the dialplan asks itself.
 */
const OWNER = `
  select a.phone from contact_phone p
    join contact c on c.id = p.contact_id
    join agent a on a.id = c.owner_id
   where p.phone = $1 and a.state = 'inbound'
     and not exists (select 1 from call_wrap_up w
                      where w.agent_id = a.id and w.ended_at is null and (w.until_at is null or w.until_at > now()))
     and exists (select 1 from line l where l.key = $2 and l.owner_first)
   order by c.created_at limit 1`;

const server = createAgiServer({
  port: config.agiPort,
  log,
  async handle(session) {
    tools ??= load();
    const { pool, toE164 } = await tools;
    const from = toE164(session.variables.agi_callerid ?? "", config.country);
    const line = session.variables.agi_accountcode ?? "";
    if (!from) return;
    const { rows } = await pool.query<{ phone: string }>(OWNER, [from, line]);
    await session.setVariable("DZ_OWNER", rows[0]?.phone ?? "");
  },
});
await server.listen();
log.info({ port: config.agiPort }, "The AGI app is ready.");

onStop(async () => {
  await server.close();
  await (await tools)?.pool.end();
});
