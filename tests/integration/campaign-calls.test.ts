/**
 * Campaigns dialled on a real Asterisk, with people of every kind behind a carrier. What must not happen: a number
 * dialled twice, a live person in silence, an attempt without an ending.
 */
import t from "tap";
import { OPEN_POLICY } from "../support/campaigns.ts";
import { Dialling, dialledBy } from "../support/dialling.ts";
import type { Scene } from "../support/scene.ts";
import { sceneOfFile } from "../support/scene-file.ts";
import { until } from "../support/until.ts";

const scene: Scene = await sceneOfFile();
const dialling = new Dialling(scene);
t.teardown(() => dialling.close());

t.test("L8 each ending comes from Asterisk's record; nobody is dialled twice", async (t) => {
  const agent = await scene.agent("Caller");
  const line = await scene.line([agent]);
  const far = await dialling.carrier({
    "791601": { does: "answer", afterMs: 300, hangUpAfterMs: 1500 },
    "791602": { does: "refuse", status: 486, afterMs: 200 },
    "791603": { does: "refuse", status: 603 },
    "791604": { does: "refuse", status: 404 },
    "791605": { does: "refuse", status: 480 },
    "791606": { does: "refuse", status: 503 },
    "791607": { does: "ring" },
    "791608": { does: "early-media" },
  });
  const phone = await dialling.ready(agent);
  const numbers = [1, 2, 3, 4, 5, 6, 7, 8].map((kind) => `+79160${kind}00001`);
  const campaign = await dialling.campaign(line, [agent], numbers);
  await dialling.move(campaign, "running");
  const attempts = await dialling.settled(campaign, 8, 90_000);
  t.same(Object.fromEntries(attempts.map(({ number, ending }) => [number.slice(0, 7), ending])), {
    "+791601": "answered",
    "+791602": "busy",
    "+791603": "rejected",
    "+791604": "not_in_service",
    "+791605": "no_answer",
    "+791606": "failed",
    "+791607": "no_answer",
    "+791608": "no_answer",
  });
  t.same([...dialledBy(far).values()], [1, 1, 1, 1, 1, 1, 1, 1], "each number once");
  const answered = attempts.find(({ ending }) => ending === "answered");
  t.equal(answered?.agent_id, agent.id);
  const heard = (answered?.connected_at?.getTime() ?? 0) - (answered?.answered_at?.getTime() ?? 0);
  t.comment(`live answer to agent: ${heard} ms`);
  t.ok(heard >= 0 && heard <= 1000, "the agent is there within a second");
  t.ok(phone.has("rings"), "by their own phone");
  const call = await scene.get(`/v1/calls/${answered?.call_id}`);
  t.match(call, { type: "outbound", ending: "answered", agentId: agent.id, to: { e164: answered?.number } });
});

t.test(
  "P1 nobody within two seconds: who called is said, counted, with the evidence; a key refuses more",
  async (t) => {
    const agent = await scene.agent("Only one");
    const line = await scene.line([agent]);
    const far = await dialling.carrier({
      "791611": { does: "answer", afterMs: 500, key: { key: "9", afterMs: 5500 } },
      "791612": { does: "answer", afterMs: 900, hangUpAfterMs: 6000 },
      "791613": { does: "answer", afterMs: 900, hangUpAfterMs: 1000 },
    });
    await dialling.ready(agent, { hangUpAfterMs: 8000 });
    const abandonment = { ...OPEN_POLICY.abandonment, refusalKey: "9" };
    const policy = JSON.stringify({ ...OPEN_POLICY, abandonment });
    const numbers = ["+79161100001", "+79161100002", "+79161300001"];
    const campaign = await dialling.campaign(line, [agent], numbers, { mode: "power", ratio: 3, policy });
    await dialling.move(campaign, "running");
    const attempts = await dialling.settled(campaign, 3);
    t.same(attempts.map(({ ending }) => ending).sort(), ["abandoned", "answered", "hung_up"]);
    const lost = attempts.find(({ ending }) => ending === "abandoned");
    const after = (at: Date | null | undefined) => (at?.getTime() ?? 0) - (lost?.answered_at?.getTime() ?? 0);
    t.comment(
      `given up after ${after(lost?.abandoned_at)} ms, message after ${after(lost?.message_played_at)} ms`,
    );
    // The deadline is 2 s; a crowded machine is no fault, but ringing an agent's phone to its end (15 s) would be.
    t.ok(after(lost?.abandoned_at) > 1500 && after(lost?.abandoned_at) < 6000, "at the deadline");
    t.ok(lost?.message_played_at && after(lost.message_played_at) < 6000);
    t.equal(lost?.pressed, "9");
    const refused = await dialling.db
      .selectFrom("refused_number")
      .selectAll()
      .where("phone", "=", lost?.number ?? "")
      .executeTakeFirst();
    t.match(refused, { source: "key", attempt_id: lost?.id, until: null }, "the number is not called again");
    t.match(await scene.get(`/v1/calls/${lost?.call_id}`), { ending: "abandoned", culprit: "ours" });
    t.ok(far.notes().some(({ text }) => text.startsWith("left by us") && text.includes(lost?.number ?? "")));
    t.equal(dialledBy(far).size, 3);
  },
);

t.test(
  "an agent who is free in time takes who waits; one whose phone refuses gives way to another",
  async (t) => {
    const [busy, rude, kind] = [
      await scene.agent("Busy"),
      await scene.agent("Rude"),
      await scene.agent("Kind"),
    ];
    const line = await scene.line([busy, rude, kind]);
    await dialling.carrier({
      "791621": { does: "answer", afterMs: 300, hangUpAfterMs: 1500 },
      "791622": { does: "answer", afterMs: 900, hangUpAfterMs: 3000 },
      "791623": { does: "answer", afterMs: 300, hangUpAfterMs: 1500 },
    });
    await dialling.ready(busy);
    const first = await dialling.campaign(line, [busy], ["+79162100001", "+79162200001"], {
      mode: "power",
      ratio: 2,
    });
    await dialling.move(first, "running");
    const waited = await dialling.settled(first, 2);
    t.same(
      waited.map(({ ending, agent_id }) => [ending, agent_id]),
      [
        ["answered", busy.id],
        ["answered", busy.id],
      ],
    );
    const late = waited.find(({ number }) => number.startsWith("+791622"));
    const wait = (late?.connected_at?.getTime() ?? 0) - (late?.answered_at?.getTime() ?? 0);
    t.comment(`waited ${wait} ms for an agent who was talking`);
    t.ok(wait > 300 && wait < 2300, "waited, and was not given up");

    const refusing = await dialling.ready(rude, { refuse: 480 });
    await dialling.ready(kind);
    const second = await dialling.campaign(line, [rude, kind], ["+79162300001"]);
    await dialling.move(second, "running");
    const [taken] = await dialling.settled(second, 1);
    t.ok(refusing.has("refused"), "the one who was idle longest was rung first");
    t.match(taken, { ending: "answered", agent_id: kind.id });
  },
);

t.test(
  "L2 the engine goes while numbers ring, and no agent is there: the dialplan says who called, nobody is dialled again",
  async (t) => {
    const agent = await scene.agent("Left alone");
    const line = await scene.line([agent]);
    const far = await dialling.carrier({ "79163": { does: "answer", afterMs: 4000 } });
    await dialling.ready(agent);
    const campaign = await dialling.campaign(line, [agent], ["+79163100001", "+79163100002"], {
      mode: "power",
      ratio: 2,
    });
    await dialling.move(campaign, "running");
    await until("both ring", () => dialledBy(far).size === 2);
    await scene.must("PUT", `/v1/agents/${agent.id}/state`, { state: "break" });
    await scene.instance.halt("engine");
    await until(
      "both have heard who called",
      () => far.notes().filter(({ text }) => text.startsWith("left by us")).length === 2,
      40_000,
    );
    await scene.instance.resume("engine");
    const attempts = await dialling.settled(campaign, 2);
    t.same(
      attempts.map(({ ending }) => ending),
      ["abandoned", "abandoned"],
    );
    for (const { answered_at, message_played_at } of attempts) {
      const after = (message_played_at?.getTime() ?? 0) - (answered_at?.getTime() ?? 0);
      t.comment(`message after ${after} ms`);
      t.ok(after > 0 && after <= 2100, "the message came in time without us");
    }
    t.same([...dialledBy(far).values()], [1, 1], "nobody was dialled again");
  },
);
