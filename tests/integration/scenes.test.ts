/**
 * Scenes on a real Asterisk, with SIPp as customers and phones: each flow, and what must not happen in it.
 */
import { join } from "node:path";
import t from "tap";
import { findBaresip } from "../../apps/host/peers.ts";
import { softphone } from "../../apps/peers/baresip.ts";
import { colleagueCalls } from "../../apps/peers/sipp.ts";
import type { Scene, TestAgent } from "../support/scene.ts";
import { numbersFrom, rings, sceneOfFile } from "../support/scene-file.ts";
import { channelOf, toneShare, writeTone } from "../support/sound.ts";
import { until } from "../support/until.ts";

const scene: Scene = await sceneOfFile();

const someone = numbersFrom("+79165551000");
const quick = { answerAfterMs: 200 } as const;
const never = { answerAfterMs: "never" } as const;

t.test(
  "ROUTE-05, OWN-10, SOFT-01, REC-01, WRAP-06, AGENT-07 a customer reaches the owner, is recorded, and the record says why",
  async (t) => {
    const customerTone = writeTone(join(scene.place.folder, "..", "customer.ulaw"), 400);
    const agentTone = writeTone(join(scene.place.folder, "..", "agent.ulaw"), 1000);
    const [other, owner] = [await scene.agent("Other"), await scene.agent("Owner")];
    const line = await scene.line([other, owner], { line: { name: "Заказы №1" } });
    const from = someone();
    const contact = await scene.contact("Ivan Petrov", from, owner);
    const otherPhone = await scene.onShift(other, quick);
    const phone = await scene.onShift(owner, { answerAfterMs: 700, speech: agentTone });

    const customer = scene.customer(line.number, { from, hangUpAfterMs: 3000, speech: customerTone });
    const offered = await scene.heard(
      "the offer",
      (each) => each.kind === "call.offered" && each.data.agentId === owner.id,
    );
    t.match(offered.data, { lineName: "Заказы №1", contactId: contact, because: /owns this caller/ });
    t.equal((await scene.get(`/v1/agents/${owner.id}`)).live.status, "ringing");
    t.notOk(customer.has("answered"), "nothing is bridged before the agent accepts");
    const talking = await scene.heard(
      "the talk",
      (each) => each.kind === "call.talking" && each.data.id === offered.data.id,
    );
    t.equal(talking.data.agentId, owner.id);
    const { live } = await scene.get(`/v1/agents/${owner.id}`);
    t.match(live, { status: "talking", call: { id: offered.data.id, phase: "talking" } });
    t.type(live.call.talkingForMs, "number", "AGENT-07 the timer runs");

    t.equal(await customer.done, 0);
    const record = await scene.record(from);
    t.match(record, {
      type: "inbound",
      ending: "answered",
      agentId: owner.id,
      ownerId: owner.id,
      contactId: contact,
      lineId: line.id,
      fallback: false,
    });
    t.ok(Math.abs(record.talkMs - 3000) < 700, `talk ${record.talkMs} ms`);
    t.equal(otherPhone.notes().length, 0, "nobody else's phone rang");
    t.match(
      phone.notes().map((note) => note.text),
      [/^rings .*Заказы 1|^rings/, /^answered/, /^left by the other/],
    );

    const why = await scene.why(record.id);
    t.match(why, { summary: /Owner/, decisions: [{ rule: "ROUTE-05", agentId: owner.id }] });
    t.match(
      (await scene.get(`/v1/agents/${owner.id}/calls`)).items,
      [{ id: record.id }],
      "in the agent's journal",
    );
    t.match(
      (await scene.get(`/v1/contacts/${contact}/calls`)).items,
      [{ id: record.id }],
      "and in the contact's card",
    );

    const recording = await until(
      "the recording",
      async () => (await scene.get(`/v1/calls/${record.id}`)).recording,
    );
    t.match(recording, { state: "kept", channels: 2, repaired: false });
    const response = await fetch(`${scene.instance.url}/v1/recordings/${recording.id}/audio`, {
      headers: { authorization: `Bearer ${scene.instance.secrets.adminApiKey}` },
    });
    const wav = Buffer.from(await response.arrayBuffer());
    t.equal(wav.length, recording.bytes);
    const [left, right] = [channelOf(wav, 0), channelOf(wav, 1)];
    t.ok(toneShare(left, 400) > 0.8, "the customer is on the left");
    t.ok(toneShare(right, 1000) > 0.8, "the agent is on the right");
    t.ok(toneShare(left, 1000) < 0.1 && toneShare(right, 400) < 0.1, "and neither on the other side");
    t.ok(
      Math.abs(recording.durationMs - record.talkMs) < 600,
      `recorded ${recording.durationMs} of ${record.talkMs} ms`,
    );
  },
);

t.test(
  "ROUTE-06, D-41 an owner who does not answer in time: the next agent; the owner's phone rang once",
  async (t) => {
    const [owner, other] = [await scene.agent("Silent"), await scene.agent("Helper")];
    const line = await scene.line([owner, other], { queue: { answerSeconds: 3 } });
    const from = someone();
    await scene.contact("Petr", from, owner);
    const silent = await scene.onShift(owner, never);
    const helper = await scene.onShift(other, quick);
    t.equal(await scene.customer(line.number, { from, hangUpAfterMs: 500 }).done, 0);
    const record = await scene.record(from);
    t.match(record, { ending: "answered", agentId: other.id, ownerId: owner.id, firstOfferedId: owner.id });
    t.ok(record.waitMs > 2500 && record.waitMs < 6000, `waited ${record.waitMs} ms`);
    t.match(
      silent.notes().map((note) => note.text),
      [/^rings/, /^cancelled/],
    );
    t.equal(rings(helper), 1);
    const { decisions } = await scene.why(record.id);
    t.match(
      decisions.map((each: { decision: string }) => each.decision),
      ["offered", "offer-ended", "offered"],
    );
  },
);

t.test(
  "ROUTE-11, AGENT-04, AGENT-06 owners on a break or in outbound state are passed over; their phones stay silent",
  async (t) => {
    for (const state of ["break", "outbound"]) {
      const [owner, other] = [await scene.agent(`Away ${state}`), await scene.agent(`There ${state}`)];
      const line = await scene.line([owner, other]);
      const from = someone();
      await scene.contact("Client", from, owner);
      const away = await scene.onShift(owner, quick);
      await scene.must("PUT", `/v1/agents/${owner.id}/state`, { state });
      t.match(await scene.get(`/v1/agents/${owner.id}`), {
        state,
        live: { status: state === "break" ? "do-not-disturb" : "outbound" },
      });
      await scene.onShift(other, quick);
      t.equal(await scene.customer(line.number, { from, hangUpAfterMs: 300 }).done, 0);
      const record = await scene.record(from);
      t.equal(record.agentId, other.id);
      t.equal(away.notes().length, 0, "the owner's phone was left alone");
      t.match((await scene.why(record.id)).decisions[0].considered, [
        { name: `Away ${state}`, verdict: state === "break" ? "on a break" : "in outbound state" },
      ]);
    }
  },
);

t.test(
  "AGENT-03, AGENT-10 do not disturb: the agent's own choice, for who serves a line; the state stands beside the name",
  async (t) => {
    const [own, other] = [await scene.agent("Own choice"), await scene.agent("No inbound calls")];
    await scene.line([own]);
    const shown = async (agent: TestAgent) => {
      const { shown: word, live } = await scene.get(`/v1/agents/${agent.id}`);
      return { status: live.status, word: word.ru, en: word.en };
    };
    const told = (agent: TestAgent, state: string) =>
      scene.heard(
        `the word for ${state}`,
        ({ kind, data }) => kind === "agent.changed" && data.id === agent.id && data.shown.state === state,
      );
    const path = `/v1/agents/${own.id}/state`;
    for (const agent of [own, other]) await scene.onShift(agent, quick);
    t.same(await shown(own), { status: "available", word: "Входящие", en: "Inbound" });
    const { key: supervisor } = await scene.must("POST", "/v1/keys", { name: "S", role: "supervisor" });
    for (const [key, status, code] of [
      [await scene.keyOf(other), 404, "not-found"],
      [supervisor, 403, "own-choice"],
    ] as const) {
      const refused = await scene.ask("PUT", path, { state: "break" }, key);
      t.match([refused.status, refused.body.code], [status, code]);
    }
    t.match(await shown(own), { status: "available" }, "nobody else has set it");

    t.equal((await scene.ask("PUT", path, { state: "break" }, await scene.keyOf(own))).status, 200);
    t.same(await shown(own), { status: "do-not-disturb", word: "Перерыв", en: "Break" });
    t.match((await told(own, "break")).data.shown, { ru: "Перерыв", en: "Break" });
    await scene.must("PUT", `/v1/agents/${other.id}/state`, { state: "break" });
    t.same(
      await shown(other),
      { status: "break", word: "Перерыв", en: "Break" },
      "nothing to be disturbed by",
    );
    t.equal((await scene.ask("POST", `/v1/agents/${own.id}/sign-out`, {}, supervisor)).status, 200);
    t.match(await shown(own), { status: "offline", word: "Неактивен", en: "Inactive" });
  },
);

t.test(
  "AGENT-01, AGENT-02, AGENT-05 signing in leads to a break; without a phone an agent is offline",
  async (t) => {
    const agent = await scene.agent("Newcomer");
    t.match(await scene.get(`/v1/agents/${agent.id}`), { state: "offline", live: { status: "offline" } });
    await scene.must("POST", `/v1/agents/${agent.id}/sign-in`, {});
    t.match(await scene.get(`/v1/agents/${agent.id}`), {
      state: "break",
      live: { status: "offline", device: "unreachable" },
    });
    await scene.onShift(agent, quick);
    t.match(await scene.get(`/v1/agents/${agent.id}`), {
      state: "inbound",
      live: { status: "available", device: "idle" },
    });
    await scene.must("POST", `/v1/agents/${agent.id}/sign-out`, {});
    t.match(await scene.get(`/v1/agents/${agent.id}`), { state: "offline", live: { status: "offline" } });
  },
);

t.test("an unknown caller goes by the queue's strategy", async (t) => {
  const [first, second] = [await scene.agent("First"), await scene.agent("Second")];
  const line = await scene.line([first, second]);
  await scene.onShift(first, quick);
  await scene.onShift(second, quick);
  const from = someone();
  t.equal(await scene.customer(line.number, { from, hangUpAfterMs: 300 }).done, 0);
  t.match(await scene.record(from), { agentId: first.id, contactId: null, ownerId: null });
});

t.test("the order of offers", async (t) => {
  const team = [await scene.agent("One"), await scene.agent("Two"), await scene.agent("Three")] as const;
  const line = await scene.line(team);
  const phones = new Map<string, Awaited<ReturnType<Scene["onShift"]>>>();
  t.beforeEach(async () => {
    for (const agent of team) phones.set(agent.name, await scene.onShift(agent, { ...quick }));
  });
  const served = async (): Promise<string> => {
    const from = someone();
    t.equal(await scene.customer(line.number, { from, hangUpAfterMs: 250 }).done, 0);
    const record = await scene.record(from);
    await until("the phones are free again", async () => {
      const { items } = await scene.get("/v1/agents");
      return items.every(
        (agent: { live: { status: string } }) => !["talking", "ringing"].includes(agent.live.status),
      );
    });
    return team.find((agent) => agent.id === record.agentId)?.name ?? "nobody";
  };
  t.test("ROUTE-04 sequential: always from the first, in the configured order", async (t) => {
    await scene.must("PATCH", `/v1/queues/${line.queueId}`, {
      strategy: "sequential",
      agents: [team[2].id, team[0].id, team[1].id],
    });
    t.strictSame([await served(), await served()], ["Three", "Three"]);
    await scene.must("PUT", `/v1/agents/${team[2].id}/state`, { state: "break" });
    t.equal(await served(), "One");
  });
  t.test("ROUTE-03 most idle: who has waited longest since the last conversation", async (t) => {
    await scene.must("PATCH", `/v1/queues/${line.queueId}`, { strategy: "most-idle" });
    const order = [await served(), await served(), await served(), await served()];
    t.strictSame(new Set(order.slice(0, 3)), new Set(["One", "Two", "Three"]), "everyone once");
    t.equal(order[3], order[0], "then the first again");
  });
  t.test("ROUTE-02 random: everybody gets calls, in no fixed order", async (t) => {
    await scene.must("PATCH", `/v1/queues/${line.queueId}`, { strategy: "random" });
    const order: string[] = [];
    for (let call = 0; call < 12 && new Set(order).size < 2; call++) order.push(await served());
    t.equal(new Set(order).size > 1, true, order.join(" "));
  });
});

t.test("law L7: several callers at the same moment never ring one agent", async (t) => {
  const agent = await scene.agent("Only");
  const line = await scene.line([agent]);
  const phone = await scene.onShift(agent, { answerAfterMs: 400, hangUpAfterMs: 500 });
  const callers = Array.from({ length: 6 }, someone);
  const customers = callers.map((from) => scene.customer(line.number, { from }));
  t.strictSame(
    await Promise.all(customers.map((customer) => customer.done)),
    callers.map(() => 0),
  );
  const records = await Promise.all(callers.map((from) => scene.record(from)));
  t.ok(records.every((record) => record.agentId === agent.id && record.ending === "answered"));
  // From the wire: the phone's ringing and talking never overlap.
  let busy = 0;
  for (const note of phone.notes()) {
    if (note.text.startsWith("rings")) t.equal(++busy, 1, "rings only when it is free");
    if (/^(left|cancelled)/.test(note.text)) busy--;
  }
  t.equal(rings(phone), 6);
});

t.test(
  "ROUTE-12 callers who wait are counted, and are served in their order when an agent is free",
  async (t) => {
    const agent = await scene.agent("Busy");
    const line = await scene.line([agent]);
    await scene.onShift(agent, { answerAfterMs: 100, hangUpAfterMs: 3000 });
    const [a, b, c] = [someone(), someone(), someone()];
    scene.customer(line.number, { from: a });
    await scene.status(agent, "talking");
    scene.customer(line.number, { from: b });
    await until("one waits", async () => (await scene.get(`/v1/queues/${line.queueId}`)).live.waiting === 1);
    scene.customer(line.number, { from: c });
    const queue = await until("two wait", async () => {
      const view = await scene.get(`/v1/queues/${line.queueId}`);
      return view.live.waiting === 2 ? view : undefined;
    });
    t.ok(queue.live.longestWaitMs >= 0);
    t.equal(queue.live.freeAgents, 0);
    await scene.status(agent, "ringing");
    const [second, third] = [await scene.record(b), await scene.record(c)];
    for (const record of [second, third]) {
      t.match(record, { agentId: agent.id, queueId: line.queueId, ending: "answered" });
      t.ok(record.waitMs > 1000, `ROUTE-12 the wait is kept: ${record.waitMs} ms`);
    }
    t.ok(second.connectedAt < third.connectedAt, "in the order of arrival");
    await until(
      "nobody waits",
      async () => (await scene.get(`/v1/queues/${line.queueId}`)).live.waiting === 0,
    );
  },
);

t.test(
  "LINE-18 a queue is changed while a caller waits: it takes effect at once and nobody is lost",
  async (t) => {
    const [busy, free] = [await scene.agent("Occupied"), await scene.agent("Reserve")];
    const line = await scene.line([busy]);
    await scene.onShift(busy, quick);
    await scene.onShift(free, { ...quick, hangUpAfterMs: 300 });
    scene.customer(line.number, { from: someone(), hangUpAfterMs: 15_000 });
    await scene.status(busy, "talking");
    const waiting = someone();
    const customer = scene.customer(line.number, { from: waiting });
    await until("one waits", async () => (await scene.get(`/v1/queues/${line.queueId}`)).live.waiting === 1);
    const changed = await scene.must("PATCH", `/v1/queues/${line.queueId}`, {
      agents: [busy.id, free.id],
      answerSeconds: 7,
    });
    t.match(changed.applied.verified, { members: 2 }, "Asterisk says so itself");
    t.ok(changed.applied.reloaded.length > 0);
    t.equal(await customer.done, 0, "the one who waited is served");
    t.match(await scene.record(waiting), { agentId: free.id });
  },
);

t.test("ROUTE-07 outside the hours nobody's phone rings; the caller hears why", async (t) => {
  const agent = await scene.agent("Asleep");
  const hours = {
    zone: "Europe/Moscow",
    week: [{ days: [((new Date().getUTCDay() + 2) % 7) + 1], from: "10:00", to: "10:01" }],
  };
  const line = await scene.line([agent], { line: { hours } });
  const phone = await scene.onShift(agent, quick);
  const from = someone();
  const customer = scene.customer(line.number, { from });
  t.equal(await customer.done, 0);
  t.match(
    customer.notes().map((note) => note.text),
    ["calls", "answered", "left by us"],
  );
  t.match(await scene.record(from), {
    type: "missed",
    ending: "out_of_hours",
    agentId: null,
    recordingId: null,
  });
  t.equal(phone.notes().length, 0);
});

t.test("MISS-04 a caller who gives up at any stage leaves one closed record and no channel", async (t) => {
  const agent = await scene.agent("Slow");
  const line = await scene.line([agent]);
  const phone = await scene.onShift(agent, never);
  const ringing = someone();
  t.equal(await scene.customer(line.number, { from: ringing, cancelAfterMs: 1200 }).done, 0);
  t.match(await scene.record(ringing), {
    type: "missed",
    ending: "abandoned",
    culprit: "theirs",
    firstOfferedId: agent.id,
    agentId: null,
  });
  t.match(phone.notes().at(-1)?.text, /^cancelled/);
  await scene.status(agent, "available");

  const first = scene.customer(line.number, { from: someone(), cancelAfterMs: 3500 });
  await scene.status(agent, "ringing");
  const queued = someone();
  t.equal(await scene.customer(line.number, { from: queued, hangUpAfterMs: 1000 }).done, 0);
  t.match(await scene.record(queued), { type: "missed", ending: "abandoned", queueId: line.queueId });
  await first.done;
  await until("three missed calls", async () => {
    const { items } = await scene.get(`/v1/calls?type=missed&lineId=${line.id}`);
    return items.length === 3;
  });
  t.equal((await scene.get(`/v1/calls?type=inbound&lineId=${line.id}`)).items.length, 0);
  await until("no channel is left", async () => (await scene.channels()) === 0);
});

t.test(
  "D-10, D-44 nobody signed in, and everybody letting it ring: the no-answer announcement",
  async (t) => {
    const agent = await scene.agent("Deaf");
    const line = await scene.line([agent], { queue: { answerSeconds: 3 } });
    const nobody = someone();
    t.equal(await scene.customer(line.number, { from: nobody }).done, 0);
    t.match(await scene.record(nobody), {
      type: "missed",
      ending: "no_answer",
      culprit: "ours",
      firstOfferedId: null,
    });
    const phone = await scene.onShift(agent, never);
    const ignored = someone();
    t.equal(await scene.customer(line.number, { from: ignored }).done, 0);
    t.match(await scene.record(ignored), { type: "missed", ending: "no_answer", firstOfferedId: agent.id });
    t.equal(rings(phone), 1, "one round");
  },
);

t.test(
  "a number that is not ours is not in service, and nothing else can be reached from a trunk",
  async (t) => {
    const agent = await scene.agent("Target");
    const phone = await scene.onShift(agent, quick);
    for (const dialled of ["+74990000000", agent.shortNumber, `500&PJSIP/${agent.account.username}`]) {
      const customer = scene.customer(dialled, { from: someone() });
      await customer.done;
      t.equal(phone.notes().length, 0, `${dialled} rings nobody`);
    }
  },
);

t.test(
  "SOFT-08, AGENT-13 a colleague is reached by short number when available, and only then",
  async (t) => {
    const [caller, colleague] = [await scene.agent("Caller"), await scene.agent("Colleague")];
    const phone = await scene.onShift(colleague, quick);
    const reach = async (): Promise<number> =>
      colleagueCalls(scene.place, caller.account, colleague.shortNumber, { hangUpAfterMs: 400 }).done;
    t.equal(await reach(), 0);
    await until("it rang", () => phone.notes().some((note) => note.text.startsWith("rings")));
    const { items } = await scene.get(`/v1/calls?type=internal&agentId=${colleague.id}`);
    t.match(items, [{ type: "internal", agentId: colleague.id }]);
    await scene.must("PUT", `/v1/agents/${colleague.id}/state`, { state: "break" });
    await reach();
    t.equal(rings(phone), 1, "not on a break");
  },
);

t.test(
  "LINE-14, LINE-15, LINE-17 lines are separate, carry their names, and agents are tied to them",
  async (t) => {
    const [sales, support] = [await scene.agent("Seller"), await scene.agent("Supporter")];
    const [orders, help] = [
      await scene.line([sales], { line: { name: "Orders" } }),
      await scene.line([support], { line: { name: "Help", recording: "off" } }),
    ];
    const [sellerPhone, supportPhone] = [
      await scene.onShift(sales, quick),
      await scene.onShift(support, quick),
    ];
    const [a, b] = [someone(), someone()];
    t.equal(await scene.customer(orders.number, { from: a, hangUpAfterMs: 300 }).done, 0);
    t.equal(await scene.customer(help.number, { from: b, hangUpAfterMs: 300 }).done, 0);
    t.match(sellerPhone.notes()[0]?.text, /"Orders"/, "LINE-15 the line's name is on the phone");
    t.match(supportPhone.notes()[0]?.text, /"Help"/);
    t.match(await scene.record(a), { lineId: orders.id, agentId: sales.id });
    t.match(await scene.record(b), { lineId: help.id, agentId: support.id, recordingId: null });
    t.match((await scene.get(`/v1/agents/${sales.id}`)).lines, [{ id: orders.id }]);
    await scene.must("PUT", `/v1/agents/${sales.id}/lines`, { lineIds: [orders.id, help.id] });
    t.strictSame(
      (await scene.get(`/v1/agents/${sales.id}`)).lines.map((line: { id: string }) => line.id).sort(),
      [orders.id, help.id].sort(),
    );
    await scene.must("PUT", `/v1/agents/${support.id}/state`, { state: "break" });
    const c = someone();
    t.equal(await scene.customer(help.number, { from: c, hangUpAfterMs: 300 }).done, 0);
    t.match(await scene.record(c), { lineId: help.id, agentId: sales.id });
  },
);

t.test(
  "REC-01 a phone that nobody here wrote: baresip takes a call as an agent, both hear each other",
  async (t) => {
    const tone = writeTone(join(scene.place.folder, "..", "real-customer.ulaw"), 500);
    const speech = writeTone(join(scene.place.folder, "..", "real-agent.ulaw"), 1200);
    const agent = await scene.agent("Baresip");
    const line = await scene.line([agent]);
    const place = { ...scene.place, baresip: await findBaresip(scene.instance.config, () => {}) };
    const phone = await softphone(place, agent.account, { answer: "auto", speech });
    t.teardown(() => phone.stop());
    await scene.must("POST", `/v1/agents/${agent.id}/sign-in`, {});
    await scene.must("PUT", `/v1/agents/${agent.id}/state`, { state: "inbound" });
    await scene.status(agent, "available");
    const from = someone();
    t.equal(await scene.customer(line.number, { from, hangUpAfterMs: 2500, speech: tone }).done, 0);
    const record = await scene.record(from);
    t.match(record, { ending: "answered", agentId: agent.id });
    const recording = await until(
      "the recording",
      async () => (await scene.get(`/v1/calls/${record.id}`)).recording,
    );
    const headers = { authorization: `Bearer ${scene.instance.secrets.adminApiKey}` };
    const response = await fetch(`${scene.instance.url}/v1/recordings/${recording.id}/audio`, { headers });
    const wav = Buffer.from(await response.arrayBuffer());
    t.ok(toneShare(channelOf(wav, 0), 500) > 0.6, "the customer's voice");
    t.ok(toneShare(channelOf(wav, 1), 1200) > 0.6, "baresip's voice");
    await scene.status(agent, "available");
  },
);

t.test("ROUTE-01 the ticked agents of a line take its calls, or everybody", async (t) => {
  const [ticked, unticked]: [TestAgent, TestAgent] = [
    await scene.agent("Ticked"),
    await scene.agent("Unticked"),
  ];
  const line = await scene.line([ticked]);
  const phone = await scene.onShift(unticked, quick);
  const from = someone();
  t.equal(await scene.customer(line.number, { from }).done, 0);
  t.match(await scene.record(from), { ending: "no_answer" });
  t.equal(phone.notes().length, 0);
  await scene.must("PATCH", `/v1/queues/${line.queueId}`, { agents: "all" });
  const again = someone();
  t.equal(await scene.customer(line.number, { from: again, hangUpAfterMs: 300 }).done, 0);
  t.match(await scene.record(again), { agentId: unticked.id });
});
