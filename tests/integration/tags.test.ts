/** Tags of many contacts, and who may put and take them, over the API and a real database. */
import assert from "node:assert/strict";
import t from "tap";
import { addKey } from "../support/api.ts";
import { NOBODY, openCompany } from "../support/company.ts";
import { carryOut, rowCommands } from "../support/row-commands.ts";

const { ask, db, engine, anna, boris, admin, annas } = await openCompany();
for (const prefix of ["contact.", "tag.", "book."]) carryOut(engine, rowCommands(db), prefix);
const boriss = await addKey(db, "agent", boris);

interface Tag {
  readonly id: string;
  readonly name: string;
  readonly contacts: number;
}

const make = async (name: string, ownerId: string | null, tags: string[] = [], key = admin) => {
  const answer = await ask("POST", "/v1/contacts", key, { name, ownerId, tags });
  assert.equal(answer.statusCode, 201, answer.body);
  return answer.json().id as string;
};
const tagNames = async (id: string): Promise<string[]> =>
  (await ask("GET", `/v1/contacts/${id}`, admin)).json().tags.map(({ name }: Tag) => name);
const tags = async (key: string, query = ""): Promise<Tag[]> =>
  (await ask("GET", `/v1/tags${query}`, key)).json().items;
const tag = async (key: string, name: string, query = ""): Promise<Tag> => {
  const found = (await tags(key, query)).find((each) => each.name === name);
  assert.ok(found, `${name} is seen`);
  return found;
};
const assign = async (key: string, body: object) => {
  const answer = await ask("POST", "/v1/contacts/tags", key, body);
  return { status: answer.statusCode, ...answer.json() };
};
const remove = async (key: string, id: string) => {
  const answer = await ask("DELETE", `/v1/tags/${id}`, key);
  return { status: answer.statusCode, ...answer.json() };
};

t.test("TAG-01, TAG-03 one tag on many contacts: existing and new ones, by ids and by filter", async (t) => {
  const ids = [await make("Один", anna, ["старый"]), await make("Два", boris), await make("Три", null)];
  const { id: known } = await tag(admin, "старый");
  const body = { contacts: { ids }, tags: ["Новый", "новый "], tagIds: [known], confirm: 3 };
  t.match(await assign(admin, body), { status: 200, contacts: 3, assigned: 5 }, "one has it already");
  for (const id of ids) t.same((await tagNames(id)).sort(), ["Новый", "старый"]);
  t.equal((await tag(admin, "Новый")).contacts, 3);
  t.match(await assign(admin, body), { assigned: 0 }, "again changes nothing");
  const found = (await ask("GET", `/v1/contacts?tagId=${known}`, admin)).json().items;
  t.equal(found.length, 3, "and finds them quickly");
  t.match(await assign(admin, { contacts: { filter: { q: "Тр" } }, tags: ["по фильтру"] }), { contacts: 1 });
  t.same(await tagNames(ids[2] as string), ["Новый", "по фильтру", "старый"]);
});

t.test("TAG-02 on one card tags are put and taken off", async (t) => {
  const id = await make("Карточка", anna, ["раз", "два"]);
  await ask("PATCH", `/v1/contacts/${id}`, admin, { tags: ["два", "три"] });
  t.same(await tagNames(id), ["два", "три"]);
});

t.test(
  "TAG-03 all or none: a contact that is not there, or another number of them, changes nothing",
  async (t) => {
    const id = await make("Целый", anna);
    const some = await assign(admin, { contacts: { ids: [id, NOBODY] }, tags: ["никому"] });
    t.match(some, { status: 422, errors: [{ field: "contacts.ids.1" }] });
    const counted = await assign(admin, { contacts: { ids: [id] }, tags: ["никому"], confirm: 2 });
    t.match(counted, { status: 409, errors: [{ field: "confirm" }] });
    const unknown = await assign(admin, { contacts: { ids: [id] }, tagIds: [NOBODY] });
    t.match(unknown, { status: 422, errors: [{ field: "tagIds.0" }] });
    t.same(await tagNames(id), []);
    t.notOk(
      (await tags(admin)).some(({ name }) => name === "никому"),
      "not even the tag was made",
    );
  },
);

t.test(
  "TAG-04, TAG-06 the administrator takes an own tag off everything, a manager's card by card",
  async (t) => {
    const ids = [await make("А", anna, ["общий"]), await make("Б", null, ["общий", "другой"])];
    const own = await tag(admin, "общий");
    t.match(await remove(admin, own.id), { status: 200, contacts: 2 });
    t.same([await tagNames(ids[0] as string), await tagNames(ids[1] as string)], [[], ["другой"]]);
    t.equal((await remove(admin, own.id)).status, 404, "the tag is gone");

    const hers = await make("Аннина", null, ["личный"], annas);
    const { id: personal } = await tag(annas, "личный");
    t.match(await remove(admin, personal), { status: 409, code: "managers" });
    t.same(await tagNames(hers), ["личный"], "it is still there");
    await ask("PATCH", `/v1/contacts/${hers}`, admin, { tags: [] });
    t.same(await tagNames(hers), [], "on the card it can be taken off");
  },
);

t.test("TAG-05 the administrator sees own tags, and a manager's after choosing the manager", async (t) => {
  const hers = await make("С её тегом", null, ["аннин тег"], annas);
  t.notOk((await tags(admin)).some(({ name }) => name === "аннин тег"));
  const { id } = await tag(admin, "аннин тег", `?ownerId=${anna}`);
  const filter = { tagId: id };
  t.match(await assign(admin, { contacts: { filter }, tags: ["админ"] }), {
    status: 422,
    code: "manager-first",
    errors: [{ field: "contacts.filter.ownerId" }],
  });
  t.same(await tagNames(hers), ["аннин тег"]);
  const chosen = await assign(admin, { contacts: { filter: { ...filter, ownerId: anna } }, tags: ["админ"] });
  t.match(chosen, { status: 200, contacts: 1 });
  t.same(await tagNames(hers), ["админ", "аннин тег"]);
});

t.test("TAG-07 a manager sees and moves tags on own contacts only, whoever put them there", async (t) => {
  const mine = await make("Моя", anna, ["от администратора"]);
  const others = await make("Борисова", boris, ["от администратора", "борису"]);
  const seen = await tags(annas);
  t.ok(seen.some(({ name }) => name === "от администратора"));
  t.notOk(
    seen.some(({ name }) => name === "борису"),
    "a tag of nobody's that is on none of hers",
  );
  t.same(await tags(annas, `?ownerId=${boris}`), []);

  t.match(await assign(annas, { contacts: { ids: [mine, others] }, tags: ["мой"] }), { status: 404 });
  t.same(await tagNames(mine), ["от администратора"], "not even on her own");
  await assign(annas, { contacts: { filter: { q: "о" } }, tags: ["её группа"] });
  t.notOk((await tagNames(others)).includes("её группа"), "a filter reaches what is hers");
  const borisTag = (await tag(boriss, "борису")).id;
  t.equal((await assign(annas, { contacts: { ids: [mine] }, tagIds: [borisTag] })).status, 404);

  const given = await tag(annas, "от администратора");
  t.match(await remove(annas, given.id), { status: 200, contacts: 1 });
  t.notOk((await tagNames(mine)).includes("от администратора"));
  t.ok((await tagNames(others)).includes("от администратора"), "another's contact keeps it");

  // What Boris put on a contact that came to Anna is hers to see and to take off.
  const passed = await make("Переданная", null, ["борисов"], boriss);
  await ask("PATCH", `/v1/contacts/${passed}`, boriss, { ownerId: anna });
  const his = await tag(annas, "борисов");
  t.match(await remove(annas, his.id), { status: 200, contacts: 1 });
  t.same(await tagNames(passed), []);
  t.equal((await remove(annas, (await tag(boriss, "борису")).id)).status, 404);
});
