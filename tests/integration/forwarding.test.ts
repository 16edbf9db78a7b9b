/**
 * Forwarding on a real Asterisk: after everybody in the house, to proved numbers only, as often as the line says.
 */
import { join } from "node:path";
import t from "tap";
import { farEnd } from "../../apps/peers/sipp.ts";
import { openDatabase } from "../../apps/store/database.ts";
import type { Scene, TestAgent } from "../support/scene.ts";
import { numbersFrom, rings, sceneOfFile } from "../support/scene-file.ts";
import { writeTone } from "../support/sound.ts";
import { until } from "../support/until.ts";

const scene: Scene = await sceneOfFile();
const db = openDatabase({ url: scene.instance.databaseUrl, name: "test", log: { warn: () => {} } });
t.teardown(() => db.destroy());

const someone = numbersFrom("+79164444000");
const never = { answerAfterMs: "never" } as const;
const speech = writeTone(join(scene.place.folder, "..", "outside.ulaw"), 1000);
const answers = { answerAfterMs: 150, hangUpAfterMs: 700, speech } as const;
const NUMBER = "+74951110001";

let trunk: string | undefined;

/** The carrier's far end behaves so from now on. */
async function carrier(behaviour: Parameters<typeof farEnd>[1]) {
  const peer = scene.keep(farEnd(scene.place, behaviour));
  const address = { host: "127.0.0.4", port: peer.port };
  if (trunk) await scene.must("PATCH", `/v1/trunks/${trunk}`, address);
  else {
    const made = await scene.must("POST", "/v1/trunks", {
      name: "Out",
      addresses: ["127.0.0.4"],
      ...address,
    });
    trunk = made.id;
  }
  return {
    peer,
    dialled: () => peer.notes().flatMap(({ text }) => /^dialled sip:(.*)$/.exec(text)?.[1] ?? []),
    shown: () => peer.notes().flatMap(({ text }) => /^rings .*sip:([^@]*)@/.exec(text)?.[1] ?? []),
  };
}

/** What verifying a number will write (the colleague's part); a change makes the engine read it. */
async function proved(line: { id: string }): Promise<void> {
  await db
    .updateTable("line")
    .set({ forward_number_verified_at: new Date() })
    .where("id", "=", line.id)
    .execute();
  await scene.must("PATCH", `/v1/lines/${line.id}`, { ownerFirst: true });
}

async function ownNumber(agent: TestAgent, number: string, state: "pending" | "verified" | "approved") {
  await scene.must("PATCH", `/v1/agents/${agent.id}`, { forwardNumber: number });
  await db.updateTable("agent").set({ forward_state: state }).where("id", "=", agent.id).execute();
  await scene.must("PATCH", `/v1/agents/${agent.id}`, { name: agent.name });
}

const toNumber = { forwardMode: "number", forwardNumber: NUMBER } as const;

t.test(
  "FWD-01, FWD-05, FWD-07, FWD-08, FWD-09, D-08 nobody answers in the house: the one number",
  async (t) => {
    const agent = await scene.agent("Silent");
    const out = await carrier(answers);
    const line = await scene.line([agent], { queue: { answerSeconds: 3 }, line: toNumber });
    await proved(line);
    const phone = await scene.onShift(agent, never);
    const from = someone();
    t.equal(await scene.customer(line.number, { from }).done, 0);
    const record = await scene.record(from);
    t.match(record, { type: "inbound", ending: "answered", agentId: null, forwardedTo: { e164: NUMBER } });
    t.equal(record.firstOfferedId, agent.id);
    t.match(
      phone.notes().map(({ text }) => text),
      [/^rings/, /^cancelled/],
      "the service first",
    );
    t.strictSame(out.dialled(), [NUMBER]);
    t.strictSame(out.shown(), [line.number], "FWD-05 the line's number is shown");
    t.match((await scene.why(record.id)).decisions, [
      { decision: "offered" },
      { decision: "offer-ended" },
      { decision: "dialled-outside", rule: "FWD-09", because: /attempt 1 of 1/ },
    ]);
    const call = await until("the recording", async () => {
      const shown = await scene.get(`/v1/calls/${record.id}`);
      return shown.recording && shown;
    });
    t.match(call.recording, { state: "kept" }, "FWD-07");
    const leg = call.legs.find((each: { toNumber: unknown }) => each.toNumber);
    t.match(leg, { toNumber: { e164: NUMBER }, agentId: null }, "FWD-08");
    t.ok(leg.talkMs > 300 && Date.parse(leg.endedAt) > Date.parse(leg.answeredAt));

    await scene.must("PATCH", `/v1/lines/${line.id}`, { forwardCallerId: "caller" });
    await scene.must("POST", `/v1/agents/${agent.id}/sign-out`, {});
    const second = someone();
    t.equal(await scene.customer(line.number, { from: second }).done, 0);
    t.match(await scene.record(second), { ending: "answered", forwardedTo: { e164: NUMBER } });
    t.equal(out.shown().at(-1), second, "FWD-05 the caller's own number is shown");
  },
);

t.test("FWD-02 nothing is forwarded to a number that nobody proved, and the reason says so", async (t) => {
  const agent = await scene.agent("Away");
  const out = await carrier(answers);
  const line = await scene.line([agent], { line: toNumber });
  const from = someone();
  t.equal(await scene.customer(line.number, { from }).done, 0);
  const record = await scene.record(from);
  t.match(record, { type: "missed", ending: "no_answer", forwardedTo: null });
  t.match((await scene.why(record.id)).decisions.at(-1).because, /\+74951110001 is not verified/);
  await proved(line);
  await scene.must("PATCH", `/v1/lines/${line.id}`, { forwardNumber: "+74951110009" });
  t.match(await scene.get(`/v1/lines/${line.id}`), { forwardVerifiedAt: null }, "another number starts anew");
  const again = someone();
  t.equal(await scene.customer(line.number, { from: again }).done, 0);
  t.match(await scene.record(again), { ending: "no_answer" });
  t.strictSame(out.dialled(), [], "no INVITE left the house");
  const abroad = { forwardNumber: "+442071234567" };
  t.match(await scene.ask("PATCH", `/v1/lines/${line.id}`, abroad), {
    status: 422,
    body: { code: "not-allowed" },
  });
  t.match(await scene.ask("PATCH", `/v1/lines/${line.id}`, { forwardNumber: null }), {
    status: 422,
    body: { errors: [{ field: "forwardNumber" }] },
  });
});

t.test("FWD-01, FWD-03 to each agent's own number: the owner first, and only approved ones", async (t) => {
  const [owner, other, peace] = [
    await scene.agent("Owner"),
    await scene.agent("Other"),
    await scene.agent("Peace"),
  ];
  const out = await carrier(answers);
  const line = await scene.line([other, peace, owner], {
    queue: { answerSeconds: 3 },
    line: { forwardMode: "agents" },
  });
  await ownNumber(owner, "+74951110011", "approved");
  await ownNumber(other, "+74951110012", "approved");
  await ownNumber(peace, "+74951110013", "approved");
  await scene.onShift(peace, never);
  await scene.must("PUT", `/v1/agents/${peace.id}/state`, { state: "break" });
  const from = someone();
  await scene.contact("Client", from, owner);
  t.equal(await scene.customer(line.number, { from }).done, 0);
  t.match(await scene.record(from), { ending: "answered", forwardedTo: { e164: "+74951110011" } });
  t.strictSame(out.dialled(), ["+74951110011"], "the owner's own number, nobody else's");

  await ownNumber(owner, "+74951110011", "verified");
  await ownNumber(other, "+74951110014", "pending");
  const missed = someone();
  t.equal(await scene.customer(line.number, { from: missed }).done, 0);
  const record = await scene.record(missed);
  t.match(record, { ending: "no_answer", forwardedTo: null });
  const { because } = (await scene.why(record.id)).decisions.at(-1);
  t.match(because, /Owner's number is not approved/);
  t.match(because, /Peace is on a break/);
  t.equal(out.dialled().length, 1, "no INVITE to a number that is not approved, nor on a break");
});

t.test(
  "FWD-04, D-44 so many attempts of so many seconds, busy or silent; then the no-answer prompt",
  async (t) => {
    const agent = await scene.agent("Gone");
    const settings = { ...toNumber, forwardAttempts: 3, forwardSeconds: 5 };
    const line = await scene.line([agent], { line: settings });
    await proved(line);
    const busy = await carrier({ answerAfterMs: 0, refuse: 486 });
    const from = someone();
    t.equal(await scene.customer(line.number, { from }).done, 0);
    const record = await scene.record(from);
    t.match(record, { type: "missed", ending: "no_answer", forwardedTo: null });
    t.strictSame(busy.dialled(), [NUMBER, NUMBER, NUMBER]);
    const { decisions } = await scene.why(record.id);
    t.equal(decisions.filter((each: { decision: string }) => each.decision === "dialled-outside").length, 3);
    t.match(decisions.at(-1), { decision: "refused", because: /nobody took it outside either/ });

    await scene.must("PATCH", `/v1/lines/${line.id}`, { forwardAttempts: 2 });
    const silent = await carrier(never);
    const second = someone();
    const customer = scene.customer(line.number, { from: second });
    t.equal(await customer.done, 0);
    t.match(await scene.record(second), { ending: "no_answer" });
    t.equal(rings(silent.peer), 2);
    const [first, cancelled] = silent.peer.notes().filter(({ text }) => /^(rings|cancelled)/.test(text));
    const rang = (cancelled?.at ?? 0) - (first?.at ?? 0);
    t.ok(rang > 4500 && rang < 7500, `rang ${rang} ms of 5 s`);
  },
);

t.test("FWD-06, LINE-14 forwarding is saved for this line, or for all of them", async (t) => {
  const agent = await scene.agent("Everywhere");
  const [one, two] = [await scene.line([agent]), await scene.line([agent])];
  await scene.must("PATCH", `/v1/lines/${one.id}`, { forwardMode: "agents", forwardSeconds: 40 });
  t.match(await scene.get(`/v1/lines/${two.id}`), { forwardMode: "off", forwardSeconds: 25 });
  const all = { ...toNumber, forwardAttempts: 2 };
  await scene.must("PATCH", `/v1/lines/${one.id}?scope=all`, all);
  for (const line of [one, two])
    t.match(await scene.get(`/v1/lines/${line.id}`), {
      forwardMode: "number",
      forwardNumber: { e164: NUMBER },
      forwardAttempts: 2,
    });
  t.match(await scene.get(`/v1/lines/${two.id}`), { forwardSeconds: 25 }, "what was not named is as it was");
  await scene.must("PATCH", `/v1/lines/${one.id}?scope=all`, { forwardMode: "off" });
});

t.test(
  "FWD-04, FWD-09 after the queue's longest wait; a carrier that wants digits only gets digits",
  async (t) => {
    const agent = await scene.agent("Busy");
    const out = await carrier(answers);
    await scene.must("PATCH", `/v1/trunks/${trunk}`, { numberFormat: "digits" });
    const line = await scene.line([agent], { queue: { maxWaitSeconds: 5 }, line: toNumber });
    await proved(line);
    await scene.onShift(agent, { answerAfterMs: 100, speech });
    const talking = scene.customer(line.number, { from: someone(), speech });
    await scene.status(agent, "talking");
    const from = someone();
    t.equal(await scene.customer(line.number, { from }).done, 0);
    t.match(await scene.record(from), { ending: "answered", forwardedTo: { e164: NUMBER } });
    t.strictSame(out.dialled(), [NUMBER.slice(1)]);
    t.strictSame(out.shown(), [line.number.slice(1)]);
    t.notOk(talking.has("left by us"), "the talk in the house went on");
    await scene.must("PATCH", `/v1/trunks/${trunk}`, { numberFormat: "e164" });
  },
);
