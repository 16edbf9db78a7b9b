/**
 * Working through a list over a real database: one contact for one agent, whatever lists they are on; results; who may
 * not be called is not put before anybody. The engine is a list of what it was asked.
 */
import t from "tap";
import type { Agent } from "../../apps/core/floor.ts";
import { pendingItems } from "../../apps/store/call-lists.ts";
import { settleErrands } from "../../apps/store/errands.ts";
import { addKey } from "../support/api.ts";
import { NOBODY } from "../support/company.ts";
import { openDeskCompany } from "../support/desk.ts";

t.setTimeout(180_000);
const desk = await openDeskCompany();
const { send, db, asked, told, says, floor, anna, boris, annas, boriss, supervisor, admin, over } = desk;
await send("PATCH", "/v1/company", admin, { wrapUpTopicRequired: false });

const ALWAYS = [{ days: [1, 2, 3, 4, 5, 6, 7], from: "00:00", to: "24:00" }];
let next = 1;
const scenario = async (fields: object = {}) =>
  (
    await send("POST", "/v1/scenarios", admin, {
      ...{ name: `Scenario ${next++}`, direction: "outbound", isDefault: false, script: "Good day" },
      ...{ results: ["Sold", "Later"], ...fields },
    })
  ).body;
const contact = async (fields: object = {}): Promise<string> => {
  const number = `+7916300${String(next++).padStart(4, "0")}`;
  const body = { name: `Contact ${next}`, phones: [number], ownerId: anna, ...fields };
  return (await send("POST", "/v1/contacts", admin, body)).body.id;
};
const contacts = async (count: number): Promise<string[]> => {
  const made: string[] = [];
  for (let index = 0; index < count; index++) made.push(await contact());
  return made;
};
const plain = await scenario();
const list = async (contactIds: string[], fields: object = {}, key = supervisor) =>
  send("POST", "/v1/call-lists", key, {
    ...{ name: `List ${next++}`, scenarioId: plain.id, source: { contactIds }, week: ALWAYS },
    ...{ agentIds: [anna, boris], ...fields },
  });
const open = async (id: string, key = annas) => send("POST", `/v1/call-lists/${id}/next`, key);
const call = (item: string, key = annas) => send("POST", `/v1/list-items/${item}/call`, key);
const save = (item: string, body: object, key = annas) =>
  send("POST", `/v1/list-items/${item}/save`, key, body);
const progress = async (id: string) => (await send("GET", `/v1/call-lists/${id}`, supervisor)).body;
const inCall = (phase: string, id: string) =>
  floor.set(anna, { id: anna, call: { id, phase } } as unknown as Agent);

t.afterEach(async () => {
  says.refusal = undefined;
  floor.clear();
  await db.deleteFrom("call_list").execute();
  await db.deleteFrom("attempt").execute();
  await db.deleteFrom("refused_number").execute();
  asked.length = 0;
  told.length = 0;
});

t.test(
  "DIAL-01, SCEN-11 a list of named contacts or of a filter's, with the scenario that is picked for it",
  async (t) => {
    const [one, two, three] = await contacts(3);
    const bare = await contact({ phones: [] });
    const made = await list([two, one, bare] as string[], { name: "Spring" });
    t.match(made, {
      ...{ status: 201, body: { name: "Spring", waiting: 2, added: 2, agentIds: [anna, boris].sort() } },
      body: { skipped: [{ contactId: bare, code: "no-number" }], preset: "russia-service", week: ALWAYS },
    });
    const { id } = made.body;
    const items = async () => (await send("GET", `/v1/call-lists/${id}/items`, annas)).body.items;
    t.match(
      await items(),
      [{ contact: { id: two } }, { contact: { id: one } }],
      "in the order in which they were named",
    );
    const again = await send("POST", `/v1/call-lists/${id}/items`, supervisor, {
      source: { contactIds: [one, three] },
    });
    t.match(again.body, { added: 1, skipped: [{ contactId: one, code: "listed" }] });
    const page = (await send("GET", `/v1/call-lists/${id}/items?limit=2`, annas)).body;
    t.match((await send("GET", `/v1/call-lists/${id}/items?limit=2&after=${page.next}`, annas)).body, {
      ...{ items: [{ contact: { id: three } }], next: null },
    });
    const found = await list([], { name: "Filtered", source: { filter: { ownerId: anna } } });
    t.ok(found.body.added >= 4, "Anna's contacts");

    const card = (await open(id)).body.item;
    t.match(card, {
      contact: { id: two },
      scenario: { id: plain.id, script: "Good day" },
      state: "open",
      agentId: anna,
    });
    const { callId } = (await call(card.id)).body;
    await over(callId);
    t.match((await send("GET", `/v1/calls/${callId}/script`, annas)).body, { scenario: { id: plain.id } });
    t.match((await send("DELETE", `/v1/scenarios/${plain.id}`, admin)).body, { code: "in-use" });
    t.equal((await send("DELETE", `/v1/call-lists/${id}`, supervisor)).status, 204);
  },
);

t.test(
  "DIAL-01, ROLE-02 an agent makes a list of its own contacts for itself, and sees no other",
  async (t) => {
    const [own] = await contacts(1);
    const foreign = await contact({ ownerId: boris });
    t.match((await list([foreign], {}, annas)).body, { errors: [{ field: "source.contactIds.0" }] });
    const mine = await list([own as string], { agentIds: [boris] }, annas);
    t.match(mine.body, { agentIds: [anna] });
    const path = `/v1/call-lists/${mine.body.id}`;
    t.equal((await send("GET", path, boriss)).status, 404);
    t.equal((await open(mine.body.id, boriss)).status, 404);
    t.equal((await send("PATCH", path, boriss, { name: "x" })).status, 404);
    t.equal((await send("PATCH", path, annas, { agentIds: [boris] })).status, 403);
    t.match((await send("PATCH", path, annas, { name: "Mine" })).body, { name: "Mine" });
    t.equal((await send("PATCH", path, supervisor, { agentIds: [boris] })).status, 200);
    t.equal((await send("GET", path, annas)).status, 404, "it is not hers to work any more");
  },
);

t.test("DIAL-06 saving stores the result, completes the service and opens the next contact", async (t) => {
  const [one, two] = await contacts(2);
  const { id } = (await list([one, two] as string[])).body;
  const first = (await open(id)).body.item;
  t.match((await open(id)).body.item, { id: first.id }, "who asks again gets the same card");
  t.match((await send("GET", `/v1/agents/${anna}/list-card`, annas)).body.item, { id: first.id });
  const { callId } = (await call(first.id)).body;
  t.match(asked, [{ kind: "callPlaced", errand: { kind: "list", id: first.id }, to: { contactId: one } }]);
  await over(callId, { talkMs: 5000, ending: "answered" });
  await settleErrands(db);
  inCall("wrap-up", callId);
  const [sold] = plain.results;
  const foreign = (await scenario()).results[0];
  t.match((await save(first.id, { resultId: foreign.id })).body, { errors: [{ field: "resultId" }] });
  const saved = await save(first.id, { resultId: sold.id, comment: "two pieces" });
  t.match(saved.body.item, { contact: { id: two }, state: "open" });
  t.match(asked.at(-1), { kind: "serviceCompleted", call: callId, agent: anna });
  const completion = await db
    .selectFrom("completion")
    .selectAll()
    .where("call_id", "=", callId)
    .executeTakeFirst();
  t.match(completion, { result_id: sold.id, comment: "two pieces" });
  const shown = (await send("GET", `/v1/list-items/${first.id}`, annas)).body;
  t.match(shown, { state: "done", resultId: sold.id, calls: 1, saves: [{ comment: "two pieces", callId }] });
  t.match(
    told.map(({ kind }) => kind),
    ["list.opened", "list.opened", "list.opened"].slice(0, told.length),
  );
  t.match((await save(first.id, {})).body, { code: "not-open" }, "not twice");
  floor.clear();
  const end = await save(saved.body.item.id, { after: "next" });
  t.same(end.body, { item: null, nextAt: null }, "the list is through");
  t.match(await progress(id), { waiting: 0, open: 0, done: 1, skipped: 1 });
});

t.test("DIAL-06 completing the card's call saves the card, and opens the next contact", async (t) => {
  const { id } = (await list(await contacts(3))).body;
  const { item } = (await open(id)).body;
  const { callId } = (await call(item.id)).body;
  await over(callId, { talkMs: 5000, ending: "answered" });
  inCall("wrap-up", callId);
  const [sold] = plain.results;
  const complete = (call: string, body: object) =>
    send("POST", `/v1/calls/${call}/complete`, annas, { comment: "two pieces", ...body });
  t.equal((await complete(callId, { resultId: sold.id })).status, 200);
  const shown = (await send("GET", `/v1/list-items/${item.id}`, annas)).body;
  t.match(shown, { state: "done", resultId: sold.id, saves: [{ comment: "two pieces", callId }] });
  const second = (await send("GET", `/v1/agents/${anna}/list-card`, annas)).body.item;
  t.match(second, { state: "open", listId: id }, "the next one");
  t.not(second.id, item.id);
  floor.clear();
  const other = (await send("POST", "/v1/calls", annas, { to: { number: "+79163009998" } })).body.callId;
  await over(other, { talkMs: 1000, ending: "answered" });
  t.equal((await complete(other, {})).status, 200);
  t.match(await progress(id), { open: 1, done: 1 }, "another call of the agent leaves the card open");
  const talk = (await call(second.id)).body.callId;
  await over(talk, { talkMs: 1000, ending: "answered" });
  t.equal((await complete(talk, { after: "break" })).status, 200);
  t.match(await progress(id), { open: 0, done: 1, skipped: 1, waiting: 1 }, "a break opens nobody");
});

t.test(
  "DIAL-08, SCEN-08 a card that wants a result stays open when its call is completed without",
  async (t) => {
    const strict = await scenario({ moveOnWithoutResult: false });
    const { id } = (await list(await contacts(2), { scenarioId: strict.id })).body;
    const { item } = (await open(id)).body;
    const { callId } = (await call(item.id)).body;
    await over(callId, { talkMs: 5000, ending: "answered" });
    t.equal((await send("POST", `/v1/calls/${callId}/complete`, annas, { comment: "later" })).status, 200);
    t.match(await progress(id), { open: 1, waiting: 1 });
    t.match((await send("GET", `/v1/list-items/${item.id}`, annas)).body, { saves: [{ comment: "later" }] });
    t.equal(
      (await save(item.id, { resultId: strict.results[0].id })).status,
      200,
      "it is saved from the card",
    );
  },
);

t.test("a list that nobody works says so, and which field to fill", async (t) => {
  const made = await list(await contacts(1), { agentIds: [] });
  t.match(made.body, { warnings: [{ code: "unserved", field: "agentIds" }] });
  const path = `/v1/call-lists/${made.body.id}/next`;
  t.match(await send("POST", path, supervisor, { agentId: anna }), {
    status: 409,
    body: { code: "not-served", errors: [{ field: "agentIds" }] },
  });
  t.match(await send("POST", path, annas), { status: 404, body: { errors: [{ field: "agentIds" }] } });
  await send("PATCH", `/v1/call-lists/${made.body.id}`, supervisor, { agentIds: [anna] });
  t.equal((await send("POST", path, supervisor, { agentId: anna })).status, 200);
  t.equal((await send("POST", `/v1/call-lists/${NOBODY}/next`, supervisor, { agentId: anna })).status, 404);
  t.same((await list(await contacts(1))).body.warnings, []);
});

t.test("DIAL-07 save and stay: the interaction is stored, the card stays, a talk goes on", async (t) => {
  const [one, two] = await contacts(2);
  const { id } = (await list([one, two] as string[])).body;
  const { item } = (await open(id)).body;
  const { callId } = (await call(item.id)).body;
  inCall("talking", callId);
  const [, later] = plain.results;
  const stayed = await save(item.id, { comment: "asks for the director", after: "stay" });
  t.match(stayed.body.item, { id: item.id, state: "open", saves: [{ comment: "asks for the director" }] });
  t.equal(asked.length, 1, "nobody is hung up");
  t.match(await progress(id), { open: 1, waiting: 1 });
  // The director's number, from the same card.
  floor.clear();
  t.equal((await send("POST", "/v1/calls", annas, { to: { number: "+79163009999" } })).status, 202);
  t.match((await save(item.id, { resultId: later.id, comment: "spoke to both", after: "leave" })).body, {
    item: null,
  });
  const { saves } = (await send("GET", `/v1/list-items/${item.id}`, annas)).body;
  t.match(saves, [
    { comment: "spoke to both", resultId: later.id },
    { comment: "asks for the director", resultId: null },
  ]);
  t.match(await progress(id), { done: 1, waiting: 1, open: 0 }, "leave opens nobody");
});

t.test(
  "DIAL-06 leaving a card whose phone still rings ends that call, leaving one in a talk completes it",
  async (t) => {
    const { id } = (await list(await contacts(3))).body;
    const { item } = (await open(id)).body;
    const ringing = (await call(item.id)).body.callId;
    inCall("dialling", ringing);
    const second = (await save(item.id, {})).body.item;
    t.match(asked.at(-1), { kind: "hangUpAsked", call: ringing, agent: anna });
    floor.clear();
    const talk = (await call(second.id)).body.callId;
    inCall("talking", talk);
    t.equal((await save(second.id, { comment: "done" })).status, 200);
    t.match(asked.at(-1), { kind: "serviceCompleted", call: talk });
  },
);

t.test(
  "DIAL-08, SCEN-08 moving on without a result: allowed by default, and forbidden where the scenario says so",
  async (t) => {
    t.match(plain, { moveOnWithoutResult: true, autoDial: false });
    const strict = await scenario({ moveOnWithoutResult: false });
    const { id } = (await list(await contacts(2), { scenarioId: strict.id })).body;
    const { item } = (await open(id)).body;
    for (const after of ["next", "leave"])
      t.match(await save(item.id, { after }), {
        status: 422,
        body: { code: "result-required", errors: [{ field: "resultId" }] },
      });
    t.equal(
      (await save(item.id, { after: "stay", comment: "not yet" })).status,
      200,
      "staying is not moving on",
    );
    t.match(await progress(id), { open: 1, waiting: 1 });
    await save(item.id, { after: "stay", resultId: strict.results[0].id });
    const moved = await save(item.id, {});
    t.match(moved.body.item, { state: "open" }, "chosen before, and kept");
    await send("PATCH", `/v1/scenarios/${strict.id}`, admin, { moveOnWithoutResult: true });
    t.equal((await save(moved.body.item.id, {})).status, 200);
    t.match(await progress(id), { done: 1, skipped: 1 });
  },
);

t.test(
  "DIAL-09, SCEN-09 with auto-dial the next contact is dialled by itself; a phone that nobody lifts is tried again, not for ever",
  async (t) => {
    const auto = await scenario({ autoDial: true });
    t.match(auto, { autoDial: true });
    const { id } = (await list(await contacts(2), { scenarioId: auto.id })).body;
    const { item } = (await open(id)).body;
    t.match(item, { dialPending: true });
    t.same((await pendingItems(db)).now, [{ id: item.id, agentId: anna }]);
    const by = { keyId: "engine", role: "agent", agentId: anna } as const;
    const dial = () => desk.handlers["list.call"]({ itemId: item.id }, by);
    for (const [tries, again] of [
      [1, true],
      [2, true],
      [3, false],
    ] as const) {
      const { callId } = await dial();
      t.same((await pendingItems(db)).now, [], "it is dialled");
      await over(callId, { dialled: false, ending: "unavailable" });
      await settleErrands(db);
      const row = await db
        .selectFrom("call_list_item")
        .selectAll()
        .where("id", "=", item.id)
        .executeTakeFirstOrThrow();
      t.match(row, { tries, dial_pending: again, call_id: null });
      t.same((await pendingItems(db)).now, [], "not at once");
      t.equal((await pendingItems(db)).later.length, again ? 1 : 0);
    }
    const { callId } = (await call(item.id)).body;
    await over(callId, { ending: "busy" });
    await settleErrands(db);
    t.same(
      (await pendingItems(db)).later,
      [],
      "the customer was dialled: what comes now is the agent's choice",
    );
    t.match((await save(item.id, {})).body.item, { dialPending: true }, "and then the next one");
  },
);

t.test("DIAL-06 twenty agents, two lists of the same people: nobody is put before two of them", async (t) => {
  const people: { id: string; key: string }[] = [];
  for (let index = 0; index < 20; index++) {
    const row = {
      name: `W ${index}`,
      short_number: String(800 + index),
      phone: `a${800 + index}`,
      sip_ha1: "0".repeat(32),
    };
    const { id } = await db.insertInto("agent").values(row).returning("id").executeTakeFirstOrThrow();
    people.push({ id, key: await addKey(db, "agent", id) });
  }
  t.teardown(() => db.deleteFrom("agent").where("short_number", "like", "8%").execute());
  const made = await contacts(30);
  const agentIds = people.map(({ id }) => id);
  const lists = [
    (await list(made, { agentIds })).body.id,
    (await list([...made].reverse(), { agentIds })).body.id,
  ];
  for (const round of [1, 2]) {
    const cards = await Promise.all(people.map(({ key }, index) => open(lists[index % 2] ?? "", key)));
    const opened = cards.flatMap(({ body }) => (body.item ? [body.item] : []));
    const ids = opened.map((item) => item.contact.id);
    t.equal(new Set(ids).size, ids.length, `round ${round}: each to one agent`);
    if (round === 1) t.equal(ids.length, 20, "everybody has one");
    await Promise.all(
      opened.map((item) => {
        const key = people.find(({ id }) => id === item.agentId)?.key;
        return save(item.id, { after: "leave" }, key);
      }),
    );
  }
  const worked = await db
    .selectFrom("call_list_item")
    .select(["list_id", "contact_id"])
    .where("state", "=", "skipped")
    .execute();
  const once = new Set(worked.map((row) => `${row.list_id} ${row.contact_id}`));
  t.equal(once.size, worked.length);
});

t.test(
  "DIAL-09 the compliance gate: who may not be called is not put before anybody, nor dialled when that changes",
  async (t) => {
    const [refused, early, fine] = await contacts(3);
    const phones = async (id: string) => (await send("GET", `/v1/contacts/${id}`, admin)).body.phones[0].e164;
    await db
      .insertInto("refused_number")
      .values({ phone: await phones(refused as string), source: "agent" } as never)
      .execute();
    const { id } = (await list([refused, early, fine] as string[])).body;
    // The second one has been called as often as the policy allows.
    const number = await phones(early as string);
    for (let index = 0; index < 3; index++)
      await db
        .insertInto("attempt")
        .values({
          id: `x${index}`,
          call_id: crypto.randomUUID(),
          agent_id: null,
          number,
          contact_id: null,
          reason: null,
          state: "placed",
        })
        .execute();
    const { item } = (await open(id)).body;
    t.match(item, { contact: { id: fine } });
    const items = (await send("GET", `/v1/call-lists/${id}/items`, supervisor)).body.items;
    t.match(items, [
      { state: "refused", reason: "refused" },
      { state: "waiting", reason: "too-many", nextAt: String },
      { state: "open", reason: null },
    ]);
    await save(item.id, { after: "leave" });
    t.match(
      (await open(id)).body,
      { item: null, nextAt: items[1].nextAt },
      "when somebody may be called again",
    );

    const closed = (await list([await contact()], { week: weekWithoutNow() })).body.id;
    const answer = (await open(closed)).body;
    t.match(answer, { item: null, nextAt: String }, "outside the callee's hours");

    const [other] = await contacts(1);
    const { id: third } = (await list([other as string])).body;
    const card = (await open(third)).body.item;
    await db
      .insertInto("refused_number")
      .values({ phone: await phones(other as string), source: "agent" } as never)
      .execute();
    t.match(await call(card.id), { status: 409, body: { code: "refused" } });
    t.equal(asked.length, 0, "nobody was dialled");
    const advertising = await list([fine as string], {
      purpose: "advertising",
      scenarioId: (await scenario({ autoDial: true })).id,
    });
    t.match(
      advertising.body,
      { code: "mode-forbidden", errors: [{ field: "purpose" }] },
      "38-FZ art. 18: not by a machine",
    );
  },
);

t.test(
  "DIAL-09 whom the gate refuses when the system is about to dial goes back to the list, and the next one is opened",
  async (t) => {
    const auto = await scenario({ autoDial: true });
    const [first, second] = await contacts(2);
    const { id } = (await list([first, second] as string[], { scenarioId: auto.id })).body;
    const { item } = (await open(id)).body;
    t.match(item, { contact: { id: first } });
    const by = { keyId: "engine", role: "agent", agentId: anna } as const;
    const until = new Date(Date.now() + 3_600_000);
    await db
      .insertInto("refused_number")
      .values({ phone: item.number.e164, source: "agent", until } as never)
      .execute();
    await t.rejects(desk.handlers["list.call"]({ itemId: item.id, byItself: true }, by), { code: "refused" });
    t.equal(asked.length, 0, "nobody's phone rings");
    t.match((await send("GET", `/v1/call-lists/${id}/items`, supervisor)).body.items, [
      { state: "waiting", reason: "refused", nextAt: until.toISOString(), agentId: null, dialPending: false },
      { state: "open", contact: { id: second }, agentId: anna, dialPending: true },
    ]);
    t.match(told.slice(-2), [
      { kind: "list.released", data: { id: anna, itemId: item.id, reason: "refused" } },
      { kind: "list.opened", data: { id: anna, contactId: second } },
    ]);
    t.match((await pendingItems(db)).now.length, 1, "one call, for the next one");
    const card = (await open(id)).body.item;
    await desk.handlers["list.call"]({ itemId: card.id, byItself: true }, by);
    t.match(asked, [{ kind: "callPlaced", to: { contactId: second } }]);
    await over((asked[0] as { call: string }).call);
    await settleErrands(db);
    const again = desk.handlers["list.call"]({ itemId: card.id, byItself: true }, by);
    await t.rejects(again, { code: "not-pending" }, "a late second time");
    t.equal(asked.length, 1, "nobody is called twice");
    t.match((await open(id)).body.item, { id: card.id }, "and the card stays open");
  },
);

t.test(
  "DIAL-06 a card is taken back by a supervisor, and comes back by itself when its agent is deleted",
  async (t) => {
    const { id } = (await list(await contacts(1))).body;
    const { item } = (await open(id)).body;
    t.match((await open(id, boriss)).body, { item: null });
    t.match((await save(item.id, {}, boriss)).body, { code: "not-open" });
    t.equal((await send("POST", `/v1/list-items/${item.id}/release`, annas)).status, 403);
    t.equal((await send("POST", `/v1/list-items/${item.id}/release`, supervisor)).status, 204);
    t.match(told.at(-1), { kind: "list.released", data: { id: anna, itemId: item.id } });
    t.match((await open(id, boriss)).body.item, { id: item.id, agentId: boris });
    await db.updateTable("call_list_item").set({ agent_id: null }).where("id", "=", item.id).execute();
    t.match((await open(id)).body.item, { id: item.id, agentId: anna });
    const second = (await list(await contacts(1))).body.id;
    t.match((await open(second)).body, { code: "card-open" });
    await send("PATCH", `/v1/call-lists/${second}`, supervisor, { state: "closed" });
    await save(item.id, { after: "leave" });
    t.match((await open(second)).body, { code: "closed-list" });
  },
);

t.test("DIAL-01 lists that make no sense are refused by their field", async (t) => {
  const made = await contacts(1);
  const wrong = async (fields: object, field: string) => {
    const { status, body } = await list(made, fields);
    t.match([status >= 400, body.errors?.[0]?.field], [true, field], JSON.stringify(fields));
  };
  await wrong({ scenarioId: NOBODY }, "scenarioId");
  await wrong({ scenarioId: (await scenario({ direction: "inbound" })).id }, "scenarioId");
  await wrong({ lineId: NOBODY }, "lineId");
  await wrong({ agentIds: [NOBODY] }, "agentIds.0");
  await wrong({ week: [{ days: [1], from: "10:00", to: "09:00" }] }, "week.0.to");
  await wrong({ preset: "mars" }, "preset");
  await list(made, { name: "Twice" });
  await wrong({ name: "Twice" }, "name");
});

/** Hours on all days but today and its neighbours; long enough that all of Russia is awake at once. */
function weekWithoutNow() {
  const today = new Date().getUTCDay() || 7;
  const near = [today, (today % 7) + 1, ((today + 5) % 7) + 1];
  return [{ days: [1, 2, 3, 4, 5, 6, 7].filter((day) => !near.includes(day)), from: "09:00", to: "21:00" }];
}
