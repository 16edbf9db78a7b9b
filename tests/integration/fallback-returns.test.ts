/**
 * Calls that come to the fallback from the middle of their way: what they have, they keep. A talk's recording, a place in
 * the queue, the number outside after the wait, and being called back without a menu.
 */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { openDatabase } from "../../apps/store/database.ts";
import type { Scene } from "../support/scene.ts";
import { numbersFrom, rings, sceneOfFile } from "../support/scene-file.ts";
import { channelOf, toneShare, writeTone } from "../support/sound.ts";
import { until } from "../support/until.ts";

const scene: Scene = await sceneOfFile();
const db = openDatabase({ url: scene.instance.databaseUrl, name: "test", log: { warn: () => {} } });
t.teardown(() => db.destroy());

const someone = numbersFrom("+79169993000");
const folder = join(scene.place.folder, "..");
const FIRST = 700;
const speech = writeTone(join(folder, "first.ulaw"), FIRST);
const other = writeTone(join(folder, "other.ulaw"), 1900);
const FORWARD = "+74951110009";

const waiting = async (queue: string, count: number) =>
  until(`${count} wait`, async () => (await scene.get(`/v1/queues/${queue}`)).live?.waiting === count);

/** Until it is back, whatever becomes of the test. */
async function withoutEngine(t: Test): Promise<void> {
  await scene.instance.halt("engine");
  t.teardown(engineBack);
}

async function engineBack(): Promise<void> {
  await scene.instance.resume("engine");
  await until(
    "the API is ready",
    async () => (await fetch(`${scene.instance.url}/ready`)).status === 200,
    20_000,
  );
}

/** How many bytes Asterisk has written of the one call that is recorded. */
function written(): number {
  const monitor = join(scene.instance.config.dataDir, "asterisk/spool/monitor");
  const [name, ...others] = readdirSync(monitor);
  return name === undefined || others.length > 0 ? 0 : statSync(join(monitor, name)).size;
}

/** The channel of whoever calls from this number. */
async function channelFrom(number: string): Promise<string> {
  const text = await scene.instance.console("core show channels concise");
  const row = text.split("\n").find((each) => each.includes(`!${number}!`) || each.includes(number.slice(1)));
  return row?.split("!")[0] ?? "";
}

t.test(
  "law L2, REC-01 the agent leaves a customer on hold without the engine: the next talk does not empty the first one's recording",
  async (t) => {
    const [first, second] = [await scene.agent("Recorded"), await scene.agent("Recorded next")];
    const line = await scene.line([second, first], { line: { recording: "stereo" } });
    const leaving = await scene.onShift(first, { answerAfterMs: 150, hangUpAfterMs: 9000, speech });
    const from = someone();
    const customer = scene.customer(line.number, { from, speech: other });
    await scene.status(first, "talking");
    await scene.onShift(second, { answerAfterMs: 150, hangUpAfterMs: 1500, speech: other });
    const { call } = (await scene.get(`/v1/agents/${first.id}`)).live;
    await until("two seconds are recorded", () => written() > 2 * 32_000);
    await scene.must("POST", `/v1/calls/${call.id}/hold`);
    await withoutEngine(t);
    await until("the agent hangs up", () => leaving.has("left"), 20_000);
    t.equal(await customer.done, 0);
    await engineBack();
    const record = await scene.record(from);
    t.match(record, { ending: "answered", agentId: second.id });
    const recording = await until(
      "the recording",
      async () => (await scene.get(`/v1/calls/${record.id}`)).recording,
      30_000,
    );
    const response = await fetch(`${scene.instance.url}${recording.audio}`, {
      headers: { authorization: `Bearer ${scene.instance.secrets.adminApiKey}` },
    });
    const agentSide = channelOf(Buffer.from(await response.arrayBuffer()), 1);
    t.ok(toneShare(agentSide.subarray(8000 / 2, 8000 * 1.5), FIRST) > 0.7, "the first talk is heard in it");
    t.ok(agentSide.length > 8000 * 3, "and the second after it");
  },
);

t.test(
  "ROUTE-12, law L2 the call-back key without the engine: the same place, and only what is left of the wait",
  async (t) => {
    const agent = await scene.agent("Busy");
    const line = await scene.line([agent], {
      queue: {
        maxWaitSeconds: 300,
        callback: { offer: true, afterSeconds: 600, digit: "1" },
      },
    });
    const phone = await scene.onShift(agent, { answerAfterMs: 150 });
    const talker = scene.customer(line.number, { from: someone(), speech: other, hangUpAfterMs: 20_000 });
    await scene.status(agent, "talking");
    const [early, late] = [someone(), someone()];
    scene.customer(line.number, { from: early, speech: other });
    await waiting(line.queueId, 1);
    const presser = scene.customer(line.number, { from: late, keys: [{ key: "1", afterMs: 5000 }] });
    await waiting(line.queueId, 2);
    await withoutEngine(t);
    t.notOk(presser.has("pressed 1"), "the key is pressed after the engine has gone");
    await until("the key is pressed", () => presser.has("pressed 1"));
    const channel = await channelFrom(late);
    const [, seconds, place] = await until("the caller waits again", async () =>
      /Data: .*,,,(\d+),,,,(\d+)$/m.exec(await scene.instance.console(`core show channel ${channel}`)),
    );
    t.equal(place, "2", "behind who came earlier");
    t.ok(Number(seconds) < 300 && Number(seconds) > 270, `${seconds} s are left`);
    t.notOk(talker.has("left"), "all of it while the agent talked");
    await until("the agent's phone rings for the next", () => rings(phone) === 2, 40_000);
    t.match(phone.notes().findLast(({ text }) => text.startsWith("rings"))?.text, early.slice(1));
    await engineBack();
  },
);

t.test("FWD-09, law L2 waited in vain without the engine: the one number outside is called", async (t) => {
  const agent = await scene.agent("Occupied");
  const far = await scene.farEnd({ answerAfterMs: 150, hangUpAfterMs: 700, speech });
  const line = await scene.line([agent], {
    queue: { maxWaitSeconds: 12 },
    line: { forwardMode: "number", forwardNumber: FORWARD },
  });
  const verified = { forward_number_verified_at: new Date() };
  await db.updateTable("line").set(verified).where("id", "=", line.id).execute();
  await scene.must("PATCH", `/v1/lines/${line.id}`, { ownerFirst: true });
  await scene.onShift(agent, { answerAfterMs: 150 });
  scene.customer(line.number, { from: someone() });
  await scene.status(agent, "talking");
  const from = someone();
  const customer = scene.customer(line.number, { from });
  await waiting(line.queueId, 1);
  await withoutEngine(t);
  t.equal(rings(far), 0);
  t.equal(await customer.done, 0);
  t.equal(rings(far), 1);
  await engineBack();
  t.match(await scene.record(from), { ending: "answered", forwardedTo: { e164: FORWARD } });
});

t.test("ROUTE-12, law L2 a customer whom we call back hears no menu in the fallback", async (t) => {
  const [kept, free] = [await scene.agent("Kept"), await scene.agent("Free")];
  const line = await scene.line([kept, free], {
    queue: { callback: { offer: true, afterSeconds: 600, digit: "1" } },
  });
  await scene.onShift(kept, { answerAfterMs: 150 });
  const far = await scene.farEnd({ answerAfterMs: 12_000, hangUpAfterMs: 15_000 });
  scene.customer(line.number, { from: someone(), hangUpAfterMs: 8000 });
  await scene.status(kept, "talking");
  const keeper = scene.customer(line.number, { from: someone(), keys: [{ key: "1", afterMs: 1000 }] });
  await until("the place is kept", () => keeper.has("left by us"), 20_000);
  await until("the customer is called back", () => rings(far) === 1, 40_000);
  const phone = await scene.onShift(free, { answerAfterMs: 150, hangUpAfterMs: 700 });
  const menu = await scene.must("POST", "/v1/menus", {
    name: "Ends",
    inputWaitSeconds: 1,
    repeat: { mode: "none" },
    buttons: [],
    fallback: { type: "end" },
  });
  await scene.must("PATCH", `/v1/lines/${line.id}`, { menuId: menu.id, menuWhen: "always" });
  await withoutEngine(t);
  t.notOk(far.has("answered"), "the engine was gone before");
  await until("an agent's phone rings for the customer", () => rings(phone) === 1, 30_000);
  await engineBack();
});
