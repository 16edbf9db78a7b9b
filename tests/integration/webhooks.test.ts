/**
 * Webhooks from the outbox to a receiver, on a real PostgreSQL: at least once, in numbers without gaps, signed;
 * whatever the receiver or the process does.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import t, { type Test } from "tap";
import { home } from "../../apps/home.ts";
import { type JobsOptions, startJobs } from "../../apps/jobs/worker.ts";
import { isHeld } from "../../apps/store/single.ts";
import { emitEvent } from "../../apps/store/writes/outbox.ts";
import { withPostgres } from "../support/postgres.ts";
import { openSink, type Sink } from "../support/sink.ts";
import { until } from "../support/until.ts";

t.jobs = 1;
t.setTimeout(120_000);
const { db, url, stop } = await withPostgres();
t.teardown(stop);
const log = { info: () => {}, warn: () => {}, error: () => {} };

/** Minutes instead of hours, in the same proportions. */
const HASTY = {
  firstMs: 50,
  factor: 2,
  longestMs: 400,
  lifeMs: 1500,
  awayAfter: 3,
  probeFirstMs: 20,
  probeLongestMs: 200,
};
const settings = { webhookAllow: "127.0.0.0/8", mailFrom: "a@b", smsDriver: "log" } as const;

const newSecret = () => `whsec_${randomBytes(32).toString("base64")}`;

async function webhook(sink: Sink, change: { events?: string[]; url?: string } = {}) {
  const secret = newSecret();
  const { id } = await db
    .insertInto("webhook")
    .values({ url: change.url ?? sink.url, events: change.events ?? ["*"], secret })
    .returning("id")
    .executeTakeFirstOrThrow();
  return { id, secret };
}

const tell = (call: string, n: number) =>
  db.transaction().execute((trx) => emitEvent(trx, "call.closed", { call }, { n }));
const deliveries = (id: string) =>
  db.selectFrom("webhook_delivery").selectAll().where("webhook_id", "=", id).orderBy("seq").execute();
const inState = async (id: string, state: string) =>
  (await deliveries(id)).filter((each) => each.state === state).length;
/** Sequence numbers that the sink accepted, once each. */
const accepted = (sink: Sink) => {
  const ids = new Map(
    sink.received
      .filter(({ answered }) => typeof answered === "number" && answered < 300)
      .map(({ headers, body }) => [String(headers["webhook-id"]), JSON.parse(body).data.sequence as number]),
  );
  return [...ids.values()].sort((a, b) => a - b);
};
const upTo = (n: number) => Array.from({ length: n }, (_, index) => index + 1);

async function working(t: Test, more: Partial<JobsOptions> = {}) {
  const jobs = await startJobs({
    ...{ db, url, log, config: settings, patience: HASTY },
    onLost: (why) => t.fail(why),
    ...more,
  });
  t.teardown(() => jobs.stop());
}

async function sinkFor(t: Test): Promise<Sink> {
  const sink = await openSink();
  t.teardown(async () => {
    await sink.close();
    await db.deleteFrom("webhook").execute();
  });
  return sink;
}

t.test("N7 what was committed before the jobs process ever ran is delivered, signed, once", async (t) => {
  const sink = await sinkFor(t);
  const { id, secret } = await webhook(sink);
  const call = randomUUID();
  for (const n of upTo(5)) await tell(call, n);
  t.notOk(await isHeld(db, "jobs"));
  await working(t);
  t.ok(await isHeld(db, "jobs"), "the health check sees it");
  await until("all are delivered", async () => (await inState(id, "delivered")) === 5);
  t.equal(sink.received.length, 5, "each once");
  t.same(accepted(sink), upTo(5));
  for (const { headers, body } of sink.received) {
    const verified = new Webhook(secret).verify(body, headers as Record<string, string>);
    t.match(verified, { type: "call.closed", timestamp: /^\d{4}-.*Z$/, data: { callId: call, n: Number } });
    t.equal(headers["content-type"], "application/json");
    t.throws(
      () => new Webhook(newSecret()).verify(body, headers as Record<string, string>),
      "another secret",
    );
    t.throws(() => new Webhook(secret).verify(`${body} `, headers as Record<string, string>), "another body");
  }
});

t.test("only what was subscribed to, only while it is enabled, and nothing from before", async (t) => {
  const sink = await sinkFor(t);
  await tell(randomUUID(), 1);
  const [missed, off] = [
    await webhook(sink, { events: ["call.missed"] }),
    await webhook(sink, { events: ["*"] }),
  ];
  const all = await webhook(sink, { events: ["*"] });
  await db.updateTable("webhook").set({ enabled: false }).where("id", "=", off.id).execute();
  await working(t);
  const call = randomUUID();
  await tell(call, 1);
  await db.transaction().execute((trx) => emitEvent(trx, "call.missed", { call }, {}));
  await until("both are out", async () => (await inState(all.id, "delivered")) === 2);
  await until("one is out", async () => (await inState(missed.id, "delivered")) === 1);
  t.equal((await deliveries(off.id)).length, 0);
  t.equal((await deliveries(missed.id)).length, 1);
  t.equal(sink.received.length, 3);
});

t.test("N7 a receiver that fails for a while gets everything within moments of its return", async (t) => {
  const sink = await sinkFor(t);
  const { id } = await webhook(sink);
  await working(t, { patience: { ...HASTY, firstMs: 3_600_000, longestMs: 3_600_000, lifeMs: 3_600_000 } });
  sink.answer(() => 500);
  const call = randomUUID();
  for (const n of upTo(30)) await tell(call, n);
  await until("it counts as away", async () => sink.received.length >= 6);
  sink.answer(() => 200);
  await until("all are delivered", async () => (await inState(id, "delivered")) === 30);
  t.same(accepted(sink), upTo(30), "although each one's own next try was an hour away");
  const row = await db.selectFrom("webhook").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
  t.match(row, { failures: 0, failing_since: null, retry_at: null });
  t.ok(sink.received.length < 90, `a receiver that is away is not flooded: ${sink.received.length} requests`);
});

t.test("one event that the receiver dislikes does not hold up the others, and dies alone", async (t) => {
  const sink = await sinkFor(t);
  const { id } = await webhook(sink);
  await working(t);
  sink.answer(({ body }) => (JSON.parse(body).data.n === 2 ? 500 : 200));
  const call = randomUUID();
  for (const n of upTo(6)) await tell(call, n);
  await until("the others are out", async () => (await inState(id, "delivered")) === 5);
  await until("it is given up", async () => (await inState(id, "dead")) === 1);
  const [dead] = (await deliveries(id)).filter(({ state }) => state === "dead");
  t.match(dead, { last_status: 500, last_error: "the receiver answered 500" });
  t.ok((dead?.attempts ?? 0) > 2, `after ${dead?.attempts} attempts`);
  t.notMatch(JSON.stringify(dead), /internal text/, "nothing of what the receiver said is kept");
});

t.test("F9 a receiver that never comes back: dead letters, and no more requests", async (t) => {
  const sink = await sinkFor(t);
  const { id } = await webhook(sink);
  await working(t);
  sink.answer(() => 503);
  const call = randomUUID();
  for (const n of upTo(20)) await tell(call, n);
  await until("all are given up", async () => (await inState(id, "dead")) === 20, 20_000);
  const before = sink.received.length;
  await tell(call, 21);
  await until("a new one is still tried", () => sink.received.length > before);
  t.match(await deliveries(id), Array(20).fill({ state: "dead", last_error: /receiver/ }));
});

t.test("F9 a receiver that hangs is cut off; another receiver does not wait for it", async (t) => {
  const [slow, quick] = [await sinkFor(t), await sinkFor(t)];
  slow.answer(() => "hang");
  const [hanging, well] = [await webhook(slow), await webhook(quick)];
  await working(t, { timeoutMs: 400 });
  const call = randomUUID();
  for (const n of upTo(10)) await tell(call, n);
  await until("the quick one has all", async () => (await inState(well.id, "delivered")) === 10);
  await until("the slow one has failed", async () =>
    (await deliveries(hanging.id)).some(({ attempts }) => attempts),
  );
  t.match(
    (await deliveries(hanging.id)).find(({ attempts }) => attempts > 0),
    { state: /pending|dead/, last_status: null, last_error: "no answer within 0.4 s" },
  );
});

t.test("410 disables the webhook; a redirect is not followed", async (t) => {
  const sink = await sinkFor(t);
  const { id } = await webhook(sink);
  await working(t);
  sink.answer(() => 302);
  await tell(randomUUID(), 1);
  await until("it was tried", async () =>
    (await deliveries(id)).some(({ last_status }) => last_status === 302),
  );
  t.notOk(sink.received.some(({ path }) => path === "/elsewhere"));
  sink.answer(() => 410);
  const row = () => db.selectFrom("webhook").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
  await until("it is disabled", async () => !(await row()).enabled);
  t.match(await row(), { disabled_because: /410/ });
  t.equal(await inState(id, "pending"), 0);
  const before = sink.received.length;
  await tell(randomUUID(), 2);
  await until("the event was dispatched", async () => {
    const rows = await db.selectFrom("event_out").select("id").where("dispatched_at", "is", null).execute();
    return rows.length === 0;
  });
  t.equal(sink.received.length, before);
});

t.test("a secret that is being changed: both sign", async (t) => {
  const sink = await sinkFor(t);
  const { id, secret: old } = await webhook(sink);
  const secret = newSecret();
  const change = { secret, previous_secret: old, previous_until: new Date(Date.now() + 60_000) };
  await db.updateTable("webhook").set(change).where("id", "=", id).execute();
  await working(t);
  const call = randomUUID();
  await tell(call, 1);
  await until("it came", () => sink.received.length === 1);
  const [first] = sink.received;
  for (const each of [old, secret])
    t.ok(new Webhook(each).verify(first?.body ?? "", first?.headers as Record<string, string>));
  await db
    .updateTable("webhook")
    .set({ previous_until: new Date(0) })
    .where("id", "=", id)
    .execute();
  await tell(call, 2);
  await until("the next came", () => sink.received.length === 2);
  const [, second] = sink.received;
  t.ok(new Webhook(secret).verify(second?.body ?? "", second?.headers as Record<string, string>));
  t.throws(() => new Webhook(old).verify(second?.body ?? "", second?.headers as Record<string, string>));
});

t.test("the address is looked at again when it is delivered", async (t) => {
  const sink = await sinkFor(t);
  const { id } = await webhook(sink);
  await working(t, { config: { ...settings, webhookAllow: "" } });
  await tell(randomUUID(), 1);
  await until("it was refused", async () => (await deliveries(id)).some(({ attempts }) => attempts > 0));
  t.match((await deliveries(id))[0], { last_error: /the address leads to 127\.0\.0\.1/, last_status: null });
  t.same(sink.received, []);
});

t.test(
  "N7, F9 kill -9 of the jobs process while the receiver fails: everything arrives, no number is missing",
  async (t) => {
    const sink = await sinkFor(t);
    const { id, secret } = await webhook(sink);
    const children: ChildProcess[] = [];
    t.teardown(() => {
      for (const child of children) child.kill("SIGKILL");
    });
    const start = () => {
      const child = spawn(process.execPath, [join(home, "dist/apps/bin/jobs.js")], {
        env: { PATH: process.env.PATH, DATABASE_URL: url, DOZVON_WEBHOOK_ALLOW: "127.0.0.1" },
        stdio: ["ignore", "ignore", "inherit"],
      });
      children.push(child);
      return child;
    };
    const kill = async (child: ChildProcess) => {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await gone;
    };
    const call = randomUUID();
    // In its hands when it dies: requests that hang.
    sink.answer(() => "hang");
    const first = start();
    for (const n of upTo(20)) await tell(call, n);
    await until("it has requests in its hands", () => sink.received.length > 0);
    await kill(first);
    for (const n of upTo(20)) await tell(call, 20 + n);
    let refused = 0;
    sink.answer(() => (refused++ < 4 ? 500 : 200));
    const second = start();
    await until("some are through", async () => (await inState(id, "delivered")) > 0, 30_000);
    await kill(second);
    for (const n of upTo(20)) await tell(call, 40 + n);
    start();
    await until("all are delivered", async () => (await inState(id, "delivered")) === 60, 30_000);
    t.same(accepted(sink), upTo(60), "every number once after taking out doubles");
    const ids = new Set(sink.received.map(({ headers }) => headers["webhook-id"]));
    t.equal(ids.size, 60, "an event keeps its id in every attempt");
    for (const { body, headers } of sink.received)
      new Webhook(secret).verify(body, headers as Record<string, string>);
  },
);
