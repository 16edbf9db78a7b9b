/** kill -9 while a list is loaded: nothing is lost, nothing is doubled, and it goes on by itself. */
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { home } from "../../apps/home.ts";
import { openImports } from "../support/imports.ts";
import { until } from "../support/until.ts";

t.setTimeout(300_000);
const { db, url, dataDir, folder, admin, ask, upload, imports, over, postgres } = await openImports({ office: false });

const ROWS = 25_000;
const number = (n: number) => `8917${String(n).padStart(7, "0")}`;
/** Every tenth is of an organisation, every hundredth cannot be loaded. */
const line = (n: number) => `Имя ${n};${n % 10 === 0 ? `Фирма ${n % 1000}` : ""};${n % 100 === 99 ? "123" : number(n)}`;
const text = ["ФИО;Организация;Телефон", ...Array.from({ length: ROWS }, (_, n) => line(n))].join("\n");

let jobs: ChildProcess | undefined;
t.teardown(() => jobs?.kill("SIGKILL"));
function start(): ChildProcess {
  jobs = spawn(process.execPath, [join(home, "dist/apps/bin/jobs.js")], {
    env: { PATH: process.env.PATH, DATABASE_URL: url, DOZVON_DATA_DIR: dataDir },
    stdio: ["ignore", "ignore", "inherit"],
  });
  return jobs;
}
async function kill(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}
const children = (child: ChildProcess) =>
  readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
const countOf = async (table: "contact" | "contact_phone" | "contact_import_row") =>
  Number(
    (await db.selectFrom(table).select((row) => row.fn.countAll().as("count")).executeTakeFirstOrThrow()).count,
  );
const rowDone = async (id: string) => (await imports("GET", id)).progress.rows as number;
const before = { contacts: await countOf("contact"), phones: await countOf("contact_phone") };

t.test("IMP-21 kill -9 of the process and of the jobs process in the middle: it goes on, once", async (t) => {
  let child = start();
  const { id } = await upload(text);
  await imports("POST", `${id}/start`, { policy: "merge" });
  let [done, kills] = [0, 0];
  // The process for the import dies, then the jobs process with it, by turns.
  while (kills < 4) {
    await until("it is further", async () => (await rowDone(id)) > done, 60_000);
    done = await rowDone(id);
    if (done === ROWS) break;
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
    result: { refused: 250, contacts: ROWS - 250, organisations },
  });
  t.equal(view.result.loaded + view.result.merged, ROWS - 250);
  t.equal(await countOf("contact_import_row"), ROWS, "every row is reported once");
  t.equal(await countOf("contact"), before.contacts + ROWS - 250 + organisations, "nothing is doubled");
  t.equal(await countOf("contact_phone"), before.phones + ROWS - 250);
  const twice = await db
    .selectFrom("contact_phone")
    .select("phone")
    .groupBy("phone")
    .having((row) => row.fn.countAll(), ">", 1)
    .execute();
  t.same(twice, []);
  t.same((await ask("GET", `/v1/contact-imports/${id}/rows?result=refused&limit=1`, admin)).json().items[0], {
    ...{ row: 101, result: "refused", reason: "not-a-number", field: "phones", value: "123" },
    message: "это не номер телефона с кодом города или страны",
    ...{ contactId: null, organisationId: null, matchedId: null, matchedBy: null, matchedRow: null },
  });
  await until("the file is put away", () => readdirSync(folder).length === 0);
});

t.test("IMP-21 the database goes away in the middle: it goes on when it is back", async (t) => {
  const { id } = await upload(text.replaceAll("8917", "8918"));
  await imports("POST", `${id}/start`, { policy: "skip" });
  await until("it is under way", async () => (await rowDone(id)) > 0, 60_000);
  await postgres.crash();
  await postgres.restart();
  const back = async () => (await rowDone(id)) > 0;
  await until("the database is back", back, 60_000);
  const view = await over(id);
  const { loaded, merged, skipped, refused } = view.result;
  t.match(view, { state: "done", result: { refused: 250 } });
  t.equal(loaded + merged + skipped + refused, ROWS);
});

t.test("IMP-21 what cannot go on is marked failed, and says so", async (t) => {
  const child = jobs as ChildProcess;
  await kill(child);
  const { id } = await waiting("ФИО\nИван\n");
  rmSync(join(folder, id));
  start();
  t.match(await over(id), { state: "refused", problem: { code: "file-gone", message: /not there any more/ } });

  const other = await waiting("ФИО\nИван\n");
  await db.updateTable("contact_import").set({ attempts: 5 }).where("id", "=", other.id).execute();
  t.match(await over(other.id), { state: "refused", problem: { code: "broke-off" } });
});

/** Uploads without waiting for anybody to look at the file. */
async function waiting(content: string): Promise<{ id: string }> {
  const uploading = upload(content);
  const row = await until("the row is there", () =>
    db.selectFrom("contact_import").select("id").where("state", "=", "reading").executeTakeFirst(),
  );
  void uploading;
  return row;
}
