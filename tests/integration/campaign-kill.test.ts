/**
 * The engine is killed in the middle of a campaign (law L4): a short form of tests/faults/campaign.test.ts; and what who
 * answers meanwhile meets (law L2).
 */
import { join } from "node:path";
import t from "tap";
import { campaignWithKills, recordOf } from "../support/campaign-kills.ts";
import { OPEN_POLICY } from "../support/campaigns.ts";
import { Dialling, dialledBy } from "../support/dialling.ts";
import type { Scene } from "../support/scene.ts";
import { rings, sceneOfFile } from "../support/scene-file.ts";
import { writeTone } from "../support/sound.ts";
import { until } from "../support/until.ts";

const scene: Scene = await sceneOfFile();
const dialling = new Dialling(scene);
t.teardown(() => dialling.close());

/** Longer than an engine needs to come back. */
const LONG_MS = 90_000;
/** Nobody is called a second time. */
const ONCE = JSON.stringify({ ...OPEN_POLICY, retry: {} });
/** What the dialplan has written of these calls, without us. */
const said = (name: string) => recordOf(scene).filter(({ userEvent }) => userEvent === name);

t.test(
  "L2, N8 who answers while no engine runs hears an agent if one is free, else who called; the engine learns of both",
  async (t) => {
    const agent = await scene.agent("There alone");
    const line = await scene.line([agent]);
    // Two who are silent for half a minute are hung up on.
    const speech = writeTone(join(scene.instance.config.dataDir, "tone.ulaw"), 500);
    const far = await dialling.carrier({
      "791691": { does: "answer", afterMs: 7000, speech, over: true },
      "791692": { does: "answer", afterMs: 10_000 },
    });
    const phone = await dialling.ready(agent, { speech });
    const campaign = await dialling.campaign(line, [agent], ["+79169100001", "+79169200001"], {
      ...{ mode: "power", ratio: 2, policy: ONCE, wrap_up: "until-completed" },
    });
    await dialling.move(campaign, "running");
    await until("both are dialled", () => dialledBy(far).size === 2, LONG_MS);
    t.ok(scene.instance.kill("engine", "SIGKILL"));
    await scene.instance.halt("engine");
    await until("the agent's phone is answered", () => phone.has("answered"), LONG_MS);
    await until("nobody is there for the other", () => said("ABANDONED").length === 1, LONG_MS);
    await scene.instance.resume("engine");
    await scene.status(agent, "talking", LONG_MS);
    const left = await until(
      "the other has heard it",
      () => {
        const ours = far.notes().filter(({ text }) => text.startsWith("left by us"));
        return ours.length > 0 ? ours : undefined;
      },
      LONG_MS,
    );
    t.same(
      left.map(({ text }) => /\+\d+/.exec(text)?.[0]),
      ["+79169200001"],
      "we hung up on nobody who talks",
    );
    const talk = (await dialling.attempts(campaign)).find(({ number }) => number === "+79169100001");
    await scene.must("POST", `/v1/calls/${talk?.call_id}/hang-up`);
    const attempts = await dialling.settled(campaign, 2, LONG_MS);
    const of = (kind: number) => attempts.find(({ number }) => number.startsWith(`+79169${kind}`));
    t.match(of(1), { ending: "answered", agent_id: agent.id, abandoned_at: null, message_played_at: null });
    t.match(of(2), { ending: "abandoned", agent_id: null, connected_at: null });
    t.ok(of(1)?.connected_at && of(2)?.message_played_at);
    t.equal(attempts.length, 2);
    t.equal(rings(phone), 1);
    t.same([...dialledBy(far).values()], [1, 1], "nobody was dialled twice");
    t.same(
      said("ABANDONED").map(({ uniqueId }) => uniqueId),
      [of(2)?.id],
    );
    const call = await scene.get(`/v1/calls/${of(1)?.call_id}`);
    t.match(call, { type: "outbound", ending: "answered", agentId: agent.id, fallback: true });
    t.ok(call.talkMs > 0 && call.endedAt);
    const { decisions } = await scene.why(call.id);
    t.match(
      decisions.filter(({ decision }: { decision: string }) => decision === "fallback"),
      [{ rule: "L2", because: /looked for an agent of the campaign/ }],
    );
    await until("it is recorded", async () => (await scene.get(`/v1/calls/${call.id}`)).recording, LONG_MS);
    await scene.status(agent, "wrap-up", LONG_MS);
  },
);

t.test("L2, N8 an engine that hangs is not waited for; its late answer does nothing", async (t) => {
  const agent = await scene.agent("Not waiting");
  const line = await scene.line([agent]);
  const far = await dialling.carrier({ "79167": { does: "answer", afterMs: 5000, hangUpAfterMs: 8000 } });
  const phone = await dialling.ready(agent);
  const campaign = await dialling.campaign(line, [agent], ["+79167000001"], { policy: ONCE });
  await dialling.move(campaign, "running");
  await until("the number is dialled", () => dialledBy(far).size === 1, LONG_MS);
  t.ok(scene.instance.kill("engine", "SIGSTOP"));
  await until("the agent's phone is answered", () => phone.has("answered"), LONG_MS);
  t.ok(scene.instance.kill("engine", "SIGCONT"));
  const attempts = await dialling.settled(campaign, 1, LONG_MS);
  t.match(attempts, [{ ending: "answered", agent_id: agent.id, message_played_at: null }]);
  t.equal(rings(phone), 1, "rung once");
  t.ok(
    far.notes().some(({ text }) => /^left .*79167000001/.test(text) && !text.startsWith("left by us")),
    "the talk went on to its end",
  );
  await scene.status(agent, "outbound", LONG_MS);
});

t.test("N8, L4 the engine is killed in a campaign of 30, which goes on by itself", (t) =>
  campaignWithKills(t, scene, dialling, { contacts: 30, agents: 4, kills: 1, withinMs: 120_000 }),
);
