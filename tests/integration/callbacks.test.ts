/**
 * Virtual hold on a real Asterisk: a caller keeps the place by a key and is called back. What must not happen: a
 * second call to a customer, a call out of hours, more calls in flight than agents who wait for them.
 */
import t from "tap";
import type { Scene } from "../support/scene.ts";
import { rings, sceneOfFile } from "../support/scene-file.ts";
import { until } from "../support/until.ts";

const scene: Scene = await sceneOfFile();

const offered = { callback: { offer: true, afterSeconds: 600, digit: "1" } };
const waiting = async (queue: string, count: number) =>
  until(`${count} wait`, async () => (await scene.get(`/v1/queues/${queue}`)).live?.waiting === count);
const kept = async (queue: string) => (await scene.get(`/v1/callbacks?queueId=${queue}`)).items;

t.test(
  "a kept place is served after who came earlier and before who came later; one call in flight",
  async (t) => {
    const agent = await scene.agent("Keeper");
    const line = await scene.line([agent], { queue: offered });
    const phone = await scene.onShift(agent, { answerAfterMs: 150 });
    const far = await scene.farEnd({ answerAfterMs: 800, hangUpAfterMs: 1000 });
    scene.customer(line.number, { from: "+79160003001", hangUpAfterMs: 9000 });
    await scene.status(agent, "talking");
    scene.customer(line.number, { from: "+79160003002", hangUpAfterMs: 15_000 });
    await waiting(line.queueId, 1);
    const keeper = scene.customer(line.number, {
      from: "+79160003003",
      keys: [{ key: "1", afterMs: 1500 }],
    });
    await waiting(line.queueId, 2);
    await until("the key is pressed", () => keeper.has("pressed 1"));
    const row = await until("the place is kept", async () => (await kept(line.queueId))[0]);
    t.match(row, { state: "waiting", attempts: 0, number: { e164: "+79160003003" } });
    await until("the caller is told and hung up", () => keeper.has("left by us"));
    const late = scene.customer(line.number, { from: "+79160003004", hangUpAfterMs: 25_000 });
    await until("the late one waits", () => late.has("answered"));
    t.equal(rings(far), 0, "nobody is dialled while no agent is free");
    await until("the customer is called back", () => rings(far) === 1, 40_000);
    const second = await scene.record("+79160003002", 20_000);
    t.equal(second.ending, "answered", "who came earlier was served first");
    t.equal(rings(phone), 2, "who came later does not take the agent who is kept");
    await until("they talk", async () => (await kept(line.queueId))[0]?.state === "connected");
    const done = (await kept(line.queueId))[0];
    t.equal(done.attempts, 1);
    const call = await until("its record", async () => {
      const answer = await scene.ask("GET", `/v1/calls/${done.dialledCallId}`);
      return answer.status === 200 && answer.body.endedAt ? answer.body : undefined;
    });
    t.match(call, { type: "outbound", ending: "answered", agentId: agent.id, to: { e164: "+79160003003" } });
    t.match(await scene.record("+79160003003"), { ending: "callback" });
    const last = await scene.record("+79160003004", 30_000);
    t.equal(last.ending, "answered", "who came later is served afterwards");
    t.ok(Date.parse(last.connectedAt) > Date.parse(call.connectedAt), "after the kept place");
    t.equal(rings(far), 1, "one call to the customer");
  },
);

t.test("not answered: again later; cancelled: nobody is called", async (t) => {
  const agent = await scene.agent("Patient");
  const line = await scene.line([agent], { queue: offered });
  await scene.onShift(agent, { answerAfterMs: 150 });
  const far = await scene.farEnd({ answerAfterMs: 100, refuse: 486 });
  const first = scene.customer(line.number, { from: "+79160003011", hangUpAfterMs: 5000 });
  await scene.status(agent, "talking");
  const keeper = scene.customer(line.number, { from: "+79160003012", keys: [{ key: "1", afterMs: 1000 }] });
  await until("the caller is told and hung up", () => keeper.has("left by us"));
  await until("the first has left", () => first.has("left"));
  await until("the customer was tried", async () => (await kept(line.queueId))[0]?.attempts === 1);
  const row = await until("and waits", async () => {
    const [each] = await kept(line.queueId);
    return each?.state === "waiting" && Date.parse(each.nextAt) > Date.now() + 600_000 ? each : undefined;
  });
  await scene.status(agent, "available");
  await scene.must("DELETE", `/v1/callbacks/${row.id}`);
  await until("cancelled", async () => (await kept(line.queueId))[0]?.state === "cancelled");
  t.equal((await scene.ask("DELETE", `/v1/callbacks/${row.id}`)).status, 404, "once");
  t.equal(rings(far), 1, "not dialled a second time");
});
