/** The API's pure parts: phones, permissions, explanations, what a stream shows, what a log may hold. */

import t from "tap";
import { type TSchema, Type } from "typebox";
import { operationId } from "../../apps/api/docs.ts";
import { fieldErrors } from "../../apps/api/field-errors.ts";
import { visibility } from "../../apps/api/live/visible.ts";
import { maskAddress, maskPhone } from "../../apps/api/log.ts";
import { PERMISSIONS, ROLES, scopeOf } from "../../apps/api/permissions.ts";
import { asProblem, bodyOf, Problem } from "../../apps/api/problem.ts";
import { LineChange } from "../../apps/api/schemas/lines.ts";
import { Button, NewMenu } from "../../apps/api/schemas/menus.ts";
import { QueueChange } from "../../apps/api/schemas/queues.ts";
import { SimulationRequest } from "../../apps/api/schemas/simulations.ts";
import { NewTrunk } from "../../apps/api/schemas/trunks.ts";
import { serializerFor, validatorFor } from "../../apps/api/validate.ts";
import { explain } from "../../apps/api/why.ts";
import { CommandProblem } from "../../apps/commands/port.ts";
import { ATTEMPT_ENDINGS } from "../../apps/core/dialling/campaign.ts";
import { display, toE164 } from "../../apps/phone/number.ts";
import type { LiveRow } from "../../apps/store/reads/live.ts";
import { pageOf, parseCursor } from "../../apps/store/reads/page.ts";

t.test("CONT-06 phones: any usual spelling in, the canonical form out", async (t) => {
  const spellings = [
    "8 (916) 123-45-67",
    "79161234567",
    "+7 916 123-45-67",
    "9161234567",
    " 8-916-123.45.67 ",
  ];
  for (const text of spellings) t.equal(toE164(text, "RU"), "+79161234567", text);
  t.equal(toE164("810 49 30 123456", "RU"), "+4930123456", "from Russia abroad");
  t.equal(toE164("030 123456", "DE"), "+4930123456", "another country's own numbers");
  const refused = [
    "112",
    "101",
    "",
    "+",
    "123-45-67",
    "8 916 123-45-67 ext. 12",
    "8 916 123 45 6a",
    "++79161234567",
  ];
  refused.push(
    "89161234567890",
    "+7 916 123 45",
    "8(916)1234567;8(916)7654321",
    `${"1".repeat(41)}`,
    "anonymous",
  );
  for (const text of refused) t.equal(toE164(text, "RU"), undefined, `refused: ${text}`);
  t.equal(display("+79161234567"), "+7 (916) 123-45-67");
  t.equal(display("+77011234567"), "+7 701 123 4567", "Kazakhstan is not Russia");
  t.equal(display("+4930123456"), "+49 30 123456");
  t.equal(display("101"), "101", "a short number stays");
});

t.test("permissions: nobody below the administrator writes settings or sees keys", async (t) => {
  for (const permission of PERMISSIONS) t.equal(scopeOf("admin", permission), "all", permission);
  const supervisorWrites = PERMISSIONS.filter(
    (each) => /write|state/.test(each) && scopeOf("supervisor", each),
  );
  t.same(supervisorWrites, [
    ...["agents:state", "queues:write", "contacts:write"],
    ...["campaigns:write", "consents:write", "notices:write"],
  ]);
  t.notOk(scopeOf("supervisor", "keys:read"));
  t.ok(
    Object.values(ROLES.agent).every((scope) => scope === "own"),
    "an agent never reaches further than itself",
  );
  const agentWrites = PERMISSIONS.filter((each) => /write|state/.test(each) && scopeOf("agent", each));
  t.same(agentWrites, ["agents:state", "contacts:write", "notices:write"]);
});

t.test("problems: closed, readable, and silent about what is inside", async (t) => {
  const problem = new CommandProblem(409, "in-use", "a line uses this queue", "id");
  t.match(bodyOf(asProblem(problem)), { status: 409, code: "in-use", errors: [{ field: "id" }] });
  const away = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:5433"), { code: "ECONNREFUSED" });
  t.match(bodyOf(asProblem(away)), { status: 503, code: "database-away" });
  t.notMatch(JSON.stringify(bodyOf(asProblem(away))), /5433/);
  const sql = Object.assign(new Error('column "sip_ha1" does not exist'), { code: "42703" });
  t.match(bodyOf(asProblem(sql)), { status: 500, code: "internal" });
  t.notMatch(JSON.stringify(bodyOf(asProblem(sql))), /sip_ha1|42703/);
});

t.test("answers hold only what their schema names", async (t) => {
  const view = Type.Object({
    id: Type.String(),
    inner: Type.Union([Type.Object({ a: Type.Integer() }), Type.Null()]),
    list: Type.Array(Type.Object({ b: Type.String() })),
    free: Type.Record(Type.String(), Type.Unknown()),
  });
  const row = {
    id: "1",
    sip_ha1: "secret",
    inner: { a: 1, secret: 2 },
    list: [{ b: "x", secret: 3 }],
    free: { any: { thing: 1 } },
  };
  const write = serializerFor(false)({ schema: view });
  t.same(JSON.parse(write(row)), {
    id: "1",
    inner: { a: 1 },
    list: [{ b: "x" }],
    free: { any: { thing: 1 } },
  });
  t.equal(JSON.parse(write({ ...row, inner: null })).inner, null);
  t.throws(() => serializerFor(true)({ schema: view })({ id: 1 }), "strict: a wrong answer does not pass");
});

t.test("of a union's branches an answer shows the one that fits it", async (t) => {
  const closed = { additionalProperties: false };
  const one = Type.Object({ type: Type.Literal("one"), a: Type.String() }, closed);
  const two = Type.Object({ type: Type.Literal("two"), at: Type.String({ format: "date-time" }) }, closed);
  const many = Type.Array(Type.Object({ b: Type.Integer() }, closed));
  const union = Type.Union([
    Type.Union([one, two]),
    Type.Union([many, Type.Array(Type.String())]),
    Type.Null(),
  ]);
  const at = new Date(0);
  for (const strict of [true, false]) {
    const write = serializerFor(strict)({ schema: Type.Object({ any: union }) });
    const shown = (any: unknown) => JSON.parse(write({ any })).any;
    t.same(shown({ type: "one", a: "x", secret: 1 }), { type: "one", a: "x" });
    t.same(shown({ type: "two", at, a: "secret" }), { type: "two", at: at.toISOString() });
    t.same(shown([{ b: 1, secret: 1 }]), [{ b: 1 }]);
    t.same(shown(["x"]), ["x"]);
    t.equal(shown(null), null);
  }
  const loose = serializerFor(false)({ schema: union });
  t.same(JSON.parse(loose({ secret: 1 })), {}, "what fits none leaks nothing");
});

t.test("requests: bodies are taken literally, queries are text", async (t) => {
  const schema = Type.Object(
    { n: Type.Integer({ minimum: 3, default: 5 }) },
    { additionalProperties: false },
  );
  const body = validatorFor({ schema, httpPart: "body" });
  const query = validatorFor({ schema, httpPart: "querystring" });
  t.same(query({ n: "4" }), { value: { n: 4 } });
  t.same(query({}), { value: { n: 5 } });
  const errorsOf = (checked: ReturnType<typeof body>) =>
    "error" in checked ? checked.error.errors : "accepted";
  t.same(errorsOf(body({ n: "4" })), [{ field: "n", message: "must be integer" }]);
  t.same(errorsOf(body({ n: 4, admin: true })), [{ field: "admin", message: "no such property" }]);
  t.same(errorsOf(body({})), [{ field: "n", message: "is required" }]);
  t.same(errorsOf(body(null)), [{ field: "body", message: "must be object" }]);
  for (const n of [Number.NaN, Number.POSITIVE_INFINITY, -1, 2.5])
    t.not(errorsOf(body({ n })), "accepted", String(n));
});

t.test("a wrong union is told by the branch that was meant, a pattern in words", async (t) => {
  const errorsOf = (schema: TSchema, value: unknown) => {
    const checked = validatorFor({ schema, httpPart: "body" })(value);
    return "error" in checked
      ? checked.error.errors.map(({ field, message }) => `${field}: ${message}`)
      : ["accepted"];
  };
  t.same(errorsOf(Button, { action: { type: "queue" } }), ["action.queueId: is required"]);
  t.same(errorsOf(Button, { action: {} }), ["action.type: is required"]);
  t.same(errorsOf(Button, { action: { type: "quue", queueId: "x" } }), [
    "action.type: must be one of agent, queue, external, menu, sound, replay, end",
  ]);
  const queueId = "6f1b0a3e-8f5d-4c1a-9d2e-7a4c0b9e5d21";
  const twice = { digit: "1", action: { type: "queue", queueId } };
  const buttons = [twice, { digit: "x", action: { type: "external" } }];
  t.same(errorsOf(NewMenu, { name: "x", buttons, fallback: { type: "end" } }), [
    "buttons.1.digit: must be one key of a phone: a digit, * or #",
    "buttons.1.action.number: is required",
  ]);
  t.same(errorsOf(QueueChange, { overflow: { queueId: "x" } }), ["overflow.queueId: must be an id (a UUID)"]);
  const simulation = (agents: unknown) => ({ day: "2026-11-20", changes: { agents } });
  t.same(errorsOf(SimulationRequest, simulation({ add: 0 })), ["changes.agents.add: must be >= 1"]);
  t.same(errorsOf(SimulationRequest, simulation("al")), ['changes.agents: must be "all"']);
  t.same(errorsOf(SimulationRequest, simulation([queueId, "x"])), [
    "changes.agents.1: must be an id (a UUID)",
  ]);
  const hours = (days: unknown[]) => ({
    hours: { zone: "UTC", week: [{ days, from: "09:00", to: "18:00" }] },
  });
  t.same(errorsOf(LineChange, hours([1, 0])), ["hours.week.0.days.1: must be one of 1, 2, 3, 4, 5, 6, 7"]);
  t.same(errorsOf(LineChange, hours([1, 7])), ["accepted"]);
});

t.test("every operation has a name of its own", async (t) => {
  t.equal(operationId("get", "/v1/calls/{id}/why"), "getCallsByIdWhy");
  t.equal(operationId("post", "/v1/agents/{id}/sign-in"), "postAgentsByIdSignIn");
});

t.test("cursors: ours come back, others do not", async (t) => {
  const id = "6f1b0a3e-8f5d-4c1a-9d2e-7a4c0b9e5d21";
  const rows = [1, 2, 3].map((second) => ({ id, cursorAt: `2026-01-05 09:00:0${second}.123456+00` }));
  const page = pageOf(rows, 2);
  t.equal(page.items.length, 2);
  t.same(parseCursor(page.next ?? ""), { at: "2026-01-05 09:00:02.123456+00", id });
  t.equal(pageOf(rows, 3).next, null, "no next page when nothing is left");
  for (const text of ["", "x", Buffer.from(`now()|${id}`).toString("base64url"), "é"])
    t.equal(parseCursor(text), undefined);
});

t.test("why: decisions in order, the fallback too, in one sentence", async (t) => {
  const [anna, boris, sales] = ["a", "b", "c"].map((x) => `${x.repeat(8)}-0000-4000-8000-000000000000`);
  const at = (second: number) => new Date(Date.UTC(2026, 0, 5, 9, 0, second));
  const because = (rule: string, text: string) => ({
    rule,
    text,
    considered: [{ agent: "b", name: "Boris", verdict: "talking" }],
  });
  const events = [
    { at: at(0), source: "engine", kind: "CallArrived", data: {} },
    {
      at: at(0),
      source: "engine",
      kind: "AgentOffered",
      data: { agent: anna, because: because("ROUTE-05", "she owns the contact") },
    },
    { at: at(20), source: "engine", kind: "OfferEnded", data: { agent: anna, result: "NOANSWER" } },
    { at: at(20), source: "cel", kind: "ANSWER", data: {} },
    {
      at: at(20),
      source: "engine",
      kind: "CallQueued",
      data: { queue: sales, because: because("ROUTE-03", "nobody is free") },
    },
    { at: at(21), source: "cel", kind: "USER_DEFINED", data: { userEvent: "FALLBACK" } },
    { at: at(22), source: "cel", kind: "USER_DEFINED", data: { userEvent: "ENDING" } },
  ];
  const names = {
    agentName: new Map([
      [String(anna), "Anna"],
      [String(boris), "Boris"],
    ]),
    queueName: new Map([[String(sales), "Sales"]]),
  };
  const call = {
    agentId: String(boris),
    connectedAt: at(30),
    endedAt: at(60),
    ending: "answered",
    waitMs: 30_000,
  };
  const { summary, decisions } = explain(call, events, names);
  t.same(
    decisions.map((each) => [each.decision, each.rule]),
    [
      ["offered", "ROUTE-05"],
      ["offer-ended", null],
      ["queued", "ROUTE-03"],
      ["fallback", "L2"],
    ],
  );
  t.same(decisions[0]?.considered, [{ agent: "b", name: "Boris", verdict: "talking" }]);
  t.match(
    summary,
    /^Offered to Anna, because she owns the contact; Anna did not take the call \(NOANSWER\); .*Sales.*; answered by Boris after 30 s\.$/,
  );
  t.match(
    explain({ ...call, type: "outbound" }, [], names).summary,
    "Answered; Boris had called.",
    "who placed the call did not answer it",
  );
  t.match(
    explain({ ...call, connectedAt: null, ending: "no_answer" }, [], names).summary,
    "Ended as no answer.",
  );
});

t.test("a campaign's call is told in a manager's words", async (t) => {
  const anna = "00000000-0000-4000-8000-00000000000a";
  const at = (second: number) => new Date(Date.UTC(2026, 2, 3, 9, 0, second));
  const event = (second: number, kind: string, text: string, more: object = {}) => ({
    ...{ at: at(second), source: "engine", kind },
    data: { ...more, because: { rule: "campaign", text } },
  });
  const names = { agentName: new Map([[anna, "Anna"]]), queueName: new Map<string, string>() };
  const call = { type: "outbound", agentId: anna, endedAt: at(60), waitMs: null };
  const dialled = event(0, "AttemptDialled", "the campaign «Autumn» dialled +79160000001 through «One»");
  const given = event(9, "AgentOffered", "of the agents who were free Anna had been idle longest", {
    agent: anna,
  });
  const talked = { ...call, connectedAt: at(10), ending: "answered", attemptEnding: "answered" } as const;
  const { summary, decisions } = explain(talked, [dialled, given], names);
  t.equal(
    summary,
    "The campaign «Autumn» dialled +79160000001 through «One»; the customer was given to Anna, because of the agents who were free Anna had been idle longest; the customer answered and talked with Anna.",
  );
  t.same(
    decisions.map(({ decision }) => decision),
    ["dialled", "offered"],
  );
  const lost = {
    ...call,
    agentId: null,
    connectedAt: null,
    ending: "abandoned",
    attemptEnding: "abandoned",
  } as const;
  const waits = event(8, "CustomerWaits", "the customer waited 1.6 s at most for an agent");
  t.match(
    explain(lost, [dialled, waits], names).summary,
    /waited 1\.6 s.*; the customer had answered and no agent was there/,
  );
  const open = { ...talked, attemptEnding: null, connectedAt: null, endedAt: null, ending: null };
  t.match(explain(open, [dialled], names).summary, /the call is going on\.$/);
  for (const ending of ATTEMPT_ENDINGS)
    t.notMatch(explain({ ...lost, attemptEnding: ending }, [], names).summary, /_|undefined/);
  const own = event(0, "ExternalDialled", "Anna calls +79160000001 for line «Sales»");
  t.match(
    explain(talked, [own], names).summary,
    /^Anna calls .*; the customer answered and talked with Anna\.$/,
  );
});

t.test("all that is wrong with a trunk is said at once, and in words", async (t) => {
  const said = (body: object) =>
    Object.fromEntries(fieldErrors(NewTrunk, body).map((each) => [each.field, each.message]));
  t.same(said({ name: "", addresses: ["999.1.1.1", "sip.example.com"], port: 0 }), {
    name: "must be one line with at least one visible character",
    "addresses.0": "must be an IP address, or a network as 203.0.113.0/24",
    "addresses.1": "must be an IP address, or a network as 203.0.113.0/24",
    port: "must be >= 1",
  });
  t.same(said({ name: "One", addresses: [] }), { addresses: "must have at least one entry" });
  const fine = ["203.0.113.7", "203.0.113.0/24", "2001:db8::1", "2001:db8::/32", "::ffff:192.0.2.1"];
  for (const address of fine) t.same(said({ name: "One", addresses: [address] }), {}, address);
});

t.test("a stream shows an agent only what concerns them", async (t) => {
  const topics = new Set(["calls", "agents", "queues", "system"] as const);
  const rows = [
    ["agents", { id: "anna", state: "inbound" }],
    ["agents", { id: "boris", state: "break" }],
    ["calls", { id: "1", from: "+7916" }],
    ["calls", { id: "1", agentId: "boris" }],
    ["calls", { id: "2", agentId: "anna" }],
    ["calls", { id: "2", queueId: "q" }],
    ["agents", { id: "anna", callId: "3" }],
    ["calls", { id: "3", agentId: "boris" }],
    ["queues", { id: "q", waiting: 1 }],
    ["system", { alarms: ["no database"] }],
  ].map(([topic, data], seq) => ({ seq, at: new Date(0), kind: "x", topic, data })) as LiveRow[];
  const seen = (of: ReturnType<typeof visibility>) => rows.filter(of).map((row) => row.seq);
  t.same(seen(visibility(topics, "anna")), [0, 4, 5, 6, 7, 8]);
  t.same(seen(visibility(topics, undefined)), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  t.same(
    seen(visibility(new Set(["calls"] as const), "anna")),
    [4, 5, 7],
    "also when agents are not asked for",
  );
});

t.test("the log holds no whole numbers, names or tickets", async (t) => {
  t.equal(maskPhone("+79161234567"), "…4567");
  t.equal(
    maskAddress("/v1/contacts?phone=%2B79161234567&q=Olga&limit=5"),
    "/v1/contacts?phone=…4567&q=…&limit=5",
  );
  t.equal(maskAddress("/v1/stream?ticket=abc"), "/v1/stream?ticket=…");
});

t.test("a problem is an Error with a status", async (t) => {
  t.match(new Problem(404, "not-found", "no"), { statusCode: 404, message: "no" });
});
