/**
 * Missed calls on a real Asterisk: who is told, in the service, live, by webhook and by e-mail; and who is not.
 */
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import t, { type Test } from "tap";
import type { Scene, TestAgent, TestLine } from "../support/scene.ts";
import { numbersFrom, sceneOfFile } from "../support/scene-file.ts";
import { openSink } from "../support/sink.ts";
import { openSmtp } from "../support/smtp-sink.ts";
import { writeTone } from "../support/sound.ts";
import { until } from "../support/until.ts";

const sink = await openSink();
const smtp = await openSmtp();
t.teardown(() => Promise.all([sink.close(), smtp.close()]));
const scene: Scene = await sceneOfFile({
  DOZVON_WEBHOOK_ALLOW: `127.0.0.1:${sink.port}`,
  DOZVON_SMTP_URL: smtp.url,
  DOZVON_MAIL_FROM: "pbx@example.com",
});

const { id: hook, secret } = await scene.must("POST", "/v1/webhooks", { url: sink.url, events: ["*"] });
const never = { answerAfterMs: "never" } as const;
const someone = numbersFrom("+79165553000");
const addressOf = (agent: TestAgent) => `${agent.shortNumber}@example.com`;

async function withAddress(name: string): Promise<TestAgent> {
  const agent = await scene.agent(name);
  await scene.must("PATCH", `/v1/agents/${agent.id}`, { email: addressOf(agent) });
  return agent;
}

/** A line with somebody responsible who does not serve it. */
async function company(
  line: object = {},
): Promise<{ line: TestLine; agents: TestAgent[]; chief: TestAgent }> {
  const [first, second, chief] = [
    await withAddress("First"),
    await withAddress("Second"),
    await withAddress("Chief"),
  ];
  const made = await scene.line([first, second], {
    queue: { answerSeconds: 3 },
    line: { ...line, responsibleId: chief.id },
  });
  return { line: made, agents: [first, second], chief };
}

/** What was delivered of this call, in its own order, each once. */
function told(call: string) {
  const got = sink.received.map(({ headers, body }) =>
    new Webhook(secret).verify(body, headers as Record<string, string>),
  ) as { type: string; data: { callId: string | null; sequence: number; told?: { agentId: string }[] } }[];
  const own = new Map(
    got.filter(({ data }) => data.callId === call).map((each) => [each.data.sequence, each]),
  );
  return [...own.values()].sort((a, b) => a.data.sequence - b.data.sequence);
}

/** Exactly this agent has heard of the call, everywhere. */
async function onlyTold(t: Test, call: string, agent: TestAgent, because: RegExp): Promise<void> {
  const { items } = await scene.get("/v1/notices?limit=200");
  const own = items.filter((notice: { callId: string }) => notice.callId === call);
  t.equal(own.length, 1, "one notice");
  t.match(own[0], { agentId: agent.id, because, callBack: /^\+7916/, readAt: null });
  const live = () => scene.live.filter(({ kind, data }) => kind === "notice.created" && data.callId === call);
  await until("it is told live", () => live().length > 0);
  t.same(
    live().map(({ data }) => data.agentId),
    [agent.id],
  );
  await until("the webhook tells it", () => told(call).length === 2);
  t.match(told(call), [
    { type: "call.closed", data: { sequence: 1 } },
    { type: "call.missed", data: { sequence: 2, told: [{ agentId: agent.id }] } },
  ]);
  await until("the mail is there", () => smtp.mails.some(({ to }) => to === addressOf(agent)));
}

t.test(
  "MISS-02, MISS-03 in working hours the one to whom it was offered first is told, and nobody else",
  async (t) => {
    const { line, agents, chief } = await company();
    const [first, second] = agents as [TestAgent, TestAgent];
    const phones = [await scene.onShift(first, never), await scene.onShift(second, never)];
    const from = someone();
    const customer = scene.customer(line.number, { from, cancelAfterMs: 5000 });
    t.equal(await customer.done, 0);
    const record = await scene.record(from);
    t.match(record, { type: "missed", firstOfferedId: first.id });
    for (const phone of phones)
      t.ok(
        phone.notes().some(({ text }) => text.startsWith("rings")),
        "both rang",
      );
    await onlyTold(t, record.id, first, /offered to you first/);
    const key = await scene.keyOf(second);
    const answer = await fetch(`${scene.instance.url}/v1/notices`, {
      headers: { authorization: `Bearer ${key}` },
    });
    t.same(((await answer.json()) as { items: unknown[] }).items, [], "the second sees nothing");
    t.notOk(
      smtp.mails.some(({ to }) => to === addressOf(second) || to === addressOf(chief)),
      "and got no mail",
    );
  },
);

t.test("MISS-01 out of hours, and nobody present: the line's responsible user", async (t) => {
  const notToday = { days: [((new Date().getUTCDay() + 1) % 7) + 1], from: "00:00", to: "00:01" };
  const closed = await company({ hours: { zone: "UTC", week: [notToday] } });
  await scene.onShift(closed.agents[0] as TestAgent, never);
  const late = someone();
  t.equal(await scene.customer(closed.line.number, { from: late, cancelAfterMs: 30_000 }).done, 0);
  const record = await scene.record(late, 40_000);
  t.match(record, { type: "missed", ending: "out_of_hours", firstOfferedId: null });
  await onlyTold(t, record.id, closed.chief, /out of hours/);

  const empty = await company();
  const early = someone();
  const customer = scene.customer(empty.line.number, { from: early, cancelAfterMs: 4000 });
  await customer.done;
  const alone = await scene.record(early, 40_000);
  t.match(alone, { type: "missed", firstOfferedId: null });
  await onlyTold(t, alone.id, empty.chief, /nobody/);
  const mails = new Set(smtp.mails.map(({ to }) => to));
  for (const agent of [...closed.agents, ...empty.agents])
    t.notOk(mails.has(addressOf(agent)), `${agent.name} got no mail`);
});

t.test(
  "D-43 all are busy and the caller gives up: the line's responsible user; the answered call tells nobody",
  async (t) => {
    const { line, agents, chief } = await company();
    await scene.onShift(agents[0] as TestAgent, { answerAfterMs: 100 });
    const speech = writeTone(join(scene.place.folder, "..", "talker.ulaw"), 400);
    const talker = someone();
    const talking = scene.customer(line.number, { from: talker, hangUpAfterMs: 9000, speech });
    await scene.status(agents[0] as TestAgent, "talking");
    const from = someone();
    t.equal(await scene.customer(line.number, { from, cancelAfterMs: 2500, hangUpAfterMs: 2500 }).done, 0);
    const record = await scene.record(from);
    t.match(record, { type: "missed", ending: "abandoned", firstOfferedId: null });
    await onlyTold(t, record.id, chief, /offered to nobody/);
    t.equal(await talking.done, 0);
    const answered = await scene.record(talker);
    t.equal(answered.ending, "answered");
    await until("its recording is told too", () => told(answered.id).length === 2);
    t.match(
      told(answered.id).map(({ type }) => type),
      ["call.closed", "recording.kept"],
    );
    const { items } = await scene.get("/v1/notices?limit=200");
    t.notOk(
      items.some((notice: { callId: string }) => notice.callId === answered.id),
      "no notice of it",
    );
  },
);

t.test("N7 the jobs process is killed: calls go on, and everything is told when it is back", async (t) => {
  const { line, chief } = await company();
  await scene.instance.halt("jobs");
  const from = someone();
  await scene.customer(line.number, { from, cancelAfterMs: 1500, hangUpAfterMs: 1500 }).done;
  const record = await scene.record(from);
  const { items } = await scene.get("/v1/notices?unread=true");
  t.ok(
    items.some(
      (notice: { callId: string; agentId: string }) =>
        notice.callId === record.id && notice.agentId === chief.id,
    ),
    "the notice needs no jobs process",
  );
  t.same(told(record.id), []);
  await scene.instance.resume("jobs");
  t.ok(scene.instance.kill("jobs", "SIGKILL"));
  await until("it is told", () => told(record.id).length === 2, 40_000);
  const deliveries = await until("nothing waits any more", async () => {
    const view = await scene.get(`/v1/webhooks/${hook}`);
    return view.pending === 0 ? view : undefined;
  });
  t.equal(deliveries.dead, 0);
  const metrics = await fetch(`${scene.instance.url}/metrics`, {
    headers: { authorization: `Bearer ${scene.instance.secrets.adminApiKey}` },
  });
  const text = await metrics.text();
  t.match(text, /^dozvon_calls_closed_total\{type="missed",ending="\w+"\} [1-9]/m);
  t.match(text, /^dozvon_turn_seconds_count [1-9]/m);
  t.match(text, /^dozvon_engine_resident_bytes [1-9]\d{7}/m);
});

t.test(
  "MISS-01, MISS-03 a customer who kept the place and could not be called back: one is told, once",
  async (t) => {
    const { line, agents, chief } = await company();
    const [agent] = agents as [TestAgent];
    const callback = { offer: true, afterSeconds: 600, digit: "1", attempts: 1 };
    await scene.must("PATCH", `/v1/queues/${line.queueId}`, { callback, joinWhenEmpty: true });
    await scene.farEnd({ answerAfterMs: 100, refuse: 486 });
    const from = someone();
    const keeper = scene.customer(line.number, { from, keys: [{ key: "1", afterMs: 1500 }] });
    await until("the caller is told and hung up", () => keeper.has("left by us"));
    const { id } = await scene.record(from);
    t.same((await scene.get("/v1/notices?limit=200")).items.filter(ofCall), [], "not before it has failed");
    await scene.onShift(agent, { answerAfterMs: 150 });
    const live = await scene.heard(
      "the notice",
      (each) => each.kind === "notice.created" && each.data.callId === id,
      40_000,
    );
    t.match(live.data, { kind: "callback.failed", agentId: chief.id, because: /could not be called back/ });
    const { items } = await scene.get("/v1/notices?limit=200");
    t.match(items.filter(ofCall), [{ kind: "callback.failed", agentId: chief.id, callBack: from }]);
    t.equal(items.filter(ofCall).length, 1);
    await until("the mail is there", () => smtp.mails.some(({ to }) => to === addressOf(chief)));
    t.notOk(smtp.mails.some(({ to }) => to === addressOf(agent)));
    function ofCall(notice: { callId: string }): boolean {
      return notice.callId === id;
    }
  },
);
