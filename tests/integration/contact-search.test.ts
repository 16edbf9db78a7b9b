/** The search field and the filters of lists over a real database. */
import assert from "node:assert/strict";
import { sql } from "kysely";
import t from "tap";
import { contactsMatching } from "../../apps/store/reads/contact-filter.ts";
import { addKey } from "../support/api.ts";
import { openCompany } from "../support/company.ts";
import { carryOut, rowCommands } from "../support/row-commands.ts";

const { ask, db, engine, anna, boris, contact, line, admin, annas, supervisor } = await openCompany();
carryOut(engine, rowCommands(db), "contact.");
const boriss = await addKey(db, "agent", boris);

interface Named {
  readonly id: string;
  readonly name: string;
}

const make = async (body: object, key = admin): Promise<string> => {
  const answer = await ask("POST", "/v1/contacts", key, body);
  assert.equal(answer.statusCode, 201, answer.body);
  return answer.json().id;
};
const names = (items: readonly Named[]) => items.map(({ name }) => name).sort();
const find = async (q: string, key = supervisor) =>
  names((await ask("GET", `/v1/search?q=${encodeURIComponent(q)}`, key)).json().contacts);
const list = async (query: string, key = supervisor) => {
  const answer = await ask("GET", `/v1/contacts?${query}`, key);
  assert.equal(answer.statusCode, 200, answer.body);
  return names(answer.json().items);
};

const firm = await make({ kind: "organisation", name: "ООО «Берёзка»", ownerId: anna });
await make({ name: "Ёлкин Пётр", organisationId: firm, phones: ["+74956667788"] });
await make({
  ...{ name: "Щукина Анна-Мария", ownerId: boris, phones: ["8 (812) 333-44-55"] },
  emails: ["Shchuka@Reka.example"],
});

t.test(
  "CONT-05 a part of the name, in either case, with е for ё; of the organisation its people too",
  async (t) => {
    t.same(await find("ЩУК"), ["Щукина Анна-Мария"]);
    t.same(await find("мар"), ["Щукина Анна-Мария"], "within a word");
    t.same(await find("щу"), ["Щукина Анна-Мария"], "two letters at a word's beginning");
    t.same(await find("ел"), ["Ёлкин Пётр"]);
    t.same(await find("березк"), ["Ёлкин Пётр", "ООО «Берёзка»"]);
    t.same(await find("a1"), [], "letters that share a key are not each other");
    t.same(await find("elkin"), [], "nor are two alphabets");
    t.same(await find("%"), [], "a pattern's letters are letters");
    t.same(await find("щук_"), []);
  },
);

t.test("CONT-05 a part of a number in usual spellings, and of an address", async (t) => {
  for (const q of ["333-44", "812 333", "8 812 333 44", "+7 (812) 333", "33344", "4455"])
    t.same(await find(q), ["Щукина Анна-Мария"], q);
  t.same(await find("+333"), [], "what begins with a plus is the beginning");
  t.same(await find("8999333"), []);
  t.same(await find("shchuka@"), ["Щукина Анна-Мария"]);
  t.same(await find("reka.ex"), ["Щукина Анна-Мария"]);
});

t.test("CONT-05 an agent finds what it owns; pages of the list find the same", async (t) => {
  t.same(await find("щук", annas), []);
  t.same(await find("щук", boriss), ["Щукина Анна-Мария"]);
  t.same(await find("берез", annas), ["Ёлкин Пётр", "ООО «Берёзка»"]);
  t.same(await list("q=%D0%B1%D0%B5%D1%80%D0%B5%D0%B7"), ["Ёлкин Пётр", "ООО «Берёзка»"]);
  t.same(await list("q=333-44"), ["Щукина Анна-Мария"]);
  t.same(await list("q=333-44", annas), []);
});

t.test("CONT-05 whatever is typed is answered, and what nobody has is not found", async (t) => {
  for (const q of ["@", "+", "-", "щ", "000", "%%%", "___", "\\\\\\", "« »", "გიორგი", "щука ".repeat(20)])
    t.same(await list(`q=${encodeURIComponent(q)}`), await find(q), q);
  t.same(await find("щ"), ["Щукина Анна-Мария"], "one letter at a word's beginning");
  for (const q of ["@", "000", "%%%", "გიორგი"]) t.same(await find(q), [], q);
});

t.test("CONT-05 an old contact is found behind thousands, an agent's own among everybody's", async (t) => {
  const many = { name: "Иволгин Много", phones: ["+73433000000"], emails: ["ivolga@les.example"] };
  const old = await make({ ...many, name: "Иволгин Старый", ownerId: boris });
  await sql`insert into contact (name, owner_id, created_at)
    select 'Иволгин ' || n, case when n % 2 = 0 then ${anna}::uuid end, now() + n * interval '1 second'
      from generate_series(1, 2000) n`.execute(db);
  await sql`insert into contact_phone (contact_id, phone, position)
    select id, '+7343' || lpad(split_part(name, ' ', 2), 7, '4'), 0 from contact
     where name ~ '^Иволгин [0-9]'`.execute(db);
  t.same(await find("старый"), ["Иволгин Старый"]);
  t.same(await find("343300"), ["Иволгин Старый"]);
  t.same(await find("ivolga"), ["Иволгин Старый"]);
  const newest = await find("иволгин");
  t.equal(newest.length, 20);
  t.ok(newest.includes("Иволгин 2000") && newest.includes("Иволгин 1981"), "a frequent part: the newest");
  t.same(await find("иволгин", boriss), ["Иволгин Старый"]);
  t.same(await find("343", boriss), ["Иволгин Старый"], "though thousands have the same digits");
  t.same(await find("ivolga", annas), []);
  const annasNewest = await find("343", annas);
  t.equal(annasNewest.length, 20);
  t.ok(annasNewest.every((name) => Number(name.split(" ")[1]) % 2 === 0));
  // Whoever it is given to finds it, by everything it has; whoever had it does not.
  const change = async (body: object, typed: readonly string[]) => {
    t.equal((await ask("PATCH", `/v1/contacts/${old}`, admin, body)).statusCode, 200);
    for (const q of typed) {
      t.same(await find(q, annas), ["Иволгин Старый"], q);
      t.same(await find(q, boriss), [], q);
    }
  };
  await change({ ownerId: anna }, ["старый", "343300", "ivolga"]);
  await change({ phones: ["+73433000001"], emails: ["gone@les.example"] }, ["300000", "gone@"]);
  t.same(await find("ivolga"), []);
  await sql`delete from contact where name ~ '^Иволгин'`.execute(db);
});

t.test("DIAL-01 organisations and contacts are told apart, an agent's own and nobody else's", async (t) => {
  t.same(await list("kind=organisation", annas), ["ООО «Берёзка»"]);
  t.same(await list("kind=contact", annas), ["Olga Client", "Ёлкин Пётр"]);
  t.same(await list("kind=organisation", boriss), []);
  await make({ name: "Ничья" });
  t.same(await list("owned=false"), ["Ничья"]);
  t.same(await list("owned=false", annas), []);
});

t.test(
  "DIAL-02 where it is this time now, over midnight too; without a zone the strictest holds",
  async (t) => {
    const tag = ["время"];
    for (const [name, zone] of [
      ["Москва", "Europe/Moscow"],
      ["Камчатка", "Asia/Kamchatka"],
      ["Неизвестно", null],
    ])
      await make({ name, zone, tags: tag });
    const [{ id: tagId }] = (await ask("GET", "/v1/tags", admin)).json().items;
    // 2026-06-01: 12:00 in Moscow, 21:00 in Kamchatka, 11:00 in Kaliningrad.
    const at = new Date("2026-06-01T09:00:00Z");
    const among = async (timeFrom: string, timeTo: string) =>
      names(
        await db
          .selectFrom("contact")
          .select(["id", "name"])
          .where("id", "in", contactsMatching(db, { timeFrom, timeTo, tagId }, { at }))
          .execute(),
      );
    t.same(await among("09:00", "18:00"), ["Москва"]);
    t.same(await among("12:00", "12:01"), ["Москва"], "the beginning is included");
    t.same(await among("09:00", "12:00"), [], "the end is not");
    t.same(await among("20:00", "02:00"), ["Камчатка"], "over midnight");
    t.same(await among("11:00", "21:01"), ["Камчатка", "Москва", "Неизвестно"]);
    t.same(await among("11:01", "21:01"), ["Камчатка", "Москва"], "too early in Kaliningrad");
    t.same(await among("11:00", "21:00"), ["Москва"], "too late in Kamchatka");
    const half = await ask("GET", "/v1/contacts?timeFrom=09:00", admin);
    t.match(half.json(), { status: 400, errors: [{ field: "timeTo" }] });
    t.equal((await ask("GET", "/v1/contacts?timeFrom=9&timeTo=18", admin)).statusCode, 400);
  },
);

t.test("DIAL-03, DIAL-04 the last result of a script in a period; never called", async (t) => {
  const scenario = async (name: string) => {
    const row = { name, direction: "outbound" as const };
    const { id } = await db.insertInto("scenario").values(row).returning("id").executeTakeFirstOrThrow();
    const results = [
      { scenario_id: id, name: "да", position: 0 },
      { scenario_id: id, name: "нет", position: 1 },
    ];
    const made = await db.insertInto("scenario_result").values(results).returning("id").execute();
    return { id, results: made.map((each) => each.id) };
  };
  const [sales, survey] = [await scenario("Продажа"), await scenario("Опрос")];
  let calls = 0;
  const call = async (contactId: string, day: string, result: string | undefined) => {
    const id = `000000aa-0000-4000-8000-00000000000${++calls}`;
    await sql`insert into call (id, linkedid, type, arrived_at, contact_id, line_id, fallback)
      values (${id}, ${id}, 'outbound', ${day}::timestamptz, ${contactId}, ${line}, false)`.execute(db);
    const row = {
      call_id: id,
      agent_id: anna,
      topic_ids: [],
      after: "continue" as const,
      completed_by: null,
    };
    if (result)
      await db
        .insertInto("completion")
        .values({ ...row, result_id: result })
        .execute();
  };
  const tags = ["прозвон"];
  const [again, once] = [await make({ name: "Дважды", tags }), await make({ name: "Однажды", tags })];
  await make({ name: "Ни разу", tags });
  await call(again, "2026-05-01T10:00Z", sales.results[0]);
  await call(again, "2026-05-10T10:00Z", sales.results[1]);
  await call(once, "2026-05-02T10:00Z", sales.results[0]);
  await call(once, "2026-05-20T10:00Z", undefined);
  const tagId = (await ask("GET", "/v1/tags", admin))
    .json()
    .items.find((each: Named) => each.name === "прозвон").id;
  const of = (query: string) => list(`tagId=${tagId}&${query}`);
  t.same(await of("called=false"), ["Ни разу"]);
  t.same(await of("called=true"), ["Дважды", "Однажды"]);
  t.same(await of(`scenarioId=${sales.id}`), ["Дважды", "Однажды"]);
  t.same(await of(`scenarioId=${survey.id}`), []);
  t.same(await of(`resultId=${sales.results[0]}`), ["Однажды"], "only the last result counts");
  t.same(await of(`resultId=${sales.results[1]}`), ["Дважды"]);
  const [may1, may9] = ["2026-05-01T00:00:00Z", "2026-05-09T00:00:00Z"];
  t.same(await of(`calledSince=${may1}&calledUntil=${may9}`), ["Однажды"]);
  t.same(await of(`calledSince=${may9}`), ["Дважды"], "a call without a result is no processing");
});

t.test("DIAL-05 a tag narrows, and everything that is asked holds at once", async (t) => {
  await make({ name: "С тегом А", ownerId: anna, tags: ["дилер"], phones: ["+79165550001"] });
  await make({ name: "С тегом Б", ownerId: boris, tags: ["дилер"] });
  const tagId = (await ask("GET", "/v1/tags", admin))
    .json()
    .items.find((each: Named) => each.name === "дилер").id;
  t.same(await list(`tagId=${tagId}`), ["С тегом А", "С тегом Б"]);
  t.same(await list(`tagId=${tagId}`, annas), ["С тегом А"]);
  t.same(await list(`tagId=${tagId}&ownerId=${boris}&kind=contact`), ["С тегом Б"]);
  t.same(await list(`tagId=${tagId}&phone=89165550001`), ["С тегом А"]);
  t.same(await list(`tagId=${tagId}&ownerId=${boris}&phone=89165550001`), []);
  t.ok(contact);
});
