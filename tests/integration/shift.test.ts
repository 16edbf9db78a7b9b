/**
 * An agent's shift on a real Asterisk: wrap-up and its completion, breaks, lost phones. What must not happen: an
 * agent in wrap-up is rung by nobody, a service is completed twice, or by somebody else.
 */
import t from "tap";
import type { Scene, TestAgent } from "../support/scene.ts";
import { numbersFrom, rings, sceneOfFile } from "../support/scene-file.ts";
import { until } from "../support/until.ts";

const scene: Scene = await sceneOfFile();

const someone = numbersFrom("+79167771000");
const quick = { answerAfterMs: 150 } as const;
const untilCompleted = { queue: { wrapUp: { mode: "until-completed" } } } as const;

const topics: { id: string; nameRu: string; nameEn: string }[] = (await scene.get("/v1/topics")).items;
const [order, request] = [topics[0]?.id ?? "", topics[2]?.id ?? ""];

/** Calls until the agent talks; the call's id. */
async function talking(line: { number: string }, agent: TestAgent, from = someone(), hangUpAfterMs?: number) {
  const customer = scene.customer(line.number, { from, ...(hangUpAfterMs && { hangUpAfterMs }) });
  await scene.status(agent, "talking");
  const { live } = await scene.get(`/v1/agents/${agent.id}`);
  return { from, customer, call: live.call.id as string };
}

t.test(
  "AGENT-08, WRAP-01, WRAP-02, WRAP-05, WRAP-06, WRAP-07, D-12 wrap-up: no next call by engine or queue until the service is completed; then at once",
  async (t) => {
    const agent = await scene.agent("Wrapper");
    const line = await scene.line([agent], untilCompleted);
    const phone = await scene.onShift(agent, { answerAfterMs: 150, hangUpAfterMs: 1200 });
    const { call, customer } = await talking(line, agent);
    await customer.done;
    await scene.status(agent, "wrap-up");
    const { live } = await scene.get(`/v1/agents/${agent.id}`);
    t.match(live, { status: "wrap-up", call: { id: call, phase: "wrap-up", until: null } });
    await scene.heard(
      "the wrap-up",
      ({ kind, data }) => kind === "agent.changed" && data.id === agent.id && data.phase === "wrap-up",
    );

    const waiting = scene.customer(line.number, { from: someone() });
    const queued = await scene.heard(
      "the next one waits",
      ({ kind, data }) => kind === "call.queued" && data.queueId === line.queueId,
    );
    const decision = await until("the reason is on record", async () => {
      const why = await scene.why(queued.data.id).catch(() => undefined);
      return why?.decisions[0];
    });
    t.match(decision.considered, [{ name: "Wrapper", verdict: "in wrap-up" }], "the engine says why");
    // The queue looks at its members every second; the next caller's queueing proves that it had the time.
    await until("the queue has looked", async () => {
      const { longestWaitMs } = (await scene.get(`/v1/queues/${line.queueId}`)).live;
      return longestWaitMs > 3000;
    });
    t.equal(rings(phone), 1, "nobody rang the agent in wrap-up");

    const key = await scene.keyOf(agent);
    const path = `/v1/calls/${call}/complete`;
    const missing = await scene.ask("POST", path, { comment: "no topic" }, key);
    t.match([missing.status, missing.body.code], [422, "topic-required"], "WRAP-02, D-14 a topic is needed");
    t.equal((await scene.get(`/v1/agents/${agent.id}`)).live.status, "wrap-up", "and the wrap-up goes on");
    const done = await scene.ask("POST", path, { topicIds: [order, request], comment: "two pieces" }, key);
    t.equal(done.status, 200, JSON.stringify(done.body));
    t.match(done.body.completions, [
      {
        agentId: agent.id,
        comment: "two pieces",
        after: "continue",
        topics: [{ id: order }, { id: request }],
      },
    ]);
    t.equal(await waiting.done, 0, "WRAP-05 the one who waited is served");
    t.equal(rings(phone), 2);
    const service = await until("the wrap-up is on record", async () => {
      const view = await scene.get(`/v1/calls/${call}/service`);
      return view.wrapUps[0]?.endedAt ? view : undefined;
    });
    t.match(service.wrapUps, [{ agentId: agent.id, endedBy: "completed" }]);
    t.ok(service.wrapUps[0].wrapUpMs > 3000, `WRAP-07 measured: ${service.wrapUps[0].wrapUpMs} ms`);

    const again = await scene.ask("POST", path, { topicIds: [order] }, key);
    t.match([again.status, again.body.code], [409, "already-completed"], "never twice");
    const journal = await scene.ask("GET", `/v1/agents/${agent.id}/calls`, undefined, key);
    t.ok(
      journal.body.items.some((each: { id: string }) => each.id === call),
      "WRAP-06 in the journal",
    );
  },
);

t.test("WRAP-01 another agent cannot complete the service, a supervisor can", async (t) => {
  const [agent, other] = [await scene.agent("Mine"), await scene.agent("Other")];
  const line = await scene.line([agent], untilCompleted);
  await scene.onShift(agent, quick);
  const { call, customer } = await talking(line, agent, someone(), 300);
  await customer.done;
  await scene.status(agent, "wrap-up");
  const path = `/v1/calls/${call}/complete`;
  const wrong = await scene.ask("POST", path, { topicIds: [order] }, await scene.keyOf(other));
  t.match([wrong.status, wrong.body.code], [403, "not-yours"]);
  const named = { topicIds: [order], agentId: agent.id };
  t.equal((await scene.ask("POST", path, named, await scene.keyOf(other))).status, 403);
  t.equal((await scene.get(`/v1/agents/${agent.id}`)).live.status, "wrap-up", "it is still open");
  const nowhere = "/v1/calls/00000000-0000-4000-8000-000000000000/complete";
  t.equal((await scene.ask("POST", nowhere, { topicIds: [order] })).status, 404);
  t.equal((await scene.ask("POST", path, { topicIds: [order] })).status, 200, "the administrator may");
  await scene.status(agent, "available");
});

t.test(
  "WRAP-08 completing during the talk ends the call and saves in one action, without wrap-up",
  async (t) => {
    const agent = await scene.agent("Closer");
    const line = await scene.line([agent], untilCompleted);
    const phone = await scene.onShift(agent, quick);
    const { call, customer, from } = await talking(line, agent);
    const body = { topicIds: [order], comment: "all said", after: "continue" };
    t.equal(
      (await scene.ask("POST", `/v1/calls/${call}/complete`, body, await scene.keyOf(agent))).status,
      200,
    );
    t.equal(await customer.done, 0);
    t.ok(customer.has("left by us"), "we hung up");
    await scene.status(agent, "available");
    const record = await scene.record(from);
    t.match(record, { ending: "answered", agentId: agent.id });
    const service = await scene.get(`/v1/calls/${call}/service`);
    t.match(service, { completions: [{ comment: "all said" }], wrapUps: [] });
    t.equal(await scene.customer(line.number, { from: someone(), hangUpAfterMs: 300 }).done, 0);
    t.equal(rings(phone), 2, "and the queue rings the agent again");
  },
);

t.test(
  "AGENT-09, WRAP-03 break after the call: by the completion, and by the state menu during the talk",
  async (t) => {
    const agent = await scene.agent("Tired");
    const line = await scene.line([agent], untilCompleted);
    await scene.onShift(agent, quick);
    const first = await talking(line, agent, someone(), 300);
    await first.customer.done;
    await scene.status(agent, "wrap-up");
    const break_ = { topicIds: [order], after: "break" };
    await scene.must("POST", `/v1/calls/${first.call}/complete`, break_);
    t.match(await scene.get(`/v1/agents/${agent.id}`), { state: "break", pendingState: null });
    await until("the break is written down", async () => {
      const text = await scene.instance.console("queue show");
      return text
        .split("\n")
        .some((row) => row.includes(agent.account.username) && row.includes("paused:break"));
    });

    await scene.must("PUT", `/v1/agents/${agent.id}/state`, { state: "inbound" });
    await scene.status(agent, "available");
    const second = await talking(line, agent, someone(), 2500);
    const planned = await scene.must("PUT", `/v1/agents/${agent.id}/state`, { state: "break" });
    t.match(planned, { state: "inbound", pendingState: "break", live: { status: "talking" } });
    t.equal(await second.customer.done, 0, "the talk goes on to its end");
    await scene.status(agent, "wrap-up");
    t.match(await scene.get(`/v1/agents/${agent.id}`), { state: "inbound", pendingState: "break" });
    await scene.must("POST", `/v1/calls/${second.call}/complete`, { topicIds: [order] });
    t.match(await scene.get(`/v1/agents/${agent.id}`), {
      state: "break",
      pendingState: null,
      live: { status: "do-not-disturb" },
    });
  },
);

t.test("AGENT-08 a queue's limit ends a wrap-up, also over a restart of the engine", async (t) => {
  const [agent, other] = [await scene.agent("Limited"), await scene.agent("Endless")];
  const line = await scene.line([agent], { queue: { wrapUp: { mode: "limit", seconds: 6 } } });
  const endless = await scene.line([other], untilCompleted);
  await scene.onShift(agent, quick);
  const phone = await scene.onShift(other, quick);
  const a = await talking(line, agent, someone(), 300);
  const b = await talking(endless, other, someone(), 300);
  await Promise.all([a.customer.done, b.customer.done]);
  await scene.status(agent, "wrap-up");
  await scene.status(other, "wrap-up");
  const before = (await scene.get(`/v1/agents/${agent.id}`)).live.call;
  t.equal(Date.parse(before.until) - Date.parse(before.since), 6000);
  await until("both are on record", async () => {
    const views = await Promise.all([a, b].map(({ call }) => scene.get(`/v1/calls/${call}/service`)));
    return views.every((view) => view.wrapUps.length === 1);
  });
  t.ok(scene.instance.kill("engine", "SIGKILL"));
  await scene.status(other, "wrap-up");
  await scene.status(agent, "available");
  const service = await until("the limit is on record", async () => {
    const view = await scene.get(`/v1/calls/${a.call}/service`);
    return view.wrapUps[0]?.endedAt ? view : undefined;
  });
  t.match(service.wrapUps, [{ endedBy: "limit" }]);
  t.match((await scene.get(`/v1/agents/${other.id}`)).live, { status: "wrap-up", call: { id: b.call } });
  t.equal(rings(phone), 1);
  await scene.must("POST", `/v1/calls/${b.call}/complete`, { topicIds: [order] });
  await scene.status(other, "available");
});
