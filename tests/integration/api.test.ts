/** The API over a real database: who may ask, what is answered, what is refused. The engine is a fake. */
import t from "tap";
import { APPLIED, addCompany, addKey, apiOn } from "../support/api.ts";
import { addCalls } from "../support/calls.ts";
import { withPostgres } from "../support/postgres.ts";

const postgres = await withPostgres();
const { db } = postgres;
let clock = Date.now();
const rig = await apiOn(postgres, { now: () => clock });
t.teardown(async () => {
  await rig.stop();
  await postgres.stop();
});
const { ask, api, engine } = rig;
const company = await addCompany(db);
const { anna, boris, queue, line, contact } = company;
const calls = await addCalls(db, company);
const admin = await addKey(db, "admin");
const supervisor = await addKey(db, "supervisor");
const annas = await addKey(db, "agent", anna);
const NOBODY = "00000000-0000-4000-8000-000000000000";

/** Every operation of the API, from its own description. */
interface Operation {
  method: string;
  path: string;
  security?: unknown[];
  summary?: string;
  description?: string;
  "x-ledger"?: string[];
  responses: Record<string, unknown>;
}
const document = (await ask("GET", "/openapi.json")).json();
const operations: Operation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods as Record<string, Operation>).map(([method, operation]) => ({
    ...operation,
    method: method.toUpperCase(),
    path,
  })),
);

t.test("TEN-08 a key signs in; without one nothing is told", async (t) => {
  for (const { method, path } of operations.filter(({ security }) => security?.length !== 0)) {
    const url = path.replace(/\{[a-z]+\}/gi, NOBODY);
    const answer = await ask(method as "GET", url);
    t.equal(answer.statusCode, 401, `${method} ${path}`);
    t.match(answer.headers["content-type"], /problem\+json/);
  }
  t.match((await ask("GET", "/v1/me", admin)).json(), {
    role: "admin",
    permissions: { "keys:write": "all" },
  });
  t.match((await ask("GET", "/v1/me", annas)).json(), { role: "agent", agentId: anna });
  for (const key of ["x", `${admin}x`, "'; drop table api_key; --", "a".repeat(300)])
    t.equal((await ask("GET", "/v1/me", key)).statusCode, 401, "a wrong key");
  const me = (await ask("GET", "/v1/me", admin)).json();
  t.ok(
    (await db.selectFrom("api_key").selectAll().where("id", "=", me.keyId).executeTakeFirst())?.last_used_at,
  );
  t.notMatch((await ask("GET", "/v1/keys", admin)).body, /hash/);
});

t.test("TEN-08 a revoked key is refused within 5 s", async (t) => {
  const key = await addKey(db, "supervisor");
  const { keyId } = (await ask("GET", "/v1/me", key)).json();
  await db.updateTable("api_key").set({ revoked_at: new Date() }).where("id", "=", keyId).execute();
  clock += 5001;
  t.equal((await ask("GET", "/v1/me", key)).statusCode, 401);
});

t.test("keys are made by the administrator and shown once", async (t) => {
  engine.answers["key.create"] = async ({ name, role, agentId }) => {
    const key = await addKey(db, role, agentId);
    const row = await db
      .selectFrom("api_key")
      .selectAll()
      .where("name", "=", role)
      .orderBy("created_at", "desc")
      .executeTakeFirstOrThrow();
    await db.updateTable("api_key").set({ name }).where("id", "=", row.id).execute();
    return { id: row.id, key };
  };
  const made = await ask("POST", "/v1/keys", admin, { name: "CRM", role: "supervisor" });
  t.equal(made.statusCode, 201);
  t.match(made.json(), { name: "CRM", role: "supervisor", agentId: null, key: /^dz_/ });
  t.notMatch((await ask("GET", "/v1/keys", admin)).body, made.json().key);
  const wrong = await ask("POST", "/v1/keys", admin, { name: "x", role: "agent" });
  t.match(wrong.json(), { status: 422, errors: [{ field: "agentId" }] });
});

t.test("every route against every role: the table holds", async (t) => {
  const forbidden = { supervisor: 0, agent: 0 };
  for (const { method, path } of operations.filter((each) => each.path.startsWith("/v1/"))) {
    const url = path.replace(/\{[a-z]+\}/gi, NOBODY);
    const status = async (key: string) => (await ask(method as "GET", url, key)).statusCode;
    t.not(await status(admin), 403, `admin ${method} ${path}`);
    if ((await status(supervisor)) === 403) forbidden.supervisor++;
    if ((await status(annas)) === 403) forbidden.agent++;
    const writes =
      method !== "GET" &&
      method !== "HEAD" &&
      !/state$|sign-(in|out)$|tickets$|echo-test$|recordings.download$|calls$|deferred|calls\/[^/]+\/\w|notices\/.*\/read$|verifications/.test(
        path,
      );
    if (/supervise$|take-over$/.test(path))
      t.equal(await status(annas), 403, `agent may not ${method} ${path}`);
    if (writes) t.equal(await status(annas), 403, `agent may not ${method} ${path}`);
    if (writes && !/^\/v1\/(queues|settings|callbacks)/.test(path))
      t.equal(await status(supervisor), 403, `supervisor may not ${method} ${path}`);
  }
  t.ok(forbidden.agent > forbidden.supervisor && forbidden.supervisor > 0);
});

t.test("an agent's key reaches its own and nothing else", async (t) => {
  const list = async (url: string) =>
    (await ask("GET", url, annas)).json().items.map((item: { id: string }) => item.id);
  t.same(await list("/v1/agents"), [anna]);
  t.equal((await ask("GET", `/v1/agents/${boris}`, annas)).statusCode, 404);
  t.equal((await ask("GET", `/v1/agents/${boris}/calls`, annas)).statusCode, 404);
  t.same(await list("/v1/calls"), [calls.missed, calls.talked], "her talk, and the one her phone rang for");
  for (const part of ["", "/events", "/why"])
    t.equal((await ask("GET", `/v1/calls/${calls.boris}${part}`, annas)).statusCode, 404, part);
  t.same(await list(`/v1/calls?agentId=${boris}`), [], "a filter opens nothing");
  t.same(await list("/v1/recordings"), [calls.recording]);
  t.equal((await ask("GET", `/v1/recordings/${calls.borisRecording}`, annas)).statusCode, 404);
  t.equal((await ask("GET", `/v1/recordings/${calls.borisRecording}/audio`, annas)).statusCode, 404);
  t.same(await list("/v1/queues"), [queue]);
  const before = engine.asked.length;
  t.equal((await ask("PUT", `/v1/agents/${boris}/state`, annas, { state: "break" })).statusCode, 404);
  t.equal((await ask("POST", `/v1/agents/${boris}/sign-out`, annas)).statusCode, 404);
  t.equal(engine.asked.length, before, "the engine was not even asked");
  t.equal((await ask("PUT", `/v1/agents/${anna}/state`, annas, { state: "inbound" })).statusCode, 200);
  t.match(engine.asked.at(-1), {
    name: "agent.state",
    args: { id: anna, state: "inbound" },
    by: { role: "agent", agentId: anna },
  });
});

t.test("AGENT-05 sign-in asks for the state break; sign-out for offline", async (t) => {
  t.equal((await ask("POST", `/v1/agents/${anna}/sign-in`, annas)).statusCode, 200);
  t.match(engine.asked.at(-1), { name: "agent.state", args: { id: anna, state: "break" } });
  t.equal(
    (await ask("POST", `/v1/agents/${anna}/sign-in`, annas, {})).statusCode,
    200,
    "a body does no harm",
  );
  await ask("POST", `/v1/agents/${anna}/sign-out`, annas);
  t.match(engine.asked.at(-1), { name: "agent.state", args: { id: anna, state: "offline" } });
});

t.test("AGENT-12 agents are shown live; without the engine they are still shown", async (t) => {
  const at = Date.UTC(2026, 0, 5, 9, 10);
  engine.view = {
    ...engine.view,
    at,
    agents: [
      {
        id: anna,
        state: "inbound",
        stateSince: at - 60_000,
        status: "talking",
        device: "busy",
        call: { id: calls.talked, phase: "talking", since: at - 5000 },
      },
      {
        id: boris,
        state: "inbound",
        stateSince: at,
        status: "ringing",
        device: "ringing",
        call: { id: calls.boris, phase: "offered", since: at - 2000 },
      },
    ],
    queues: [{ id: queue, waiting: 2, longestWaitSince: at - 7000, free: 0 }],
  };
  const { items } = (await ask("GET", "/v1/agents", supervisor)).json();
  t.match(items[0], {
    id: anna,
    shortNumber: "101",
    phone: "a101-x7k2",
    state: "inbound",
    stateSince: "2026-01-05T09:09:00.000Z",
    lines: [{ id: line, name: "Orders", number: { display: "+7 (495) 000-01-01" } }],
    live: { status: "talking", device: "busy", call: { phase: "talking", talkingForMs: 5000 } },
  });
  t.match(items[1], { lines: [], live: { call: { phase: "offered", talkingForMs: null } } });
  t.notMatch(JSON.stringify(items), /ha1|0000000000000000/, "no digest");
  engine.away = true;
  const away = (await ask("GET", `/v1/agents/${anna}`, supervisor)).json();
  t.match(away, { id: anna, state: "offline", live: null });
  const refused = await ask("PUT", `/v1/agents/${anna}/state`, supervisor, { state: "break" });
  t.match(refused.json(), { status: 503, code: "engine-away" });
  engine.away = false;
});

t.test("a queue shows who waits, and a change shows what was applied", async (t) => {
  t.match((await ask("GET", `/v1/queues/${queue}`, supervisor)).json().live, {
    waiting: 2,
    longestWaitMs: 7000,
    freeAgents: 0,
  });
  engine.answers["queue.change"] = async ({ change }) => {
    await db
      .updateTable("queue")
      .set({ strategy: change.strategy ?? "random" })
      .where("id", "=", queue)
      .execute();
    return { applied: APPLIED };
  };
  const changed = await ask("PATCH", `/v1/queues/${queue}`, supervisor, { strategy: "sequential" });
  t.match(changed.json(), { id: queue, strategy: "sequential", agents: [anna], applied: APPLIED });
  t.match(engine.asked.at(-1), {
    name: "queue.change",
    args: { id: queue, change: { strategy: "sequential" } },
  });
});

t.test("LINE-18 a supervisor takes back what a supervisor may change, and nothing else", async (t) => {
  const changeOf = async (command: string, subject_id: string) => {
    const values = { role: "admin", command, subject_id, subject_name: "S", before: "{}", after: "{}" };
    const { id } = await db
      .insertInto("setting_change")
      .values(values)
      .returning("id")
      .executeTakeFirstOrThrow();
    return `/v1/settings/changes/${id}/undo`;
  };
  engine.answers["setting.undo"] = () => ({ applied: APPLIED });
  const [queues, lines] = [await changeOf("queue.change", queue), await changeOf("line.change", line)];
  t.equal((await ask("POST", queues, supervisor, {})).statusCode, 200);
  const before = engine.asked.length;
  t.equal((await ask("POST", lines, supervisor, {})).statusCode, 403);
  t.equal((await ask("POST", queues, annas, {})).statusCode, 403);
  t.equal(engine.asked.length, before, "the engine is not even asked");
  t.equal((await ask("POST", lines, admin, {})).statusCode, 200);
});

t.test("what a create fills in, and the phone's account shown once", async (t) => {
  engine.answers["queue.create"] = async (fields) => {
    t.same(fields, {
      name: "Support",
      strategy: "most-idle",
      answerSeconds: 20,
      maxWaitSeconds: 300,
      serviceLevelSeconds: 20,
      serviceLevelPercent: 80,
      wrapUp: { mode: "none" },
      callback: {},
      ...{ maxLength: null, joinWhenEmpty: false, overflow: null, weight: 0, penalties: {} },
      ...{ announcePosition: false, announceWait: false, announceEverySeconds: 45 },
      agents: [],
    });
    const row = await db
      .insertInto("queue")
      .values({ key: "qsupport", name: fields.name })
      .returning("id")
      .executeTakeFirstOrThrow();
    return { id: row.id, applied: APPLIED };
  };
  t.equal((await ask("POST", "/v1/queues", admin, { name: "Support" })).statusCode, 201);
  const sip = { username: "a101-x7k2", password: "shown-once", server: "127.0.0.1:5060" };
  engine.answers["agent.create"] = () => ({ id: anna, applied: APPLIED, sip });
  const made = await ask("POST", "/v1/agents", admin, { name: "Anna", shortNumber: "101" });
  t.match(made.json(), { id: anna, sip });
  engine.answers["agent.newPassword"] = () => ({ applied: APPLIED, sip });
  t.match((await ask("POST", `/v1/agents/${anna}/password`, admin)).json(), { sip });
  t.match((await ask("PUT", `/v1/agents/${anna}/lines`, admin, { lineIds: [line] })).json(), {
    id: anna,
    applied: APPLIED,
  });
  engine.answers["trunk.create"] = async (fields) => {
    const row = await db
      .insertInto("trunk")
      .values({ key: "t1", ...fields })
      .returning("id")
      .executeTakeFirstOrThrow();
    return { id: row.id, applied: APPLIED };
  };
  const trunk = await ask("POST", "/v1/trunks", admin, {
    name: "Carrier",
    addresses: ["203.0.113.0/24"],
    password: "hush-hush",
  });
  t.match(trunk.json(), { name: "Carrier", port: 5060, host: null, hasPassword: true });
  t.notMatch(trunk.body + (await ask("GET", "/v1/trunks", admin)).body, "hush-hush");
  for (const host of ["a b", "x\nmatch=0.0.0.0/0", "x;y", "[x]"])
    t.equal((await ask("POST", "/v1/trunks", admin, { name: "x", addresses: [host] })).statusCode, 400, host);
});

t.test("one line's settings, or the same for all; hours that make no sense are named", async (t) => {
  const patch = (query: string, body: object) => ask("PATCH", `/v1/lines/${line}${query}`, admin, body);
  await patch("", { ownerFirst: false });
  t.match(engine.asked.at(-1)?.args, { scope: "this", change: { ownerFirst: false } });
  await patch("?scope=all", { recording: "off", number: "8 (495) 000-01-01" });
  t.match(engine.asked.at(-1)?.args, {
    scope: "all",
    change: { recording: "off", number: "+74950000101" },
  });
  const before = engine.asked.length;
  const range = { days: [1], from: "18:00", to: "09:00" };
  t.match((await patch("", { hours: { zone: "Europe/Moscow", week: [range] } })).json(), {
    status: 422,
    errors: [{ field: "hours.week.0.to" }],
  });
  t.match((await patch("", { hours: { zone: "Mars/Olympus", week: [] } })).json(), {
    status: 422,
    errors: [{ field: "hours.zone" }],
  });
  t.match((await patch("", { number: "112" })).json(), { status: 422, errors: [{ field: "number" }] });
  t.match(
    (await patch("", { hours: { zone: "Europe/Moscow", week: [{ ...range, days: [0, 8] }] } })).statusCode,
    400,
  );
  t.equal(engine.asked.length, before, "nothing of it reached the engine");
});

t.test("a line is open in its own zone (D-07)", async (t) => {
  const open = async (at: string) => (await ask("GET", `/v1/lines/${line}/open?at=${at}`, supervisor)).json();
  t.match(await open("2026-01-05T04:00:00Z"), {
    open: true,
    zone: "Asia/Yekaterinburg",
    localTime: "2026-01-05T09:00",
  });
  t.match(await open("2026-01-05T03:59:59Z"), { open: false, localTime: "2026-01-05T08:59" });
  t.match(await open("2026-01-05T13:00:00Z"), { open: false, localTime: "2026-01-05T18:00" });
  t.match(await open("2026-01-04T08:00:00Z"), { open: false }, "Sunday");
});

t.test("ROUTE-07, ROUTE-08 when it opens next, on the reader's own clock", async (t) => {
  const answer = await ask(
    "GET",
    `/v1/lines/${line}/open?at=2026-01-05T13:00:00Z&zone=Asia/Vladivostok`,
    supervisor,
  );
  t.match(answer.json(), {
    open: false,
    localTime: "2026-01-05T18:00",
    nextChangeAt: "2026-01-06T04:00:00.000Z",
    nextOpenAt: "2026-01-06T04:00:00.000Z",
    shown: {
      zone: "Asia/Vladivostok",
      localTime: "2026-01-05T23:00",
      nextChange: "2026-01-06T14:00",
      openTimes: [{ from: "2026-01-06T14:00", to: "2026-01-06T23:00" }],
    },
  });
  t.match((await ask("GET", `/v1/lines/${line}/open?zone=Mars/Olympus`, supervisor)).json(), {
    status: 422,
    errors: [{ field: "zone" }],
  });
});

t.test("CONT-06 contacts take any spelling and show the canonical one", async (t) => {
  const found = (await ask("GET", "/v1/contacts?phone=8%20(916)%20123-45-67", supervisor)).json();
  t.match(found.items, [
    { id: contact, phones: [{ e164: "+79161234567", display: "+7 (916) 123-45-67" }], ownerId: anna },
  ]);
  t.equal(found.items.length, 1);
  const search = async (q: string) =>
    (await ask("GET", `/v1/contacts?q=${encodeURIComponent(q)}`, supervisor)).json().items.length;
  t.same(
    [await search("olga"), await search("123-45"), await search("%"), await search("nobody")],
    [1, 1, 0, 0],
  );
  engine.answers["contact.create"] = (fields) => {
    t.same(fields.phones, ["+79161234567", "+4930123456"], "E.164, and each number once");
    return { id: contact };
  };
  const phones = ["8 916 123 45 67", "+7 (916) 123-45-67", "810 49 30 123456"];
  t.equal((await ask("POST", "/v1/contacts", admin, { name: "Olga", phones })).statusCode, 201);
  const wrong = await ask("POST", "/v1/contacts", admin, { name: "Olga", phones: ["+79161234567", "112"] });
  t.match(wrong.json(), { status: 422, errors: [{ field: "phones.1" }] });
  const of = await ask("GET", `/v1/contacts/${contact}/calls`, supervisor);
  t.same(
    of.json().items.map((call: { id: string }) => call.id),
    [calls.missed, calls.talked],
  );
});

t.test("MISS-04 missed calls are a type of their own, filtered like the others", async (t) => {
  const ids = async (query: string) =>
    (await ask("GET", `/v1/calls?${query}`, supervisor)).json().items.map((call: { id: string }) => call.id);
  t.same(await ids("type=missed"), [calls.missed]);
  t.same(await ids("type=internal"), [calls.boris]);
  t.same(await ids("ending=abandoned"), [calls.missed]);
  t.same(await ids("open=true"), [calls.open]);
  t.same(await ids(`agentId=${anna}`), [calls.talked]);
  t.same(await ids("from=8%20916%20123-45-67"), [calls.missed, calls.talked]);
  t.same(await ids("to=101"), [calls.boris]);
  t.same(
    await ids("since=2026-01-05T09:00:00.001Z&until=2026-01-05T09:30:00Z"),
    [calls.missed],
    "until is excluded",
  );
  t.same(await ids(`lineId=${line}&type=inbound&open=false`), [calls.talked]);
  t.same(await ids(`queueId=${NOBODY}`), []);
  for (const query of [
    "type=lost",
    "limit=0",
    "limit=201",
    "limit=x",
    "since=yesterday",
    "lineId=1",
    "foo=1",
    "cursor=x",
    "type=missed&type=inbound",
  ])
    t.equal((await ask("GET", `/v1/calls?${query}`, supervisor)).statusCode, 400, query);
});

t.test("pages hold every call once, newest first", async (t) => {
  const seen: string[] = [];
  let next: string | null = "";
  while (next !== null) {
    const cursor: string = next === "" ? "" : `&cursor=${next}`;
    const page = (await ask("GET", `/v1/calls?limit=1${cursor}`, supervisor)).json();
    seen.push(...page.items.map((call: { id: string }) => call.id));
    next = page.next;
  }
  t.same(seen, [calls.open, calls.boris, calls.missed, calls.talked]);
});

t.test(
  "LINE-15 a call names its line; WRAP-06 it is in the agent's journal with legs and recording",
  async (t) => {
    const one = (await ask("GET", `/v1/calls/${calls.talked}`, supervisor)).json();
    t.match(one, {
      lineName: "Orders",
      from: { e164: "+79161234567", display: "+7 (916) 123-45-67" },
      talkMs: 60_000,
      legs: [
        { channel: "1.1", agentId: null },
        { channel: "1.2", agentId: anna },
      ],
      recording: { id: calls.recording, audio: `/v1/recordings/${calls.recording}/audio` },
    });
    t.notMatch(JSON.stringify(one), /2026\/01\/05/, "not where the file lies");
    const journal = async (id: string, key: string) =>
      (await ask("GET", `/v1/agents/${id}/calls`, key)).json().items.map((call: { id: string }) => call.id);
    t.same(await journal(anna, annas), [calls.missed, calls.talked]);
    t.same(await journal(boris, supervisor), [calls.boris]);
    t.equal((await ask("GET", `/v1/agents/${NOBODY}/calls`, supervisor)).statusCode, 404);
    t.match((await ask("GET", `/v1/calls/${calls.boris}`, supervisor)).json().from, {
      e164: null,
      display: "102",
    });
  },
);

t.test("every decision of a call can be read, with its reason", async (t) => {
  const why = (await ask("GET", `/v1/calls/${calls.missed}/why`, annas)).json();
  t.match(why.decisions, [
    { decision: "offered", rule: "ROUTE-05", agentId: anna, considered: [{ name: "Anna", verdict: "free" }] },
    { decision: "offer-ended", agentId: anna },
    { decision: "fallback", rule: "L2" },
  ]);
  t.match(why.summary, /^Offered to Anna, because .*; ended as abandoned\.$/);
  const story = (await ask("GET", `/v1/calls/${calls.missed}/events`, annas)).json().items;
  t.same(
    story.map((event: { kind: string }) => event.kind),
    ["CHAN_START", "AgentOffered", "OfferEnded", "USER_DEFINED"],
  );
});

t.test("everything wrong is a problem that says what, and nothing more", async (t) => {
  const send = (payload: string, type = "application/json") =>
    api.inject({
      method: "POST",
      url: "/v1/queues",
      payload,
      headers: { authorization: `Bearer ${admin}`, "content-type": type },
    });
  const expected: [number, ReturnType<typeof send>][] = [
    [400, send("{")],
    [400, send("")],
    [400, send("[]")],
    [400, send('{"name":"x","admin":true}')],
    [400, send('{"name":"x","answerSeconds":"20"}')],
    [400, send('{"name":"x","answerSeconds":1e9}')],
    [400, send('{"name":"   "}')],
    [400, send('{"__proto__":{"x":1},"name":"x"}')],
    [415, send("name=x", "text/plain")],
    [415, send("<x/>", "application/xml")],
    [413, send(JSON.stringify({ name: "x".repeat(1024 * 1024) }))],
    [404, ask("GET", "/v1/nothing", admin)],
    [404, ask("GET", `/v1/queues/${NOBODY}`, admin)],
    [400, ask("GET", "/v1/queues/1", admin)],
    [400, ask("GET", "/v1/%zz", admin)],
    [405, ask("PUT", "/v1/queues", admin)],
    [426, ask("GET", "/v1/stream", admin)],
    [403, ask("GET", "/v1/keys", supervisor)],
  ];
  for (const [status, asked] of expected) {
    const answer = await asked;
    const text = `${status} ${answer.body.slice(0, 100)}`;
    t.equal(answer.statusCode, status, text);
    t.match(answer.headers["content-type"], /^application\/problem\+json/, text);
    t.match(
      answer.json(),
      { type: "about:blank", status, title: String, detail: String, code: String, errors: Array },
      text,
    );
    t.notMatch(answer.body, /\bat .*\.(ts|js):|select |insert /, "no stack, no SQL");
  }
  t.match((await send('{"name":"x","admin":true}')).json().errors, [
    { field: "admin", message: "no such property" },
  ]);
});

t.test("the description is whole: every operation says what it is for", async (t) => {
  t.equal(document.openapi, "3.1.0");
  t.ok(operations.length >= 45, String(operations.length));
  for (const operation of operations) {
    const name = `${operation.method} ${operation.path}`;
    t.ok(operation.summary && operation.description, `${name} is described`);
    t.ok(operation.responses.default, `${name} has its problems`);
    if (operation.path.startsWith("/v1/"))
      t.ok(operation["x-ledger"]?.length, `${name} names its ledger entries`);
  }
  const limit = document.paths["/v1/calls"].get.parameters.find(
    (each: { name: string }) => each.name === "limit",
  );
  t.match(limit, { in: "query", required: false, schema: { default: 50, maximum: 200 } });
  const page = await ask("GET", "/docs/");
  t.equal(page.statusCode, 200);
  t.match(page.headers["content-security-policy"], /default-src 'self'/);
  t.equal((await ask("GET", "/docs/static/swagger-ui-bundle.js")).statusCode, 200);
});

t.test("a route that declares no permission does not start; too many requests are refused", async (t) => {
  const { fastify } = await import("fastify");
  const { guard } = await import("../../apps/api/auth.ts");
  const bare = fastify();
  guard(bare as never, rig.context);
  bare.get("/v1/forgotten", async () => ({}));
  await t.rejects(async () => void (await bare.ready()), /GET \/v1\/forgotten declares no permission/);
  await bare.close();
  const strict = await apiOn(postgres, { requestsPerMinute: 3 });
  t.teardown(strict.stop);
  const statuses = [];
  for (let round = 0; round < 5; round++)
    statuses.push((await strict.ask("GET", "/v1/me", admin)).statusCode);
  t.same(statuses, [200, 200, 200, 429, 429]);
  t.equal((await strict.ask("GET", "/v1/me", supervisor)).statusCode, 200, "others are not held back");
  t.equal((await strict.ask("GET", "/health")).statusCode, 200);
});

t.test("ready tells which part is down; a database that is away is said so", async (t) => {
  t.match((await ask("GET", "/ready")).json(), { ready: true, database: "up", engine: "up", asterisk: "up" });
  engine.view = { ...engine.view, asterisk: "down", alarms: ["no Asterisk"] };
  const half = await ask("GET", "/ready");
  t.equal(half.statusCode, 503);
  t.match(half.json(), { ready: false, engine: "up", asterisk: "down", alarms: ["no Asterisk"] });
  engine.away = true;
  t.match((await ask("GET", "/ready")).json(), {
    ready: false,
    database: "up",
    engine: "down",
    asterisk: "unknown",
  });
  engine.away = false;
  await postgres.crash();
  t.match((await ask("GET", "/ready")).json(), { ready: false, database: "down", engine: "up" });
  const refused = await ask("GET", "/v1/queues", admin);
  t.match(refused.json(), { status: 503, code: "database-away" });
  t.notMatch(refused.body, /ECONN|terminat/);
  t.equal((await ask("GET", "/health")).statusCode, 200);
  await postgres.restart();
  t.equal((await ask("GET", "/v1/queues", admin)).statusCode, 200, "and it comes back by itself");
});
