/** Records that are the same one, found, deleted and merged over the API and a real database. */
import assert from "node:assert/strict";
import { sql } from "kysely";
import t from "tap";
import { takeContacts } from "../../apps/store/take.ts";
import { addKey } from "../support/api.ts";
import { addCampaign, addListed, mint } from "../support/campaigns.ts";
import { NOBODY, openCompany } from "../support/company.ts";
import { carryOut, rowCommands } from "../support/row-commands.ts";

const { ask, db, engine, anna, boris, line, admin, annas, supervisor } = await openCompany();
const erased: string[] = [];
const recordings = {
  erase: async (id: string) => {
    erased.push(id);
    return "deleted" as const;
  },
};
for (const prefix of ["contact.", "duplicates.", "book."])
  carryOut(engine, rowCommands(db, recordings), prefix);
const boriss = await addKey(db, "agent", boris);

interface Group {
  readonly number: number;
  readonly kind: string;
  readonly records: { id: string; name: string; selected: boolean; matched: object[] }[];
}

const make = async (body: object, key = admin): Promise<string> => {
  const answer = await ask("POST", "/v1/contacts", key, body);
  assert.equal(answer.statusCode, 201, answer.body);
  return answer.json().id;
};
const show = async (id: string) => (await ask("GET", `/v1/contacts/${id}`, admin)).json();
const there = async (id: string) => (await ask("GET", `/v1/contacts/${id}`, admin)).statusCode === 200;
const search = async (body: object, key = admin) => {
  const answer = await ask("POST", "/v1/duplicates", key, body);
  return { status: answer.statusCode, ...answer.json() };
};
const groups = async (id: string, key = admin, query = ""): Promise<Group[]> =>
  (await ask("GET", `/v1/duplicates/${id}/groups${query}`, key)).json().items;
const found = async (body: object, key = admin) =>
  (await groups((await search(body, key)).id, key)).map(({ records }) => records.map(({ name }) => name));
const act = async (deed: string, id: string, confirm: number, key = admin) => {
  const answer = await ask("POST", `/v1/duplicates/${id}/${deed}`, key, { confirm });
  return { status: answer.statusCode, ...answer.json() };
};
const choose = async (id: string, number: number, body: object, key = admin) =>
  (await ask("PATCH", `/v1/duplicates/${id}/groups/${number}`, key, body)).json();
const notices = async (key: string) => (await ask("GET", "/v1/notices?unread=true", key)).json().items;
/** Contacts of other tests are not looked at. */
const clean = async () => {
  await db.deleteFrom("contact").execute();
  await db.deleteFrom("notice").execute();
};
let phone = 79_030_000_000;
const number = () => `+${++phone}`;

t.test(
  "DUP-01, DUP-03 by default own ones, by number and address, contacts and organisations apart",
  async (t) => {
    await clean();
    const [a, b] = [number(), number()];
    await make({ name: "Первый", phones: [a] }, annas);
    await make({ name: "Второй", phones: [b, a], emails: ["Same@x.example"] }, annas);
    await make({ name: "Третий", emails: ["same@X.example"] }, annas);
    await make({ name: "Один", phones: [number()] }, annas);
    await make({ kind: "organisation", name: "Фирма А", phones: [a] }, annas);
    await make({ kind: "organisation", name: "Фирма Б", phones: [a] }, annas);
    await make({ name: "Борисов", phones: [a], ownerId: boris });
    const made = await search({}, annas);
    t.match(made, {
      ...{ status: 201, base: "oldest", done: null },
      kinds: [
        { kind: "contact", groups: 1, duplicates: 2, selected: 2 },
        { kind: "organisation", groups: 1, duplicates: 1, selected: 1 },
      ],
    });
    const [contacts, firms] = await groups(made.id, annas);
    t.match(contacts, {
      kind: "contact",
      records: [{ name: "Первый" }, { name: "Второй" }, { name: "Третий" }],
    });
    t.match(contacts?.records[2]?.matched, [{ field: "email", value: "same@x.example" }], "what is repeated");
    t.same(
      firms?.records.map(({ name }) => name),
      ["Фирма А", "Фирма Б"],
    );
    t.equal((await groups(made.id, annas, "?kind=organisation")).length, 1);
    t.same(await found({ what: "organisations" }, annas), [["Фирма А", "Фирма Б"]]);
    t.equal((await found({ what: "contacts" }, annas)).length, 1);
  },
);

t.test("DUP-02 the whole account, own ones, or chosen users; a manager's own and no others", async (t) => {
  await clean();
  const same = number();
  await make({ name: "Аннин", ownerId: anna, phones: [same] });
  await make({ name: "Борисов", ownerId: boris, phones: [same] });
  await make({ name: "Ничей", phones: [same] });
  t.same(await found({ scope: "all" }), [["Аннин", "Борисов", "Ничей"]]);
  t.same(await found({}), [], "own ones of the administrator: one");
  t.same(await found({ scope: { ownerIds: [anna, boris] } }), [["Аннин", "Борисов"]]);
  t.same(await found({ scope: { ownerIds: [boris, null] } }), [["Борисов", "Ничей"]]);
  t.same(await found({}, annas), []);
  for (const scope of ["all", { ownerIds: [boris] }, { ownerIds: [anna] }])
    t.match(await search({ scope }, annas), { status: 403, errors: [{ field: "scope" }] });
});

t.test("DUP-04 never within an organisation, nor across organisations, nor a part of a name", async (t) => {
  await clean();
  const same = number();
  const firms = [
    await make({ kind: "organisation", name: "Дом А" }),
    await make({ kind: "organisation", name: "Дом Б" }),
  ];
  for (const organisationId of [firms[0], firms[0], firms[1]])
    await make({ name: "Пётр", organisationId, phones: [same] });
  t.same(await found({ fields: ["phone", "name"] }), []);
  await make({ name: "Пётр Иванов" });
  await make({ name: "Пётр" });
  t.same(await found({ fields: ["phone", "name"] }), []);
});

t.test("DUP-05 the fields that are compared are chosen", async (t) => {
  await clean();
  await make({ kind: "organisation", name: "Альфа", inn: "77", site: "https://www.alfa.example/" });
  await make({ kind: "organisation", name: "АЛЬФА", inn: "78", site: "beta.example" });
  await make({ kind: "organisation", name: "Гамма", inn: "77", site: "alfa.example" });
  t.same(await found({}), []);
  t.same(await found({ fields: ["name"] }), [["Альфа", "АЛЬФА"]]);
  t.same(await found({ fields: ["inn"] }), [["Альфа", "Гамма"]]);
  t.same(await found({ fields: ["site"] }), [["Альфа", "Гамма"]]);
  t.same(
    await found({ fields: ["name", "inn"] }),
    [["Альфа", "АЛЬФА", "Гамма"]],
    "one that both are like joins them",
  );
  t.equal((await search({ fields: [] })).status, 400);
});

t.test("DUP-06 the base is the oldest, the newest, the most filled or the most active", async (t) => {
  await clean();
  const same = number();
  const old = await make({ name: "Старый", phones: [same] });
  await make({ name: "Полный", phones: [same], city: "Омск", position: "врач", inn: "55" });
  const active = await make({ name: "Деятельный", phones: [same] });
  await make({ name: "Новый", phones: [same] });
  await db
    .updateTable("contact")
    .set({ created_at: new Date(0) } as never)
    .where("id", "=", old)
    .execute();
  for (const text of ["а", "б"])
    await db
      .insertInto("activity")
      .values({
        contact_id: active,
        kind: "comment",
        by_key_id: null,
        by_agent_id: null,
        data: JSON.stringify({ text }),
      })
      .execute();
  const base = async (criterion: string) => (await found({ base: criterion }))[0]?.[0];
  t.same(
    [await base("oldest"), await base("newest"), await base("most-filled"), await base("most-active")],
    ["Старый", "Новый", "Полный", "Деятельный"],
  );
});

t.test("DUP-07, DUP-08 another base, a smaller selection; all pages are selected at first", async (t) => {
  await clean();
  for (const _ of [1, 2, 3]) {
    const same = number();
    for (const name of ["А", "Б", "В"]) await make({ name, phones: [same] });
  }
  const { id, kinds } = await search({});
  t.match(kinds, [{ groups: 3, duplicates: 6, selected: 6 }]);
  const first = (await ask("GET", `/v1/duplicates/${id}/groups?limit=2`, admin)).json();
  const rest = (await ask("GET", `/v1/duplicates/${id}/groups?limit=2&after=${first.next}`, admin)).json();
  t.same([first.items.length, rest.items.length, rest.next], [2, 1, null]);
  const [group, other] = first.items as Group[];
  assert.ok(group && other);
  const [a, b, c] = group.records.map((record) => record.id);
  const chosen = await choose(id, group.number, { baseId: c, selectedIds: [b] });
  t.match(chosen.records, [
    { id: c, base: true },
    { id: a, selected: false },
    { id: b, selected: true },
  ]);
  t.match((await ask("GET", `/v1/duplicates/${id}`, admin)).json().kinds, [{ selected: 5 }]);
  t.match(await choose(id, group.number, { baseId: other.records[0]?.id }), {
    status: 422,
    errors: [{ field: "baseId" }],
  });
  t.match(await choose(id, group.number, { selectedIds: [NOBODY] }), {
    errors: [{ field: "selectedIds.0" }],
  });
  t.match(await choose(id, 99, { baseId: c }), { status: 404 });
  t.match(await choose(id, group.number, { baseId: c }, supervisor), { status: 404 }, "another key's search");
  t.equal((await act("delete", id, 6)).status, 409, "as many as are selected");
  t.match(await act("delete", id, 5), { deleted: 5 });
  t.same([await there(a as string), await there(b as string), await there(c as string)], [true, false, true]);
});

t.test(
  "DUP-09, DUP-11 deleted for ever with all that hangs on them; only the base stays; managers are told",
  async (t) => {
    await clean();
    const same = number();
    const base = await make({ kind: "organisation", name: "База", phones: [same], ownerId: boris });
    const gone = await make({
      kind: "organisation",
      name: "Дубль",
      phones: [same],
      ownerId: anna,
      tags: ["дубль"],
    });
    const person = await make({ name: "Человек дубля", organisationId: gone });
    const call = "000000bb-0000-4000-8000-000000000001";
    await sql`insert into call (id, linkedid, type, arrived_at, contact_id, line_id, fallback)
    values (${call}, 'x', 'inbound', now(), ${person}, ${line}, false)`.execute(db);
    await sql`insert into recording (id, call_id, state, path) values (${NOBODY}, ${call}, 'kept', 'a/b.wav')`.execute(
      db,
    );
    const { id } = await search({ scope: "all" });
    t.equal((await act("delete", id, 1, annas)).status, 403, "an agent deletes nothing");
    t.equal(
      (await ask("POST", `/v1/duplicates/${id}/delete`, admin, {})).statusCode,
      400,
      "nothing without a number",
    );
    t.same(erased, []);
    t.match(await act("delete", id, 1), { status: 200, deleted: 1, recordingsHeld: 0 });
    t.same(erased, [NOBODY]);
    t.same([await there(base), await there(gone), await there(person)], [true, false, false]);
    const left = await sql<{ n: number }>`select count(*)::int as n from contact_tag`.execute(db);
    t.equal(left.rows[0]?.n, 0);
    t.match(await notices(annas), [{ kind: "contact.deleted", count: 1 }]);
    t.same(await notices(boriss), [], "the base's owner lost nothing");
    t.equal((await act("delete", id, 1)).status, 409, "once");
  },
);

t.test(
  "DUP-10 what the base has stays, what it lacks is filled, all that hangs on duplicates moves",
  async (t) => {
    await clean();
    const same = number();
    const [second, third] = [number(), number()];
    const base = await make({
      ...{ kind: "organisation", name: "Главная", phones: [same], emails: ["a@x.example"], city: "Омск" },
      tags: ["общий"],
    });
    const one = await make({
      ...{
        kind: "organisation",
        name: "Вторая",
        phones: [second, same],
        emails: ["A@x.example", "b@x.example"],
      },
      ...{ city: "Чита", inn: "11", tags: ["общий", "второй"] },
    });
    const two = await make({
      ...{ kind: "organisation", name: "Третья", phones: [same, third], inn: "22", industry: "Лес" },
    });
    const person = await make({ name: "Пётр", organisationId: one });
    await ask("PATCH", `/v1/contacts/${base}`, admin, { position: "" });
    await sql`insert into call (id, linkedid, type, arrived_at, contact_id, line_id, fallback)
    values ('000000bb-0000-4000-8000-000000000002', 'y', 'inbound', now(), ${two}, ${line}, false)`.execute(
      db,
    );
    await db
      .insertInto("activity")
      .values({
        contact_id: one,
        kind: "comment",
        by_key_id: null,
        by_agent_id: anna,
        data: JSON.stringify({ text: "из дубля" }),
      })
      .execute();
    await sql`insert into deferred_call (agent_id, contact_id, number, due_at) values (${anna}, ${one}, ${same}, now())`.execute(
      db,
    );
    const { id } = await search({});
    t.equal((await act("merge", id, 3)).status, 409);
    t.match(await act("merge", id, 2), { status: 200, merged: 2 });
    const merged = await show(base);
    t.match(merged, { name: "Главная", city: "Омск", zone: "Asia/Omsk", inn: "11", industry: "Лес" });
    t.same(
      merged.phones.map(({ e164 }: { e164: string }) => e164),
      [same, second, third],
    );
    t.same(merged.emails, ["a@x.example", "b@x.example"]);
    t.same(
      merged.tags.map(({ name }: { name: string }) => name),
      ["второй", "общий"],
    );
    t.equal((await show(person)).organisationId, base);
    t.same([await there(one), await there(two)], [false, false]);
    const history = (await ask("GET", `/v1/contacts/${base}/history`, admin)).json().items;
    t.same(history.map(({ kind }: { kind: string }) => kind).sort(), ["comment", "inbound-call", "merged"]);
    t.match(
      history.find(({ kind }: { kind: string }) => kind === "merged"),
      { data: { count: 2, names: ["Вторая", "Третья"] } },
    );
    const deferred = await db
      .selectFrom("deferred_call")
      .select("contact_id")
      .where("number", "=", same)
      .execute();
    t.same(deferred, [{ contact_id: base }]);
  },
);

t.test(
  "DUP-11, DUP-12 merged by the administrator: the managers are told, and have it no more",
  async (t) => {
    await clean();
    const same = number();
    const base = await make({ name: "Аннин", ownerId: anna, phones: [same] });
    await make({ name: "Борисов", ownerId: boris, phones: [same] });
    const { id } = await search({ scope: "all" });
    t.match(await act("merge", id, 1), { merged: 1 });
    t.equal((await show(base)).ownerId, null, "the administrator's account");
    t.equal((await ask("GET", `/v1/contacts/${base}`, annas)).statusCode, 404);
    t.match(await notices(annas), [{ kind: "contact.merged", count: 1 }]);
    t.match(await notices(boriss), [{ kind: "contact.merged", count: 1 }]);
  },
);

t.test("DUP-02, DUP-12 a manager merges own ones; what was passed on meanwhile is left alone", async (t) => {
  await clean();
  const same = number();
  const ids = [];
  for (const name of ["А", "Б", "В"]) ids.push(await make({ name, phones: [same] }, annas));
  const { id } = await search({}, annas);
  await ask("PATCH", `/v1/contacts/${ids[2]}`, admin, { ownerId: boris });
  t.equal((await act("merge", id, 2, annas)).status, 409, "one is not hers any more");
  t.match(await act("merge", id, 1, annas), { merged: 1 });
  t.same(
    [await there(ids[0] as string), await there(ids[1] as string), await there(ids[2] as string)],
    [true, false, true],
  );
  t.match([(await show(ids[0] as string)).ownerId, (await show(ids[2] as string)).ownerId], [anna, boris]);
  t.notOk(
    (await notices(annas)).some(({ kind }: { kind: string }) => kind === "contact.merged"),
    "it was her own doing",
  );
});

t.test("DUP-13 whoever makes a record that is there is told, if it was asked for", async (t) => {
  await clean();
  const same = number();
  const first = await make({ name: "Есть", phones: [same], emails: ["E@x.example"], ownerId: anna });
  const again = async (body: object, key = admin) => (await ask("POST", "/v1/contacts", key, body)).json();
  const check = { name: "Снова", checkDuplicates: true };
  const refused = await again({ ...check, phones: [number(), same] });
  t.match(refused, { status: 409, code: "duplicate", errors: [{ field: "phones.1" }] });
  t.match(refused.detail, first);
  t.match(await again({ ...check, emails: ["e@x.example"] }), {
    status: 409,
    errors: [{ field: "emails.0" }],
  });
  t.match(await again({ ...check, kind: "organisation", phones: [same] }), { kind: "organisation" });
  t.match(
    await again({ ...check, phones: [same] }, boriss),
    { ownerId: boris },
    "an agent learns nothing of others'",
  );
  t.match(await again({ name: "Без проверки", phones: [same] }), { name: "Без проверки" });
});

t.test(
  "DUP-10 who is on one campaign's list twice is there once then, and is not called twice",
  async (t) => {
    await clean();
    const [same, first, second] = [number(), number(), number()];
    const base = await make({ name: "Обзвон", phones: [same, first] });
    const twin = await make({ name: "Обзвон дважды", phones: [same, second] });
    const [other, called] = [number(), number()];
    const waits = await make({ name: "Ждёт", phones: [other] });
    const rings = await make({ name: "Звонят", phones: [other, called] });
    const [both, ringing] = [await addCampaign(db), await addCampaign(db)];
    const [one, two] = await addListed(db, both, [
      { contactId: base, phones: [first, same] },
      { contactId: twin, phones: [second], priority: 7, nextAt: Date.now() - 1000 },
    ]);
    const [waiting, taken] = await addListed(db, ringing, [
      { contactId: waits, phones: [other] },
      { contactId: rings, phones: [called], priority: 9 },
    ]);
    const take = (campaign: string) =>
      takeContacts(db, { campaign, most: 10, now: Date.now(), nextId: mint }).then((answer) => answer.taken);
    const [call] = await takeContacts(db, { campaign: ringing, most: 1, now: Date.now(), nextId: mint }).then(
      (answer) => answer.taken,
    );
    t.equal(call?.campaignContactId, taken, "one of the second pair is being called");

    const { id } = await search({ scope: "all" });
    t.match(await act("merge", id, 2), { status: 200, merged: 2 });
    const listed = async (campaign: string) =>
      (await db.selectFrom("campaign_contact").selectAll().where("campaign_id", "=", campaign).execute())
        .sort((a, b) => Number(a.position) - Number(b.position))
        .map((row) => ({ id: row.id, contact: row.contact_id, state: row.state, why: row.done_reason }));
    t.same(await listed(both), [
      { id: one, contact: base, state: "waiting", why: null },
      { id: two, contact: null, state: "cancelled", why: "merged" },
    ]);
    const numbers = await db
      .selectFrom("campaign_number")
      .select("phone")
      .where("campaign_contact_id", "=", one ?? "")
      .orderBy("position")
      .execute();
    t.same(
      numbers.map((row) => row.phone),
      [first, same, second],
      "with the numbers of both",
    );
    t.match(
      await db
        .selectFrom("campaign_contact")
        .selectAll()
        .where("id", "=", one ?? "")
        .execute(),
      [{ priority: 7 }],
    );
    t.same(await listed(ringing), [
      { id: waiting, contact: null, state: "cancelled", why: "merged" },
      { id: taken, contact: waits, state: "taken", why: null },
    ]);
    t.match(await take(both), [{ campaignContactId: one }], "called once");
    t.same(await take(both), []);
    t.same(await take(ringing), [], "who is being called is not called by the other entry");
  },
);
