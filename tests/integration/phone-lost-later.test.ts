/**
 * An agent's phone dies when the talk has been regrouped already, and what is known of one loss is not held against the
 * next agent.
 */
import { join } from "node:path";
import t from "tap";
import type { Scene, TestAgent } from "../support/scene.ts";
import { numbersFrom, rings, sceneOfFile } from "../support/scene-file.ts";
import { writeTone } from "../support/sound.ts";
import { until } from "../support/until.ts";

const scene: Scene = await sceneOfFile();

const someone = numbersFrom("+79169992000");
const speech = writeTone(join(scene.place.folder, "..", "voice.ulaw"), 700);
/** Asterisk misses a phone's voice for 30 s (rtp_timeout), and looks now and then. */
const LOST_MS = 75_000;

/** The first agent talks; the second has a free phone, and hangs up after six seconds of talk. */
async function begin() {
  const [first, second] = [await scene.agent("Falling"), await scene.agent("Healthy")];
  const line = await scene.line([first, second]);
  const falling = await scene.onShift(first, { answerAfterMs: 150, speech });
  const from = someone();
  const customer = scene.customer(line.number, { from, speech });
  await scene.status(first, "talking");
  const healthy = await scene.onShift(second, { answerAfterMs: 150, hangUpAfterMs: 6000, speech });
  const { call } = (await scene.get(`/v1/agents/${first.id}`)).live;
  return { first, second, falling, healthy, from, customer, id: call.id as string };
}

async function takenOver(id: string, agent: TestAgent): Promise<void> {
  await scene.heard(
    "the other agent takes over",
    ({ kind, data }) => kind === "call.talking" && data.id === id && data.agentId === agent.id,
    LOST_MS,
  );
}

t.test(
  "F11 a phone dies while the customer is on hold: it is lost, the customer goes first; the next agent's hang-up is a hang-up",
  async (t) => {
    const { first, second, falling, healthy, from, customer, id } = await begin();
    await scene.must("POST", `/v1/calls/${id}/hold`);
    await falling.stop();
    await takenOver(id, second);
    t.match(await scene.get(`/v1/agents/${first.id}`), { live: { status: "offline" } });
    await customer.done;
    t.ok(customer.has("left by us"), "the call is over when the second agent hangs up");
    t.match(await scene.record(from), { ending: "answered", agentId: second.id });
    await scene.status(second, "available");
    const told = JSON.stringify((await scene.why(id)).decisions);
    t.match(told, /phone was lost: before all others/);
    t.match(told, /Falling did not take the call \(PHONELOST\)/);
    t.notMatch(told, /Healthy did not take the call/, "only one phone was lost");
    t.equal(rings(healthy), 1);
  },
);

t.test(
  "F11, SOFT-02 a phone dies after a hold and a taking back: the customer is not hung up, the next agent takes over",
  async (t) => {
    const { first, second, falling, from, customer, id } = await begin();
    await scene.must("POST", `/v1/calls/${id}/hold`);
    await scene.must("POST", `/v1/calls/${id}/resume`);
    await until("both talk again", async () => {
      const { items } = await scene.get(`/v1/calls/${id}/events`);
      return items.some((each: { kind: string }) => each.kind === "CallRejoined");
    });
    await falling.stop();
    await takenOver(id, second);
    t.match(await scene.get(`/v1/agents/${first.id}`), { live: { status: "offline" } });
    await customer.done;
    t.ok(customer.has("left by us"), "hung up by the second agent only");
    t.match(await scene.record(from), { ending: "answered", agentId: second.id });
  },
);
