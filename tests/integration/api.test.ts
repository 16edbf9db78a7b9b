/** The API over a real database: what is answered, what is refused, and how it describes itself. The engine is a fake. */
import t from "tap";
import { PATTERNS } from "../../apps/api/field-errors.ts";
import { choiceColumns, type MenuAction } from "../../apps/store/reads/menus.ts";
import { APPLIED, apiOn } from "../support/api.ts";
import { NOBODY, openCompany } from "../support/company.ts";

const {
  ask,
  api,
  engine,
  db,
  postgres,
  calls,
  anna,
  boris,
  queue,
  line,
  admin,
  supervisor,
  annas,
  document,
  operations,
  context,
} = await openCompany();

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
        openLine: false,
        call: { id: calls.talked, phase: "talking", since: at - 5000 },
      },
      {
        id: boris,
        state: "inbound",
        stateSince: at,
        status: "ringing",
        device: "ringing",
        openLine: false,
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

t.test(
  "IVR-04, IVR-05, IVR-07 menus and overflows are shown whole, and taken as they were shown",
  async (t) => {
    const other = await db
      .insertInto("queue")
      .values({ key: "qother", name: "Other", overflow_number: "+74951234567" })
      .returning("id")
      .executeTakeFirstOrThrow();
    const menus = await db
      .insertInto("menu")
      .values([
        { key: "m8", name: "First", repeat_mode: "times", repeat_count: 3 },
        { key: "m9", name: "Second", repeat_mode: "cyclic" },
      ])
      .returning("id")
      .execute();
    const sound = await db
      .insertInto("sound")
      .values({
        name: "Joke",
        language: null,
        original_name: "j.wav",
        format: "wav",
        duration_ms: 1,
        bytes: 1,
        sha256: "0".repeat(64),
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    const [menu = "", second = ""] = menus.map(({ id }) => id);
    const actions: MenuAction[] = [
      { type: "agent", agentId: anna },
      { type: "queue", queueId: queue },
      { type: "external", number: "+74951234567" },
      { type: "menu", menuId: second },
      { type: "sound", soundId: sound.id },
      { type: "replay" },
      { type: "end" },
    ];
    const buttons = actions.map((action, digit) => ({ digit: `${digit}`, action }));
    const rows = [...buttons, { digit: "none", action: actions[1] as MenuAction }];
    await db
      .insertInto("menu_choice")
      .values(rows.map(({ digit, action }) => ({ menu_id: menu, ...choiceColumns(digit, action) })))
      .execute();
    await db.updateTable("queue").set({ overflow_queue_id: other.id }).where("id", "=", queue).execute();
    const inProduction = await apiOn(postgres, { strict: false });
    t.teardown(inProduction.stop);
    t.teardown(async () => {
      await db.updateTable("queue").set({ overflow_queue_id: null }).where("id", "=", queue).execute();
      await db.deleteFrom("queue").where("id", "=", other.id).execute();
      await db.deleteFrom("menu").execute();
      await db.deleteFrom("sound").execute();
    });
    for (const rig of [{ ask }, inProduction]) {
      const read = async (url: string) => (await rig.ask("GET", url, admin)).json();
      const { items } = await read("/v1/menus");
      t.match(items, [
        { id: menu, buttons, fallback: actions[1], repeat: { mode: "times", times: 3 } },
        { id: second, buttons: [], fallback: { type: "end" }, repeat: { mode: "cyclic" } },
      ]);
      t.same(items[0].buttons, buttons, "and no more than that");
      const shown = [await read(`/v1/queues/${queue}`), await read(`/v1/queues/${other.id}`)];
      t.same(
        shown.map(({ overflow }) => overflow),
        [{ queueId: other.id }, { number: "+74951234567" }],
      );
      for (const { id, overflow, agents } of shown)
        t.equal((await rig.ask("PATCH", `/v1/queues/${id}`, admin, { overflow, agents })).statusCode, 200);
      const { id: _, key: __, main: ___, createdAt: ____, ...fields } = items[0];
      t.equal((await rig.ask("PATCH", `/v1/menus/${menu}`, admin, fields)).statusCode, 200);
    }
  },
);

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
  t.match(trunk.json(), { live: { state: "unknown" } });
  engine.answers["trunk.states"] = () => ({ states: { [trunk.json().id]: "unreachable" } });
  t.match((await ask("GET", "/v1/trunks", admin)).json().items, [{ live: { state: "unreachable" } }]);
  engine.away = true;
  t.match((await ask("GET", "/v1/trunks", admin)).json().items, [{ live: { state: "unknown" } }]);
  engine.away = false;
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

t.test("a queue's overflow is spelt as any number", async (t) => {
  for (const number of ["8 916 123-45-67", "+7 (916) 123-45-67"]) {
    const answer = await ask("PATCH", `/v1/queues/${queue}`, admin, { overflow: { number } });
    t.equal(answer.statusCode, 200, answer.body);
    t.match(engine.asked.at(-1), { args: { change: { overflow: { number: "+79161234567" } } } });
  }
  const wrong = await ask("PATCH", `/v1/queues/${queue}`, admin, { overflow: { number: "112" } });
  t.match([wrong.statusCode, wrong.json()], [422, { errors: [{ field: "overflow.number" }] }]);
});

t.test("FWD-02 a line that forwards to an unverified number is saved with a warning", async (t) => {
  const warnings = async (set: object) => {
    await db.updateTable("line").set(set).where("id", "=", line).execute();
    return (await ask("PATCH", `/v1/lines/${line}`, admin, { priority: 5 })).json().applied.warnings;
  };
  const toNumber = { forward_mode: "number", forward_number: "+79161234567" };
  t.match(await warnings(toNumber), [/nothing is forwarded to \+7 \(916\) 123-45-67 until it is verified/]);
  t.same(await warnings({ forward_number_verified_at: new Date() }), []);
  const off = { forward_mode: "off", forward_number: null, forward_number_verified_at: null };
  t.same(await warnings(off), []);
});

t.test("who has nothing to say in a body sends none", async (t) => {
  const bodies = operations.flatMap((operation) => {
    const schema = operation.requestBody?.content["application/json"]?.schema;
    return schema ? [{ ...operation, schema }] : [];
  });
  let optional = 0;
  for (const { method, path, schema, requestBody } of bodies) {
    const name = `${method} ${path}`;
    const needed = (schema.required ?? []).length > 0 || (schema.minProperties ?? 0) > 0;
    t.equal(requestBody?.required, needed, `${name}: the description says whether a body is needed`);
    for (const type of [undefined, "application/json"]) {
      const answer = await api.inject({
        method: method as "POST",
        url: path.replace(/\{[a-z]+\}/gi, NOBODY),
        headers: { authorization: `Bearer ${admin}`, ...(type && { "content-type": type }) },
      });
      const { detail = "" } = answer.statusCode >= 400 ? answer.json() : {};
      t.notMatch(detail, /body: must be object|malformed/, name);
      if (!needed) t.not(answer.statusCode, 400, `${name}, ${type}: ${answer.body.slice(0, 200)}`);
      else t.equal(answer.statusCode, 400, `${name}, ${type}: ${answer.body.slice(0, 200)}`);
    }
    if (!needed) optional++;
  }
  t.ok(optional >= 3, `${optional} bodies are optional`);
});

t.test("every pattern of the description has its words", async (t) => {
  const patterns = JSON.stringify(document).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g);
  for (const [, text = ""] of patterns) t.ok(PATTERNS[JSON.parse(text)], text);
});

t.test("the description is whole: every operation says what it is for", async (t) => {
  t.equal(document.openapi, "3.1.0");
  t.ok(operations.length >= 45, String(operations.length));
  for (const operation of operations) {
    const name = `${operation.method} ${operation.path}`;
    t.ok(operation.summary && operation.description, `${name} is described`);
    t.ok(operation.operationId, `${name} has a name`);
    t.ok(operation.responses.default, `${name} has its problems`);
    if (operation.path.startsWith("/v1/"))
      t.ok(operation["x-ledger"]?.length, `${name} names its ledger entries`);
  }
  const names = operations.map(({ operationId }) => operationId);
  t.same([...new Set(names)], names, "no two have the same name");
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
  guard(bare as never, context);
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
