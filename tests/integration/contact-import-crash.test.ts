/** kill -9 while a list is loaded: nothing is lost, nothing is doubled, and it goes on by itself. */
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import t from "tap";
import { sfc32 } from "../../apps/core/dialling/world/chance.ts";
import { home } from "../../apps/home.ts";
import { openImports } from "../support/imports.ts";
import { until } from "../support/until.ts";

t.setTimeout(300_000);
const { db, url, dataDir, folder, admin, ask, upload, imports, over, postgres } = await openImports({
  office: false,
});

const ROWS = 12_000;
const number = (n: number) => `8917${String(n).padStart(7, "0")}`;
/** Every tenth is of an organisation, every hundredth cannot be loaded. */
const line = (n: number) =>
  `Имя ${n};${n % 10 === 0 ? `Фирма ${n % 1000}` : ""};${n % 100 === 99 ? "123" : number(n)}`;
const text = ["ФИО;Организация;Телефон", ...Array.from({ length: ROWS }, (_, n) => line(n))].join("\n");

let jobs: ChildProcess | undefined;
let supervised = true;
t.teardown(() => {
  supervised = false;
  jobs?.kill("SIGKILL");
});
/** As the supervisor does it: whoever ends by itself is started again. */
function start(): ChildProcess {
  const child = spawn(process.execPath, [join(home, "dist/apps/bin/jobs.js")], {
    env: { PATH: process.env.PATH, DATABASE_URL: url, DOZVON_DATA_DIR: dataDir },
    stdio: ["ignore", "ignore", "inherit"],
  });
  child.once("exit", (_code, signal) => {
    if (supervised && signal !== "SIGKILL") start();
  });
  jobs = child;
  return child;
}
async function kill(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}
const children = (child: ChildProcess) =>
  readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8")
    .trim()
    .split(" ")
    .filter(Boolean)
    .map(Number);
const countOf = async (table: "contact" | "contact_phone" | "contact_import_row") =>
  Number(
    (
      await db
        .selectFrom(table)
        .select((row) => row.fn.countAll().as("count"))
        .executeTakeFirstOrThrow()
    ).count,
  );
const rowDone = async (id: string) => (await imports("GET", id)).progress.rows as number;
const before = { contacts: await countOf("contact"), phones: await countOf("contact_phone") };

/** Where the process is killed: in any statement of a piece. */
const PLACES = [
  "select",
  "copy contact (",
  "copy contact_phone",
  "copy contact_import_row",
  "update contact_import",
];
/** What the process for the import asks of the database just now. */
async function asked(): Promise<string> {
  const { rows } = await sql<{ query: string }>`
    select trim(query) as query from pg_stat_activity
     where application_name = 'dozvon-import' and state = 'active'`.execute(db);
  return rows.map(({ query }) => query).join("\n");
}

/** On a busy machine a file is looked at for longer than the answer to its upload waits. */
async function begin(content: string, policy: string): Promise<string> {
  const { id } = await upload(content);
  await until("it is looked at", async () => (await imports("GET", id)).state === "ready", 180_000);
  t.equal((await imports("POST", `${id}/start`, { policy })).status, 202);
  return id;
}

t.test("IMP-21 kill -9 of the process and of the jobs process in the middle: it goes on, once", async (t) => {
  let child = start();
  const id = await begin(text, "merge");
  const seed = Number(process.env.DOZVON_SEED ?? Date.now() % 100_000);
  t.comment(`DOZVON_SEED=${seed}`);
  const chance = sfc32(seed);
  let kills = 0;
  // The process for the import dies, then the jobs process with it, by turns.
  while (kills < 4) {
    const place = PLACES[Math.floor(chance() * PLACES.length)] as string;
    const seen = await until(
      `it is at «${place}», or further`,
      async () => {
        const [query, rows] = [await asked(), await rowDone(id)];
        if (rows === ROWS) return "over";
        return query.startsWith(place) || rows >= ((kills + 1) * ROWS) / 6 ? "under way" : undefined;
      },
      180_000,
    );
    if (seen === "over") break;
    const [worker] = children(child);
    if (worker !== undefined && kills % 2 === 0) process.kill(worker, "SIGKILL");
    else {
      await kill(child);
      child = start();
    }
    kills++;
  }
  t.ok(kills >= 2, `${kills} deaths in the middle`);
  const view = await over(id);
  const organisations = 100;
  t.match(view, {
    state: "done",
    result: { refused: ROWS / 100, contacts: ROWS - ROWS / 100, organisations },
  });
  t.equal(view.result.loaded + view.result.merged, ROWS - ROWS / 100);
  t.equal(await countOf("contact_import_row"), ROWS, "every row is reported once");
  t.equal(
    await countOf("contact"),
    before.contacts + ROWS - ROWS / 100 + organisations,
    "nothing is doubled",
  );
  t.equal(await countOf("contact_phone"), before.phones + ROWS - ROWS / 100);
  const twice = await db
    .selectFrom("contact_phone")
    .select("phone")
    .groupBy("phone")
    .having((row) => row.fn.countAll(), ">", 1)
    .execute();
  t.same(twice, []);
  t.same((await ask("GET", `/v1/contact-imports/${id}/rows?result=refused&limit=1`, admin)).json().items[0], {
    ...{ row: 101, result: "refused", reason: "not-a-number", field: "phones", value: "123" },
    message: {
      ru: "это не номер телефона с кодом города или страны",
      en: "this is no phone number with its area or country code",
    },
    ...{ contactId: null, organisationId: null, matchedId: null, matchedBy: null, matchedRow: null },
  });
  await until("the file is put away", () => readdirSync(folder).length === 0, 60_000);
});

t.test("IMP-21 the database goes away in the middle: it goes on when it is back", async (t) => {
  const id = await begin(text.replaceAll("8917", "8918"), "skip");
  await until("it is under way", async () => (await rowDone(id)) > 0, 180_000);
  await postgres.crash();
  await postgres.restart();
  await until("the database is back", async () => (await rowDone(id)) > 0, 60_000);
  const view = await over(id);
  const { loaded, merged, skipped, refused } = view.result;
  t.match(view, { state: "done", result: { refused: ROWS / 100 } });
  t.equal(loaded + merged + skipped + refused, ROWS);
});

t.test("IMP-21 what cannot go on is marked failed, and says so", async (t) => {
  await kill(jobs as ChildProcess);
  const gone = await waiting("ФИО\nИван\n");
  rmSync(join(folder, gone.id));
  const broken = await waiting("ФИО\nПётр\n", gone.id);
  await db.updateTable("contact_import").set({ attempts: 5 }).where("id", "=", broken.id).execute();
  start();
  t.match(await over(gone.id), {
    state: "refused",
    problem: { code: "file-gone", message: /not there any more/ },
  });
  t.match(await over(broken.id), { state: "refused", problem: { code: "broke-off" } });
});

/** Uploads without waiting for anybody to look at the file. */
async function waiting(content: string, other = ""): Promise<{ id: string }> {
  // It is answered when the file was looked at.
  void upload(content);
  return until("the row is there", async () => {
    const rows = await db.selectFrom("contact_import").select("id").where("state", "=", "reading").execute();
    return rows.find(({ id }) => id !== other);
  });
}
