/** Dial tasks over a real database: who makes them, who works them, what closes them. The engine is a list of asks. */
import t from "tap";
import type { Agent } from "../../apps/core/floor.ts";
import { settleErrands } from "../../apps/store/errands.ts";
import { NOBODY } from "../support/company.ts";
import { openDeskCompany } from "../support/desk.ts";

t.setTimeout(120_000);
const desk = await openDeskCompany();
const { send, db, asked, told, says, floor, anna, boris, contact, annas, boriss, supervisor, admin, over } =
  desk;
const PHONE = "+79161234567";

t.afterEach(async () => {
  says.refusal = undefined;
  floor.clear();
  await db.deleteFrom("dial_task").execute();
  await db.deleteFrom("attempt").execute();
  asked.length = 0;
  told.length = 0;
});

const create = async (fields: object = {}) =>
  (
    await send("POST", "/v1/dial-tasks", supervisor, {
      number: PHONE,
      topic: "Debts",
      agentId: anna,
      ...fields,
    })
  ).body;
const list = async (key: string, query = "") => (await send("GET", `/v1/dial-tasks${query}`, key)).body;
const call = async (id: string, key = annas, body?: object) =>
  send("POST", `/v1/dial-tasks/${id}/call`, key, body);
const close = async (id: string, outcome: string, key = annas) =>
  send("POST", `/v1/dial-tasks/${id}/close`, key, { outcome, comment: "said so" });
const one = async (id: string) => (await send("GET", `/v1/dial-tasks/${id}`, admin)).body;

t.test(
  "DIAL-10, DIAL-11, DIAL-12, NOTIF-05 an agent sees its own tasks, how many wait, and closed ones when asked",
  async (t) => {
    const first = await create({ contactId: contact, number: undefined, comment: "the second bill" });
    const second = await create({ number: "8 916 123-45-68", name: "Pyotr" });
    await create({ agentId: boris });
    t.match(told, [
      { kind: "task.assigned", data: { id: anna, taskId: first.id, open: 1 } },
      { kind: "task.assigned", data: { id: anna, taskId: second.id, open: 2 } },
      { kind: "task.assigned", data: { id: boris, open: 1 } },
    ]);
    const mine = await list(annas);
    t.match(mine, {
      open: 2,
      items: [
        { id: first.id, topic: "Debts", comment: "the second bill", state: "open", name: "Olga Client" },
        { id: second.id, name: "Pyotr", number: { e164: "+79161234568" } },
      ],
    });
    t.equal((await list(supervisor)).open, 3, "a supervisor sees everybody's");
    t.equal((await list(annas, `?agentId=${boris}`)).open, 2, "a filter opens nothing");

    await call(first.id);
    t.match((await close(first.id, "unsuccessful")).body, { state: "unsuccessful", result: "said so" });
    t.match(told.at(-1), { kind: "task.closed", data: { id: anna, state: "unsuccessful", open: 1 } });
    t.match(await list(annas), { open: 1, items: [{ id: second.id }] });
    t.match((await list(annas, "?completed=true")).items, [{ id: second.id }, { id: first.id }]);
    const pages = await list(annas, "?completed=true&limit=1");
    t.match((await list(annas, `?completed=true&limit=1&cursor=${pages.next}`)).items, [{ id: first.id }]);
  },
);

t.test(
  "DIAL-13 the task's call is placed at once for its agent; the details say what came of it",
  async (t) => {
    const { id } = await create({ contactId: contact });
    const placed = await call(id);
    t.match(placed, { status: 202, body: { contactId: contact, to: { e164: PHONE } } });
    t.match(asked, [
      {
        kind: "callPlaced",
        agent: anna,
        to: { number: PHONE },
        errand: { kind: "task", id },
        call: placed.body.callId,
      },
    ]);
    t.match(await one(id), { state: "in_work", callId: placed.body.callId, calls: 0 });
    t.match(told.at(-1), { kind: "task.changed", data: { id: anna, taskId: id, state: "in_work" } });
    t.equal((await call(id, boriss)).status, 404, "it is not Boris's");
    const meanwhile = await call(id, supervisor, { agentId: boris });
    t.match(
      meanwhile,
      { status: 409, body: { code: "in-work" } },
      "nobody dials a subscriber who is being dialled",
    );

    await over(placed.body.callId, { ending: "busy" });
    await settleErrands(db);
    t.match(await one(id), {
      calls: 1,
      attempts: [{ callId: placed.body.callId, agentId: anna, ending: "busy" }],
    });
    t.equal(
      (await call(id, supervisor, { agentId: boris })).status,
      202,
      "DIAL-15 a supervisor dials it too",
    );
    says.refusal = { code: "not-available", text: "on a break" };
    t.equal((await call(id)).status, 409);
    t.equal((await one(id)).attempts.length, 2, "what the engine refused was no call");
  },
);

t.test("DIAL-13 who asks twice while the call goes on changes nothing about it", async (t) => {
  const { id } = await create();
  const { callId } = (await call(id)).body;
  says.refusal = { code: "not-available", text: "the agent cannot place a call: busy with another call" };
  t.equal((await call(id)).status, 409);
  t.match(await one(id), { state: "in_work", callId, calls: 0 });
  await over(callId, { dialled: false, ending: "unavailable" });
  await settleErrands(db);
  t.match(await one(id), { state: "open", callId: null, calls: 0 }, "until it was no call either");
});

t.test("DIAL-13 a call that never left us leaves the task as open as before", async (t) => {
  const { id } = await create();
  const { callId } = (await call(id)).body;
  await over(callId, { dialled: false, ending: "unavailable" });
  await settleErrands(db);
  t.match(await one(id), { state: "open", callId: null, calls: 0 });
});

t.test(
  "DIAL-14 successful is what was answered, unsuccessful what was tried, cancel is neither",
  async (t) => {
    const { id } = await create();
    t.match((await close(id, "unsuccessful")).body, { code: "not-called" });
    const { callId } = (await call(id)).body;
    t.match(await close(id, "cancel"), { status: 200, body: { id, state: "in_work", closedAt: null } });
    t.match(await close(id, "successful"), { status: 409, body: { code: "not-reached" } });
    t.equal((await close(id, "successful", boriss)).status, 404);
    floor.set(anna, { id: anna, call: { id: callId, phase: "talking" } } as unknown as Agent);
    t.match(await close(id, "successful"), { status: 200, body: { state: "successful" } });
    t.match(await close(id, "unsuccessful"), { status: 409, body: { code: "over" } }, "once");
    t.equal((await call(id)).status, 409, "and it is not dialled any more");
    t.match(await one(id), { state: "successful" });
  },
);

t.test(
  "DIAL-14, D-13 the completion of a task's call asks for the outcome, and no other call's does",
  async (t) => {
    await send("PATCH", "/v1/company", admin, { wrapUpTopicRequired: false });
    const { id } = await create();
    const { callId } = (await call(id)).body;
    floor.set(anna, { id: anna, call: { id: callId, phase: "wrap-up" } } as unknown as Agent);
    const complete = (body: object, of = callId) => send("POST", `/v1/calls/${of}/complete`, annas, body);
    t.match((await complete({})).body, { code: "outcome-required", errors: [{ field: "outcome" }] });
    t.match(await one(id), { state: "in_work" });
    t.same((await db.selectFrom("completion").select("call_id").execute()).length, 0, "nothing is half done");
    t.equal((await complete({ outcome: "successful", comment: "paid" })).status, 200);
    t.match(await one(id), { state: "successful", result: "paid" });
    t.match(told.at(-1), { kind: "task.closed", data: { id: anna, taskId: id, state: "successful" } });

    const plain = await send("POST", "/v1/calls", annas, { to: { number: PHONE } });
    floor.set(anna, { id: anna, call: { id: plain.body.callId, phase: "wrap-up" } } as unknown as Agent);
    const wrong = await complete({ outcome: "successful" }, plain.body.callId);
    t.match(wrong.body, { code: "no-task", errors: [{ field: "outcome" }] });
    t.equal((await complete({}, plain.body.callId)).status, 200);
  },
);

t.test("DIAL-15 a supervisor creates, edits, assigns and deletes tasks; an agent does not", async (t) => {
  const nobodys = await create({ agentId: null });
  t.match(await list(supervisor, "?unassigned=true"), { items: [{ id: nobodys.id, agentId: null }] });
  const path = `/v1/dial-tasks/${nobodys.id}`;
  t.equal((await send("POST", "/v1/dial-tasks", annas, { number: PHONE, topic: "x" })).status, 403);
  t.equal((await send("PATCH", path, annas, { agentId: anna })).status, 403);
  const given = await send("PATCH", path, supervisor, {
    agentId: anna,
    topic: "Renewals",
    number: "89161234569",
  });
  t.match(given.body, {
    agentId: anna,
    agentName: "Anna",
    topic: "Renewals",
    number: { e164: "+79161234569" },
  });
  t.match(told.at(-1), { kind: "task.assigned", data: { id: anna, open: 1 } });
  await send("PATCH", path, supervisor, { agentId: boris });
  t.match(told.slice(-2), [
    { kind: "task.removed", data: { id: anna, open: 0 } },
    { kind: "task.assigned", data: { id: boris, open: 1 } },
  ]);
  t.equal((await send("DELETE", path, annas)).status, 403);
  t.equal((await send("DELETE", path, supervisor)).status, 204);
  t.match(told.at(-1), { kind: "task.removed", data: { id: boris, open: 0 } });
  t.equal((await send("GET", path, supervisor)).status, 404);
  const wrong = async (body: object, field: string) => {
    const answer = await send("POST", "/v1/dial-tasks", supervisor, { topic: "x", number: PHONE, ...body });
    t.match([answer.status >= 400, answer.body.errors?.[0]?.field], [true, field], JSON.stringify(body));
  };
  await wrong({ number: "12" }, "number");
  await wrong({ number: "+90 212 345 67 89" }, "number");
  await wrong({ number: undefined }, "number");
  await wrong({ topic: " " }, "topic");
  await wrong({ agentId: NOBODY }, "agentId");
  await wrong({ contactId: NOBODY }, "contactId");
  await wrong({ lineId: NOBODY }, "lineId");
});

t.test(
  "DIAL-15 tasks from call lists: named contacts in turn to agents, a filter's to their owners",
  async (t) => {
    const made: string[] = [];
    for (const [index, name] of ["One", "Two", "Three"].entries()) {
      const phones = index === 2 ? [] : [`+7916700000${index}`];
      const body = { name: `${name} of the list`, phones, ownerId: index === 0 ? anna : null };
      made.push((await send("POST", "/v1/contacts", admin, body)).body.id);
    }
    t.teardown(() => db.deleteFrom("contact").where("id", "in", made).execute());
    const batch = (body: object, key = supervisor) =>
      send("POST", "/v1/dial-tasks/batch", key, { topic: "Survey", ...body });
    const named = await batch({ source: { contactIds: made }, agentIds: [anna, boris] });
    t.match(named, {
      status: 201,
      body: { created: 2, skipped: [{ contactId: made[2], code: "no-number" }] },
    });
    t.match((await list(annas)).items, [{ contactId: made[0], name: "One of the list", topic: "Survey" }]);
    t.match((await list(boriss)).items, [{ contactId: made[1] }]);
    t.same(
      told.map(({ kind, data }) => [kind, data.id]),
      [
        ["task.assigned", anna],
        ["task.assigned", boris],
      ],
      "each is told once",
    );
    await db.deleteFrom("dial_task").execute();
    const found = await batch({ source: { filter: { q: "of the list" } } });
    t.match(found.body, { created: 2 });
    t.match(
      (await list(supervisor)).items.map((each: { agentId: string | null }) => each.agentId).sort(),
      [anna, null].sort(),
    );
    const unknown = await batch({ source: { contactIds: [made[0], NOBODY] } });
    t.match(unknown.body, { errors: [{ field: "source.contactIds.1" }] });
    t.equal((await list(supervisor)).open, 2, "nothing of it is written");
    t.equal((await batch({ source: { contactIds: made } }, annas)).status, 403);
  },
);
