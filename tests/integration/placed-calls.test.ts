/**
 * What an agent who placed a call can do with it, on a real Asterisk: the same as with one that came in, with the same
 * record. Everybody speaks a tone of their own, and what each of them hears on the wire says who is with whom.
 */
import { dirname } from "node:path";
import t from "tap";
import { FAR_ADDRESS, type SippPeer } from "../../apps/peers/sipp.ts";
import { cast, onShift } from "../support/conversation.ts";
import { openScene, type Scene, type TestAgent } from "../support/scene.ts";
import { until } from "../support/until.ts";
import { voice } from "../support/voice.ts";

t.jobs = 1;
t.setTimeout(300_000);

const scene: Scene = await openScene();
const company = await cast(scene);
const far = await voice(FAR_ADDRESS, scene.place.asterisk.address, 3100, dirname(scene.place.folder));
const { operator: own, colleague, third } = company.voices;
const all = [far, own, colleague, third];
t.teardown(async () => {
  far.close();
  company.close();
  await scene.close();
});
t.afterEach(async () => {
  await scene.clear();
  scene.live.length = 0;
});

let nextCustomer = 3000;
const someone = (): string => `+7916999${nextCustomer++}`;
const ask = (id: string, what: string, body?: object) => scene.must("POST", `/v1/calls/${id}/${what}`, body);
const state = async (agent: TestAgent) => (await scene.get(`/v1/agents/${agent.id}`)).live.status;
const closed = (id: string) =>
  until("the record is closed", async () => {
    const { status, body } = await scene.ask("GET", `/v1/calls/${id}`);
    return status === 200 && body.endedAt ? body : undefined;
  });

/** An operator talks with a customer whom they called. */
async function begin(): Promise<{
  id: string;
  to: string;
  customer: SippPeer;
  operator: TestAgent;
  other: TestAgent;
}> {
  const [operator, other] = [await scene.agent("Operator"), await scene.agent("Colleague")];
  await scene.line([operator, other], { line: { recording: "stereo" } });
  await onShift(scene, operator, own);
  const customer = far.lend(await scene.farEnd({ answerAfterMs: 200, earPort: far.port }));
  const to = someone();
  const { callId: id } = await scene.must("POST", "/v1/calls", { to: { number: to }, agentId: operator.id });
  await far.hears("the talk begins", [own], all);
  return { id, to, customer, operator, other };
}

t.test(
  "SOFT-02, SOFT-03, SOFT-05, SOFT-13, XFER-01, XFER-03 an agent who placed the call holds, mutes, consults and hands over: one record",
  async (t) => {
    const { id, to, operator, other } = await begin();
    await onShift(scene, other, colleague);
    t.match(await ask(id, "hold"), { state: "held", agentId: operator.id });
    await far.hearsMusic(all);
    await own.hears("the operator waits", [], all);
    t.equal(await state(operator), "talking");
    await ask(id, "resume");
    await far.hears("both talk again", [own], all);
    await ask(id, "mute");
    await far.hears("the operator is muted", [], all);
    await ask(id, "unmute");
    await far.hears("and speaks again", [own], all);

    const consult = { type: "consultation", to: { agentId: other.id } };
    t.match(await ask(id, "transfer", consult), { state: "consulting" });
    await own.hears("the operator talks with the colleague", [colleague], all);
    await far.hearsMusic(all);
    await ask(id, "transfer/interrupt");
    await far.hears("the operator is back", [own], all);
    await until("the colleague is free", async () => (await state(other)) === "available");
    await ask(id, "transfer", consult);
    await colleague.hears("a second consultation", [own], all);
    t.match(await ask(id, "transfer/complete"), { state: "handing" });
    await far.hears("the customer talks with the colleague", [colleague], all);
    await until("the operator is free", async () => (await state(operator)) === "available");
    t.equal(await state(other), "talking");
    await ask(id, "hang-up");

    const record = await closed(id);
    t.match(record, {
      type: "outbound",
      ending: "answered",
      agentId: other.id,
      transfers: 1,
      to: { e164: to },
    });
    t.ok(record.holdMs > 500, `on hold for ${record.holdMs} ms`);
    const { parts } = await scene.get(`/v1/calls/${id}`);
    const talks = parts.filter((part: { kind: string }) => part.kind === "talk");
    t.match([talks[0].agentId, talks.at(-1).agentId], [operator.id, other.id], "the agents in their order");
    const { items } = await scene.get(`/v1/calls?to=${encodeURIComponent(to)}`);
    t.equal(items.length, 1, "one call, one record");
    const recording = await until("the recording is kept", async () => {
      const { recording } = await scene.get(`/v1/calls/${id}`);
      return recording?.state === "kept" ? recording : undefined;
    });
    t.ok(
      recording.durationMs > record.talkMs * 0.8,
      `recorded ${recording.durationMs} ms of ${record.talkMs}, the colleague's part too`,
    );
  },
);

t.test("XFER-02, XFER-04 handed over without a consultation, and all three together", async (t) => {
  const { id, operator, other } = await begin();
  await onShift(scene, other, colleague);
  await ask(id, "transfer", { type: "conference", to: { shortNumber: other.shortNumber } });
  await far.hears("all three", [own, colleague], all);
  await colleague.hears("all three", [far, own], all);
  await ask(id, "conference/leave");
  await far.hears("two are left", [colleague], all);
  await until("the operator is free", async () => (await state(operator)) === "available");
  t.match(await ask(id, "transfer", { type: "blind", to: { agentId: operator.id } }), {
    state: "transferring",
  });
  await far.hears("the operator again", [own], all);
  await ask(id, "hang-up");
  t.match(await closed(id), { agentId: operator.id, transfers: 1, ending: "answered" });
});

t.test("SOFT-08 a colleague who was called is held and handed on by the agent who called", async (t) => {
  const [operator, other, last] = [
    await scene.agent("Operator"),
    await scene.agent("Colleague"),
    await scene.agent("Third"),
  ];
  await onShift(scene, operator, own);
  await onShift(scene, other, colleague);
  await onShift(scene, last, third);
  const placed = { to: { agentId: other.id }, agentId: operator.id };
  const { callId: id } = await scene.must("POST", "/v1/calls", placed);
  await own.hears("they talk", [colleague], all);
  t.match(await scene.must("POST", `/v1/calls/${id}/hold`, undefined), { state: "held" });
  await until(
    "somebody hears music",
    async () => (await scene.get(`/v1/agents/${operator.id}`)).live.status === "talking",
  );
  await ask(id, "resume");
  await own.hears("they talk again", [colleague], all);
  const key = await scene.keyOf(operator);
  const body = { type: "blind", to: { agentId: last.id } };
  const { status } = await scene.ask("POST", `/v1/calls/${id}/transfer`, body, key);
  t.equal(status, 200);
  await third.hears("the third talks with the colleague", [colleague], all);
  await until("the operator is free", async () => (await state(operator)) === "available");
  await scene.instance.console("channel request hangup all");
  t.match(await closed(id), { type: "internal", transfers: 1 });
});

t.test(
  "law L1, L2 the agent who placed the call is gone while the customer waits: the line takes over",
  async (t) => {
    const { id, operator, other } = await begin();
    await onShift(scene, other, colleague);
    await ask(id, "hold");
    await far.hearsMusic(all);
    const text: string = await scene.instance.console("core show channels concise");
    const channel = text
      .split("\n")
      .find((row) => row.includes(operator.account.username))
      ?.split("!")[0];
    await scene.must("PUT", `/v1/agents/${operator.id}/state`, { state: "break" });
    await scene.instance.console(`channel request hangup ${channel}`);
    await far.hears("a colleague of the line", [colleague], all);
    await ask(id, "hang-up");
    t.match(await closed(id), { type: "outbound", agentId: other.id, ending: "answered" });
    await until("no channel is left", async () => (await scene.channels()) === 0);
  },
);
