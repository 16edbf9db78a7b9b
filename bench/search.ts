/**
 * Is a contact found at once among a million? Questions of each kind that people type into the search field, as the API
 * asks the database for the whole answer, of everybody and of one agent with twenty thousand contacts.
 */
import { sql } from "kysely";
import type { Db } from "../apps/store/database.ts";
import { searchContacts } from "../apps/store/reads/contact-search.ts";
import { listContacts } from "../apps/store/reads/contacts.ts";
import { findDuplicates } from "../apps/store/writes/duplicate-search.ts";
import { gatherSelected } from "../apps/store/writes/duplicates.ts";
import { mergeSelected } from "../apps/store/writes/merge.ts";
import { withPostgres } from "../tests/support/postgres.ts";

const CONTACTS = Number(process.env.DOZVON_BENCH_CONTACTS ?? 1_000_000);
const AGENTS = 50;
const QUESTIONS = 300;
const LIMIT = 20;

/** Fills a database, asks, and returns the one line. */
export async function run(): Promise<Record<string, unknown>> {
  // As apps/host/postgres.ts has it.
  const postgres = await withPostgres({ shared_buffers: "64MB" });
  try {
    const began = performance.now();
    await fill(postgres.db);
    const filledSeconds = Math.round((performance.now() - began) / 1000);
    console.error(`${CONTACTS} contacts are there after ${filledSeconds} s`);
    const { id: agent } = await postgres.db.selectFrom("agent").select("id").executeTakeFirstOrThrow();
    const kinds: Record<string, { p50: number; p99: number }> = {};
    for (const [kind, question] of Object.entries(KINDS))
      for (const only of [undefined, agent])
        kinds[only ? `${kind}, an agent's` : kind] = await measure(postgres.db, question, only);
    console.error(JSON.stringify(kinds));
    const p99 = Math.max(...Object.values(kinds).map((each) => each.p99));
    const duplicates = await findAndMerge(postgres.db);
    return { bench: "search", contacts: CONTACTS, filledSeconds, p99Ms: p99, kinds, duplicates };
  } finally {
    await postgres.stop();
  }
}

/** What is typed, of the n-th contact: mostly something that is there. */
const KINDS: Readonly<Record<string, (n: number) => string | { phone: string }>> = {
  "number in full": (n) => ({ phone: numberOf(n) }),
  "end of a number": (n) => numberOf(n).slice(-5),
  "beginning of a number": (n) => `8${numberOf(n).slice(2, 8)}`,
  "three digits": (n) => numberOf(n).slice(3, 6),
  surname: (n) => `${SURNAMES[n % SURNAMES.length]}${n % SUFFIXES}`,
  "beginning of a surname": (n) => (SURNAMES[n % SURNAMES.length] ?? "").slice(0, 4),
  "two letters": (n) => (SURNAMES[n % SURNAMES.length] ?? "").slice(0, 2),
  "first name and surname": (n) =>
    `${SURNAMES[n % SURNAMES.length]}${n % SUFFIXES} ${GIVEN[n % GIVEN.length]}`,
  "nobody's name": (n) => `щгжц${n}`,
  "e-mail": (n) => `user${n}@`,
  organisation: (n) => `Фирма ${n - (n % 10)}`,
};

const SURNAMES = [
  ...[
    "Иванов",
    "Петров",
    "Сидоров",
    "Кузнецов",
    "Смирнов",
    "Попов",
    "Волков",
    "Морозов",
    "Новиков",
    "Фёдоров",
  ],
  ...["Лебедев", "Козлов", "Егоров", "Щукин", "Ёлкин", "Журавлёв", "Цветков", "Яковлев", "Эйнштейн", "Юдин"],
];
const GIVEN = ["Анна", "Пётр", "Мария", "Олег", "Елена", "Сергей", "Юлия"];
/** Surnames of that many kinds: a name in full is rare, its beginning is not. */
const SUFFIXES = 997;

async function fill(db: Db): Promise<void> {
  const execute = (text: string) => sql.raw(text).execute(db);
  const list = (names: readonly string[]) => `(array['${names.join("','")}'])`;
  const id = (n: string) => `lpad(to_hex(${n}), 32, '0')::uuid`;
  await sql`select set_config('statement_timeout', '0', false)`.execute(db);
  await execute(`insert into agent (name, short_number, phone, sip_ha1)
    select 'A' || n, (1000 + n)::text, 'bench-' || n, repeat('0', 32) from generate_series(1, ${AGENTS}) n`);
  for (let from = 0; from < CONTACTS; from += STEP) {
    const numbers = `generate_series(${from}, ${Math.min(from + STEP, CONTACTS) - 1}) n`;
    await execute(`set session_replication_role = replica`);
    await execute(`
      insert into contact (id, kind, name, owner_id, organisation_id, created_at)
      select ${id("n")}, case when n % 10 = 0 then 'organisation' else 'contact' end,
             case when n % 10 = 0 then 'ООО «Фирма ' || n || '»'
                  else ${list(SURNAMES)}[1 + n % ${SURNAMES.length}] || n % ${SUFFIXES} || ' '
                       || ${list(GIVEN)}[1 + n % ${GIVEN.length}] end,
             (select id from agent where short_number = (1001 + abs(hashint4(n::int) % ${AGENTS}))::text),
             case when n % 10 in (1, 2) then ${id("n - n % 10")} end, now() - n * interval '1 second'
        from ${numbers}`);
    // The triggers that keep the owner do not fire here.
    const owner = `join contact on contact.id = ${id("n")}`;
    await execute(`insert into contact_phone (contact_id, phone, position, owner_id)
      select id, '+79' || lpad(((n::bigint * 7919 + 100000000) % 1000000000)::text, 9, '0'), 0, owner_id
        from ${numbers} ${owner}`);
    await execute(`insert into contact_email (contact_id, email, position, owner_id)
      select id, 'user' || n || '@mail' || n % 100 || '.example', 0, owner_id from ${numbers} ${owner}
       where n % 2 = 0`);
  }
  // One in two hundred has the number of the next one too: duplicates to find.
  await execute(`insert into contact_phone (contact_id, phone, position, owner_id)
    select c.id, p.phone, 1, c.owner_id from generate_series(4, ${CONTACTS} - 1, 200) n
      join contact_phone p on p.contact_id = ${id("n")} join contact c on c.id = ${id("n - 1")}`);
  await execute(`set session_replication_role = origin`);
  await execute("vacuum analyze contact");
  await execute("vacuum analyze contact_phone");
  await execute("vacuum analyze contact_email");
}

const STEP = 100_000;

function numberOf(n: number): string {
  return `+79${String((n * 7919 + 100_000_000) % 1_000_000_000).padStart(9, "0")}`;
}

async function measure(
  db: Db,
  question: (n: number) => string | { phone: string },
  only: string | undefined,
): Promise<{ p50: number; p99: number }> {
  const times: number[] = [];
  let seed = 12_345;
  for (let asked = 0; asked < QUESTIONS; asked++) {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    const typed = question(2 * (seed % (CONTACTS / 2)));
    const since = performance.now();
    const found = typeof typed === "string" ? { ids: await searchContacts(db, typed, only, LIMIT) } : typed;
    await listContacts(db, { ...found, only, limit: LIMIT });
    times.push(performance.now() - since);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => Math.round((times[Math.floor(times.length * share)] ?? 0) * 10) / 10;
  return { p50: at(0.5), p99: at(0.99) };
}

/** The whole account by number and address, and all of it merged. */
async function findAndMerge(db: Db): Promise<Record<string, number>> {
  const timed = async <Result>(work: (trx: Db) => Promise<Result>): Promise<[Result, number]> => {
    const since = performance.now();
    const result = await db.transaction().execute(work);
    return [result, Math.round((performance.now() - since) / 100) / 10];
  };
  const question = { keyId: null, owners: "all" as const, base: "oldest" as const };
  const [id, findSeconds] = await timed((trx) =>
    findDuplicates(trx, {
      ...{ ...question, kinds: ["contact", "organisation"], fields: ["phone", "email"] },
    }),
  );
  const [merged, mergeSeconds] = await timed(async (trx) => {
    await gatherSelected(trx, id, undefined);
    return mergeSelected(trx, null);
  });
  return { findSeconds, merged, mergeSeconds };
}
