/** Lists of contacts over the API, a real database and the real loading: files, mapping, policies, reports. */
import assert from "node:assert/strict";
import { writeXlsx } from "hucre/xlsx";
import t from "tap";
import { openImports } from "../support/imports.ts";
import { until } from "../support/until.ts";

t.setTimeout(300_000);
const { api, db, ask, admin, annas, boriss, anna, boris, contact, upload, imports, load, over } =
  await openImports();

const list = (...rows: string[]) => `${rows.join("\r\n")}\r\n`;
const find = async (query: string, key = admin) =>
  (await ask("GET", `/v1/contacts?${query}`, key)).json().items;
const made = (id: string, key = admin) => find(`importId=${id}&limit=200`, key);
const names = (items: readonly { name: string }[]) => items.map(({ name }) => name).sort();
const named = async (name: string) =>
  (await find(`q=${encodeURIComponent(name)}`)).filter((item: { name: string }) => item.name === name);
const addTo = (id: string, phone: string) =>
  db.insertInto("contact_phone").values({ contact_id: id, phone, position: 0 }).execute();
async function person(name: string, fields: object = {}): Promise<string> {
  const row = { name, position: null, owner_id: null, ...fields };
  return (await db.insertInto("contact").values(row).returning("id").executeTakeFirstOrThrow()).id;
}
const xlsx = (...sheets: (string | number | null)[][][]) =>
  writeXlsx({ sheets: sheets.map((rows, index) => ({ name: `S${index}`, rows })) });

t.test("IMP-01 sample lists are looked at, downloaded, and can be uploaded as they are", async (t) => {
  for (const language of ["ru", "en"]) {
    const sample = (await ask("GET", `/v1/contact-imports/samples?language=${language}`, annas)).json();
    t.equal(sample.columns.length, 12);
    for (const file of sample.files) {
      const { headers, rawPayload } = await ask("GET", file, annas);
      t.match(headers["content-disposition"], /attachment; filename="contacts\.(csv|xlsx)"/);
      const uploaded = await upload(rawPayload, { name: file });
      t.match(uploaded, { status: 201, state: "ready", progress: { total: 3 } }, file);
      t.same(
        uploaded.columns.map(({ field }: { field: string }) => field),
        sample.columns.map(({ field }: { field: string }) => field),
        "every column is recognised",
      );
      t.equal(uploaded.preview[0][3], sample.rows[0][3]);
      await imports("POST", `${uploaded.id}/cancel`);
    }
  }
});

t.test("IMP-02 files: XLSX and CSV up to 3 MB and 30,000 rows; XLS with the way out", async (t) => {
  const row = (n: number) => `Имя ${n};8916${String(n).padStart(7, "0")}`;
  const rows = (count: number) => Array.from({ length: count }, (_, n) => row(n));
  t.match(await upload(list("ФИО;Телефон", ...rows(30_000))), { status: 201, progress: { total: 30_000 } });
  t.match(await upload(list("ФИО;Телефон", ...rows(30_001))), { status: 422, code: "too-many-rows" });
  const large = list("ФИО;Описание", ...Array(16).fill(`Имя;${"x".repeat(200_000)}`));
  t.match(await upload(large), { status: 413, errors: [{ field: "file" }] });
  const old = Buffer.concat([
    Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
    Buffer.alloc(600),
  ]);
  t.match(await upload(old, { name: "old.xls" }), {
    status: 422,
    code: "old-excel",
    detail: /save it as.*xlsx/,
  });
  const secret = Buffer.concat([old, Buffer.from("EncryptedPackage", "utf16le")]);
  t.match(await upload(secret), { status: 422, code: "encrypted" });
  t.match(await upload(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2])), { status: 422, code: "not-a-table" });
  t.match(await upload(Buffer.from("PK\u0003\u0004 no archive")), { status: 422, code: "not-a-table" });
  const workbook = Buffer.from(await xlsx([["ФИО"], ["Иван"]]));
  t.match(await upload(workbook.subarray(0, workbook.length - 40)), { status: 422, code: "not-a-table" });
  t.match(await upload(bomb(workbook)), { status: 422, code: "too-large" }, "what unfolds to gigabytes");

  const cells = await load(list("ФИО;Описание", `Длинная;${"x".repeat(251)}`, `Краткая;${"x".repeat(250)}`), {
    policy: "all",
  });
  t.same(cells.rows, ["2 refused description too-long", "3 loaded"], "250 characters in a cell");
});

/** The same workbook, whose table of contents says that the first entry unfolds to 3 GB. */
function bomb(workbook: Buffer): Buffer {
  const copy = Buffer.from(workbook);
  const entry = copy.lastIndexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
  copy.writeUInt32LE(3_000_000_000, entry + 24);
  return copy;
}

t.test("IMP-03 names of columns in the first row, one filled sheet, no empty columns", async (t) => {
  const refused = async (content: string | Uint8Array, code: string, message: RegExp) =>
    t.match(await upload(content), { status: 422, code, errors: [{ field: "file", message }] }, code);
  await refused(list("Иванов;89161234567", "Петров;89161234568"), "no-header", /«89161234567»/);
  await refused(list(";;", "Иванов;89161234567;"), "no-header", /first row/);
  await refused(list("", "ФИО;Телефон", "Иванов;89161234567"), "no-header", /first row/);
  await refused(list("ФИО;;Телефон", "Иванов;;89161234567"), "empty-column", /column B/);
  await refused(list("ФИО;;Телефон", "Иванов;x;89161234567"), "unnamed-column", /column B/);
  await refused(list("ФИО;Телефон", ";"), "no-rows", /nothing below/);
  await refused("", "no-header", /first row/);
  const head = ["ФИО", "Телефон"];
  const [full, other] = [[head, ["Иван", 79161234567]], [["x"]]];
  await refused(await xlsx(full, [], other), "several-sheets", /sheet 3/);
  await refused(await xlsx([], full), "not-first-sheet", /sheet 2/);
  t.match(
    await upload(await xlsx(full, [])),
    { status: 201, format: "xlsx" },
    "an empty sheet is no filled one",
  );
  const gaps = await upload(list("ФИО;Телефон;;", "Иванов;89161234567;;", ";;;", "Петров;89161234568"));
  t.match(gaps, { status: 201, progress: { total: 2 } }, "empty columns at the end and blank rows are none");
});

t.test(
  "IMP-04…IMP-10 cells become numbers, addresses and tags; what does not is refused by row",
  async (t) => {
    const done = await load(
      list(
        "ФИО;Телефоны;E-mail;Теги",
        'Россия;"8 (916) 111-22-33, 7 495 111-22-33 ;9031112233";;"лето; зима;лето"',
        "Заграница;380441112233;;",
        "Похоже на Россию;4930112233;;",
        'Адреса;;"a@imp.example,b@imp.example";',
        "Без кода;111-22-33;;",
        'Пробел в адресах;;"a@imp.example, b@imp.example";',
        ";;;тег без человека",
      ),
      { policy: "all" },
    );
    t.same(done.rows, [
      ...["2 loaded", "3 loaded", "4 loaded", "5 loaded", "6 refused phones not-a-number"],
      ...["7 refused emails not-an-address", "8 refused name nobody"],
    ]);
    t.match(done.result, { loaded: 4, refused: 3, contacts: 4, organisations: 0 });
    const phones = async (name: string) =>
      (await named(name))[0].phones.map(({ display }: { display: string }) => display);
    t.same(
      await phones("Россия"),
      ["+7 (916) 111-22-33", "+7 (495) 111-22-33", "+7 (903) 111-22-33"],
      "IMP-06, IMP-08",
    );
    t.same(await phones("Заграница"), ["+380 44 111 2233"], "IMP-09");
    t.same(await phones("Похоже на Россию"), ["+7 (493) 011-22-33"], "IMP-10");
    t.same((await named("Адреса"))[0].emails, ["a@imp.example", "b@imp.example"], "IMP-07");
    t.same(names((await named("Россия"))[0].tags), ["зима", "лето"], "IMP-05");
  },
);

t.test("IMP-11 recognition, preview and another mapping", async (t) => {
  const text = list("Название;Кто;Телефон;Любимый цвет", "ООО Лист;Олег;8 916 222-33-44;синий");
  const cp1251 = Buffer.from(
    [...text].map((letter) => {
      const code = letter.codePointAt(0) ?? 0;
      return code < 0x80 ? code : code === 0x401 ? 0xa8 : code - 0x350;
    }),
  );
  const seen = await upload(cp1251, { name: "C:\\Temp\\список.csv" });
  t.match(seen, {
    ...{
      status: 201,
      state: "ready",
      fileName: "список.csv",
      format: "csv",
      encoding: "windows-1251",
      delimiter: ";",
    },
    columns: [
      { letter: "A", heading: "Название", field: "organisation", title: { ru: "Организация" } },
      { letter: "B", heading: "Кто", field: null, title: { ru: "Не импортировать", en: "Do not import" } },
      { field: "phones" },
      { heading: "Любимый цвет", field: null },
    ],
    preview: [["ООО Лист", "Олег", "8 916 222-33-44", "синий"]],
  });
  const mapping = ["organisation", "name", "phones", "description"];
  t.match(await imports("PATCH", seen.id, { mapping }), {
    columns: [{}, { field: "name" }, {}, { field: "description" }],
  });
  for (const [body, field] of [
    [{ mapping: ["organisation", "organisation", null, null] }, "mapping.1"],
    [{ mapping: ["name"] }, "mapping"],
    [{ mapping: [null, null, null, "city"] }, "mapping"],
    [{ mapping: ["nonsense", null, null, null] }, "mapping.0"],
    [{ mapping: ["organisation", "name", null, "description"] }, "mapping.2"],
  ] as const)
    t.match(await imports("PATCH", seen.id, body), { status: /^4/, errors: [{ field }] });
  await imports("POST", `${seen.id}/start`, { policy: "all" });
  t.match(await imports("PATCH", seen.id, { mapping }), { status: 409 }, "not while it is loaded");

  const wrong = await upload("Имя;Тел\nПётр;89162223355\n", { fields: { encoding: "windows-1251" } });
  t.match(wrong.columns[0], { heading: /^Р./, field: null });
  const again = await imports("PATCH", wrong.id, { encoding: "utf-8" });
  t.match(again, { state: "ready", columns: [{ heading: "Имя", field: "name" }, { field: "phones" }] });
  const comma = await imports("PATCH", wrong.id, { delimiter: "," });
  t.match(comma.columns, [{ heading: "Имя;Тел" }]);
  t.match(await upload("a;b\n1;2\n", { fields: { encoding: "koi8-r" } }), {
    status: 400,
    errors: [{ field: "encoding" }],
  });
});

t.test("IMP-12, IMP-13 whose the records are, and a tag for all of them", async (t) => {
  const rows = (name: string) => list("ФИО;Организация;Теги", `${name};Фирма ${name};свой`);
  const own = await load(rows("Своя"), { policy: "all", tag: "весна 2026" }, { key: annas });
  t.match(await made(own.id, annas), [
    { name: "Своя", ownerId: anna, tags: [{ name: "весна 2026" }, { name: "свой" }] },
    { name: "Фирма Своя", ownerId: anna, tags: [{ name: "весна 2026" }, { name: "свой" }] },
  ]);
  const given = await load(rows("Данная"), { policy: "all", ownerId: boris, tag: "СВОЙ" });
  t.match(await made(given.id), [{ ownerId: boris, tags: [{ name: "свой" }] }, { ownerId: boris }]);
  const [tag] = (await made(given.id))[0].tags;
  t.not(tag.id, (await made(own.id))[0].tags[1].id, "the administrator's tag is not the agent's");
  const nobodys = await load(rows("Ничья"), { policy: "all" });
  t.match(
    await made(nobodys.id),
    [{ ownerId: null }, { ownerId: null }],
    "the administrator passes them on later",
  );
  // What an import writes beside a contact is its owner's, whom a search asks for (CONT-05).
  await load(list("ФИО;Телефон;E-mail", "С номером;89165557702;n2@a.ru"), { policy: "all", ownerId: boris });
  await load(list("ФИО;Организация;Телефон", "Новый;Фирма Данная;89165557701"), { policy: "merge" });
  await load(list("ФИО;Телефон", "С номером;89165557703"), { policy: "merge" });
  for (const table of ["contact_phone", "contact_email"] as const) {
    const parts = db.selectFrom(table).innerJoin("contact", "contact.id", "contact_id");
    const ofBoris = await parts
      .select("contact.name")
      .where(`${table}.owner_id`, "=", boris)
      .where("contact.name", "in", ["С номером", "Новый"])
      .execute();
    t.equal(ofBoris.length, table === "contact_phone" ? 3 : 1, table);
    const strays = parts
      .select("contact.name")
      .whereRef(`${table}.owner_id`, "is distinct from", "contact.owner_id");
    t.same(await strays.execute(), []);
  }
  const { id } = await upload(rows("Чужая"), { key: annas });
  const start = { policy: "all", ownerId: boris };
  t.match(await imports("POST", `${id}/start`, start, annas), {
    status: 422,
    errors: [{ field: "ownerId" }],
  });
  t.match(await imports("GET", id, undefined, boriss), { status: 404 }, "another agent does not see it");
  t.match(await imports("POST", `${id}/start`, { policy: "all" }, boriss), { status: 404 });
});

t.test("IMP-14 the policy is chosen before, once", async (t) => {
  const { id } = await upload(list("ФИО", "Политика"));
  t.match(await imports("POST", `${id}/start`, {}), { status: 400, errors: [{ field: "policy" }] });
  t.match(await imports("POST", `${id}/start`, { policy: "some" }), {
    status: 400,
    errors: [{ field: "policy" }],
  });
  t.same(await named("Политика"), [], "nothing is loaded before");
  t.match(await imports("POST", `${id}/start`, { policy: "skip" }), { status: 202, policy: "skip" });
  t.match(await imports("POST", `${id}/start`, { policy: "all" }), { status: 409 });
});

t.test("IMP-15 do not load: the same name, e-mail or phone", async (t) => {
  const byName = await person("Пропуск По Имени");
  const byPhone = await person("Кто-то", { kind: "organisation" });
  await addTo(byPhone, "+79165550001");
  const byEmail = await person("Кто-то ещё");
  await db
    .insertInto("contact_email")
    .values({ contact_id: byEmail, email: "Skip@imp.example", position: 0 })
    .execute();
  const firm = await person("ООО Пропуск", { kind: "organisation" });
  const done = await load(
    list(
      "ФИО;Организация;Телефон;E-mail",
      "пропуск  по имени;;89165550009;",
      "Новый;;8 916 555-00-01;",
      "Новый;;;skip@IMP.example",
      "Человек;ооо пропуск;;",
      "Один;ООО Новая;89165550011;",
      "Другой;ООО НОВАЯ;89165550012;",
      "Совсем новый;;89165550013;",
    ),
    { policy: "skip" },
  );
  t.same(done.rows, [
    ...["2 skipped name", "3 skipped phone", "4 skipped email", "5 skipped name"],
    ...["6 loaded", "7 skipped name", "8 loaded"],
  ]);
  const { items } = await imports("GET", `${done.id}/rows?result=skipped`);
  t.same(
    items.map(({ matchedId }: { matchedId: string }) => matchedId).slice(0, 4),
    [byName, byPhone, byEmail, firm],
    "D-46 reported with whom they are like",
  );
  t.match(items[4], {
    matchedRow: 6,
    message: { ru: "такая запись уже есть", en: "there is such a record already" },
  });
  t.same(names(await made(done.id)), ["ООО Новая", "Один", "Совсем новый"]);
});

t.test(
  "IMP-16, IMP-17 merge: into the record that is there, never across kinds, nothing of it is lost",
  async (t) => {
    const base = await person("Слияние", { position: "врач", city: "Омск", owner_id: boris });
    await addTo(base, "+79166660001");
    const firm = await person("Слияние Фирма", { kind: "organisation", description: "как было" });
    const homonym = await person("Двойник", { kind: "organisation" });
    const nested = await person("Вложенный", { organisation_id: firm });
    await addTo(nested, "+79166660009");
    const done = await load(
      list(
        "ФИО;Организация;Должность;Телефон;E-mail;Город;Сфера;Описание;Теги",
        "Другое Имя;;хирург;89166660001,89166660002;m@imp.example;;Медицина;;слит",
        ";слияние  фирма;;84956660003;;Самара;;как в файле;слит",
        "Двойник;;;89166660004;;;;;",
        "Кто угодно;;;89166660009;;;;;",
        "Слияние;;;;m2@imp.example;Чита;;;слит",
        "Уникальный;;;;;;;;",
      ),
      { policy: "merge" },
    );
    t.same(done.rows, [
      "2 merged phone",
      "3 merged name",
      "4 loaded",
      "5 loaded",
      "6 merged name",
      "7 loaded",
    ]);
    t.match(done.result, {
      merged: 3,
      mergedContacts: 2,
      mergedOrganisations: 1,
      contacts: 3,
      organisations: 0,
    });
    const show = async (id: string) => (await ask("GET", `/v1/contacts/${id}`, admin)).json();
    t.match(await show(base), {
      ...{ name: "Слияние", position: "врач", city: "Омск", ownerId: boris, industry: "Медицина" },
      phones: [{ e164: "+79166660001" }, { e164: "+79166660002" }],
      emails: ["m@imp.example", "m2@imp.example"],
      tags: [{ name: "слит" }],
    });
    t.match(await show(firm), {
      ...{ name: "Слияние Фирма", description: "как было", city: "Самара", zone: "Europe/Samara" },
      phones: [{ e164: "+74956660003" }],
    });
    t.match(await show(homonym), { phones: [] }, "a person is not merged into an organisation");
    t.match(await show(nested), { emails: [], tags: [] }, "nor into somebody's person");
    const told = await db
      .selectFrom("activity")
      .selectAll()
      .where("contact_id", "=", base)
      .orderBy("at")
      .execute();
    t.match(told[0], { kind: "merged", data: { row: 2, kept: { name: "Другое Имя", position: "хирург" } } });
    t.match(told[0]?.data, { filled: { industry: "Медицина" }, phones: ["+79166660002"] });

    const others = await load(
      list("ФИО;Телефон", "Слияние;89166669999"),
      { policy: "merge" },
      { key: annas },
    );
    t.same(
      others.rows,
      ["2 skipped name not-yours"],
      "an agent changes nobody else's record, and does not double it",
    );
    t.equal((await show(base)).phones.length, 2);
    const mine = await load(list("ФИО;Город", "Olga Client;Пермь"), { policy: "merge" }, { key: annas });
    t.same(mine.rows, ["2 merged name"]);
    t.match(await show(contact), { city: "Пермь", zone: "Asia/Yekaterinburg" });
  },
);

t.test("IMP-18, IMP-19 one organisation holds its people, equal ones too", async (t) => {
  const rows = list(
    "Организация;ФИО;Телефон;ИНН",
    "Одна;Иван;89167770001;1",
    "одна;Пётр;89167770002;2",
    "Одна;Иван;89167770001;",
  );
  const done = await load(rows, { policy: "merge" });
  t.same(done.rows, ["2 loaded", "3 merged name", "4 merged name"]);
  t.match(done.result, { contacts: 3, organisations: 1 });
  const [firm] = await named("Одна");
  t.match(firm, { kind: "organisation", inn: "1", phones: [] });
  t.same(names(await find(`organisationId=${firm.id}`)), ["Иван", "Иван", "Пётр"]);
  const again = await load(rows, { policy: "merge" });
  t.match(again.result, { contacts: 3, organisations: 0, merged: 3 }, "and so it does with what is there");
  t.equal((await named("Одна")).length, 1);
});

t.test("IMP-20 load regardless: everything is loaded", async (t) => {
  const rows = list("Организация;ФИО;Телефон", "Ещё Одна;Иван;89168880001", "Ещё Одна;Иван;89168880001");
  for (const _ of [1, 2])
    t.match((await load(rows, { policy: "all" })).result, { contacts: 2, organisations: 2 });
  t.equal((await named("Ещё Одна")).length, 4);
});

t.test("IMP-21 progress, the sums, the address book and the report", async (t) => {
  const rows = Array.from(
    { length: 6000 },
    (_, n) => `Прогресс ${n};=HYPERLINK("x");${n % 1000 === 0 ? "нет" : ""}`,
  );
  const { id } = await upload(list("ФИО;Описание;E-mail", ...rows));
  const done = await imports("POST", `${id}/start`, { policy: "all" }).then(() => watch(id));
  t.match(done, { state: "done", progress: { rows: 6000, total: 6000, percent: 100 } });
  t.match(done.result, { loaded: 5994, refused: 6, contacts: 5994, organisations: 0 });
  t.equal(done.addressBook, `/v1/contacts?importId=${id}`);
  t.equal((await ask("GET", done.addressBook, admin)).json().items.length, 50);
  t.match((await made(id))[0], { description: '=HYPERLINK("x")' }, "a formula is kept as it is");
  const report = await ask("GET", `${done.report}?language=en`, admin);
  t.match(report.headers, { "content-type": /text\/csv/, "content-disposition": /attachment/ });
  const lines = report.payload.split("\r\n");
  t.equal(lines.length, 6002, "headings, rows, and the end of the last line");
  t.equal(
    lines[0],
    "\ufeffrow,result,reason,message,field,value,contactId,organisationId,matchedId,matchedBy,matchedRow",
  );
  t.match(lines[1], /^2,refused,not-an-address,this is no e-mail address,emails,нет,,,,,$/);
  const only = (await ask("GET", `${done.report}?result=refused`, admin)).payload.trim().split("\r\n");
  t.equal(only.length, 7);
  const formula = await load(list("ФИО;Телефон", "Формула;=1+1"), { policy: "all" });
  t.match(
    (await ask("GET", formula.report, admin)).payload,
    /phones,'=1\+1,/,
    "exports mark what would be a formula",
  );

  const listed = (await ask("GET", "/v1/contact-imports?limit=2", annas)).json().items;
  t.ok(
    listed.every((item: { id: string }) => item.id !== id),
    "an agent sees its own",
  );
  t.match((await ask("GET", "/v1/contact-imports?limit=1", admin)).json(), {
    items: [{ id: formula.id }],
    next: /./,
  });
});

/** Follows an import to its end: the sums only grow, and always fit each other. */
async function watch(id: string) {
  let last = 0;
  let view = await imports("GET", id);
  await until(
    "the import is done",
    async () => {
      view = await imports("GET", id);
      const { loaded, merged, skipped, refused } = view.result;
      assert.equal(view.progress.rows, loaded + merged + skipped + refused);
      assert.ok(view.progress.rows >= last && view.progress.percent <= (view.state === "done" ? 100 : 99));
      last = view.progress.rows;
      return view.state === "done";
    },
    60_000,
  );
  return view;
}

t.test("IMP-21 a cancelled import stops; what is not started can be put away", async (t) => {
  const { id } = await upload(list("ФИО", "Отмена"));
  t.match(await imports("POST", `${id}/cancel`), { state: "cancelled" });
  t.match(await imports("POST", `${id}/start`, { policy: "all" }), { status: 409 });
  t.match(await imports("POST", `${id}/cancel`), { status: 409 });
  t.same(await named("Отмена"), []);
});

t.test("beyond the limits: streams of NDJSON and CSV", async (t) => {
  const send = async (type: string, payload: string | Buffer, query = "policy=skip", key = admin) => {
    const headers = { authorization: `Bearer ${key}`, "content-type": type };
    const url = `/v1/contact-imports/stream?${query}`;
    const answer = await api.inject({ method: "POST", url, headers, payload });
    return { status: answer.statusCode, ...answer.json() };
  };
  const objects = [
    {
      name: "Поток Один",
      phones: ["89169990001", "8 495 999-00-02"],
      emails: "p@imp.example",
      tags: ["а", "б"],
    },
    { organisation: "Поток Фирма", name: "Поток Два", phones: 79169990003, description: "x".repeat(400) },
    { name: "Поток Один" },
    { name: "Поток Три", colour: "red" },
    { phones: ["123"] },
  ].map((each) => JSON.stringify(each));
  const accepted = await send(
    "application/x-ndjson",
    [...objects.slice(0, 4), "{broken", "", ...objects.slice(4)].join("\n"),
  );
  t.match(accepted, { status: 202, way: "stream", format: "ndjson" });
  const done = await over(accepted.id);
  t.match(done, {
    state: "done",
    result: { loaded: 2, skipped: 1, refused: 3, contacts: 2, organisations: 1 },
  });
  t.same(await rowsOf(accepted.id), [
    ...[
      "1 loaded",
      "2 loaded",
      "3 skipped",
      "4 refused unknown-field",
      "5 refused malformed",
      "7 refused not-a-number",
    ],
  ]);
  t.equal((await named("Поток Фирма"))[0].description.length, 400, "no person made the cells");

  const text = list(
    "ФИО;Телефон;Что-то",
    ...Array.from(
      { length: 32_000 },
      (_, n) => `Поток ${n % 8000};8917${String(n % 8000).padStart(7, "0")};x`,
    ),
  );
  const many = await over((await send("text/csv; charset=utf-8", text, "policy=skip&tag=поток", annas)).id);
  t.match(many, {
    ...{ state: "done", ownerId: anna },
    result: { loaded: 8000, contacts: 8000, skipped: 24_000, refused: 0 },
  });
  t.match(await send("text/csv", "1;2\n3;4\n").then(({ id }) => over(id)), {
    state: "refused",
    problem: { code: "no-fields" },
  });
  t.match(await send("text/csv", ""), { status: 400 });
  t.match(await send("text/csv; charset=koi8-r", "a;b\n"), { status: 415 });
  t.match(await send("application/json", "{}"), { status: 415 });
  t.match(await send("text/csv", "ФИО\nИван\n", "policy=some"), {
    status: 400,
    errors: [{ field: "policy" }],
  });
  t.match(await send("text/csv", "ФИО\nИван\n", `policy=all&ownerId=${boris}`, annas), {
    status: 422,
    errors: [{ field: "ownerId" }],
  });
});

async function rowsOf(id: string): Promise<string[]> {
  const { items } = await imports("GET", `${id}/rows`);
  return items.map(({ row, result, reason }: { row: number; result: string; reason: string | null }) =>
    [row, result, reason === "duplicate" ? null : reason].filter((word) => word !== null).join(" "),
  );
}
