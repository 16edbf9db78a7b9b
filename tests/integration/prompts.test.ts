/**
 * What callers hear, in its order: every slot of a line gets a tone of its own, and an ear at the customer's side
 * takes down what Asterisk really sends.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { home } from "../../apps/home.ts";
import { findFfmpeg } from "../../apps/host/ffmpeg.ts";
import type { SippPeer } from "../../apps/peers/sipp.ts";
import { type Ear, openEar } from "../support/ear.ts";
import { openScene, type Scene, type TestAgent, type TestLine } from "../support/scene.ts";
import { writeTone } from "../support/sound.ts";
import { until } from "../support/until.ts";
import { encode, formOf, toneWav } from "../support/uploads.ts";

t.jobs = 1;
t.setTimeout(420_000);

/** Hertz; `agent` is what the agent says. */
const TONES = {
  ...{ arrival: 400, waiting: 600, busy: 850, "no-answer": 1100, "out-of-hours": 1500 },
  ...{ other: 2000, agent: 2500 },
};
type Name = keyof typeof TONES;
const TONE_MS = 500;

const scene: Scene = await openScene();
const ears: Ear[] = [];
t.teardown(() => scene.close());
t.afterEach(async () => {
  await scene.clear();
  for (const ear of ears.splice(0)) ear.close();
});

let nextCustomer = 3000;
const someone = (): string => `+7916444${nextCustomer++}`;
const speech = writeTone(join(scene.place.folder, "..", "agent-tone.ulaw"), TONES.agent);
const ffmpeg = await findFfmpeg(scene.instance.config, () => {});
const sounds = await uploadTones();

/** Every prompt as an uploaded sound: one MP3, one WMA, the others WAV. */
async function uploadTones(): Promise<Record<Exclude<Name, "agent">, string>> {
  const ids: Record<string, string> = {};
  for (const [name, hertz] of Object.entries(TONES).filter(([each]) => each !== "agent")) {
    const wav = toneWav(hertz, TONE_MS);
    const file =
      name === "waiting"
        ? await encode(ffmpeg, wav, "mp3")
        : name === "busy"
          ? await encode(ffmpeg, wav, "wma")
          : wav;
    const response = await fetch(`${scene.instance.url}/v1/sounds`, {
      method: "POST",
      body: formOf(file, `${name}.bin`),
      headers: { authorization: `Bearer ${scene.instance.secrets.adminApiKey}` },
    });
    if (response.status !== 201) throw new Error(`${name}: ${response.status} ${await response.text()}`);
    ids[name] = ((await response.json()) as { id: string }).id;
  }
  return ids as Record<Exclude<Name, "agent">, string>;
}

const { arrival, waiting, busy } = sounds;
const ALL = {
  ...{ arrival, waiting, busy },
  ...{ "no-answer": sounds["no-answer"], "out-of-hours": sounds["out-of-hours"] },
};

const lineOf = (agents: TestAgent[], prompts: object = ALL, line: object = {}): Promise<TestLine> =>
  scene.line(agents, { queue: { answerSeconds: 20 }, line: { prompts, ...line } });

/** Open for an hour, three days from now. */
const NOT_TODAY = {
  zone: "UTC",
  week: [{ days: [((new Date().getUTCDay() + 2) % 7) + 1], from: "09:00", to: "10:00" }],
};

/** A customer whose ear is open. */
async function listener(line: TestLine, behaviour: { hangUpAfterMs?: number } = {}) {
  const ear = await openEar();
  ears.push(ear);
  const from = someone();
  const peer = scene.customer(line.number, { from, earPort: ear.port, ...behaviour });
  return { ear, from, peer };
}

const order = (ear: Ear): string[] => ear.order(TONES);
const talks = (phone: SippPeer): number =>
  phone.notes().filter(({ text }) => text.startsWith("answered")).length;

t.test(
  "PROMPT-01, PROMPT-03, ROUTE-10, D-34 an agent is free: the arrival prompt once, then the waiting prompt over and over until the agent answers",
  async (t) => {
    const agent = await scene.agent("Free");
    const line = await lineOf([agent]);
    const phone = await scene.onShift(agent, { answerAfterMs: 2200, speech });
    const { ear, from, peer } = await listener(line, { hangUpAfterMs: 6000 });
    const offered = await scene.heard("the offer", (each) => each.kind === "call.offered");
    t.equal(offered.data.ringSeconds, 20, "the melody ends with the time to answer");
    t.equal(await peer.done, 0);
    t.same(order(ear), ["arrival", "waiting", "agent"], "and nothing after the agent's voice");
    const [first, second] = ear.heard(TONES);
    t.ok((first?.ms ?? 0) < TONE_MS * 1.3, `arrival once (${first?.ms} ms)`);
    t.ok((second?.ms ?? 0) > TONE_MS * 2.5, `waiting is a loop (${second?.ms} ms)`);
    const rang = phone.notes()[0]?.at ?? 0;
    t.ok(
      rang >= (first?.to ?? Number.POSITIVE_INFINITY) - 100,
      "nobody's phone rings before the arrival prompt is over",
    );
    const record = await scene.record(from);
    t.match(record, { ending: "answered", agentId: agent.id });
    const { decisions } = await scene.why(record.id);
    t.match(JSON.stringify(decisions), /PROMPT-03/, "the record says that the caller was greeted");
  },
);

t.test(
  "PROMPT-04 everybody is busy: arrival, all-busy, waiting, and round again; then the agent, and no prompt more",
  async (t) => {
    const agent = await scene.agent("Busy");
    const line = await lineOf([agent]);
    const phone = await scene.onShift(agent, { answerAfterMs: 100, speech });
    const blocker = await listener(line, {});
    await until("the agent talks", () => talks(phone) === 1);
    const { ear, peer } = await listener(line, { hangUpAfterMs: 12_000 });
    await until("two rounds are heard", () => order(ear).filter((tone) => tone === "busy").length >= 3);
    const rounds = order(ear);
    t.same(rounds.slice(0, 6), ["arrival", "busy", "waiting", "busy", "waiting", "busy"]);
    t.notOk(rounds.slice(1).includes("arrival"), "the greeting is not said again");
    for (const { tone, ms } of ear.heard(TONES).slice(0, 5))
      t.ok(ms < TONE_MS * 1.3, `${tone} once per round (${ms} ms)`);
    await blocker.peer.stop();
    await scene.instance.console("channel request hangup all").catch(() => "");
    await peer.done;
  },
);

t.test(
  "PROMPT-05 nobody can answer: the no-answer prompt and nothing else, then the call ends",
  async (t) => {
    const line = await lineOf([await scene.agent("Away")]);
    const { ear, from, peer } = await listener(line);
    t.equal(await peer.done, 0);
    t.ok(peer.has("left by us"), "we hang up");
    t.same(order(ear), ["no-answer"]);
    t.match(await scene.record(from), { ending: "no_answer" });
  },
);

t.test("PROMPT-06 out of hours: that prompt and nothing else, then the call ends", async (t) => {
  const agent = await scene.agent("Night");
  const line = await lineOf([agent], ALL, { hours: NOT_TODAY });
  const phone = await scene.onShift(agent, { answerAfterMs: 100 });
  const { ear, from, peer } = await listener(line);
  t.equal(await peer.done, 0);
  t.ok(peer.has("left by us"), "we hang up");
  t.same(order(ear), ["out-of-hours"]);
  t.match(await scene.record(from), { ending: "out_of_hours" });
  t.equal(phone.notes().length, 0);
});

t.test(
  "PROMPT-07 without an arrival prompt the phone rings at once; without a waiting prompt the caller hears it ringing",
  async (t) => {
    const agent = await scene.agent("Quick");
    const waitingOnly = await lineOf([agent], { ...ALL, arrival: "none" });
    await scene.onShift(agent, { answerAfterMs: 1500, speech });
    const one = await listener(waitingOnly, { hangUpAfterMs: 2500 });
    t.equal(await one.peer.done, 0);
    t.same(order(one.ear), ["waiting", "agent"]);
    await scene.status(agent, "available");
    const neither = await lineOf([agent], { ...ALL, arrival: "none", waiting: "none" });
    const two = await listener(neither, { hangUpAfterMs: 1000 });
    t.equal(await two.peer.done, 0);
    t.same(order(two.ear), ["agent"]);
    t.ok(two.peer.notes().length > 0);
  },
);

t.test(
  "PROMPT-08 a new line greets, asks to wait and says it is closed with the standard recordings, in its language",
  async (t) => {
    const agent = await scene.agent("Standard");
    const line = await scene.line([agent], { line: { prompts: undefined, language: "ru" } });
    t.match(await scene.get(`/v1/lines/${line.id}`), {
      prompts: {
        ...{ arrival: "standard", waiting: "standard", busy: "standard" },
        ...{ "no-answer": "standard", "out-of-hours": "standard" },
      },
    });
    await scene.onShift(agent, { answerAfterMs: 2500, speech });
    const open = await listener(line, { hangUpAfterMs: 8000 });
    t.equal(await open.peer.done, 0);
    const [greeting, wait] = [
      open.ear.findFile(recording("ru", "welcome")),
      open.ear.findFile(recording("ru", "please-wait")),
    ];
    t.ok(greeting >= 0, "the greeting");
    t.ok(wait > greeting, "then «please wait»");
    t.equal(open.ear.findFile(recording("en", "welcome")), -1, "in no other language");
    t.equal(open.ear.findFile(recording("ru", "all-busy")), -1);
    await scene.must("PATCH", `/v1/lines/${line.id}`, { hours: NOT_TODAY, language: "en" });
    const closed = await listener(line);
    t.equal(await closed.peer.done, 0);
    t.ok(
      closed.ear.findFile(recording("en", "out-of-hours")) >= 0,
      "out of hours, in the line's new language",
    );
    t.equal(closed.ear.findFile(recording("en", "welcome")), -1, "without a greeting");
  },
);

const recording = (language: string, name: string): Buffer =>
  readFileSync(join(home, "sounds", language, `${name}.ulaw`));

t.test("LINE-14, PROMPT-01 each line has its own prompts; one slot can be saved for all lines", async (t) => {
  const agent = await scene.agent("Two lines");
  const [mine, theirs] = [await lineOf([agent]), await lineOf([agent], { ...ALL, arrival: sounds.other })];
  await scene.onShift(agent, { answerAfterMs: 700, speech });
  const hear = async (line: TestLine): Promise<string[]> => {
    await scene.status(agent, "available");
    const { ear, peer } = await listener(line, { hangUpAfterMs: 3500 });
    t.equal(await peer.done, 0);
    return order(ear);
  };
  t.same(await hear(mine), ["arrival", "waiting", "agent"]);
  t.same(await hear(theirs), ["other", "waiting", "agent"]);
  const change = { prompts: { arrival: sounds.other, waiting: "none" } };
  await scene.must("PATCH", `/v1/lines/${mine.id}?scope=all`, change);
  t.match(await scene.get(`/v1/lines/${theirs.id}`), {
    prompts: { arrival: sounds.other, waiting: "none", busy },
  });
  t.same(await hear(mine), ["other", "agent"]);
  for (const [prompts, field] of [
    [{ busy: "none" }, "prompts.busy"],
    [{ arrival: "5f0c0e0a-0000-4000-8000-000000000001" }, "prompts.arrival"],
  ] as const)
    t.match(await scene.ask("PATCH", `/v1/lines/${mine.id}`, { prompts }), { body: { errors: [{ field }] } });
  t.match(await scene.ask("DELETE", `/v1/sounds/${busy}`), { status: 409, body: { code: "sound-in-use" } });
});

t.test(
  "PROMPT-04 prompts change while somebody waits: the waiting caller loses nothing, the next one hears the new ones",
  async (t) => {
    const agent = await scene.agent("Tuned");
    const line = await lineOf([agent]);
    const phone = await scene.onShift(agent, { answerAfterMs: 100, speech });
    await listener(line);
    await until("the agent talks", () => talks(phone) === 1);
    const before = await listener(line);
    await until("the loop is heard", () => order(before.ear).includes("waiting"));
    await scene.must("PATCH", `/v1/lines/${line.id}`, { prompts: { waiting: sounds.other } });
    const since = order(before.ear).length;
    await until("the loop goes on", () => order(before.ear).length > since + 2);
    t.notOk(order(before.ear).includes("other"));
    const after = await listener(line);
    await until("the new loop is heard", () => order(after.ear).length >= 4);
    t.same(order(after.ear).slice(0, 4), ["arrival", "busy", "other", "busy"]);
  },
);

t.test(
  "PROMPT-03, PROMPT-04, PROMPT-06 without the engine the same slots are heard in the same order",
  async (t) => {
    const agent = await scene.agent("Alone");
    const line = await lineOf([agent]);
    const closed = await lineOf([agent], ALL, { hours: NOT_TODAY });
    const phone = await scene.onShift(agent, { answerAfterMs: 1500, speech });
    await scene.instance.halt("engine");
    try {
      const one = await listener(line);
      await until("the agent talks", () => talks(phone) === 1, 25_000);
      await until("the agent is heard", () => order(one.ear).includes("agent"));
      // The fallback's queue plays the loop from the start, whether somebody is free or not.
      const first = order(one.ear);
      t.same(first.slice(0, 3), ["arrival", "busy", "waiting"]);
      t.equal(first.at(-1), "agent");
      t.equal(first.filter((tone) => tone === "arrival").length, 1);
      const second = await listener(line);
      await until("the loop is heard", () => order(second.ear).length >= 5, 25_000);
      t.same(order(second.ear).slice(0, 5), ["arrival", "busy", "waiting", "busy", "waiting"]);
      const third = await listener(closed);
      t.equal(await third.peer.done, 0);
      t.same(order(third.ear), ["out-of-hours"]);
    } finally {
      await scene.instance.resume("engine");
      const ready = async (): Promise<boolean> => (await fetch(`${scene.instance.url}/ready`)).status === 200;
      await until("the engine is back", ready, 20_000);
    }
  },
);
