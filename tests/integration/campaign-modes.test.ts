/**
 * How campaigns run: their modes, and what people do with a running one.
 */
import t from "tap";
import { OPEN_POLICY } from "../support/campaigns.ts";
import { Dialling, dialledBy } from "../support/dialling.ts";
import type { Scene } from "../support/scene.ts";
import { sceneOfFile } from "../support/scene-file.ts";
import { until } from "../support/until.ts";
import { formOf, toneWav } from "../support/uploads.ts";

const scene: Scene = await sceneOfFile();
const dialling = new Dialling(scene);
t.teardown(() => dialling.close());
/** Nobody is called a second time. */
const ONCE = JSON.stringify({ ...OPEN_POLICY, retry: {} });

t.test("pause, resume, drain, stop: nothing new is dialled, and only stop ends what rings", async (t) => {
  const agent = await scene.agent("Patient");
  const line = await scene.line([agent]);
  const far = await dialling.carrier({ "79164": { does: "ring" }, "79165": { does: "refuse", status: 486 } });
  await dialling.ready(agent);
  const numbers = ["+79164000001", "+79164000002", "+79165000001", "+79164000003", "+79164000004"];
  const campaign = await dialling.campaign(line, [agent], numbers, {
    mode: "power",
    ratio: 2,
    ring_seconds: 15,
  });
  await dialling.move(campaign, "running");
  await until("two ring", () => dialledBy(far).size === 2);
  await dialling.move(campaign, "paused");
  const rung = await dialling.settled(campaign, 2);
  t.same(
    rung.map(({ ending }) => ending),
    ["no_answer", "no_answer"],
    "what rang rang on to its limit",
  );
  t.equal(dialledBy(far).size, 2, "nothing new while paused");
  await dialling.move(campaign, "running");
  await until("the others ring", () => dialledBy(far).size === 5);
  await dialling.move(campaign, "stopped");
  const all = await dialling.settled(campaign, 5);
  t.same(
    all
      .slice(2)
      .map(({ ending }) => ending)
      .sort(),
    ["busy", "cancelled", "cancelled"],
  );
  t.ok(far.notes().filter(({ text }) => text.startsWith("cancelled")).length >= 4);

  const drained = await dialling.campaign(line, [agent], ["+79165100001", "+79165100002"]);
  await dialling.move(drained, "draining");
  await until("a campaign that is drained and has no calls is stopped", async () => {
    const row = await dialling.db
      .selectFrom("campaign")
      .select("state")
      .where("id", "=", drained)
      .executeTakeFirst();
    return row?.state === "stopped";
  });
  t.same(await dialling.attempts(drained), [], "nobody was dialled");
});

t.test("agentless: the announcement is heard, keys are answers, and one of them refuses more", async (t) => {
  const line = await scene.line([await scene.agent("Nobody")]);
  const sound = await dialling.sound(formOf(toneWav(600, 1500), "news.wav", { name: "News" }));
  const far = await dialling.carrier({
    "791661": { does: "answer", afterMs: 300, key: { key: "1", afterMs: 700 } },
    "791662": { does: "answer", afterMs: 300, key: { key: "9", afterMs: 700 } },
    "791663": { does: "answer", afterMs: 300 },
    "791664": { does: "answer", afterMs: 300, hangUpAfterMs: 400 },
  });
  const keys = { 1: { name: "Yes", does: "answer" }, 9: { name: "Not again", does: "refuse" } };
  const campaign = await dialling.campaign(
    line,
    [],
    [1, 2, 3, 4].map((kind) => `+79166${kind}00001`),
    {
      mode: "agentless",
      announcement_sound_id: sound,
      announcement: JSON.stringify({ times: 1, waitSeconds: 1, keys }),
    },
  );
  await dialling.move(campaign, "running");
  const attempts = await dialling.settled(campaign, 4);
  const of = (kind: number) => attempts.find(({ number }) => number.startsWith(`+79166${kind}`));
  t.same(
    [1, 2, 3, 4].map((kind) => [of(kind)?.ending, of(kind)?.pressed ?? null]),
    [
      ["self_service", "1"],
      ["self_service", "9"],
      ["self_service", null],
      ["self_service", null],
    ],
  );
  const refused = await dialling.db.selectFrom("refused_number").select("phone").execute();
  t.same(
    refused.map(({ phone }) => phone),
    ["+79166200001"],
  );
  t.equal(dialledBy(far).size, 4);
  t.match(await scene.get(`/v1/calls/${of(1)?.call_id}`), { ending: "self_service", type: "outbound" });
});

t.test(
  "predictive: more ring than agents are free, each number once, and each decision says why",
  async (t) => {
    const team = await Promise.all([1, 2, 3, 4].map((place) => scene.agent(`Predictive ${place}`)));
    const line = await scene.line(team);
    const far = await dialling.carrier({
      "791671": { does: "answer", afterMs: { from: 500, to: 1500 }, hangUpAfterMs: { from: 1500, to: 3500 } },
      "791672": { does: "refuse", status: 486, afterMs: 1000 },
      "791673": { does: "refuse", status: 480, afterMs: 2000 },
    });
    await Promise.all(team.map((agent) => dialling.ready(agent)));
    const numbers = Array.from(
      { length: 60 },
      (_, place) => `+79167${(place % 3) + 1}${String(place).padStart(5, "0")}`,
    );
    const campaign = await dialling.campaign(line, team, numbers, { mode: "predictive", policy: ONCE });
    await dialling.move(campaign, "running");
    const attempts = await dialling.settled(campaign, 60, 100_000);
    const count = (ending: string) => attempts.filter((attempt) => attempt.ending === ending).length;
    t.same([count("busy"), count("no_answer")], [20, 20]);
    t.equal(count("answered") + count("abandoned") + count("hung_up"), 20);
    t.ok(count("answered") >= 16, `${count("answered")} of 20 had an agent`);
    t.equal(Math.max(...dialledBy(far).values()), 1);
    t.equal(dialledBy(far).size, 60);
    const decisions = await dialling.db
      .selectFrom("pacing_decision")
      .selectAll()
      .where("campaign_id", "=", campaign)
      .execute();
    t.ok(decisions.length > 10);
    t.match(decisions.at(-1)?.because, {
      q: Number,
      theta: Number,
      pHat: Number,
      guard: Boolean,
      bound: String,
    });
    t.equal(decisions.reduce((sum, { dialled }) => sum + dialled, 0) >= 60, true);
    await until("the campaign is finished", async () => {
      const row = await dialling.db
        .selectFrom("campaign")
        .select("state")
        .where("id", "=", campaign)
        .executeTakeFirst();
      return row?.state === "finished";
    });
  },
);

t.test("changed while it runs: another mode and fewer lines from the next dial on", async (t) => {
  const agent = await scene.agent("Changing");
  const line = await scene.line([agent]);
  const far = await dialling.carrier({ "79168": { does: "ring" } });
  await dialling.ready(agent);
  const numbers = Array.from({ length: 12 }, (_, place) => `+7916800${String(place).padStart(4, "0")}`);
  const campaign = await dialling.campaign(line, [agent], numbers, { mode: "progressive" });
  await dialling.move(campaign, "running");
  await until("one rings for one agent", () => dialledBy(far).size === 1);
  await dialling.change(campaign, { mode: "power", ratio: 5, max_lines: 3 });
  await until("three ring", () => dialledBy(far).size === 3);
  await dialling.change(campaign, { max_lines: 5 });
  await until("five ring", () => dialledBy(far).size === 5);
  await dialling.move(campaign, "stopped");
  const attempts = await dialling.settled(campaign, 5);
  t.same(new Set(attempts.map(({ ending }) => ending)), new Set(["cancelled"]));
  t.equal(dialledBy(far).size, 5, "never more than the lines");
});
