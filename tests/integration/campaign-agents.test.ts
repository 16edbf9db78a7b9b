/**
 * Agents of campaigns: who goes away while a customer is being connected to them, who takes queue calls as well, who
 * serves two campaigns, and calls that nobody could take.
 */
import t, { type Test } from "tap";
import type { SippPeer } from "../../apps/peers/sipp.ts";
import { OPEN_POLICY } from "../support/campaigns.ts";
import { type AttemptSeen, Dialling, dialledBy } from "../support/dialling.ts";
import type { Scene } from "../support/scene.ts";
import { numbersFrom, rings, sceneOfFile } from "../support/scene-file.ts";
import { until } from "../support/until.ts";

const scene: Scene = await sceneOfFile();
const dialling = new Dialling(scene);
t.teardown(() => dialling.close());
const caller = numbersFrom("+79169900001");
/** Nobody is called a second time. */
const ONCE = JSON.stringify({ ...OPEN_POLICY, retry: {} });
const LONG_MS = 60_000;
/** How far apart two peers may note what happened at one moment. */
const CROSSING_MS = 1000;

/** What came of the one who was lost: said who called, once, by the record and by the carrier. */
function heardWhoCalled(t: Test, { ending, message_played_at, number }: AttemptSeen, far: SippPeer): void {
  t.equal(ending, "abandoned");
  t.ok(message_played_at, "who called was said");
  t.equal(dialledBy(far).get(number), 1);
}

t.test(
  "F13 an agent goes on a break while their phone rings for a campaign: another one, then the message",
  async (t) => {
    const [leaving, staying] = [await scene.agent("Leaving"), await scene.agent("Staying")];
    const line = await scene.line([leaving, staying]);
    const far = await dialling.carrier({ "79161": { does: "answer", afterMs: 300, hangUpAfterMs: 3000 } });
    const slow = await dialling.ready(leaving, { answerAfterMs: "never" });
    const quick = await dialling.ready(staying);
    const first = await dialling.campaign(line, [leaving, staying], ["+79161000001"], { policy: ONCE });
    await dialling.move(first, "running");
    await until("the phone of the one who leaves rings", () => slow.has("rings"), LONG_MS);
    await scene.must("PUT", `/v1/agents/${leaving.id}/state`, { state: "break" });
    const [taken] = await dialling.settled(first, 1, LONG_MS);
    t.match(taken, { ending: "answered", agent_id: staying.id });
    t.equal(rings(quick), 1);
    t.ok(slow.has("cancelled"), "the phone of the one who left has stopped");

    await scene.must("PUT", `/v1/agents/${leaving.id}/state`, { state: "outbound" });
    const second = await dialling.campaign(line, [leaving], ["+79161000002"], { policy: ONCE });
    await dialling.move(second, "running");
    await until("it rings again", () => rings(slow) === 2, LONG_MS);
    await scene.must("PUT", `/v1/agents/${leaving.id}/state`, { state: "break" });
    const lost = await dialling.settled(second, 1, LONG_MS);
    t.equal(lost.length, 1, "counted once");
    heardWhoCalled(t, lost[0] as AttemptSeen, far);
    const status = await scene.get(`/v1/campaigns/${second}/status`);
    t.match(status.abandonment, { abandoned: 1, live: 1 });
  },
);

t.test(
  "F13 the phone that is rung is gone: the customer is not lost to it, and it is not rung again",
  async (t) => {
    const [gone, there] = [await scene.agent("Gone"), await scene.agent("There")];
    const line = await scene.line([gone, there]);
    const far = await dialling.carrier({ "79162": { does: "answer", afterMs: 300, hangUpAfterMs: 2000 } });
    const dead = await dialling.ready(gone);
    await dialling.ready(there);
    await dead.stop();
    const numbers = ["+79162000001", "+79162000002", "+79162000003"];
    const campaign = await dialling.campaign(line, [gone, there], numbers, { policy: ONCE });
    await dialling.move(campaign, "running");
    const attempts = await dialling.settled(campaign, 3, LONG_MS);
    for (const attempt of attempts)
      if (attempt.ending === "answered") t.equal(attempt.agent_id, there.id);
      else heardWhoCalled(t, attempt, far);
    t.comment(attempts.map(({ ending }) => ending).join(", "));
    t.ok(
      attempts.some(({ ending }) => ending === "answered"),
      "somebody was connected to the one who is there",
    );
    await scene.status(gone, "offline", LONG_MS);
  },
);

t.test("blending: an agent has one call at a time, whether a queue's or a campaign's", async (t) => {
  const agent = await scene.agent("Both ways");
  const line = await scene.line([agent]);
  const far = await dialling.carrier({ "79163": { does: "answer", afterMs: 300, hangUpAfterMs: 6000 } });
  const phone = await scene.onShift(agent, { answerAfterMs: 50 });
  const inbound = caller();
  const customer = scene.customer(line.number, { from: inbound, hangUpAfterMs: 8000 });
  await scene.status(agent, "talking", LONG_MS);
  // One agent for both: with a usual limit the pacer would leave them to those who call.
  const abandonment = { ...OPEN_POLICY.abandonment, limitPercent: 90 };
  const policy = JSON.stringify({ ...OPEN_POLICY, abandonment, retry: {} });
  const campaign = await dialling.campaign(line, [agent], ["+79163000001"], { blending: true, policy });
  await dialling.move(campaign, "running");
  t.equal(await customer.done, 0, "the customer who called was not disturbed");
  await until("then the campaign dials", () => dialledBy(far).size === 1, LONG_MS);
  const dialledAt = far.notes().find(({ text }) => text.startsWith("dialled"))?.at ?? 0;
  const left = await until("the agent's phone noted the end", () =>
    phone.notes().find(({ text }) => /^(left|hung)/.test(text)),
  );
  t.ok(dialledAt > left.at - CROSSING_MS, "not before the agent's phone was free");
  await until("and the agent talks to the campaign's customer", () => rings(phone) === 2, LONG_MS);
  const second = caller();
  const waiting = scene.customer(line.number, { from: second, hangUpAfterMs: 18_000 });
  const [attempt] = await dialling.settled(campaign, 1, LONG_MS);
  t.match(attempt, { ending: "answered", agent_id: agent.id });
  t.equal(await waiting.done, 0);
  const record = await scene.record(second, LONG_MS);
  t.match(record, { ending: "answered", agentId: agent.id }, "who called meanwhile waited for the agent");
  oneAtATime(t, phone);
});

t.test(
  "two campaigns share an agent: each gets its turn, and nobody is dialled for an agent who is taken",
  async (t) => {
    const agent = await scene.agent("Shared");
    const line = await scene.line([agent]);
    const far = await dialling.carrier({ "79164": { does: "answer", afterMs: 300, hangUpAfterMs: 1500 } });
    const phone = await dialling.ready(agent);
    const lists = [1, 2].map((list) => [1, 2, 3].map((place) => `+79164${list}0000${place}`));
    const campaigns = await Promise.all(
      lists.map((numbers) => dialling.campaign(line, [agent], numbers, { policy: ONCE })),
    );
    for (const campaign of campaigns) await dialling.move(campaign, "running");
    for (const campaign of campaigns) {
      const attempts = await dialling.settled(campaign, 3, LONG_MS);
      t.same(
        attempts.map(({ ending }) => ending),
        ["answered", "answered", "answered"],
      );
    }
    t.equal(rings(phone), 6);
    oneAtATime(t, phone);
    let inTheAir = 0;
    for (const { text } of far.notes()) {
      if (text.startsWith("dialled")) t.equal(++inTheAir, 1, "one agent, one number");
      if (text.startsWith("left")) inTheAir--;
    }
  },
);

t.test(
  "shedding: who has rung for 15 s is let go when no agent is coming free; who talks is not touched",
  async (t) => {
    const agent = await scene.agent("Long talker");
    const line = await scene.line([agent]);
    const far = await dialling.carrier({
      // Asterisk hangs up on two who are silent for 30 s; the two hang-ups must not cross.
      "791651": { does: "answer", afterMs: 1000, hangUpAfterMs: 25_000 },
      "791652": { does: "ring" },
    });
    await dialling.ready(agent);
    const campaign = await dialling.campaign(
      line,
      [agent],
      ["+79165100001", "+79165200002", "+79165200003"],
      {
        ...{ mode: "power", ratio: 3, shedding: true, ring_seconds: 60, policy: ONCE },
      },
    );
    await dialling.move(campaign, "running");
    const attempts = await dialling.settled(campaign, 3, 2 * LONG_MS);
    const endings = Object.fromEntries(attempts.map(({ number, ending }) => [number, ending]));
    t.same(endings, { "+79165100001": "answered", "+79165200002": "shed", "+79165200003": "shed" });
    for (const number of ["+79165200002", "+79165200003"]) {
      const at = (word: string) =>
        far.notes().find(({ text }) => text.startsWith(word) && text.includes(number))?.at ?? Number.NaN;
      t.ok(at("cancelled") - at("dialled") > 14_500, "it rang for its time");
    }
    await until("who talked hung up by themselves", () =>
      far.notes().some(({ text }) => /^left .*79165100001/.test(text)),
    );
  },
);

/**
 * By the phone's own notes: it never rings during a call. The next call's INVITE may overtake the last one's BYE, which
 * another of Asterisk's threads sends.
 */
function oneAtATime(t: Test, phone: SippPeer): void {
  const notes = phone.notes();
  const rung = notes.filter(({ text }) => text.startsWith("rings")).map(({ at }) => at);
  const over = notes.filter(({ text }) => /^(left|cancelled)/.test(text)).map(({ at }) => at);
  for (const [nth, at] of rung.slice(1).entries())
    t.ok((over[nth] ?? Number.POSITIVE_INFINITY) < at + CROSSING_MS, "one call at a time");
}
