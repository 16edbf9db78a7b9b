/**
 * One suite for both ARI drivers, against a fake Asterisk; the main scenes also against a real one if
 * DOZVON_TEST_ARI names it: {"url": "http://…/ari", "username": "…", "password": "…"}.
 */
import { createServer } from "node:net";
import t, { type Test } from "tap";
import { ariUrl } from "../../apps/asterisk/ari/address.ts";
import { type AriDriver, createAri } from "../../apps/asterisk/ari/choose.ts";
import { MAX_PENDING } from "../../apps/asterisk/ari/exchange.ts";
import { AriError, type AriEvent, type AriOptions, type AriPort } from "../../apps/asterisk/ari/port.ts";
import { FakeAri } from "../support/fake-ari.ts";

// Thirty threads are started here, one after the other; a busy machine takes its time over them.
t.setTimeout(120_000);

const EVENTS = ["StasisStart", "StasisEnd", "FromTheFuture"];

/** Waits until the condition holds; the test's own time limit ends a wait in vain. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** A driver with everything it said and did. */
interface Scene {
  readonly ari: AriPort;
  readonly events: AriEvent[];
  readonly lost: string[];
  readonly warnings: string[];
  connected: number;
}

function scene(t: Test, driver: AriDriver, options: Partial<AriOptions> & { url: string }): Scene {
  const warnings: string[] = [];
  const ari = createAri(driver, {
    username: "dozvon",
    password: "correct",
    application: "dozvon",
    events: EVENTS,
    requestTimeoutMs: 5000,
    reconnectMinMs: 5,
    reconnectMaxMs: 50,
    log: { info: () => {}, warn: (fields, text) => warnings.push(`${text} ${JSON.stringify(fields)}`) },
    ...options,
  });
  const made: Scene = { ari, events: [], lost: [], warnings, connected: 0 };
  ari.onEvent((event) => made.events.push(event));
  ari.onConnected(() => {
    made.connected += 1;
  });
  ari.onLost((reason) => made.lost.push(reason));
  t.teardown(() => ari.close());
  return made;
}

async function fake(t: Test, username?: string, password?: string): Promise<FakeAri> {
  const server = new FakeAri(username, password);
  await server.start();
  t.teardown(() => server.stop());
  return server;
}

/** The error of a promise that must fail. */
async function failure(promise: Promise<unknown>): Promise<AriError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof AriError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

t.equal(ariUrl({ ariPort: 8088 }), "http://127.0.0.1:8088/ari");

const hello = { method: "GET", path: "channels/1.1" } as const;

for (const driver of ["native", "ari-client"] as const) {
  t.test(`${driver}: connects, filters, asks and hears`, async (t) => {
    const server = await fake(t);
    const s = scene(t, driver, { url: server.url });
    t.equal((await failure(s.ari.request(hello))).kind, "unavailable", "no request before connect");
    await s.ari.connect();
    t.equal(s.ari.state, "up");
    t.equal(s.connected, 1);
    const filter = [...EVENTS, ...(driver === "native" ? ["RESTResponse"] : []), "ApplicationReplaced"];
    t.same(server.filters, [filter]);

    server.answer = () => ({ status: 200, body: { id: "1.1", name: "дозвон & co" } });
    const query = { variable: "A(b)", value: "x y&z=ё+%", n: 5, yes: true };
    const reply = await s.ari.request({
      method: "POST",
      path: "channels/1.1/variable",
      query,
      body: { a: [1] },
    });
    t.same(reply, { status: 200, body: { id: "1.1", name: "дозвон & co" } });
    const asked = server.requests.at(-1);
    t.same(asked?.query, { variable: "A(b)", value: "x y&z=ё+%", n: "5", yes: "true" });
    t.same(asked?.body, { a: [1] });

    server.send({ type: "StasisStart", application: "dozvon", channel: { id: "1.1" } });
    server.send({ type: "ChannelDestroyed", application: "dozvon" });
    server.send({ type: "StasisEnd", application: "dozvon" });
    await until(() => s.events.length === 2);
    t.same(
      s.events.map(({ type }) => type),
      ["StasisStart", "StasisEnd"],
      "in order, without the filtered one",
    );
    t.same(s.events[0]?.channel, { id: "1.1" });
    t.same(s.lost, []);
    t.same(s.warnings, []);

    if (driver === "native") {
      t.notMatch(server.handshakes[0]?.url, /correct|api_key/, "the password is not in the URL");
      t.match(server.handshakes[0]?.authorization, /^Basic /);
    }
    await s.ari.close();
    t.equal(s.ari.state, "closed");
    await until(() => server.connected === 0);
    t.same(s.lost, [], "our own goodbye is no loss");
    t.equal((await failure(s.ari.request(hello))).kind, "unavailable");
    t.equal((await failure(s.ari.connect())).kind, "unavailable", "closed is for good");
  });

  t.test(`${driver}: a wrong password rejects the first connect and harms nobody`, async (t) => {
    const server = await fake(t);
    const s = scene(t, driver, { url: server.url, password: "wrong" });
    const error = await failure(s.ari.connect());
    t.match(error, { kind: "refused", status: 401 });
    t.notMatch(error.message, /wrong/);
    t.equal(s.ari.state, "down");
    t.equal(s.connected, 0);
    t.same(server.filters, []);
  });

  t.test(`${driver}: a wrong password later is logged and tried again`, async (t) => {
    const server = await fake(t);
    const s = scene(t, driver, { url: server.url });
    await s.ari.connect();
    await server.stop();
    const impostor = new FakeAri("dozvon", "changed");
    impostor.port = server.port;
    await impostor.start();
    await until(() => s.warnings.some((line) => line.includes("401")));
    await impostor.stop();
    await server.start();
    await until(() => s.connected === 2);
    t.equal(s.ari.state, "up");
  });

  t.test(`${driver}: nobody listens, then somebody does`, async (t) => {
    const server = new FakeAri();
    server.port = await freePort();
    const s = scene(t, driver, { url: server.url });
    const connecting = s.ari.connect();
    await until(() => s.warnings.length >= 2);
    t.equal((await failure(s.ari.request(hello))).kind, "unavailable", "refused at once, not kept");
    await server.start();
    t.teardown(() => server.stop());
    await connecting;
    t.equal(s.connected, 1);
    t.same(s.lost, [], "what never stood is not lost");
  });

  t.test(`${driver}: a request without an answer times out and others go on`, async (t) => {
    const server = await fake(t);
    const s = scene(t, driver, { url: server.url });
    await s.ari.connect();
    server.answer = ({ path }) => (path.endsWith("hang") ? "no answer" : { status: 204 });
    const hung = failure(s.ari.request({ method: "POST", path: "channels/hang", timeoutMs: 40 }));
    t.same(await s.ari.request(hello), { status: 204, body: undefined });
    t.match(await hung, { kind: "timeout", status: 0, request: "POST /channels/hang", gone: false });
    t.equal(s.ari.state, "up");
  });

  t.test(`${driver}: Asterisk's no keeps its status`, async (t) => {
    const server = await fake(t);
    const s = scene(t, driver, { url: server.url });
    await s.ari.connect();
    server.answer = ({ path }) => ({ status: Number(path), body: { message: `because ${path}` } });
    for (const [status, gone] of [
      [404, true],
      [409, true],
      [400, false],
      [412, false],
      [500, false],
    ] as const) {
      const error = await failure(s.ari.request({ method: "DELETE", path: String(status) }));
      t.match(error, { kind: "refused", status, gone });
      t.match(error.message, `because ${status}`);
    }
    t.equal(s.ari.state, "up");
  });

  t.test(`${driver}: a half-open connection is noticed and made anew`, async (t) => {
    const server = await fake(t);
    const s = scene(t, driver, { url: server.url, pingMs: 50 });
    await s.ari.connect();
    server.freeze();
    const waiting = failure(s.ari.request({ ...hello, timeoutMs: 60_000 }));
    await until(() => s.lost.length >= 1);
    t.match(s.lost[0], /pings/);
    t.equal((await waiting).kind, "unavailable", "who waited is told at once");
    await server.stop();
    await server.start();
    await until(() => s.connected >= 2);
    t.ok(server.filters.length >= 2, "the filter is set again");
  });

  t.test(`${driver}: odd frames cost nothing, broken ones a reconnect`, async (t) => {
    const server = await fake(t);
    const s = scene(t, driver, { url: server.url });
    await s.ari.connect();
    for (const text of ["{not json", "null", "[]", '"text"', "", '{"type":7}', "{}"]) server.sendText(text);
    server.sendText('{"type":"RESTResponse","request_id":"nobody","status_code":200}');
    server.send({ type: "FromTheFuture", news: 1 });
    await until(() => s.events.some(({ type }) => type === "FromTheFuture"));
    t.match(s.events.at(-1), { type: "FromTheFuture", news: 1 }, "an unknown event is handed over");
    t.ok(s.warnings.some((line) => line.includes("cannot be read")));
    t.same(s.lost, [], "and the connection stands");

    server.breakFrame();
    await until(() => s.connected === 2);
    t.equal(s.lost.length, 1);
    server.send({ type: "StasisEnd" });
    await until(() => s.events.at(-1)?.type === "StasisEnd");
  });

  t.test(`${driver}: a listener that throws does not stop the next event`, async (t) => {
    const server = await fake(t);
    const s = scene(t, driver, { url: server.url });
    const heard: string[] = [];
    s.ari.onEvent(({ type }) => {
      heard.push(type);
      throw new Error("a bug of ours");
    });
    await s.ari.connect();
    server.send({ type: "StasisStart" });
    server.send({ type: "StasisEnd" });
    await until(() => heard.length === 2);
    t.equal(s.ari.state, "up");
    t.ok(s.warnings.some((line) => line.includes("StasisStart")));
  });

  t.test(`${driver}: comes back after every restart of Asterisk`, async (t) => {
    const server = await fake(t);
    const s = scene(t, driver, { url: server.url });
    await s.ari.connect();
    for (let round = 1; round <= 3; round++) {
      const waiting = failure(s.ari.request({ ...hello, path: "never", timeoutMs: 60_000 }));
      server.answer = () => "no answer";
      await server.stop();
      t.equal((await waiting).kind, "unavailable");
      await until(() => s.lost.length === round);
      t.equal((await failure(s.ari.request(hello))).kind, "unavailable");
      await server.start();
      await until(() => s.connected === round + 1);
      server.answer = () => ({ status: 204 });
      t.equal((await s.ari.request(hello)).status, 204);
    }
    t.equal(server.filters.length, 4, "one filter per connection");
    t.equal(s.lost.length, 3);
  });

  t.test(`${driver}: an application taken by another program is not taken back at once`, async (t) => {
    const server = await fake(t);
    const s = scene(t, driver, { url: server.url, replacedRetryMs: 600_000 });
    await s.ari.connect();
    server.send({ type: "ApplicationReplaced", application: "another" });
    server.send({ type: "StasisStart" });
    await until(() => s.events.some(({ type }) => type === "StasisStart"));
    t.same(s.lost, [], "somebody else's application is not our business");
    server.send({ type: "ApplicationReplaced", application: "dozvon" });
    await until(() => s.lost.length === 1 && server.connected === 0);
    t.match(s.lost[0], /another program/);
    t.equal(s.ari.state, "down");
    t.equal(s.connected, 1);
    await s.ari.close();

    const patient = scene(t, driver, { url: server.url, replacedRetryMs: 20 });
    await patient.ari.connect();
    server.send({ type: "ApplicationReplaced", application: "dozvon" });
    await until(() => patient.connected === 2);
  });

  t.test(`${driver}: many requests at once each get their own answer`, async (t) => {
    const server = await fake(t);
    const s = scene(t, driver, { url: server.url });
    await s.ari.connect();
    server.answer = ({ path }) => ({ status: 200, body: { path } });
    const numbers = Array.from({ length: 300 }, (_, index) => index);
    const replies = await Promise.all(numbers.map((n) => s.ari.request({ method: "GET", path: `x/${n}` })));
    t.same(
      replies.map(({ body }) => body),
      numbers.map((n) => ({ path: `x/${n}` })),
    );
  });

  t.test(`${driver}: too many unanswered requests are refused, and close rejects the rest`, async (t) => {
    const server = await fake(t);
    const s = scene(t, driver, { url: server.url });
    await s.ari.connect();
    server.answer = () => "no answer";
    const many = driver === "native" ? MAX_PENDING : 100;
    const kept = Array.from({ length: many }, () => failure(s.ari.request({ ...hello, timeoutMs: 60_000 })));
    if (driver === "native")
      t.match(await failure(s.ari.request(hello)), { kind: "unavailable", message: /waiting already/ });
    await s.ari.close();
    const kinds = new Set((await Promise.all(kept)).map(({ kind }) => kind));
    t.same([...kinds], ["unavailable"]);
  });

  t.test(`${driver}: two Asterisks keep their own credentials`, async (t) => {
    const one = await fake(t, "user-one", "secret-one");
    const two = await fake(t, "user-two", "secret-two");
    const a = scene(t, driver, { url: one.url, username: "user-one", password: "secret-one" });
    const b = scene(t, driver, { url: two.url, username: "user-two", password: "secret-two" });
    await Promise.all([a.ari.connect(), b.ari.connect()]);
    t.equal((await a.ari.request(hello)).status, 204);
    t.equal((await b.ari.request(hello)).status, 204);
    one.send({ type: "StasisStart", of: 1 });
    two.send({ type: "StasisStart", of: 2 });
    await until(() => a.events.length + b.events.length === 2);
    t.same([a.events[0]?.of, b.events[0]?.of], [1, 2]);
  });

  t.test(`${driver}: closing while it tries ends the trying`, async (t) => {
    const server = await fake(t);
    server.freeze();
    const s = scene(t, driver, { url: server.url, requestTimeoutMs: 60_000 });
    const connecting = failure(s.ari.connect());
    await s.ari.close();
    t.match(await connecting, { kind: "unavailable", message: /closed/ });
    t.equal(s.connected, 0);
  });
}

const real = process.env.DOZVON_TEST_ARI;

for (const driver of ["native", "ari-client"] as const) {
  t.test(`${driver}: the main scenes with a real Asterisk`, { skip: !real }, async (t) => {
    const at = JSON.parse(real ?? "{}") as { url: string; username: string; password: string };
    const application = `contract-${driver}-${process.pid}`;
    const events = ["ApplicationReplaced", "ChannelUserevent"];

    const wrong = scene(t, driver, { ...at, password: `${at.password}-not`, application, events });
    t.match(await failure(wrong.ari.connect()), { kind: "refused", status: 401 });

    const s = scene(t, driver, { ...at, application, events, replacedRetryMs: 60_000 });
    await s.ari.connect();
    t.equal((await s.ari.request({ method: "GET", path: "asterisk/ping" })).status, 200);
    const shown = await s.ari.request({ method: "GET", path: `applications/${application}` });
    const allowed = (shown.body as { events_allowed: { type: string }[] }).events_allowed;
    t.ok(
      allowed.some(({ type }) => type === "ChannelUserevent"),
      "Asterisk has our filter",
    );
    const none = await failure(s.ari.request({ method: "GET", path: "channels/there-is-none" }));
    t.match(none, { kind: "refused", status: 404, gone: true });

    const variables = { text: "ё & = + %" };
    await s.ari.request({
      method: "POST",
      path: "events/user/hello",
      query: { application },
      body: { variables },
    });
    await until(() => s.events.some(({ type }) => type === "ChannelUserevent"));
    t.match(s.events[0], { eventname: "hello", userevent: { text: "ё & = + %" } });

    const pings = Array.from({ length: 100 }, () => s.ari.request({ method: "GET", path: "asterisk/ping" }));
    t.ok((await Promise.all(pings)).every(({ status }) => status === 200));

    const second = scene(t, driver, { ...at, application, events });
    await second.ari.connect();
    await until(() => s.lost.length === 1);
    t.match(s.lost[0], /another program/);
    t.equal((await second.ari.request({ method: "GET", path: "asterisk/ping" })).status, 200);
    t.equal(s.connected, 1, "the first stays away");
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
