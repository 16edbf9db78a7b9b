/** The contact base over the API and a real database: organisations and people, fields, owners, tags, notices. */
import assert from "node:assert/strict";
import { sql } from "kysely";
import pg from "pg";
import t from "tap";
import { NOBODY, openCompany } from "../support/company.ts";
import { carryOut, rowCommands } from "../support/row-commands.ts";
import { until } from "../support/until.ts";

const { ask, db, engine, postgres, anna, boris, contact, admin, annas, supervisor } = await openCompany();
carryOut(engine, rowCommands(db), "contact.");

const make = async (body: object, key = admin) => {
  const answer = await ask("POST", "/v1/contacts", key, body);
  assert.equal(answer.statusCode, 201, answer.body);
  return answer.json();
};
const show = async (id: string, key = admin) => (await ask("GET", `/v1/contacts/${id}`, key)).json();
const change = async (id: string, body: object, key = admin) => {
  const answer = await ask("PATCH", `/v1/contacts/${id}`, key, body);
  return { status: answer.statusCode, ...answer.json() };
};
const names = async (query: string, key = admin) =>
  (await ask("GET", `/v1/contacts?${query}`, key)).json().items.map(({ name }: { name: string }) => name);

t.test("CONT-01 an organisation holds its people, who go with it", async (t) => {
  const firm = await make({ kind: "organisation", name: "ООО «Ромашка»", ownerId: anna });
  t.match(firm, { kind: "organisation", organisationId: null, ownerId: anna });
  const person = await make({ name: "Пётр Иванов", position: "директор", organisationId: firm.id });
  t.match(
    person,
    { kind: "contact", organisationId: firm.id, ownerId: anna },
    "OWN-04 its organisation's owner",
  );
  t.same(await names(`organisationId=${firm.id}`), ["Пётр Иванов"]);
  t.ok((await names("kind=organisation")).includes("ООО «Ромашка»"));
  t.notOk((await names("kind=contact")).includes("ООО «Ромашка»"));

  t.match(await change(firm.id, { ownerId: boris }), { status: 200, ownerId: boris });
  t.match(await show(person.id), { ownerId: boris }, "OWN-04 the owner changes with the whole organisation");
  t.match(await change(person.id, { ownerId: anna }), { status: 422, errors: [{ field: "ownerId" }] });
  await db.updateTable("contact").set({ owner_id: anna }).where("id", "=", person.id).execute();
  t.match(await show(person.id), { ownerId: boris }, "whoever writes the row");

  for (const [body, field] of [
    [{ kind: "organisation", name: "Филиал", organisationId: firm.id }, "organisationId"],
    [{ name: "Пётр", organisationId: person.id }, "organisationId"],
    [{ name: "Пётр", organisationId: NOBODY }, "organisationId"],
  ] as const)
    t.match((await ask("POST", "/v1/contacts", admin, body)).json(), { status: 422, errors: [{ field }] });

  await ask("DELETE", `/v1/contacts/${firm.id}`, admin);
  t.equal((await ask("GET", `/v1/contacts/${person.id}`, admin)).statusCode, 404);
});

t.test("CONT-02, CONT-03, CONT-06 every field is kept; phones in their order and canonical", async (t) => {
  const made = await make({
    ...{
      kind: "organisation",
      name: "  АО   Сокол ",
      city: "г. Самара",
      industry: "Торговля",
      site: "sokol.example",
    },
    ...{
      inn: "6312000000",
      kpp: "631201001",
      description: "Звонить утром.\nПосле обеда нет.",
      tags: ["vip", "опт"],
    },
    phones: ["8 (846) 200-00-01", "79161112233", "+49 30 123456"],
    emails: ["Info@Sokol.example", "b@почта.рф"],
  });
  t.match(made, {
    ...{
      name: "АО Сокол",
      city: "г. Самара",
      zone: "Europe/Samara",
      industry: "Торговля",
      site: "sokol.example",
    },
    ...{ inn: "6312000000", kpp: "631201001", description: "Звонить утром.\nПосле обеда нет." },
    phones: [
      { e164: "+78462000001", display: "+7 (846) 200-00-01" },
      { e164: "+79161112233" },
      { e164: "+4930123456", display: /^\+49 30/ },
    ],
    emails: ["Info@Sokol.example", "b@почта.рф"],
    tags: [{ name: "vip" }, { name: "опт" }],
  });
  t.same(await names("email=INFO%40sokol.example"), ["АО Сокол"], "addresses have no case");
  t.same(await names(`tagId=${made.tags[1].id}`), ["АО Сокол"]);
  for (const [body, field] of [
    [{ emails: ["a@b.example", "nobody"] }, "emails.1"],
    [{ emails: ["a@b.example", "A@B.example"] }, "emails.1"],
    [{ zone: "Mars/Olympus" }, "zone"],
    [{ name: "…" }, "name"],
    [{ phones: ["123-45-67"] }, "phones.0"],
  ] as const)
    t.match(await change(made.id, body), { status: 422, errors: [{ field }] });
  t.match(
    await show(made.id),
    { emails: ["Info@Sokol.example", "b@почта.рф"] },
    "a refused change changes nothing",
  );
});

t.test("CONT-07 fields change one by one, and can be emptied", async (t) => {
  const { id } = await make({ name: "Мария", city: "Омск", emails: ["m@m.example"], tags: ["новый"] });
  t.match(await show(id), { zone: "Asia/Omsk" });
  t.match(await change(id, { city: "Чита" }), { zone: "Asia/Chita", emails: ["m@m.example"] });
  t.match(await change(id, { zone: "Asia/Magadan" }), { zone: "Asia/Magadan", city: "Чита" });
  t.match(await change(id, { description: "x" }), { zone: "Asia/Magadan" }, "what was set by hand stays");
  t.match(await change(id, { zone: null }), { zone: "Asia/Chita" }, "and goes back to the city's");
  t.match(await change(id, { city: "Тмутаракань" }), { zone: null });
  const emptied = await change(id, { city: null, emails: [], tags: [], description: "" });
  t.match(emptied, { city: null, emails: [], tags: [], description: null });
});

t.test("CONT-03, CONT-07 an agent makes and changes its own, and nobody else's", async (t) => {
  t.match(await make({ name: "Новая клиентка", tags: ["моё"] }, annas), {
    ownerId: anna,
    tags: [{ name: "моё" }],
  });
  const other = { name: "Чужой", ownerId: boris };
  t.match((await ask("POST", "/v1/contacts", annas, other)).json(), {
    status: 422,
    errors: [{ field: "ownerId" }],
  });
  const boriss = await make(other);
  t.equal((await change(boriss.id, { name: "Мой" }, annas)).status, 404);
  t.match((await change(contact, { position: "врач" }, annas)).position, "врач");
  t.equal((await ask("DELETE", `/v1/contacts/${contact}`, annas)).statusCode, 403);
  const firm = await make({ kind: "organisation", name: "Борисова фирма", ownerId: boris });
  const into = await ask("POST", "/v1/contacts", annas, { name: "Её человек", organisationId: firm.id });
  t.match(into.json(), { status: 422, errors: [{ field: "organisationId" }] });
});

t.test("tags of a name are one for each owner, and what a contact has is not doubled", async (t) => {
  const { id } = await make({ name: "Тимур", ownerId: anna, tags: ["Срочно", "срочно"] });
  const [first] = (await show(id)).tags;
  t.equal((await show(id)).tags.length, 1, "one spelling");
  t.same(
    (await change(id, { tags: ["СРОЧНО", "перезвонить"] }, annas)).tags.map(
      ({ id }: { id: string }) => id,
    )[1],
    first.id,
  );
  const rows = await db.selectFrom("tag").selectAll().where("name", "=", "перезвонить").execute();
  t.match(rows, [{ owner_id: anna, creator: "agent" }], "an agent's new tag is its own");
  const [companys] = (await make({ name: "Олег", tags: ["перезвонить"] })).tags;
  t.not(companys.id, rows[0]?.id, "the administrator's tag is another");
  t.same(await names("q=оле", supervisor), ["Олег"], "letters of any script have no case");
});

t.test("one change of many contacts is one notice to the owner directory", async (t) => {
  const client = new pg.Client({ connectionString: postgres.url });
  const heard: string[] = [];
  client.on("notification", ({ payload }) => heard.push(payload ?? ""));
  await client.connect();
  t.teardown(() => client.end());
  await client.query("listen directory");
  const many = `insert into contact (id, name) select md5(n::text)::uuid, 'm' || n from generate_series(1, 300) n`;
  await client.query(many);
  await client.query(`insert into contact_phone (contact_id, phone, position)
                      select md5(n::text)::uuid, '+7999' || lpad(n::text, 7, '0'), 0 from generate_series(1, 300) n`);
  await client.query("update contact set description = 'x'");
  await client.query("update contact set owner_id = $1 where name = 'm1'", [anna]);
  await until("the last notice came", () => heard.length >= 2);
  t.equal(heard[0], "*");
  t.match(heard[1], /^c4ca4238-/, "md5 of 1; nothing was told of descriptions");
  t.equal(heard.length, 2);
});

t.test(
  "REP-09 the contact base as a file: chosen by period and user, safe for spreadsheets, not for agents",
  async (t) => {
    const firm = await make({
      ...{ kind: "organisation", name: '=HYPERLINK("x")', ownerId: boris, inn: "7700000000", city: "Омск" },
      tags: ["выгрузка"],
    });
    const tagId = firm.tags[0].id;
    await make({
      ...{ name: "Пётр; «Выгрузка»", position: "+директор", organisationId: firm.id, tags: ["выгрузка"] },
      phones: ["89160880001", "89160880002", "89160880003", "89160880004"],
      emails: ["a@export.example", "b@export.example"],
    });
    await sql`update contact set created_at = '2026-01-31T21:30:00Z' where id = ${firm.id}`.execute(db);
    const file = async (query: string, key = admin) => ask("GET", `/v1/contacts/export?${query}`, key);
    const answer = await file(`tagId=${tagId}&zone=Europe/Moscow&language=en`);
    t.match(answer.headers, {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": 'attachment; filename="contacts.csv"',
    });
    const lines = answer.payload.split("\r\n");
    t.equal(lines.length, 4, "headings, two records, and the end of the last line");
    t.match(lines[0], /^\ufeffManager,Creation date,Creation time,Client,Contact,Position,Phone 1,/);
    const date = "\\d{4}-\\d\\d-\\d\\d,\\d\\d:\\d\\d";
    t.match(
      lines[1],
      new RegExp(
        `^Boris,${date},"'=HYPERLINK\\(""x""\\)",Пётр; «Выгрузка»,'\\+директор,'\\+7 \\(916\\) 088-00-01,` +
          `'\\+7 \\(916\\) 088-00-02,'\\+7 \\(916\\) 088-00-03; \\+7 \\(916\\) 088-00-04,"a@export.example,b@export.example",` +
          ",,,,,,выгрузка$",
      ),
    );
    t.equal(
      lines[2],
      `Boris,2026-02-01,00:30,"'=HYPERLINK(""x"")",,,,,,,Омск,,,7700000000,,,выгрузка`,
      "the day of the zone that was asked for",
    );
    const rows = async (query: string) => (await file(query)).payload.trim().split("\r\n").length - 1;
    t.equal(await rows(`tagId=${tagId}&createdUntil=2026-02-01T00:00:00Z`), 1);
    t.equal(await rows(`tagId=${tagId}&createdSince=2026-02-01T00:00:00Z`), 1);
    t.equal(await rows(`tagId=${tagId}&ownerId=${anna}`), 0);
    t.equal((await file("", annas)).statusCode, 403, "an agent takes no base along");
    t.equal((await file("", supervisor)).statusCode, 200);
    t.equal((await file("zone=Mars/Base")).statusCode, 422);
    t.match((await file("createdSince=0000-01-01T00:00:00Z")).json(), {
      errors: [{ field: "createdSince" }],
    });
    const seen = (await ask("GET", "/v1/audit?action=contacts.exported&limit=1", admin)).json().items;
    t.match(seen, [{ action: "contacts.exported", subjectType: "contacts" }]);
  },
);
