/** Whose a contact is, and what happened with it: owners, notices, history, over the API and a real database. */
import assert from "node:assert/strict";
import t from "tap";
import { DirectoryInMemory } from "../../apps/engine/directory.ts";
import { addKey } from "../support/api.ts";
import { NOBODY, openCompany } from "../support/company.ts";
import { carryOut, rowCommands } from "../support/row-commands.ts";

const { ask, db, engine, anna, boris, contact, calls, admin, annas, supervisor } = await openCompany();
for (const prefix of ["contact.", "tag.", "book.", "history."]) carryOut(engine, rowCommands(db), prefix);
const boriss = await addKey(db, "agent", boris);

interface Entry {
  readonly id: string;
  readonly kind: string;
  readonly text: string | null;
}

const make = async (body: object, key = admin) => {
  const answer = await ask("POST", "/v1/contacts", key, body);
  assert.equal(answer.statusCode, 201, answer.body);
  return answer.json().id as string;
};
const owner = async (id: string) => (await ask("GET", `/v1/contacts/${id}`, admin)).json().ownerId;
const give = async (key: string, id: string, ownerId: string | null) =>
  (await ask("PATCH", `/v1/contacts/${id}`, key, { ownerId })).statusCode;
const pass = async (key: string, body: object) => {
  const answer = await ask("POST", "/v1/contacts/pass", key, body);
  return { status: answer.statusCode, ...answer.json() };
};
const history = async (id: string, query = "", key = admin): Promise<Entry[]> =>
  (await ask("GET", `/v1/contacts/${id}/history${query}`, key)).json().items;
const received = async (key: string) =>
  (await ask("GET", "/v1/notices?unread=true", key))
    .json()
    .items.filter(({ kind }: { kind: string }) => kind === "contact.received");
const silent = { info: () => {}, warn: () => {} };

t.test(
  "OWN-01, OWN-02, OWN-03 the owner is on the card; the administrator or the owner changes it",
  async (t) => {
    const id = await make({ name: "Передаваемый", ownerId: anna });
    t.equal(await owner(id), anna);
    t.equal(await give(boriss, id, boris), 404, "who does not own it does not take it");
    t.equal(await owner(id), anna);
    t.equal(await give(annas, id, boris), 200);
    t.equal(await owner(id), boris);
    t.equal(await give(annas, id, anna), 404, "and who gave it away cannot take it back");
    t.equal(await give(admin, id, anna), 200);
    t.equal(await owner(id), anna);
  },
);

t.test("OWN-04 people go with their organisation, one by one and many at once", async (t) => {
  const firm = await make({ kind: "organisation", name: "Контора", ownerId: anna });
  const person = await make({ name: "Её директор", organisationId: firm });
  t.match(await pass(admin, { contacts: { ids: [person] }, ownerId: boris }), { passed: 0, nested: 1 });
  t.equal(await owner(person), anna, "nobody passes a person without the organisation");
  t.match(await pass(admin, { contacts: { ids: [firm, person] }, ownerId: boris }), { passed: 1, nested: 0 });
  t.same([await owner(firm), await owner(person)], [boris, boris]);
  t.match(await history(person), [{ kind: "owner-changed" }], "OWN-06 in the person's history too");
});

t.test("OWN-05, CONT-04 the new owner is told once, of how many; who takes or loses is not", async (t) => {
  await db.deleteFrom("notice").execute();
  const ids = [await make({ name: "П1", ownerId: anna }), await make({ name: "П2", ownerId: anna })];
  const firm = await make({ kind: "organisation", name: "П3", ownerId: anna });
  await make({ name: "П3 человек", organisationId: firm });
  t.match(await pass(annas, { contacts: { ids: [...ids, firm] }, ownerId: boris, confirm: 3 }), {
    ...{ status: 200, contacts: 3, passed: 3 },
  });
  const told = await received(boriss);
  t.equal(told.length, 1);
  t.match(told[0], { count: 3, contactId: null, agentId: boris });
  t.same(await received(annas), [], "Anna is not told");
  await pass(admin, { contacts: { ids: [firm] }, ownerId: anna });
  t.match(await received(annas), [{ count: 1, contactId: firm, contactName: "П3" }]);
  await pass(admin, { contacts: { ids: [firm] }, ownerId: anna });
  t.equal((await received(annas)).length, 1, "nothing changed, nobody is told");
});

t.test(
  "CONT-04, OWN-02 many contacts: an agent passes what it owns, by a filter too, and nothing else",
  async (t) => {
    const mine = await make({ name: "Фильтр А", ownerId: anna });
    const his = await make({ name: "Фильтр Б", ownerId: boris });
    t.equal((await pass(annas, { contacts: { ids: [mine, his] }, ownerId: anna })).status, 404);
    t.match(await pass(annas, { contacts: { filter: { q: "Фильтр" } }, ownerId: null }), { contacts: 1 });
    t.same([await owner(mine), await owner(his)], [null, boris]);
    t.match(await pass(admin, { contacts: { ids: [his] }, ownerId: NOBODY }), {
      status: 422,
      errors: [{ field: "ownerId" }],
    });
    t.match(await pass(admin, { contacts: { filter: { q: "Фильтр" } }, ownerId: anna, confirm: 5 }), {
      status: 409,
    });
    t.same([await owner(mine), await owner(his)], [null, boris]);
  },
);

t.test(
  "CONT-04 many are deleted with their people, by those who may, and only as many as was said",
  async (t) => {
    const firm = await make({ kind: "organisation", name: "Удаляемая", ownerId: anna });
    const person = await make({ name: "Её человек", organisationId: firm });
    const body = { contacts: { filter: { q: "Удаляемая", kind: "organisation" } }, confirm: 1 };
    const status = async (key: string, asked: object) =>
      (await ask("POST", "/v1/contacts/delete", key, asked)).statusCode;
    t.equal(await status(annas, body), 403, "an agent deletes nothing");
    t.equal(await status(admin, { ...body, confirm: 2 }), 409);
    t.equal(await status(admin, { contacts: body.contacts }), 400, "nothing without a number");
    t.equal((await ask("GET", `/v1/contacts/${person}`, admin)).statusCode, 200);
    const done = await ask("POST", "/v1/contacts/delete", supervisor, body);
    t.match(done.json(), { deleted: 2 });
    t.equal((await ask("GET", `/v1/contacts/${person}`, admin)).statusCode, 404);
  },
);

t.test("OWN-06 each change of owner is in the history, with who did it, whatever did it", async (t) => {
  const id = await make({ name: "История", ownerId: anna });
  await give(annas, id, boris);
  await give(admin, id, null);
  await db.updateTable("contact").set({ owner_id: anna }).where("id", "=", id).execute();
  await ask("PATCH", `/v1/contacts/${id}`, admin, { city: "Омск" });
  t.match(await history(id), [
    { kind: "owner-changed", agentId: null, data: { from: null, to: anna } },
    { kind: "owner-changed", agentId: null, data: { from: boris, to: null } },
    { kind: "owner-changed", agentId: anna, data: { from: anna, to: boris } },
  ]);
  t.equal((await history(id)).length, 3, "another field is no change of owner");
});

t.test(
  "OWN-07, OWN-05 calls, completions, letters, surveys, comments, owners: newest first, by kind, in pages",
  async (t) => {
    const [talked] = await history(contact, "?kind=inbound-call");
    assert.ok(talked);
    await db
      .insertInto("completion")
      .values({
        call_id: talked.id,
        agent_id: anna,
        topic_ids: [],
        comment: "Заказала",
        after: "continue",
        completed_by: null,
        result_id: null,
      })
      .execute();
    const past = (kind: "letter" | "survey", day: number) => ({
      ...{
        contact_id: contact,
        kind,
        at: new Date(Date.UTC(2025, 0, day)),
        by_key_id: null,
        by_agent_id: anna,
      },
      data: JSON.stringify({ text: kind }),
    });
    await db
      .insertInto("activity")
      .values([past("letter", 1), past("survey", 2)])
      .execute();
    const commented = await ask("POST", `/v1/contacts/${contact}/history`, annas, {
      text: "Перезвонить в мае",
    });
    t.equal(commented.statusCode, 201);
    t.equal(await give(admin, contact, boris), 200);

    const all = await history(contact, "", boriss);
    t.same(
      [...new Set(all.map(({ kind }) => kind))].sort(),
      ["comment", "completion", "inbound-call", "letter", "missed-call", "owner-changed", "survey"],
      "the new owner sees what was before",
    );
    t.ok(all.some(({ id }) => id === Object.values(calls)[0]));
    const times = all.map((entry) => (entry as unknown as { at: string }).at);
    t.same(times, [...times].sort().reverse(), "newest first");
    t.match(await history(contact, "?kind=completion"), [{ text: "Заказала", agentId: anna }]);
    t.match(await history(contact, "?kind=comment"), [{ text: "Перезвонить в мае", agentId: anna }]);

    const paged: Entry[] = [];
    for (let cursor = ""; ; ) {
      const page = (await ask("GET", `/v1/contacts/${contact}/history?limit=2${cursor}`, admin)).json();
      paged.push(...page.items);
      if (page.next === null) break;
      cursor = `&cursor=${page.next}`;
    }
    t.same(
      paged.map(({ id }) => id),
      (await history(contact)).map(({ id }) => id),
    );
    t.equal(
      (await ask("GET", `/v1/contacts/${contact}/history`, annas)).statusCode,
      404,
      "the old owner sees nothing",
    );
    t.equal((await ask("POST", `/v1/contacts/${contact}/history`, annas, { text: "x" })).statusCode, 404);
  },
);

t.test("OWN-08 entries are corrected by the administrator and by who owns the contact now", async (t) => {
  const [comment] = await history(contact, "?kind=comment");
  const [completion] = await history(contact, "?kind=completion");
  const [change] = await history(contact, "?kind=owner-changed");
  const [call] = await history(contact, "?kind=inbound-call");
  assert.ok(comment && completion && change && call);
  const edit = async (key: string, entry: Entry, text: string, of = contact) =>
    (await ask("PATCH", `/v1/contacts/${of}/history/${entry.id}`, key, { text })).statusCode;
  t.equal(await edit(annas, comment, "моё"), 404, "who wrote it and owns it no more does not");
  t.equal(await edit(boriss, comment, "Перезвонить в июне"), 204);
  t.equal(await edit(admin, completion, "Заказала два"), 204);
  t.match(await history(contact, "?kind=comment"), [
    { text: "Перезвонить в июне", agentId: anna, editedAt: /^20/ },
  ]);
  t.match(await history(contact, "?kind=completion"), [{ text: "Заказала два", editedAt: /^20/ }]);
  t.equal(await edit(admin, change, "не менялся"), 409, "what happened has no text");
  t.equal(await edit(admin, call, "не звонил"), 409);
  t.equal(await edit(admin, { ...comment, id: NOBODY }, "x"), 404);
  const other = await make({ name: "Другая история", ownerId: boris });
  t.equal(await edit(boriss, comment, "чужое", other), 404, "an entry is reached through its own contact");
});

t.test("OWN-10 calls are led to the new owner", async (t) => {
  const directory = new DirectoryInMemory(db, silent as never);
  const id = await make({ name: "Звонящий", ownerId: anna, phones: ["+79160000777"] });
  await directory.load();
  t.equal(directory.now.find("+79160000777")?.ownerId, anna);
  await pass(admin, { contacts: { ids: [id] }, ownerId: boris });
  await directory.reload();
  t.equal(directory.now.find("+79160000777")?.ownerId, boris);
});
