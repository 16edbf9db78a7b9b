/**
 * An agent's phone dies: while it rings, in the queue's hands, and in a talk. The caller goes on before all others,
 * the agent is not offered anything until the phone is back.
 */
import { join } from "node:path";
import t from "tap";
import type { Scene } from "../support/scene.ts";
import { numbersFrom, rings, sceneOfFile } from "../support/scene-file.ts";
import { writeTone } from "../support/sound.ts";
import { until } from "../support/until.ts";

const scene: Scene = await sceneOfFile();

const someone = numbersFrom("+79169991000");
const speech = writeTone(join(scene.place.folder, "..", "voice.ulaw"), 700);

t.test(
  "F11 a phone dies while it rings: the next agent rings within 5 s, the lost one is not offered again",
  async (t) => {
    const [first, second] = [await scene.agent("Dying"), await scene.agent("Living")];
    const line = await scene.line([first, second], { queue: { answerSeconds: 60 } });
    const dying = await scene.onShift(first, { answerAfterMs: "never" });
    const living = await scene.onShift(second, { answerAfterMs: 200 });
    const from = someone();
    const customer = scene.customer(line.number, { from, hangUpAfterMs: 12_000 });
    await until("the first phone rings", () => rings(dying) === 1);
    const died = Date.now();
    await dying.stop();
    await until("the second phone rings", () => rings(living) === 1);
    const took = (living.notes()[0]?.at ?? 0) - died;
    t.ok(took < 5500, `${took} ms after the first one died`);
    await scene.status(second, "talking");
    t.match(await scene.get(`/v1/agents/${first.id}`), { live: { status: "offline" } });
    const next = scene.customer(line.number, { from: someone(), hangUpAfterMs: 3000 });
    const queued = await scene.heard(
      "the next one waits",
      ({ kind, data }) => kind === "call.queued" && data.queueId === line.queueId,
    );
    const decision = await until("the reason is on record", async () => {
      const why = await scene.why(queued.data.id).catch(() => undefined);
      return why?.decisions[0];
    });
    t.match(decision.considered[0], { name: "Dying", verdict: "phone lost" });
    t.equal(await next.done, 0);
    t.equal(await customer.done, 0);
    const back = await scene.onShift(first, { answerAfterMs: 200 });
    t.equal(rings(back), 0, "the agent is available again with the phone, and was not rung meanwhile");
  },
);

t.test(
  "F11 a phone dies in a talk: the customer is not hung up and goes before those who wait; a hang-up still ends the call",
  async (t) => {
    const [first, second] = [await scene.agent("Falling"), await scene.agent("Standing")];
    const line = await scene.line([first, second]);
    const falling = await scene.onShift(first, { answerAfterMs: 150, speech });
    const from = someone();
    const customer = scene.customer(line.number, { from, speech });
    await scene.status(first, "talking");
    const standing = await scene.onShift(second, { answerAfterMs: 150, speech });
    const busy = scene.customer(line.number, { from: someone(), speech });
    await scene.status(second, "talking");
    const waiting = scene.customer(line.number, { from: someone(), speech });
    await until("one waits", async () => (await scene.get(`/v1/queues/${line.queueId}`)).live.waiting === 1);
    const { call } = (await scene.get(`/v1/agents/${first.id}`)).live;
    const { call: other } = (await scene.get(`/v1/agents/${second.id}`)).live;
    await falling.stop();
    const told = await scene.heard(
      "the customer is back",
      ({ kind, data }) =>
        kind === "call.queued" && data.id === call.id && /phone was lost/.test(data.because ?? ""),
      75_000,
    );
    t.match(told.data.because, /phone was lost/);
    t.notOk(customer.has("left by us"), "the customer was not hung up");
    t.match(await scene.get(`/v1/agents/${first.id}`), { live: { status: "offline" } });
    await scene.must("POST", `/v1/calls/${other.id}/hang-up`);
    const talked = await scene.heard(
      "the other agent takes over",
      ({ kind, data }) => kind === "call.talking" && data.id === call.id && data.agentId === second.id,
    );
    t.ok(talked, "before the one who had waited longer");
    t.notOk(
      scene.live.some(
        ({ kind, data, seq }) => kind === "call.talking" && data.agentId === second.id && seq > talked.seq,
      ),
      "who waits still",
    );
    await scene.must("POST", `/v1/calls/${call.id}/hang-up`);
    await customer.done;
    const record = await scene.record(from);
    t.match(record, { ending: "answered", agentId: second.id });
    t.ok(rings(standing) >= 2);
    await Promise.all([busy.stop(), waiting.stop()]);
  },
);
