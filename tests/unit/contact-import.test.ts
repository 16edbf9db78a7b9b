/** Lists of contacts, before any database: how files are taken apart, what cells mean, what becomes of rows. */
import fc from "fast-check";
import t from "tap";
import { type Card, type Cells, cardOf } from "../../apps/core/contacts/card.ts";
import { zoneOfCity } from "../../apps/core/contacts/city-zones.ts";
import {
  type Mapping,
  mappingProblem,
  phonesLeftOut,
  recogniseHeadings,
} from "../../apps/core/contacts/headings.ts";
import { createLoading, type DuplicatePolicy, type Outcome } from "../../apps/core/contacts/loading.ts";
import { columnLetter, tableProblem } from "../../apps/core/contacts/table.ts";
import { CsvReader, delimiterOf } from "../../apps/jobs/imports/csv.ts";
import { encodingOf, isText } from "../../apps/jobs/imports/encoding.ts";
import { importedNumber } from "../../apps/phone/imported.ts";
import { display } from "../../apps/phone/number.ts";
import { orderedIds } from "../../apps/store/imports/ids.ts";

const rules = { phone: (text: string) => importedNumber(text, "RU"), shown: display };
const read = (cells: Cells) => cardOf(cells, rules);
const card = (cells: Cells): Card => {
  const result = read(cells);
  if ("refused" in result) throw new Error(JSON.stringify(result));
  return result.card;
};
const refused = (cells: Cells) => {
  const result = read(cells);
  return "refused" in result ? [result.refused.field, result.refused.reason] : undefined;
};

t.test("IMP-04 a number without area or country code is none, and its row is refused", async (t) => {
  for (const text of [
    "123-45-67",
    "1234567",
    "12-34-56",
    "112",
    "звонить вечером",
    "+7 916 123 45 67 доб. 5",
  ])
    t.same(refused({ name: ["Иван"], phones: [text] }), ["phones", "not-a-number"], text);
  t.match(read({ phones: ["+7 916 123-45-67, 55"] }), { refused: { value: "55" } }, "the one that is wrong");
});

t.test("IMP-08 Russian numbers: +7, 7, 8, dashes and brackets", async (t) => {
  for (const text of [
    ...["+7 (916) 123-45-67", "79161234567", "8 (916) 123-45-67", "8-916-123-45-67", "+7-916-1234567"],
    ...["(916) 123 45 67", "9161234567", "'+79161234567"],
  ])
    t.same(card({ phones: [text] }).phones, ["+79161234567"], text);
  t.equal(display("+79161234567"), "+7 (916) 123-45-67");
});

t.test("IMP-09, IMP-10 foreign numbers get their plus, unless they can be Russian", async (t) => {
  const numbers = {
    "380441234567": "+380441234567",
    "375 29 123-45-67": "+375291234567",
    "998 90 123 45 67": "+998901234567",
    "12125551234": "+12125551234",
    "+49 30 123456": "+4930123456",
    "4930123456": "+74930123456",
    "8313123456": "+78313123456",
  };
  for (const [text, number] of Object.entries(numbers))
    t.same(card({ phones: [text] }).phones, [number], text);
});

t.test("IMP-05, IMP-06, IMP-07 what separates tags, phones and e-mails", async (t) => {
  t.same(card({ name: ["И"], tags: ["vip; опт;новый клиент ;; VIP"] }).tags, ["vip", "опт", "новый клиент"]);
  t.same(card({ name: ["И"], tags: ["раз, два"] }).tags, ["раз, два"], "a comma belongs to the tag");
  const phones = ["+79161234567", "+74951234567", "+79031234567"];
  t.same(card({ phones: ["8 916 123-45-67 , 84951234567;+7 903 123 45 67; 89161234567"] }).phones, phones);
  t.same(card({ phones: ["89161234567", "84951234567, 89031234567"] }).phones, phones, "several columns");
  t.same(card({ emails: [" a@b.ru,c@d.рф,A@B.ru "] }).emails, ["a@b.ru", "c@d.рф"]);
  for (const text of ["a@b.ru, c@d.ru", "a@b.ru;c@d.ru", "a@b.ru c@d.ru", "a@b", "@b.ru", "a@b..ru"])
    t.same(refused({ emails: [text] }), ["emails", "not-an-address"], text);
});

t.test("IMP-02 a cell has 250 characters at most", async (t) => {
  t.equal(card({ name: ["и".repeat(250)] }).name?.length, 250);
  t.same(refused({ name: ["И"], description: ["и".repeat(251)] }), ["description", "too-long"]);
  t.ok(card({ name: ["😀".repeat(250)] }), "letters are counted, not what they are kept in");
});

t.test("a row stands for a person, an organisation, or a person in one", async (t) => {
  t.match(card({ organisation: [" ООО  Ромашка "], name: ["Иван"] }), {
    organisation: "ООО Ромашка",
    name: "Иван",
  });
  t.equal(
    card({ phones: ["89161234567"] }).name,
    "+7 (916) 123-45-67",
    "who has no name is called by the number",
  );
  t.equal(card({ emails: ["a@b.ru"] }).name, "a@b.ru");
  t.equal(card({ organisation: ["А"], phones: ["89161234567"] }).name, undefined);
  t.same(refused({ city: ["Самара"] }), ["name", "nobody"]);
  t.equal(card({ name: ["Иванов", "Иван"] }).name, "Иванов Иван", "a name in several columns");
  t.equal(card({ name: ["=cmd|'/c calc'!A1"] }).name, "=cmd|'/c calc'!A1", "a formula is a text");
  t.equal(card({ name: ["А"], description: [" раз\r\nдва "] }).description, "раз\nдва");
  for (const text of ["a\u0000b", "a\u001b[2J", "a\ufffd", "a\ud800"])
    t.same(refused({ name: [text] }), ["name", "unreadable"], JSON.stringify(text));
});

t.test("IMP-11 columns are recognised by their headings, in Russian and English", async (t) => {
  const seen = (...headings: string[]) => recogniseHeadings(headings);
  t.same(
    seen(
      "Название/Организация",
      "ФИО",
      "Должность",
      "Телефон 1",
      "телефон № 2",
      "E-mail",
      "Город",
      "Отрасль",
    ),
    ["organisation", "name", "position", "phones", "phones", "emails", "city", "industry"],
  );
  t.same(seen("Сайт", "ИНН", "КПП", "Описание", "Теги", "Любимый цвет"), [
    ...["site", "inn", "kpp", "description", "tags", null],
  ]);
  t.same(seen("Company", "Full name", "Job title", "Mobile phone", "EMAIL ADDRESS", "City", "Industry"), [
    ...["organisation", "name", "position", "phones", "emails", "city", "industry"],
  ]);
  t.same(seen("Website", "INN", "Notes", "tags", "Name"), ["site", "inn", "description", "tags", "name"]);
  t.same(seen("Фамилия", "Имя", "Отчество", "Телефон (моб.)"), ["name", "name", "name", "phones"]);
  t.same(seen("ФИО", "Контактное лицо", "Город", "city"), ["name", null, "city", null], "the first has it");
});

t.test("IMP-11 what a person may map", async (t) => {
  const wrong = (...mapping: Mapping) => mappingProblem(mapping, 3);
  t.equal(wrong("name", "phones", "phones"), undefined, "lists may come from several columns");
  t.match(wrong("city", "phones", "city"), { column: 2 });
  t.match(wrong("city", null, null), { column: -1, message: /organisation, name/ });
  t.match(wrong("name"), { column: -1, message: /each of the 3/ });
  const left = (mapping: Mapping) => phonesLeftOut(mapping, ["ФИО", "Моб. тел."]);
  t.match(left(["name", null]), { column: 1, message: /«Моб. тел.».+phones/ });
  t.equal(left(["phones", null]), undefined, "others may be the telephones");
  t.equal(phonesLeftOut(["name", "city"], ["ФИО", "Город"]), undefined, "a list may have none");
});

t.test("IMP-03 the form of a file", async (t) => {
  const seen = { headings: ["ФИО", "Телефон"], used: [true, true], rows: 3, beyond: 0 };
  const code = (change: Partial<typeof seen>) => tableProblem({ ...seen, ...change })?.code;
  t.equal(code({}), undefined);
  t.equal(code({ headings: ["", " "] }), "no-header");
  t.equal(code({ headings: ["Иван", "8 916 123-45-67"] }), "no-header", "the first row is data already");
  t.equal(code({ headings: ["ФИО", "a@b.ru"] }), "no-header");
  t.equal(code({ headings: ["ФИО", "", "Телефон"], used: [true, false, true] }), "empty-column");
  t.equal(code({ headings: ["ФИО", "", "Телефон"], used: [true, true, true] }), "unnamed-column");
  t.equal(code({ headings: ["ФИО", "Телефон", "Город"] }), undefined, "a named column may be empty");
  t.equal(code({ used: [true, true, true], beyond: 3 }), "unnamed-column");
  t.equal(
    code({ used: [true, true, true], beyond: 1 }),
    undefined,
    "one row with a cell too many is only that row",
  );
  t.equal(code({ rows: 0 }), "no-rows");
  t.equal(code({ rows: 30_000 }), undefined);
  t.equal(code({ rows: 30_001 }), "too-many-rows");
  t.same([0, 25, 26, 701, 702].map(columnLetter), ["A", "Z", "AA", "ZZ", "AAA"]);
});

/** All records, the text arriving in pieces of this size. */
function parse(text: string, delimiter = ";", size = 1e9): (readonly string[] | undefined)[] {
  const reader = new CsvReader({ delimiter });
  const records: (readonly string[] | undefined)[] = [];
  for (let at = 0; at < text.length; at += size) records.push(...reader.push(text.slice(at, at + size)));
  return [...records, ...reader.end()];
}

t.test("CSV as spreadsheets write it, in pieces of any size", async (t) => {
  const text = 'a;"b;""q""";c\r\n"два\nстроки";;x"y\n;"";z';
  for (const size of [1, 2, 3, 7, 100])
    t.same(
      parse(text, ";", size),
      [
        ["a", 'b;"q"', "c"],
        ["два\nстроки", "", 'x"y'],
        ["", "", "z"],
      ],
      `${size}`,
    );
  t.same(parse("a,b\n", ","), [["a", "b"]]);
  t.same(parse('"a"b;c\n'), [["ab", "c"]], "what follows a closed quote belongs to the cell");
  t.same(parse('a\n"b;c\nd;e\n'), [["a"], undefined, ["d", "e"]], "an open quote costs its own line only");
  const long = `"${"x;".repeat(200_000)}\nlast;1\n`;
  t.same(parse(long, ";", 65_536), [undefined, ["last", "1"]], "and does not eat the rest of a long file");
});

t.test("CSV: whatever is written is read back", async (t) => {
  const cell = fc.string({ unit: fc.constantFrom("a", "ж", '"', ";", ",", "\n", " ", "=", "😀") });
  const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(table, fc.integer({ min: 1, max: 40 }), (rows, size) => {
      const quoted = (text: string) => (/[";\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
      const text = rows.map((row) => `${row.map(quoted).join(";")}\n`).join("");
      t.strictSame(parse(text, ";", size), rows);
    }),
    { numRuns: 200 },
  );
  t.pass();
});

t.test("IMP-11 delimiter and encoding are found out", async (t) => {
  t.equal(delimiterOf("a;b\n1;2,5\n3;4,5\n"), ";");
  t.equal(delimiterOf('ФИО,Телефон\n"Иванов; Иван",8916\n'), ",");
  t.equal(delimiterOf("a\tb\n1\t2\n"), "\t");
  t.equal(delimiterOf("sep=|\na|b\n"), "|");
  t.equal(delimiterOf('Телефон\n"8916; 8917"\n'), ";", "one column");
  const text = "ФИО;Телефон\nЁжиков;89161234567\n";
  t.equal(encodingOf(Buffer.from(text)), "utf-8");
  t.equal(encodingOf(Buffer.from(text).subarray(0, 3), false), "utf-8", "a letter that is cut off");
  const cp1251 = Buffer.from([0xd4, 0xc8, 0xce, 0x3b, 0xa8, 0x0a]);
  t.equal(encodingOf(cp1251), "windows-1251");
  t.equal(new TextDecoder(encodingOf(cp1251)).decode(cp1251), "ФИО;Ё\n");
  t.equal(encodingOf(Buffer.from(`\ufeff${text}`, "utf16le")), "utf-16le");
  t.ok(isText(cp1251));
  t.notOk(isText(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0])));
});

t.test("D-37 the zone of a city, as people write cities", async (t) => {
  const zones = {
    Москва: "Europe/Moscow",
    "г. Орел": "Europe/Moscow",
    "город Самара": "Europe/Samara",
    "Нижний  Новгород": "Europe/Moscow",
    "Самарская обл., Тольятти": "Europe/Samara",
    "комсомольск на амуре": "Asia/Vladivostok",
    "Yuzhno-Sakhalinsk": "Asia/Sakhalin",
    Калининград: "Europe/Kaliningrad",
  };
  for (const [city, zone] of Object.entries(zones)) t.equal(zoneOfCity(city), zone, city);
  t.equal(zoneOfCity("Железногорск"), undefined, "there are two, in two zones");
  t.equal(zoneOfCity(""), undefined);
});

/** Loads rows into an empty service. */
function load(policy: DuplicatePolicy, rows: Cells[]) {
  let ids = 0;
  const loading = createLoading(policy, { find: () => undefined }, () => `id-${++ids}`);
  const outcomes: Outcome[] = rows.map((cells, index) => loading.take(index + 2, card(cells)));
  return { outcomes, results: outcomes.map(({ result }) => result), made: loading.made };
}

t.test("IMP-15 a second identical company inside the file is skipped", async (t) => {
  const { results, outcomes, made } = load("skip", [
    { organisation: ["ООО Ромашка"], name: ["Иван"], phones: ["89160000001"] },
    { organisation: ["ооо  ромашка"], name: ["Пётр"], phones: ["89160000002"] },
    { name: ["Анна"], phones: ["89160000001"] },
    { name: ["Анна"], phones: ["89160000003"] },
  ]);
  t.same(results, ["loaded", "skipped", "skipped", "loaded"]);
  t.match(outcomes[1], { reason: "duplicate", matched: { row: 2, by: "name" } });
  t.match(outcomes[2], { matched: { row: 2, by: "phone" } });
  t.equal(made.length, 3);
});

t.test("IMP-16, IMP-18, IMP-19 merging inside the file", async (t) => {
  const { results, made } = load("merge", [
    { organisation: ["Ромашка"], name: ["Иван"], phones: ["89160000001"], city: ["Самара"] },
    { organisation: ["РОМАШКА"], name: ["Иван"], phones: ["89160000001"], site: ["x.ru"], city: ["Омск"] },
    { name: ["Ромашка"] },
    { name: ["Иван"], phones: ["89160000001"] },
    { name: ["Ваня"], phones: ["89160000001"], emails: ["i@i.ru"] },
  ]);
  t.same(results, ["loaded", "merged", "loaded", "loaded", "merged"]);
  const organisations = made.filter(({ kind }) => kind === "organisation");
  t.match(organisations, [{ name: "Ромашка", fields: { city: "Самара", site: "x.ru" } }]);
  t.equal(organisations.length, 1, "IMP-18 one organisation");
  const people = made.filter(({ organisationId }) => organisationId === organisations[0]?.id);
  t.same(
    people.map(({ name }) => name),
    ["Иван", "Иван"],
    "IMP-19 its people are never merged",
  );
  const others = made.filter(({ kind, organisationId }) => kind === "contact" && organisationId === null);
  t.match(
    others,
    [{ name: "Ромашка" }, { name: "Иван", fields: { emails: ["i@i.ru"] } }],
    "never across kinds",
  );
});

t.test("IMP-20 everything is loaded", async (t) => {
  const same = { organisation: ["Ромашка"], name: ["Иван"], phones: ["89160000001"] };
  const { results, made } = load("all", [same, same, same]);
  t.same(results, ["loaded", "loaded", "loaded"]);
  t.equal(made.length, 6);
});

t.test("ids are in the order in which they are made, whatever the clock does", async (t) => {
  const times = [1_700_000_000_000, 1_700_000_000_000, 1_600_000_000_000];
  const next = orderedIds(() => times.shift() ?? 1_700_000_000_000);
  const ids = Array.from({ length: 10_000 }, next);
  t.same(ids, [...ids].sort());
  t.equal(new Set(ids).size, ids.length);
  t.ok(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)));
});
