/**
 * The API with the real commands over a real database: what an agent may learn of others, and requests that make no
 * sense to PostgreSQL. The engine is a fake.
 */
import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import t from "tap";
import { callCommands } from "../../apps/commands/calls.ts";
import { type CommandOptions, createContext } from "../../apps/commands/context.ts";
import { deferredCommands } from "../../apps/commands/deferred.ts";
import { lineCommands } from "../../apps/commands/lines.ts";
import type { Asker } from "../../apps/commands/port.ts";
import { scenarioCommands } from "../../apps/commands/scenarios.ts";
import { countCalls, readDay } from "../../apps/store/reads/day.ts";
import { inOneReading } from "../../apps/store/reads/statistics/reading.ts";
import { APPLIED, addKey } from "../support/api.ts";
import { NOBODY, openCompany } from "../support/company.ts";
import { until } from "../support/until.ts";

const { ask, engine, db, calls, anna, boris, queue, line, contact, supervisor, admin, annas } =
  await openCompany();
const boriss = await addKey(db, "agent", boris);
const placed: unknown[] = [];
const commandContext = createContext({
  db,
  applier: { apply: async () => ({ applied: APPLIED, undo: async () => {} }) },
  engine: {
    settingsChanged: () => {},
    deferredChanged: () => {},
    previewOver: () => {},
    tell: () => {},
    callIdOf: () => randomUUID(),
    ask: (input: unknown) => void placed.push(input),
  },
  config: { country: "RU", dialAllow: "+7" },
} as unknown as CommandOptions);
const handlers = {
  ...deferredCommands(commandContext),
  ...callCommands(commandContext),
  ...scenarioCommands(commandContext),
  ...lineCommands(commandContext),
};
engine.send = (name, args, by) =>
  (handlers as unknown as Record<string, (args: unknown, by: Asker) => Promise<never>>)[name]?.(args, by) ??
  Promise.reject(new Error(`no ${name} here`));

const status = async (...request: Parameters<typeof ask>) => (await ask(...request)).statusCode;
const idsOf = (answer: Awaited<ReturnType<typeof ask>>) =>
  answer.json().items.map((item: { id: string }) => item.id);

t.test("ROLE-02, DEFER-06 an agent learns no number of somebody else's customer", async (t) => {
  const later = { inMinutes: 5 };
  const foreign = [
    ["/v1/deferred", { callId: calls.talked, ...later }, "callId"],
    ["/v1/deferred", { contactId: contact, ...later }, "contactId"],
    ["/v1/deferred", { number: "+79160000001", contactId: contact, ...later }, "contactId"],
    ["/v1/calls", { to: { contactId: contact } }, "to.contactId"],
  ] as const;
  for (const [url, body, field] of foreign) {
    const answer = await ask("POST", url, boriss, body);
    t.match(answer.json(), { status: 404, errors: [{ field }] }, `${url} ${field}`);
    t.notMatch(answer.body, /79161234567/, "and no number");
    const nobodys = JSON.parse(JSON.stringify(body).replace(/[0-9a-f-]{36}/, NOBODY));
    t.same((await ask("POST", url, boriss, nobodys)).json(), answer.json(), "as of one that is not there");
    t.equal((await ask("POST", url, supervisor, { agentId: anna, ...nobodys })).statusCode, 422);
    t.ok((await status("POST", url, annas, body)) < 300, "its own agent may");
    t.ok(
      (await status("POST", url, supervisor, { agentId: boris, ...body })) < 300,
      "and so may a supervisor",
    );
  }
  t.equal(placed.length, 2, "nobody was called for Boris himself");
  await db.deleteFrom("deferred_call").execute();
});

t.test(
  "REC-05, ROLE-06 whose phone only rang hears nothing of the talk, nor reads its completion",
  async (t) => {
    const leg = { call_id: calls.talked, agent_id: boris, name: "PJSIP/b-1", started_at: new Date() };
    await db
      .insertInto("call_leg")
      .values({ channel: "b.1", ...leg, answered_at: null, ended_at: null, cause: 26 })
      .execute();
    const call = `/v1/calls/${calls.talked}`;
    const recording = `/v1/recordings/${calls.recording}`;
    t.same(idsOf(await ask("GET", "/v1/recordings", boriss)), [calls.borisRecording]);
    for (const url of [recording, `${recording}/audio`, `${call}/service`])
      t.equal(await status("GET", url, boriss), 404, url);
    t.equal(await status("POST", "/v1/recordings/download", boriss, { ids: [calls.recording] }), 404);
    t.match((await ask("GET", call, boriss)).json(), { recording: null }, "the journal has it still");
    await db.updateTable("call_leg").set({ talk_ms: 1000 }).where("channel", "=", "b.1").execute();
    t.equal(await status("GET", recording, boriss), 200, "who talked hears it");
    t.equal(await status("GET", `${call}/service`, boriss), 200);
    t.match((await ask("GET", call, boriss)).json(), { recording: { id: calls.recording } });
    t.equal(await status("GET", `${call}/service`, annas), 200);
    await db.deleteFrom("call_leg").where("channel", "=", "b.1").execute();
  },
);

t.test("DEFER-06 «My deferred» shows what is open first, and every page", async (t) => {
  await sql`insert into deferred_call (agent_id, number, due_at, comment, state)
    select ${anna}::uuid, '+79160000001', now() - interval '1 day' + n * interval '1 second', n::text,
           case when n <= 600 then 'done' else 'waiting' end from generate_series(1, 603) n`.execute(db);
  const first = (await ask("GET", "/v1/deferred?limit=2", annas)).json();
  t.same(
    first.items.map((item: { comment: string }) => item.comment),
    ["601", "602"],
  );
  const seen: string[] = [];
  for (let url = "/v1/deferred?limit=200"; url; ) {
    const page = (await ask("GET", url, annas)).json();
    seen.push(...page.items.map((item: { comment: string }) => item.comment));
    url = page.next && `/v1/deferred?limit=200&cursor=${page.next}`;
  }
  const inOrder = Array.from({ length: 603 }, (_, n) => `${n < 3 ? 601 + n : n - 2}`);
  t.same(seen, inOrder, "each once, in order");
  await db.deleteFrom("deferred_call").execute();
});

t.test("SCEN-04 a line that is deleted leaves its scenario, which is nobody's default by that", async (t) => {
  const number = "+74950000177";
  const made = await db
    .insertInto("line")
    .values({ key: "lgone", number, name: "Gone", queue_id: queue })
    .returning("id")
    .executeTakeFirstOrThrow();
  const create = (name: string, lineIds: string[]) =>
    ask("POST", "/v1/scenarios", admin, { name, direction: "inbound", lineIds });
  const alone = (await create("Only there", [made.id])).json();
  const both = (await create("Orders", [line])).json();
  t.match(alone, { isDefault: false });
  t.equal(await status("DELETE", `/v1/lines/${made.id}`, admin), 204);
  const renamed = await ask("PATCH", `/v1/scenarios/${alone.id}`, admin, { name: "Nowhere" });
  t.match(renamed.json(), { name: "Nowhere", lineIds: [], isDefault: false }, "and can be edited");
  t.match((await ask("GET", `/v1/calls/${calls.open}/script`, admin)).json(), { scenario: { id: both.id } });
  t.equal(await status("DELETE", `/v1/scenarios/${both.id}`, admin), 204);
  t.match((await ask("GET", `/v1/calls/${calls.open}/script`, admin)).json(), { scenario: null });
  const wrong = await ask("PATCH", `/v1/scenarios/${alone.id}`, admin, { lineIds: [NOBODY] });
  t.match(wrong.json(), { status: 422, errors: [{ field: "lineIds.0" }] });
  const asDefault = await ask("PATCH", `/v1/scenarios/${alone.id}`, admin, { lineIds: [] });
  t.match(asDefault.json(), { isDefault: true });
  t.match((await ask("GET", `/v1/calls/${calls.open}/script`, admin)).json(), { scenario: { id: alone.id } });
  t.equal(await status("DELETE", `/v1/scenarios/${alone.id}`, admin), 204);
});

t.test("SCEN-03 a direction has one default, however many ask at once", async (t) => {
  const names = ["A", "B", "C", "D"];
  const answers = await Promise.all(
    names.map((name) => ask("POST", "/v1/scenarios", admin, { name, direction: "outbound" })),
  );
  t.same(answers.map(({ statusCode }) => statusCode).sort(), [201, 409, 409, 409]);
  const row = { name: "E", direction: "outbound" as const, is_default: true };
  await t.rejects(
    db.insertInto("scenario").values(row).execute(),
    /scenario_default/,
    "nor can it be by mistake",
  );
});

t.test("requests that make no sense to PostgreSQL are refused by their field", async (t) => {
  const refused = async (url: string, field: string, code: number) =>
    t.match((await ask("GET", url, admin)).json(), { status: code, errors: [{ field }] }, url);
  for (const list of ["calls", "recordings", "recordings/deletions", "audit"])
    for (const field of ["since", "until"]) {
      await refused(`/v1/${list}?${field}=0000-01-01T00:00:00Z`, field, 422);
      const offset = encodeURIComponent("2026-01-05T09:00:00+23:59");
      t.equal(
        await status("GET", `/v1/${list}?${field}=${offset}`, admin),
        200,
        "an offset that PostgreSQL lacks",
      );
    }
  const since = encodeURIComponent("2026-01-05T12:10:00+03:00");
  t.same(idsOf(await ask("GET", `/v1/calls?since=${since}&until=2026-01-05T09:30:00Z`, admin)), [
    calls.missed,
  ]);
  const cursor = (at: string) => Buffer.from(`${at}|${NOBODY}`).toString("base64url");
  for (const at of [
    "2026-99-99 09:00:00+00",
    "2026-02-30 09:00:00+00",
    "2026-01-05 25:00:00+00",
    "0000-01-01 00:00:00+00",
  ])
    for (const list of ["calls", "recordings", "audit", "contacts", "deferred"])
      await refused(`/v1/${list}?cursor=${cursor(at)}`, "cursor", 400);
  await refused(`/v1/calls?cursor=${cursor("2026-01-05 09:00:00+16:00")}`, "cursor", 400);
  await refused("/v1/contacts?q=%00", "q", 400);
  const nul = "a\u0000b";
  const comment = await ask("POST", "/v1/deferred", annas, {
    callId: calls.talked,
    inMinutes: 5,
    comment: nul,
  });
  t.match(comment.json(), { status: 400, errors: [{ field: "comment" }] });
  const scenario = { name: "N", direction: "inbound", script: nul, results: ["x"] };
  t.match((await ask("POST", "/v1/scenarios", admin, scenario)).json(), { errors: [{ field: "script" }] });
  const stranger = { number: "+79160000001", contactId: NOBODY, agentId: anna, inMinutes: 5 };
  const unknown = await ask("POST", "/v1/deferred", supervisor, stranger);
  t.match(unknown.json(), { status: 422, errors: [{ field: "contactId" }] });
  const write = (text: string) => commandContext.write((trx) => sql.raw(text).execute(trx));
  await t.rejects(
    write("select 'x'::uuid"),
    { status: 422, code: "invalid" },
    "whatever else comes that far",
  );
  await t.rejects(write(`insert into contact_phone values ('${NOBODY}', '+79160000001', 1)`), {
    status: 422,
    code: "unknown",
  });
  await t.rejects(write("select 1/0"), { code: "22012" }, "but a mistake of ours stays one");
});

t.test("slow reports leave connections for everything else, and say when they are too many", async (t) => {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let begun = 0;
  const slow = () =>
    inOneReading(db, async (trx) => {
      begun++;
      await sql`select 1`.execute(trx);
      await held;
    });
  const reports = Array.from({ length: 10 }, slow);
  await until("two reports are being read", () => begun === 2);
  t.equal(await status("GET", "/v1/calls", supervisor), 200);
  t.match((await ask("GET", "/v1/statistics/queues", supervisor)).json(), { status: 503, code: "busy" });
  t.equal(begun, 2, "the others wait for their turn");
  release();
  await Promise.all(reports);
  t.equal(begun, 10);
  t.equal(await status("GET", "/v1/statistics/queues", supervisor), 200);
});

t.test(
  "a kept place is called back, not given up; the simulator's day leaves out what statistics do",
  async (t) => {
    const [from, to] = [new Date("2026-02-02T00:00:00Z"), new Date("2026-02-03T00:00:00Z")];
    const endings = ["callback", "abandoned", "self_service", "not_in_service"];
    for (const [n, ending] of endings.entries())
      await sql`insert into call (id, linkedid, type, from_number, line_id, queue_id, arrived_at, ended_at, wait_ms, ending)
      values (${randomUUID()}, ${`day-${n}`}, 'missed', '+79160000002', ${line}, ${queue},
              '2026-02-02T09:00:00Z', '2026-02-02T09:01:00Z', 60000, ${ending})`.execute(db);
    const url = `/v1/statistics/queues?since=${from.toISOString()}&until=${to.toISOString()}&interval=total&id=${queue}`;
    const { figures } = (await ask("GET", url, supervisor)).json().items[0];
    t.match(figures, { offered: 2, calledBack: 1, abandoned: 1, missed: 2, serviceLevelPercent: 0 });
    t.equal(await countCalls(db, from, to), 2);
    const { calls: ofDay } = await readDay(db, from, to);
    t.same(ofDay.map(({ ending }) => ending).sort(), ["abandoned", "callback"]);
  },
);
