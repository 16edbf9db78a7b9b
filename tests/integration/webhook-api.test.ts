/** Webhooks, notices and metrics through the API, with the engine's real commands for them. */
import { Webhook } from "standardwebhooks";
import t from "tap";
import { createContext } from "../../apps/commands/context.ts";
import { noticeCommands } from "../../apps/commands/notices.ts";
import type { Asker, CommandName } from "../../apps/commands/port.ts";
import { webhookCommands } from "../../apps/commands/webhooks.ts";
import { startJobs } from "../../apps/jobs/worker.ts";
import { LiveWriter } from "../../apps/store/live.ts";
import { emitEvent } from "../../apps/store/writes/outbox.ts";
import { addCompany, addKey, apiOn } from "../support/api.ts";
import { addCalls } from "../support/calls.ts";
import { withPostgres } from "../support/postgres.ts";
import { openSink } from "../support/sink.ts";
import { until } from "../support/until.ts";

t.jobs = 1;
const postgres = await withPostgres();
const { db, url, stop } = postgres;
t.teardown(stop);
const sink = await openSink();
t.teardown(() => sink.close());
const allowed = `127.0.0.1:${sink.port}`;
const rig = await apiOn(postgres);
t.teardown(() => rig.stop());
const log = { info: () => {}, warn: () => {}, error: () => {} };
const context = createContext({ db, log, config: { webhookAllow: allowed } } as never);
const handlers = { ...webhookCommands(context), ...noticeCommands(context) };
const send = (name: CommandName, args: unknown, by: Asker) =>
  (handlers as unknown as Record<string, (args: unknown, by: Asker) => Promise<unknown>>)[name]?.(args, by);
Object.assign(rig.engine, { send });

const company = await addCompany(db);
const calls = await addCalls(db, company);
const admin = await addKey(db, "admin");
const supervisor = await addKey(db, "supervisor");
const annas = await addKey(db, "agent", company.anna);
const boriss = await addKey(db, "agent", company.boris);
const { ask } = rig;

const patience = {
  ...{ firstMs: 20, factor: 2, longestMs: 100, lifeMs: 300 },
  ...{ awayAfter: 3, probeFirstMs: 20, probeLongestMs: 50 },
};
const jobs = await startJobs({
  ...{ db, url, log, patience },
  config: { webhookAllow: allowed, mailFrom: "a@b", smsDriver: "log" },
  onLost: (why) => t.fail(why),
});
t.teardown(() => jobs.stop());

t.test(
  "SSRF an address that is not public is refused by name of the field, when made and when changed",
  async (t) => {
    for (const bad of [
      "http://127.0.0.1:1/",
      "http://169.254.169.254/",
      "https://user:pw@example.com/",
      "http://2130706433/",
    ]) {
      const answer = await ask("POST", "/v1/webhooks", admin, { url: bad, events: ["*"] });
      t.equal(answer.statusCode, 422, bad);
      t.match(answer.json(), { code: "forbidden-address", errors: [{ field: "url" }] });
    }
    for (const body of [
      { url: "ftp://example.com/x", events: ["*"] },
      { url: sink.url, events: [] },
      { url: sink.url, events: ["call.nonsense"] },
      { url: sink.url, events: ["*"], secret: "mine" },
    ])
      t.equal((await ask("POST", "/v1/webhooks", admin, body)).statusCode, 400, JSON.stringify(body));
    t.same(await db.selectFrom("webhook").selectAll().execute(), [], "nothing was made");
    const made = (await ask("POST", "/v1/webhooks", admin, { url: sink.url, events: ["*"] })).json();
    const change = await ask("PATCH", `/v1/webhooks/${made.id}`, admin, { url: "http://10.0.0.1/" });
    t.match(change.json(), { status: 422, errors: [{ field: "url" }] });
    t.equal((await ask("GET", `/v1/webhooks/${made.id}`, admin)).json().url, sink.url);
    t.equal((await ask("DELETE", `/v1/webhooks/${made.id}`, admin)).statusCode, 204);
    t.equal((await ask("GET", `/v1/webhooks/${made.id}`, admin)).statusCode, 404);
  },
);

t.test("a webhook's life: made, tested, given another secret, failing, dead, tried again", async (t) => {
  const created = await ask("POST", "/v1/webhooks", admin, { url: sink.url, events: ["call.closed"] });
  t.equal(created.statusCode, 201, created.body);
  const { id, secret } = created.json();
  t.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
  t.notMatch((await ask("GET", "/v1/webhooks", admin)).body, /whsec_/, "shown once");

  const test = await ask("POST", `/v1/webhooks/${id}/test`, admin);
  t.match(test.json(), { type: "webhook.test", state: /pending|delivered/, sequence: 1 });
  await until("the test came", () => sink.received.length === 1);
  const [first] = sink.received;
  const verify = (key: string, got = sink.received.at(-1)) =>
    new Webhook(key).verify(got?.body ?? "", got?.headers as Record<string, string>);
  t.match(verify(secret, first), { type: "webhook.test", data: { webhookId: id } });

  const rotated = (await ask("POST", `/v1/webhooks/${id}/rotate-secret`, admin)).json();
  const hours = (Date.parse(rotated.previousUntil) - Date.now()) / 3_600_000;
  t.ok(hours > 23.9 && hours <= 24, `${hours} h`);
  await ask("POST", `/v1/webhooks/${id}/test`, admin);
  await until("another test came", () => sink.received.length === 2);
  t.ok(verify(secret) && verify(rotated.secret), "both sign");

  sink.answer(() => 500);
  await db.transaction().execute((trx) => emitEvent(trx, "call.closed", { call: calls.talked }, {}));
  const dead = await until("it is a dead letter", async () => {
    const { items } = (await ask("GET", "/v1/webhooks/dead-letters", admin)).json();
    return items[0];
  });
  t.match(dead, { webhookId: id, type: "call.closed", callId: calls.talked, state: "dead", lastStatus: 500 });
  t.match((await ask("GET", `/v1/webhooks/${id}`, admin)).json(), { dead: 1, failingSince: String });
  sink.answer(() => 200);
  t.equal((await ask("POST", `/v1/webhooks/deliveries/${dead.id}/retry`, admin)).statusCode, 202);
  await until("it arrives at last", async () => {
    const { items } = (await ask("GET", `/v1/webhooks/${id}/deliveries?state=delivered`, admin)).json();
    return items.some((each: { id: string }) => each.id === dead.id);
  });
  t.same((await ask("GET", "/v1/webhooks/dead-letters", admin)).json().items, []);
  t.match((await ask("POST", `/v1/webhooks/deliveries/${dead.id}/retry`, admin)).json(), { status: 409 });
  t.match((await ask("GET", `/v1/webhooks/${id}`, admin)).json(), { failingSince: null, pending: 0 });

  t.match((await ask("PATCH", `/v1/webhooks/${id}`, admin, { enabled: false })).json(), { enabled: false });
  t.equal((await ask("POST", `/v1/webhooks/${id}/test`, admin)).statusCode, 409);
  const pages = (await ask("GET", `/v1/webhooks/${id}/deliveries?limit=1`, admin)).json();
  t.equal(pages.items.length, 1);
  t.type(pages.next, "string");
  for (const key of [supervisor, annas])
    t.equal((await ask("GET", "/v1/webhooks", key)).statusCode, 403, "webhooks are the administrator's");
});

t.test("MISS-03 a notice is its agent's, can be called back, and is read once", async (t) => {
  const notice = (agent_id: string, call_id: string, at: Date) =>
    db
      .insertInto("notice")
      .values({ agent_id, kind: "call.missed", call_id, because: "the call was offered to you first", at })
      .returning("id")
      .executeTakeFirstOrThrow();
  const mine = await notice(company.anna, calls.missed, new Date(2000));
  const other = await notice(company.boris, calls.missed, new Date(1000));
  const list = async (key: string, query = "") => (await ask("GET", `/v1/notices${query}`, key)).json().items;
  t.match(await list(annas), [
    {
      id: mine.id,
      callId: calls.missed,
      callBack: "+79161234567",
      from: { e164: "+79161234567", display: "+7 (916) 123-45-67" },
      contactName: "Olga Client",
      lineName: "Orders",
      because: /offered to you first/,
      readAt: null,
    },
  ]);
  t.equal((await list(annas)).length, 1);
  t.same(await list(annas, `?agentId=${company.boris}`), [], "a filter opens nothing");
  t.equal((await list(supervisor)).length, 2);
  t.same(
    (await list(supervisor, `?agentId=${company.boris}`)).map((each: { id: string }) => each.id),
    [other.id],
  );
  t.equal((await ask("POST", `/v1/notices/${other.id}/read`, annas)).statusCode, 404, "not hers");
  t.equal((await list(boriss, "?unread=true")).length, 1);
  const read = (await ask("POST", `/v1/notices/${mine.id}/read`, annas)).json();
  t.type(read.readAt, "string");
  t.equal((await ask("POST", `/v1/notices/${mine.id}/read`, annas)).json().readAt, read.readAt, "read once");
  t.same(await list(annas, "?unread=true"), []);
  t.equal((await list(annas, "?unread=false")).length, 1);
});

t.test("metrics are for administrators and supervisors, each figure with its meaning", async (t) => {
  t.equal((await ask("GET", "/metrics")).statusCode, 401);
  t.equal((await ask("GET", "/metrics", annas)).statusCode, 403);
  rig.engine.view = {
    ...rig.engine.view,
    queues: [{ id: company.queue, waiting: 3, longestWaitSince: rig.engine.view.at - 5000, free: 1 }],
    agents: [
      {
        id: company.anna,
        state: "inbound",
        stateSince: 0,
        status: "talking",
        device: "busy",
        openLine: false,
      },
    ],
    calls: [{ id: calls.open, phase: "queued", phaseSince: 0, arrivedAt: 0 }],
    alarms: ["asterisk away"],
  };
  const live = new LiveWriter(db, (error) => t.fail(String(error)));
  await live.start();
  live.push("calls", "call.ended", { id: calls.talked, type: "missed", ending: "abandoned" });
  await live.drain();
  await until("the end was heard", async () =>
    /calls_closed_total\{/.test((await ask("GET", "/metrics", admin)).body),
  );
  const answer = await ask("GET", "/metrics", supervisor);
  t.match(answer.headers["content-type"], /^text\/plain; version=0\.0\.4/);
  for (const line of [
    'dozvon_up{part="engine"} 1',
    'dozvon_calls{phase="queued"} 1',
    'dozvon_queue_waiting{queue="Sales"} 3',
    'dozvon_queue_longest_wait_seconds{queue="Sales"} 5',
    'dozvon_agents{status="talking"} 1',
    'dozvon_agents{status="available"} 0',
    'dozvon_alarm{alarm="asterisk away"} 1',
    'dozvon_calls_closed_total{type="missed",ending="abandoned"} 1',
    'dozvon_turn_seconds_bucket{le="0.001"} 3',
    'dozvon_turn_seconds_bucket{le="+Inf"} 4',
    "dozvon_turn_seconds_count 4",
    "dozvon_spool_waiting_bytes 12",
    "dozvon_recordings_waiting 2",
    "dozvon_webhook_deliveries_pending 0",
    'dozvon_messages_waiting{kind="sms"} 0',
  ])
    t.ok(answer.body.split("\n").includes(line), line);
  const names = new Set([...answer.body.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
  for (const name of names)
    t.match(answer.body, new RegExp(`^# HELP ${name} \\S+ \\S+`, "m"), `${name} is explained`);
  t.match(answer.body, /^process_resident_memory_bytes \d+/m);
  t.equal(
    (await ask("GET", "/metrics", supervisor)).body.match(/calls_closed_total\{.*/)?.[0].at(-1),
    "1",
    "not doubled",
  );
});

t.test("metrics without a key: only where it was opened, only from loopback", async (t) => {
  const open = await apiOn(postgres, { metricsOpen: true });
  t.teardown(() => open.stop());
  open.engine.away = true;
  const from = (remoteAddress: string, path = "/metrics") =>
    open.api.inject({ method: "GET", url: path, remoteAddress });
  for (const address of ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
    t.equal((await from(address)).statusCode, 200, address);
  t.match(
    (await from("127.0.0.1")).body,
    /^dozvon_up\{part="engine"\} 0$/m,
    "and says that the engine is away",
  );
  t.match((await from("127.0.0.1")).body, /^dozvon_up\{part="database"\} 1$/m);
  for (const address of ["10.0.0.1", "192.168.1.1", "::ffff:10.0.0.1"])
    t.equal((await from(address)).statusCode, 401, address);
  t.equal((await from("127.0.0.1", "/v1/agents")).statusCode, 401, "nothing else is open");
});
