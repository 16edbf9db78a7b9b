/**
 * Queues that are tuned while calls flow, on a real Asterisk: order, overflow, skills, the wait for an owner, the log.
 */
import t from "tap";
import type { Scene } from "../support/scene.ts";
import { numbersFrom, sceneOfFile } from "../support/scene-file.ts";
import { until } from "../support/until.ts";

const scene: Scene = await sceneOfFile();

const someone = numbersFrom("+79164443000");
const quick = { answerAfterMs: 100 } as const;
const waiting = async (queueId: string) => (await scene.get(`/v1/queues/${queueId}`)).live.waiting as number;
const waits = (queueId: string, count: number) =>
  until(`${count} wait`, async () => (await waiting(queueId)) === count);

t.test(
  "LINE-18 a line's priority: its caller goes before those who wait already, and says why",
  async (t) => {
    const agent = await scene.agent("Only");
    const plain = await scene.line([agent]);
    const number = "+74951009901";
    await scene.must("POST", "/v1/lines", {
      number,
      name: "Premium",
      queueId: plain.queueId,
      priority: 5,
      prompts: { arrival: "none", waiting: "none" },
    });
    await scene.onShift(agent, { ...quick, hangUpAfterMs: 2500 });
    scene.customer(plain.number, { from: someone() });
    await scene.status(agent, "talking");
    const [early, urgent] = [someone(), someone()];
    scene.customer(plain.number, { from: early });
    await waits(plain.queueId, 1);
    scene.customer(number, { from: urgent });
    await waits(plain.queueId, 2);
    const [first, second] = [await scene.record(urgent), await scene.record(early)];
    t.ok(first.connectedAt < second.connectedAt, "the one who came later was served first");
    t.match([first, second], [{ ending: "answered" }, { ending: "answered" }], "and nobody was lost");
  },
);

t.test("ROUTE-12 a full queue sends on to its overflow; one who waits in it keeps the place", async (t) => {
  const [busy, reserve] = [await scene.agent("Full"), await scene.agent("Overflow")];
  const spare = await scene.line([reserve]);
  const line = await scene.line([busy], { queue: { maxLength: 1, overflow: { queueId: spare.queueId } } });
  await scene.onShift(busy, { ...quick, hangUpAfterMs: 4000 });
  await scene.onShift(reserve, { ...quick, hangUpAfterMs: 300 });
  scene.customer(line.number, { from: someone() });
  await scene.status(busy, "talking");
  const [kept, sentOn] = [someone(), someone()];
  scene.customer(line.number, { from: kept });
  await waits(line.queueId, 1);
  scene.customer(line.number, { from: sentOn });
  const other = await scene.record(sentOn);
  t.match(other, { agentId: reserve.id, queueId: spare.queueId, ending: "answered" });
  t.match((await scene.why(other.id)).summary, /is full: on to/);
  t.match(await scene.record(kept), { agentId: busy.id, queueId: line.queueId });
  const circle = await scene.ask("PATCH", `/v1/queues/${spare.queueId}`, {
    overflow: { queueId: line.queueId },
  });
  t.match(circle, { status: 422, body: { errors: [{ field: "overflow.queueId" }] } }, "no going round");
});

t.test(
  "LINE-18 skills as penalties: the more skilled agent's phone rings, also from the waiting queue",
  async (t) => {
    const [junior, expert] = [await scene.agent("Junior"), await scene.agent("Expert")];
    const line = await scene.line([junior, expert], { queue: { penalties: { [junior.id]: 5 } } });
    const phone = await scene.onShift(junior, quick);
    await scene.onShift(expert, { ...quick, hangUpAfterMs: 500 });
    const from = someone();
    scene.customer(line.number, { from });
    t.match(await scene.record(from), { agentId: expert.id });
    t.equal(phone.notes().length, 0, "sequential would have asked the junior first");
    t.match(await scene.instance.console("queue show"), /penalty 5/, "Asterisk's own queue knows it too");
  },
);

t.test(
  "ROUTE-05 a caller waits for the owner who is likely to be free soon, although others are free",
  async (t) => {
    const [owner, other] = [await scene.agent("Their own"), await scene.agent("Somebody else")];
    const line = await scene.line([owner, other], { line: { ownerWaitSeconds: 20 } });
    const from = someone();
    await scene.contact("Loyal", from, owner);
    await scene.onShift(owner, { ...quick, hangUpAfterMs: 600 });
    // Five talks are enough to say something.
    for (let talk = 0; talk < 5; talk++) {
      const caller = someone();
      scene.customer(line.number, { from: caller });
      await scene.record(caller);
    }
    const idle = await scene.onShift(other, quick);
    await scene.status(owner, "available");
    scene.customer(line.number, { from: someone() });
    await scene.status(owner, "talking");
    const customer = scene.customer(line.number, { from });
    await scene.heard("the wait", (each) => each.kind === "call.awaiting-owner");
    const record = await scene.record(from);
    t.match(record, { agentId: owner.id, ownerId: owner.id, ending: "answered" });
    t.match((await scene.why(record.id)).decisions, [
      { decision: "owner-awaited", rule: "ROUTE-05" },
      { decision: "offered", because: /is free now/ },
    ]);
    t.ok(customer.has("answered"));
    t.equal(idle.notes().length, 0, "the other phone never rang");
  },
);

t.test("LINE-18 every change is logged with before and after, and can be taken back once", async (t) => {
  const agent = await scene.agent("Logged");
  const line = await scene.line([agent]);
  const path = `/v1/queues/${line.queueId}`;
  await scene.must("PATCH", path, { strategy: "random", announceEverySeconds: 45 });
  const log = async () =>
    (await scene.get(`/v1/settings/changes?subjectId=${line.queueId}`)).items as {
      id: string;
      before: object;
      after: object;
      undoneBy: string | null;
      keyId: string;
    }[];
  const [change] = await log();
  t.strictSame(change?.before, { strategy: "sequential" }, "only what differs");
  t.strictSame(change?.after, { strategy: "random" });
  t.ok(change?.keyId);
  const undo = `/v1/settings/changes/${change?.id}/undo`;
  t.match(await scene.must("POST", undo, {}), { applied: { verified: { strategy: "linear" } } });
  t.equal((await scene.get(path)).strategy, "sequential");
  const [taken, first] = await log();
  t.equal(first?.undoneBy, taken?.id);
  t.match(await scene.ask("POST", undo, {}), { status: 409, body: { code: "undone" } });

  await scene.must("PATCH", path, { answerSeconds: 9 });
  const [older] = await log();
  await scene.must("PATCH", path, { answerSeconds: 11 });
  const refused = await scene.ask("POST", `/v1/settings/changes/${older?.id}/undo`, {});
  t.match(refused, { status: 409, body: { code: "changed-since" } });
  t.equal((await scene.get(path)).answerSeconds, 11, "nothing was changed by the refusal");
  const bad = await scene.ask("PATCH", path, { maxLength: 0 });
  t.match(bad, { status: 400, body: { errors: [{ field: "maxLength" }] } });
  t.equal((await log()).length, 4, "what is refused is not in the log");
});
