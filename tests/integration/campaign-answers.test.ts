/**
 * Who answers a campaign's call: a person or a machine (app_amd listens to synthesised speech), and which key they press
 * when there is no agent but an announcement.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { Dialling, dialledBy } from "../support/dialling.ts";
import type { Scene } from "../support/scene.ts";
import { sceneOfFile } from "../support/scene-file.ts";
import { ALLO, GREETING, spoken } from "../support/speech.ts";
import { until } from "../support/until.ts";
import { formOf, toneWav } from "../support/uploads.ts";

const scene: Scene = await sceneOfFile();
const dialling = new Dialling(scene);
t.teardown(() => dialling.close());

/** Longer than an engine needs to come back. */
const LONG_MS = 60_000;
/** The deadline begins when the greeting has ended, where app_amd hears it. */
const POLICY = {
  preset: "russia-service",
  calendar: { week: [{ days: [1, 2, 3, 4, 5, 6, 7], from: "00:00", to: "24:00" }] },
  abandonment: { clock: "greeting-end" },
};
/** Sounds that Asterisk was to play and could not. */
const unplayed = () => {
  const log = join(scene.instance.config.dataDir, "asterisk", "log", "messages.log");
  return readFileSync(log, "utf8").match(/File .* does not exist in any format/g);
};
const amdOf = (attempt: { amd: unknown } | undefined) =>
  attempt?.amd as { verdict: string; cause: string; ms: number } | null | undefined;

t.test(
  "AMD: a person gets an agent, a machine is left, a mistake is corrected and counted apart",
  async (t) => {
    const agent = await scene.agent("Machine's victim");
    const line = await scene.line([agent]);
    const folder = scene.place.folder;
    const far = await dialling.carrier({
      "791641": {
        does: "answer",
        afterMs: 300,
        speech: spoken(folder, "allo", [ALLO]).path,
        hangUpAfterMs: 5000,
      },
      "791642": { does: "answer", afterMs: 300, speech: spoken(folder, "greeting", GREETING).path },
      // A person who answers at such length.
      "791643": { does: "answer", afterMs: 300, speech: spoken(folder, "talkative", GREETING).path },
    });
    const phone = await dialling.ready(agent);
    const campaign = await dialling.begin({
      ...{ name: "Persons only", mode: "progressive", purpose: "service", policy: POLICY },
      ...{ lineId: line.id, agentIds: [agent.id], amd: {} },
      numbers: ["+79164100001", "+79164200001", "+79164300001"],
    });
    const attempts = await dialling.settled(campaign, 3, 90_000);
    const of = (kind: number) => attempts.find(({ number }) => number.startsWith(`+79164${kind}`));
    t.same(
      [1, 2, 3].map((kind) => [of(kind)?.ending, amdOf(of(kind))?.verdict]),
      [
        ["answered", "person"],
        ["machine", "machine"],
        ["machine", "machine"],
      ],
      JSON.stringify(attempts.map(({ amd }) => amd)),
    );
    const person = of(1);
    t.match(amdOf(person)?.cause, /^HUMAN-/);
    t.match(amdOf(of(2))?.cause, /^(LONGGREETING|MAXWORDS)/);
    t.equal(person?.agent_id, agent.id);
    for (const kind of [1, 2, 3]) t.ok((amdOf(of(kind))?.ms ?? 0) > 0, "how long it took to be sure");
    t.equal(phone.notes().filter(({ text }) => text.startsWith("rings")).length, 1, "no agent for a machine");
    t.equal(of(2)?.message_played_at, null, "nothing is said to it");
    t.equal(far.notes().filter(({ text }) => text.startsWith("left by us")).length, 2, "we hung up on two");

    const figures = async () => (await scene.get(`/v1/campaigns/${campaign}/status`)).abandonment;
    t.match(await figures(), { live: 1, falsePositives: 0, numerator: 0 });
    await scene.must("POST", `/v1/campaigns/${campaign}/attempts/${of(3)?.id}/amd-correction`, {
      verdict: "person",
    });
    const { items } = await scene.get(`/v1/campaigns/${campaign}/attempts?ending=machine`);
    t.match(
      items.find(({ id }: { id: string }) => id === of(3)?.id),
      { ending: "machine", amd: { verdict: "machine", corrected: { verdict: "person" } } },
      "both words are kept",
    );
    t.match(await figures(), { abandoned: 0, falsePositives: 1, live: 1, numerator: 1 }, "counted apart");
  },
);

t.test("AMD: a machine is left a message, after its greeting", async (t) => {
  const agent = await scene.agent("Messenger");
  const line = await scene.line([agent]);
  const greeting = spoken(scene.place.folder, "greeting-2", GREETING);
  const far = await dialling.carrier({ "79165": { does: "answer", afterMs: 300, speech: greeting.path } });
  const phone = await dialling.ready(agent);
  const sound = await dialling.sound(formOf(toneWav(500, 1000), "message.wav", { name: "Message" }));
  const wanted = {
    ...{ name: "With a message", mode: "progressive", purpose: "service", policy: POLICY },
    ...{ lineId: line.id, agentIds: [agent.id] },
  };
  const without = await scene.ask("POST", "/v1/campaigns", { ...wanted, amd: { machine: "message" } });
  t.match(without, { status: 422, body: { errors: [{ field: "amd.machineSoundId" }] } });
  const campaign = await dialling.begin({
    ...wanted,
    amd: { machine: "message", machineSoundId: sound },
    numbers: ["+79165100001"],
  });
  const [attempt] = await dialling.settled(campaign, 1, 90_000);
  t.match(attempt, { ending: "machine", agent_id: null, amd: { verdict: "machine" } });
  const after = (attempt?.message_played_at?.getTime() ?? 0) - (attempt?.answered_at?.getTime() ?? 0);
  t.ok(
    after >= greeting.speechMs,
    `said ${after} ms after the answer, a greeting of ${greeting.speechMs} ms`,
  );
  t.notOk(phone.has("rings"), "no agent was rung");
  t.ok(far.notes().some(({ text }) => text.startsWith("left by us")));
  const used = await scene.ask("DELETE", `/v1/sounds/${sound}`);
  t.equal(used.status, 409, "what a campaign says is kept");
});

t.test(
  "agentless: a key leads to an agent, one refuses more, one is an answer, none is an end as well",
  async (t) => {
    const agent = await scene.agent("Asked for");
    const line = await scene.line([agent]);
    const sound = await dialling.sound(formOf(toneWav(600, 1500), "survey.wav", { name: "Survey" }));
    const pressing = (key: string) => ({ key: { key, afterMs: 700 } });
    const far = await dialling.carrier({
      "791661": { does: "answer", afterMs: 300, ...pressing("1") },
      "791662": { does: "answer", afterMs: 300, ...pressing("9") },
      "791663": { does: "answer", afterMs: 300 },
      "791665": { does: "answer", afterMs: 300, ...pressing("5"), hangUpAfterMs: 6000 },
    });
    const phone = await scene.onShift(agent, { answerAfterMs: 300 });
    const keys = {
      1: { name: "Satisfied", does: "answer" },
      5: { name: "An agent, please", does: "queue" },
      9: { name: "Not again", does: "refuse" },
    };
    const campaign = await dialling.begin({
      ...{ name: "Survey", mode: "agentless", purpose: "survey", policy: POLICY },
      ...{ lineId: line.id, queueId: line.queueId, announcementSoundId: sound },
      announcement: { times: 1, waitSeconds: 2, keys },
      numbers: [1, 2, 3, 5].map((kind) => `+79166${kind}00001`),
    });
    const attempts = await dialling.settled(campaign, 4, 60_000);
    const of = (kind: number) => attempts.find(({ number }) => number.startsWith(`+79166${kind}`));
    t.same(
      [1, 2, 3, 5].map((kind) => [of(kind)?.ending, of(kind)?.pressed ?? null, of(kind)?.agent_id ?? null]),
      [
        ["self_service", "1", null],
        ["self_service", "9", null],
        ["self_service", null, null],
        ["answered", "5", agent.id],
      ],
    );
    t.equal(phone.notes().filter(({ text }) => text.startsWith("rings")).length, 1);
    const talked = await scene.get(`/v1/calls/${of(5)?.call_id}`);
    t.match(talked, { type: "outbound", ending: "answered", agentId: agent.id, queueId: line.queueId });
    t.ok(talked.talkMs > 0, "and they talked");
    const why = JSON.stringify(await scene.why(of(5)?.call_id ?? ""));
    t.match(why, /IVR-05/, "the record says which key led there");
    t.match(await scene.get(`/v1/calls/${of(1)?.call_id}`), { ending: "self_service" });
    const refusals = await scene.get("/v1/refusals");
    t.same(
      refusals.items.map(({ phone }: { phone: { e164: string } }) => phone.e164),
      ["+79166200001"],
      "only who said so is not called again",
    );
    t.ok(
      far.notes().some(({ text }) => /^left .*79166500001/.test(text)),
      "who talked hung up by themselves",
    );
    await until(
      "its list is through",
      async () => (await scene.get(`/v1/campaigns/${campaign}`)).state === "finished",
      60_000,
    );
    t.same([...dialledBy(far).values()], [1, 1, 1, 1]);
  },
);

t.test(
  "agentless: who hears the announcement is not hung up on, after a kill of the engine either",
  async (t) => {
    const line = await scene.line([await scene.agent("Not needed")]);
    const sound = await dialling.sound(formOf(toneWav(700, 20_000), "long.wav", { name: "Long" }));
    const far = await dialling.carrier({
      "79168": { does: "answer", afterMs: 300, key: { key: "1", afterMs: 12_000 } },
    });
    const campaign = await dialling.begin({
      ...{ name: "Long survey", mode: "agentless", purpose: "survey", policy: POLICY },
      ...{ lineId: line.id, announcementSoundId: sound },
      announcement: { times: 1, waitSeconds: 2, keys: { 1: { name: "Yes", does: "answer" } } },
      numbers: ["+79168000001"],
    });
    await until(
      "somebody listens",
      () => far.notes().some(({ text }) => text.startsWith("answered")),
      LONG_MS,
    );
    const before = scene.instance.children.engine?.pid;
    scene.instance.kill("engine", "SIGKILL");
    await until(
      "the engine runs again",
      () => (scene.instance.children.engine?.pid ?? before) !== before,
      LONG_MS,
    );
    await until(
      "and the campaign is stopped",
      async () => (await scene.ask("POST", `/v1/campaigns/${campaign}/stop`)).status === 200,
      LONG_MS,
    );
    const [attempt] = await dialling.settled(campaign, 1, LONG_MS);
    t.match(attempt, { ending: "self_service", pressed: "1" }, "their answer was taken");
    t.equal(unplayed(), null, "announcements and messages were really played");
    t.equal(dialledBy(far).get("+79168000001"), 1);
  },
);
