/**
 * Recordings on a real Asterisk: what is in the file, what is silent in it, who hears it, and messages of callers whom
 * nobody answered. Tones tell who is heard where.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import type { Scene, TestAgent } from "../support/scene.ts";
import { sceneOfFile } from "../support/scene-file.ts";
import { channelOf, toneShare, writeTone } from "../support/sound.ts";
import { until } from "../support/until.ts";

const scene: Scene = await sceneOfFile();

let nextCustomer = 1000;
const someone = (): string => `+7916333${nextCustomer++}`;
const folder = join(scene.place.folder, "..");
const [LOW, HIGH] = [400, 1000];
const customerTone = writeTone(join(folder, "customer.ulaw"), LOW);
const agentTone = writeTone(join(folder, "agent.ulaw"), HIGH);
const { dataDir } = scene.instance.config;
const spool = join(dataDir, "asterisk/spool");

// biome-ignore lint/suspicious/noExplicitAny: answers are read freely in tests; their shape is the API suite's matter.
type Json = any;

/** Asks with another key than the administrator's. */
async function askAs(key: string, method: string, path: string, body?: unknown) {
  const response = await fetch(`${scene.instance.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    headers: response.headers,
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}

async function keyOf(agent: TestAgent): Promise<string> {
  return (await scene.must("POST", "/v1/keys", { name: agent.name, role: "agent", agentId: agent.id })).key;
}

/** The plain WAV, as the API sends it. */
async function wavOf(recording: Json): Promise<Buffer> {
  const { status, bytes } = await askAs(scene.instance.secrets.adminApiKey, "GET", recording.audio);
  if (status !== 200) throw new Error(`${recording.audio}: ${status}`);
  return bytes;
}

async function recordingOf(callId: string): Promise<Json> {
  return until("the recording", async () => (await scene.get(`/v1/calls/${callId}`)).recording);
}

async function audited(query: string): Promise<Json[]> {
  return (await scene.get(`/v1/audit?${query}`)).items;
}

/** How much Asterisk has written of the one call that is going on. */
function written(): number {
  const [name, ...others] = readdirSync(join(spool, "monitor"));
  if (name === undefined || others.length > 0) return 0;
  return statSync(join(spool, "monitor", name)).size;
}

/** Waits until so much more was written: a second of G.711 is 16000 bytes per channel. */
async function recordedFor(seconds: number, channels: number): Promise<void> {
  const from = written();
  await until(
    `${seconds} s more are recorded`,
    () => written() >= from + seconds * 16_000 * channels,
    20_000,
  );
}

interface Talk {
  readonly id: string;
  readonly from: string;
  readonly agent: TestAgent;
  hangUp(): Promise<Json>;
}

/** A customer talks to an agent; both speak their tones all the time. */
async function talk(line: object): Promise<Talk> {
  const agent = await scene.agent(`Agent ${nextCustomer}`);
  const { number } = await scene.line([agent], { line });
  const from = someone();
  const phone = await scene.onShift(agent, { answerAfterMs: 200, speech: agentTone });
  const customer = scene.customer(number, { from, speech: customerTone });
  const { data } = await scene.heard(
    "the talk",
    (each) => each.kind === "call.talking" && each.data.agentId === agent.id,
  );
  // The live stream is ahead of the database by the batch that the record is written in.
  await until(`call ${data.id} can be read`, async () => {
    const { status } = await scene.ask("GET", `/v1/calls/${data.id}`);
    return status === 200;
  });
  return {
    ...{ id: data.id, from, agent },
    async hangUp() {
      await Promise.all([customer.stop(), phone.stop()]);
      await scene.instance.console("channel request hangup all");
      return scene.record(from);
    },
  };
}

/** The pause is silent on every channel; outside of it each side is heard. */
function pauseIsSilent(t: Test, wav: Buffer, { fromMs, toMs }: { fromMs: number; toMs: number }): void {
  const channels = wav.readUInt16LE(22);
  // Marks are taken before Asterisk is told and after it was told again, so what is silent lies within them.
  const edge = 300;
  for (let channel = 0; channel < channels; channel++) {
    const samples = channelOf(wav, channel);
    const tone = channel === 0 ? LOW : HIGH;
    const cut = (from: number, to: number) => samples.subarray(from * 8, to * 8);
    const inside = cut(fromMs + edge, toMs - edge);
    t.ok(inside.length > 8000, `channel ${channel}: the pause has a second to look at`);
    t.ok(
      inside.every((sample) => sample === 0),
      `channel ${channel}: nothing is heard in the pause`,
    );
    const heard = (from: number, to: number) =>
      channels === 2
        ? toneShare(cut(from, to), tone)
        : toneShare(cut(from, to), LOW) + toneShare(cut(from, to), HIGH);
    t.ok(heard(edge, fromMs - edge) > 0.8, `channel ${channel}: heard before`);
    t.ok(heard(toMs + edge, samples.length / 8 - edge) > 0.8, `channel ${channel}: heard after`);
  }
}

t.test(
  "REC-01, REC-02, REC-03, REC-05 a recording is encrypted on the disk, plain over the API, and who hears it is audited",
  async (t) => {
    const first = await talk({});
    await recordedFor(1, 2);
    const record = await first.hangUp();
    const recording = await recordingOf(record.id);
    t.match(recording, { id: record.id, kind: "call", state: "kept", encrypted: true, pauses: [] });
    const files = readdirSync(join(dataDir, "recordings"), { recursive: true, encoding: "utf8" });
    const path = files.find((name) => name.includes(recording.id)) ?? "";
    t.match(path, /\.wav\.enc$/);
    const onDisk = readFileSync(join(dataDir, "recordings", path));
    t.notOk(onDisk.includes("RIFF"), "no WAV on the disk");
    t.same(readdirSync(join(spool, "monitor")), [], "and nothing is left in the spool");

    t.same(await audited(`subjectId=${recording.id}`), [], "nobody has heard it yet");
    const wav = await wavOf(recording);
    t.equal(createHash("sha256").update(wav).digest("hex"), recording.sha256);
    t.equal(wav.length, recording.bytes);
    t.ok(toneShare(channelOf(wav, 0), LOW) > 0.8 && toneShare(channelOf(wav, 1), HIGH) > 0.8);
    t.ok(toneShare(channelOf(wav, 0), HIGH) < 0.1, "each side on its own channel");
    t.match(await audited(`subjectId=${recording.id}`), [
      {
        action: "recording.listened",
        role: "admin",
        subjectType: "recording",
        detail: { callId: record.id },
      },
    ]);

    const own = await keyOf(first.agent);
    const strangers = await keyOf(await scene.agent("Stranger"));
    t.equal((await askAs(strangers, "GET", recording.audio)).status, 404);
    t.equal((await askAs(strangers, "POST", "/v1/recordings/download", { ids: [recording.id] })).status, 404);
    t.equal((await askAs(own, "DELETE", `/v1/recordings/${recording.id}`)).status, 403);
    const saved = await askAs(own, "GET", `${recording.audio}?download=true`);
    t.match(
      saved.headers.get("content-disposition"),
      new RegExp(`${recording.id}\\.wav"$`),
      "the id is in the name",
    );
    t.ok(saved.bytes.equals(wav));
    const zip = await askAs(own, "POST", "/v1/recordings/download", { ids: [recording.id] });
    t.equal(zip.headers.get("content-length"), String(zip.bytes.length));
    t.ok(zip.bytes.includes(wav), "stored as it is");
    t.same(
      (await audited(`subjectId=${recording.id}&agentId=${first.agent.id}`)).map(({ action }) => action),
      ["recording.downloaded", "recording.downloaded"],
      "the stranger's tries opened nothing, so they are not there",
    );
  },
);

for (const [mode, channels] of [
  ["stereo", 2],
  ["mixed", 1],
] as const)
  t.test(`REC-01, REC-05 ${mode}: paused while a card number is said, by the agent's own key`, async (t) => {
    const call = await talk({ recording: mode });
    const [own, other] = [await keyOf(call.agent), await keyOf(await scene.agent("Other"))];
    const place = `/v1/calls/${call.id}/recording`;
    await recordedFor(2, channels);
    t.equal((await askAs(other, "POST", `${place}/pause`, {})).status, 404, "not somebody else's call");
    t.equal((await askAs(own, "POST", `${place}/resume`)).status, 409, "it is not paused");
    t.equal((await askAs(own, "POST", `${place}/pause`, { autoResumeSeconds: 601 })).status, 400);
    const paused = await askAs(own, "POST", `${place}/pause`, { reason: "card number" });
    t.match(JSON.parse(String(paused.bytes)), { callId: call.id, paused: true });
    await scene.heard("the pause", (each) => each.kind === "recording.paused" && each.data.id === call.id);
    t.type((await scene.get(`/v1/calls/${call.id}`)).recordingPausedUntil, "string");
    await recordedFor(2, channels);
    t.equal((await askAs(other, "POST", `${place}/resume`)).status, 404);
    t.equal((await askAs(own, "POST", `${place}/resume`)).status, 200);
    await scene.heard(
      "the end of it",
      (each) => each.kind === "recording.resumed" && each.data.id === call.id,
    );
    await recordedFor(2, channels);
    const record = await call.hangUp();
    const recording = await recordingOf(record.id);
    t.equal(recording.pauses.length, 1);
    pauseIsSilent(t, await wavOf(recording), recording.pauses[0]);
    t.ok(
      Math.abs(recording.durationMs - record.talkMs) < 600,
      `the pause has its time in the file: ${recording.durationMs} of ${record.talkMs} ms`,
    );
    t.match(
      (await audited(`subjectType=call&subjectId=${call.id}&agentId=${call.agent.id}`)).map(
        ({ action }) => action,
      ),
      ["recording.resumed", "recording.paused"],
    );
    const over = await askAs(own, "POST", `${place}/pause`, {});
    t.equal(over.status, 404, "the call is over");
  });

t.test(
  "REC-01 recording goes on by itself, also when the engine was killed while it was paused",
  async (t) => {
    const call = await talk({});
    await recordedFor(1, 2);
    const before = scene.instance.children.engine?.pid;
    await scene.must("POST", `/v1/calls/${call.id}/recording/pause`, { autoResumeSeconds: 8 });
    t.ok(scene.instance.kill("engine", "SIGKILL"));
    await until("another engine runs", () => {
      const { engine } = scene.instance.children;
      return engine?.pid && engine.pid !== before;
    });
    await scene.heard(
      "it goes on",
      (each) => each.kind === "recording.resumed" && each.data.id === call.id,
      30_000,
    );
    await recordedFor(2, 2);
    const record = await call.hangUp();
    const recording = await recordingOf(record.id);
    const [pause, ...others] = recording.pauses;
    t.same(others, []);
    t.ok(pause.toMs - pause.fromMs > 7000, "not before its time");
    pauseIsSilent(t, await wavOf(recording), pause);
    t.match(
      (await audited(`subjectType=call&subjectId=${call.id}`)).map(({ action, keyId }) => [
        action,
        keyId === null,
      ]),
      [
        ["recording.resumed", true],
        ["recording.paused", false],
      ],
      "resumed by the house",
    );
  },
);

t.test("REC-01 what is not recorded cannot be paused", async (t) => {
  const call = await talk({ recording: "off" });
  const answer = await scene.ask("POST", `/v1/calls/${call.id}/recording/pause`, {});
  t.match(answer, { status: 409, body: { code: "not-recorded" } });
  t.equal((await scene.get(`/v1/calls/${call.id}`)).recordingPausedUntil, null);
  const unknown = "00000000-0000-4000-8000-000000000000";
  t.equal((await scene.ask("POST", `/v1/calls/${unknown}/recording/pause`, {})).status, 404);
  t.match(await call.hangUp(), { recordingId: null });
});

t.test(
  "REC-01 «this call is recorded» comes first, in the line's language, and is not itself recorded",
  async (t) => {
    const heard = join(dataDir, "asterisk/log", "said");
    await scene.instance.console("logger add channel said verbose(3)");
    await scene.instance.console("core set verbose 3");
    const call = await talk({ announceRecording: true, language: "en" });
    await recordedFor(1, 2);
    const record = await call.hangUp();
    const recording = await recordingOf(record.id);
    t.ok(
      Math.abs(recording.durationMs - record.talkMs) < 600,
      `only the talk is there: ${recording.durationMs} of ${record.talkMs} ms`,
    );
    t.ok(toneShare(channelOf(await wavOf(recording), 1), HIGH) > 0.8, "the agent, and no announcement");
    const said = readFileSync(heard, "utf8");
    const announced = said.search(/Playing 'dozvon\/recorded\.\w+' \(language 'en'\)/);
    t.ok(announced > 0, "announced in English");
    t.ok(said.indexOf("Begin MixMonitor Recording") > announced, "and recording began afterwards");
    t.notMatch(said, /dozvon\/recorded\.\w+' \(language 'ru'\)/);
    await scene.instance.console("logger remove channel said");
  },
);

t.test("REC-05, D-39 whom nobody answers may leave a message; who says nothing leaves none", async (t) => {
  const nobody = await scene.agent("Nobody");
  const settings = { language: "en", voicemail: "no-answer", voicemailSeconds: 10 };
  const { number } = await scene.line([nobody], {
    line: settings,
    queue: { answerSeconds: 3, maxWaitSeconds: 5 },
  });
  const key = await keyOf(nobody);
  const speaks = someone();
  const customer = scene.customer(number, { from: speaks, speech: customerTone, hangUpAfterMs: 25_000 });
  const silent = someone();
  const quiet = scene.customer(number, { from: silent, hangUpAfterMs: 25_000 });
  const { data } = await scene.heard("a message", (each) => each.kind === "voicemail.left", 60_000);
  const record = await scene.record(speaks);
  t.match(record, { type: "missed", ending: "no_answer", voicemailId: data.voicemailId, id: data.id });
  t.match(data, { from: speaks });
  const { items } = await scene.get("/v1/recordings?kind=voicemail");
  t.match(items, [
    { id: data.voicemailId, callId: record.id, kind: "voicemail", encrypted: true, channels: 1 },
  ]);
  t.ok(items[0].durationMs >= 9000 && items[0].durationMs <= 10_500, `${items[0].durationMs} ms`);
  t.ok(toneShare(channelOf(await wavOf(items[0]), 0), LOW) > 0.8, "the caller's own voice");
  t.equal((await askAs(key, "GET", items[0].audio)).status, 404, "messages are for supervisors");
  t.match(await audited(`subjectId=${items[0].id}`), [
    { action: "recording.listened", detail: { kind: "voicemail" } },
  ]);

  await Promise.all([customer.done, quiet.done]);
  t.match(await scene.record(silent), { ending: "no_answer", voicemailId: null });
  await until("the silent file is gone", () => readdirSync(join(spool, "voicemail")).length === 0);
  t.equal((await scene.get("/v1/recordings?kind=voicemail")).items.length, 1);
});

t.test(
  "REC-05, D-39 out of hours, and without the engine; a line without voicemail takes none",
  async (t) => {
    const agent = await scene.agent("Day worker");
    const dayAfterTomorrow = ((new Date().getUTCDay() + 1) % 7) + 1;
    const closed = {
      hours: { zone: "Europe/Moscow", week: [{ days: [dayAfterTomorrow], from: "10:00", to: "10:01" }] },
      language: "en",
    };
    const taking = await scene.line([agent], {
      line: { ...closed, voicemail: "out-of-hours", voicemailSeconds: 10 },
    });
    const not = await scene.line([agent], {
      line: { ...closed, voicemail: "no-answer", voicemailSeconds: 10 },
    });
    await scene.instance.halt("engine");
    const [a, b] = [someone(), someone()];
    const first = scene.customer(taking.number, { from: a, speech: customerTone, hangUpAfterMs: 17_000 });
    const second = scene.customer(not.number, { from: b, speech: customerTone, hangUpAfterMs: 25_000 });
    t.equal(await first.done, 0);
    t.equal(await second.done, 0);
    t.ok(second.has("left by us"), "Asterisk said goodbye");
    await scene.instance.resume("engine");
    const record = await scene.record(a, 40_000);
    t.match(record, { type: "missed", ending: "out_of_hours", fallback: true });
    const { voicemailId } = await until(
      "the message is taken over",
      async () => {
        const now = await scene.get(`/v1/calls/${record.id}`);
        return now.voicemailId ? now : undefined;
      },
      60_000,
    );
    const message = await scene.get(`/v1/recordings/${voicemailId}`);
    t.match(message, { kind: "voicemail", state: "kept" });
    t.ok(message.durationMs > 2000, `what was said before the hang-up is kept: ${message.durationMs} ms`);
    t.match(await scene.record(b), { ending: "out_of_hours", voicemailId: null });
  },
);
