/** AMI through asterisk-manager and our guards, against a fake Asterisk; a real one if DOZVON_TEST_AMI names it. */
import t, { type Test } from "tap";
import { type Ami, AmiError, type AmiMessage, type AmiOptions, createAmi } from "../../apps/asterisk/ami.ts";
import { FakeAmi } from "../support/fake-ami.ts";

/** Waits until the condition holds; the test's own time limit ends a wait in vain. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

interface Scene {
  readonly ami: Ami;
  readonly events: AmiMessage[];
  readonly lost: string[];
  readonly warnings: string[];
  connected: number;
}

function scene(t: Test, options: Partial<AmiOptions> & { port: number }): Scene {
  const warnings: string[] = [];
  const ami = createAmi({
    host: "127.0.0.1",
    username: "dozvon",
    secret: "correct",
    reconnectMinMs: 5,
    reconnectMaxMs: 50,
    log: { info: () => {}, warn: (fields, text) => warnings.push(`${text} ${JSON.stringify(fields)}`) },
    ...options,
  });
  const made: Scene = { ami, events: [], lost: [], warnings, connected: 0 };
  ami.onConnected(() => {
    made.connected += 1;
  });
  ami.onLost((reason) => made.lost.push(reason));
  ami.onEvent((event) => made.events.push(event));
  t.teardown(() => ami.close());
  return made;
}

async function fake(t: Test): Promise<FakeAmi> {
  const server = new FakeAmi();
  await server.start();
  t.teardown(() => server.stop());
  return server;
}

async function failure(promise: Promise<unknown>): Promise<AmiError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof AmiError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

t.test("logs in, asks, and says goodbye", async (t) => {
  const server = await fake(t);
  const s = scene(t, { port: server.port });
  t.match(await failure(s.ami.action("Ping")), { kind: "unavailable", action: "Ping" });
  await s.ami.connect();
  t.equal(s.ami.state, "up");
  t.equal(s.connected, 1);
  t.match(server.actions[1], { action: "Events", eventmask: "off" }, "no events unless somebody wants them");
  server.answer = () => [{ Response: "Success", Message: "Added: x" }];
  const fields = {
    Queue: "support",
    Penalty: 3,
    Paused: false,
    MemberName: "Анна: 1",
    Variable: { a: 1, b: "x=y" },
  };
  const reply = await s.ami.action("QueueAdd", fields);
  t.match(reply, { response: { response: "Success", message: "Added: x" }, events: [] });
  const sent = { action: "QueueAdd", queue: "support", penalty: "3", paused: "false", membername: "Анна: 1" };
  t.match(server.actions.at(-1), { ...sent, variable: "a=1\nb=x=y" });
  await s.ami.close();
  await until(() => server.connected === 0);
  t.same(s.lost, []);
  t.match(await failure(s.ami.action("Ping")), { kind: "unavailable" });
});

t.test("a line break never leaves the house", async (t) => {
  const server = await fake(t);
  const s = scene(t, { port: server.port });
  await s.ami.connect();
  const before = server.actions.length;
  const evil = "1000\r\n\r\nAction: Command\r\nCommand: core stop now";
  const cases: [string, Parameters<Ami["action"]>[1], RegExp][] = [
    ["Originate", { CallerID: evil }, /CallerID/],
    ["Originate", { CallerID: "a\nb" }, /CallerID/],
    ["Originate", { CallerID: "a\rb" }, /CallerID/],
    ["Originate", { CallerID: "a\0b" }, /CallerID/],
    ["Originate", { Variable: { name: evil } }, /Variable/],
    ["Originate", { Variable: { [evil]: "x" } }, /Variable/],
    ["Originate", { Variable: { "a=b": "x" } }, /Variable/],
    ["Originate", { [`A: b\r\n${evil}`]: "x" }, /not the name of a field/],
    ["Originate", { "A:": "x" }, /not the name of a field/],
    ["Originate", { action: "Command" }, /action/],
    ["Originate", { ActionID: "mine" }, /ActionID/],
    ["Originate", { Data: "x".repeat(1100) }, /Data.*longer/],
    [evil, {}, /Action/],
  ];
  for (const [name, fields, says] of cases) {
    const error = await failure(s.ami.action(name, fields));
    t.equal(error.kind, "invalid");
    t.match(error.message, says);
    t.notMatch(
      error.message.slice(name.length),
      /core stop now[^"]*$/,
      "the value is not repeated in the error",
    );
  }
  t.equal((await s.ami.action("Ping")).response.response, "Success");
  t.equal(server.actions.length, before + 1, "only the ping arrived");
});

t.test("a wrong secret rejects the first connect", async (t) => {
  const server = await fake(t);
  const s = scene(t, { port: server.port, secret: "wrong" });
  t.match(await failure(s.ami.connect()), { kind: "refused", message: /Authentication failed/ });
  await until(() => server.connected === 0);
  t.equal(s.connected, 0);
  t.match(await failure(s.ami.action("Ping")), { kind: "unavailable" }, "and nothing is held for later");
});

t.test("nobody listens, then somebody does", async (t) => {
  const server = new FakeAmi();
  await server.start();
  await server.stop();
  const s = scene(t, { port: server.port });
  const connecting = s.ami.connect();
  await until(() => s.warnings.length >= 2);
  await server.start();
  t.teardown(() => server.stop());
  await connecting;
  t.equal(s.connected, 1);
});

t.test("Asterisk's no, and no answer at all", async (t) => {
  const server = await fake(t);
  const s = scene(t, { port: server.port });
  await s.ami.connect();
  server.answer = ({ action }) => {
    if (action === "Hang") return [];
    return action === "Bad" ? [{ Response: "Error", Message: "No such queue" }] : undefined;
  };
  t.match(await failure(s.ami.action("Bad")), { kind: "refused", message: /No such queue/ });
  t.match(await failure(s.ami.action("Hang", {}, { timeoutMs: 30 })), { kind: "timeout", action: "Hang" });
  t.equal((await s.ami.action("Good")).response.response, "Success");
  t.same(s.lost, []);
});

t.test("a server that never answers the login is tried again", async (t) => {
  const server = await fake(t);
  server.silent = true;
  const s = scene(t, { port: server.port, actionTimeoutMs: 100 });
  const connecting = s.ami.connect();
  await until(() => server.names.length >= 2);
  server.silent = false;
  await connecting;
  await until(() => server.connected === 1);
  t.equal(s.connected, 1, "and the silent connections are gone");
});

t.test("a connection that stops answering is made anew", async (t) => {
  const server = await fake(t);
  const s = scene(t, { port: server.port, actionTimeoutMs: 100, pingMs: 20 });
  await s.ami.connect();
  server.silent = true;
  await until(() => s.lost.length >= 1);
  t.match(s.lost[0], /Ping/);
  server.silent = false;
  await until(() => s.connected >= 2);
});

t.test("lists are collected until their end, several at a time", async (t) => {
  const server = await fake(t);
  const s = scene(t, { port: server.port });
  await s.ami.connect();
  server.answer = ({ action, queue = "" }) => {
    if (action !== "QueueStatus") return undefined;
    const start = { Response: "Success", EventList: "start", Message: "Queue status will follow" };
    if (queue === "unfinished") return [start, { Event: "QueueParams", Queue: queue }];
    const members = ["one", "two"].map((Name) => ({ Event: "QueueMember", Queue: queue, Name }));
    const done = { Event: "QueueStatusComplete", EventList: "Complete", ListItems: "3" };
    return [start, { Event: "QueueParams", Queue: queue }, ...members, done];
  };
  const list = (Queue: string) =>
    s.ami.action("QueueStatus", { Queue }, { collectUntil: "QueueStatusComplete", timeoutMs: 5000 });
  const [a, b] = await Promise.all([list("a"), list("b")]);
  for (const [name, reply] of [
    ["a", a],
    ["b", b],
  ] as const) {
    t.match(reply.response, { response: "Success" });
    t.same(
      reply.events.map(({ event }) => event),
      ["QueueParams", "QueueMember", "QueueMember"],
    );
    t.ok(
      reply.events.every(({ queue }) => queue === name),
      "nobody else's entries",
    );
  }
  const late = s.ami.action(
    "QueueStatus",
    { Queue: "unfinished" },
    { collectUntil: "QueueStatusComplete", timeoutMs: 30 },
  );
  t.match(await failure(late), { kind: "timeout" });
  t.same(s.events, [], "a list's entries are not news");
});

t.test("a break in the middle of an event leaves nothing behind", async (t) => {
  const server = await fake(t);
  const s = scene(t, { port: server.port, eventMask: "on" });
  await s.ami.connect();
  server.answer = () => [];
  const waiting = failure(s.ami.action("Hang", {}, { timeoutMs: 60_000 }));
  server.sendAndDrop("Event: Half\r\nChannel: PJSIP/x");
  t.match(await waiting, { kind: "unavailable" });
  server.answer = () => undefined;
  await until(() => s.connected === 2);
  server.sendText("Event: Whole\r\nChannel: PJSIP/y\r\n\r\n");
  await until(() => s.events.length === 1);
  t.same(s.events, [{ event: "Whole", channel: "PJSIP/y" }], "the half is not mixed into anything");
  t.equal((await s.ami.action("Ping")).response.response, "Success");
});

t.test("comes back after every restart", async (t) => {
  const server = await fake(t);
  const s = scene(t, { port: server.port });
  await s.ami.connect();
  for (let round = 1; round <= 3; round++) {
    await server.stop();
    await until(() => s.lost.length === round);
    t.match(await failure(s.ami.action("Ping")), { kind: "unavailable" });
    await server.start();
    await until(() => s.connected === round + 1);
  }
  t.equal(s.lost.length, 3);
});

t.test("a burst of 20,000 events, in odd pieces, with an action in between", async (t) => {
  const server = await fake(t);
  const s = scene(t, { port: server.port, eventMask: "on", actionTimeoutMs: 60_000 });
  await s.ami.connect();
  const total = 20_000;
  const lines = (n: number) =>
    `Event: Newchannel\r\nChannel: PJSIP/ё-${n}\r\nCallerIDName: Ünï: ${n}\r\n\r\n`;
  const burst = Buffer.from(Array.from({ length: total }, (_, n) => lines(n)).join(""));
  for (let from = 0; from < burst.length; from += 7919) server.sendText(burst.subarray(from, from + 7919));
  const ping = s.ami.action("Ping");
  await until(() => s.events.length >= total);
  t.equal((await ping).response.response, "Success");
  t.equal(s.events.length, total);
  t.match(s.events[total - 1], { channel: `PJSIP/ё-${total - 1}`, calleridname: `Ünï: ${total - 1}` });
  t.same(s.lost, []);
});

t.test("closing while it tries ends the trying", async (t) => {
  const server = await fake(t);
  server.silent = true;
  const s = scene(t, { port: server.port, actionTimeoutMs: 60_000 });
  const connecting = failure(s.ami.connect());
  await until(() => server.names.length === 1);
  await s.ami.close();
  t.match(await connecting, { kind: "unavailable" });
  await until(() => server.connected === 0);
  t.equal(s.ami.state, "closed");
});

const real = process.env.DOZVON_TEST_AMI;

t.test("the main scenes with a real Asterisk", { skip: !real }, async (t) => {
  const at = JSON.parse(real ?? "{}") as { host: string; port: number; username: string; secret: string };
  const wrong = scene(t, { ...at, secret: `${at.secret}-not`, actionTimeoutMs: 5000 });
  t.match(await failure(wrong.ami.connect()), { kind: "refused" });
  const s = scene(t, at);
  await s.ami.connect();
  t.match((await s.ami.action("Ping")).response, { response: "Success", ping: "Pong" });
  const list = await s.ami.action("QueueStatus", {}, { collectUntil: "QueueStatusComplete" });
  t.ok(list.events.every(({ event }) => /^Queue/.test(String(event))));
  t.match(await failure(s.ami.action("QueuePause", { Interface: "none", Paused: true })), {
    kind: "refused",
  });
  const shown = await s.ami.action("Command", { Command: "core show version" });
  t.match(String(shown.response.output), /Asterisk/);
});
