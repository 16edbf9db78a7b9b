/**
 * Preview campaigns on a real Asterisk: an agent is shown somebody and decides. What must not happen: anybody dialled
 * before the agent says so, one contact shown to two agents, a contact that is lost when its agent goes away.
 */
import t from "tap";
import { OPEN_POLICY } from "../support/campaigns.ts";
import { Dialling, dialledBy } from "../support/dialling.ts";
import type { Scene, TestAgent } from "../support/scene.ts";
import { sceneOfFile } from "../support/scene-file.ts";
import { until } from "../support/until.ts";

const scene: Scene = await sceneOfFile();
const dialling = new Dialling(scene);
t.teardown(() => dialling.close());

/** Generous: other programs compute on the same cores. */
const LONG_MS = 60_000;
const preview = async (agent: TestAgent) => (await scene.get(`/v1/agents/${agent.id}/preview`)).preview;
const shownTo = (agent: TestAgent, what = `${agent.name} is shown somebody`) =>
  until(what, () => preview(agent), LONG_MS);
const phoneOf = (shown: { numbers: { phone: { e164: string } }[] }) => shown.numbers[0]?.phone.e164;
const status = (campaign: string) => scene.get(`/v1/campaigns/${campaign}/status`);
const told = (kind: string, previewId: string) =>
  scene.heard(
    `${kind} of ${previewId}`,
    (message) => message.kind === kind && message.data.previewId === previewId,
    LONG_MS,
  );

t.test("LINE-13 shown, called at the agent's word, talked, ended; skipped; never shown to two", async (t) => {
  const [anna, boris] = [await scene.agent("Anna"), await scene.agent("Boris")];
  const line = await scene.line([anna, boris]);
  await scene.must("POST", "/v1/scenarios", {
    name: "Autumn",
    direction: "outbound",
    script: "Hello",
    lineIds: [line.id],
  });
  const far = await dialling.carrier({
    "791681": { does: "answer", afterMs: 300, hangUpAfterMs: 1500 },
    "791682": { does: "refuse", status: 486, afterMs: 200 },
  });
  const own = await dialling.ready(anna);
  const numbers = ["+79168100001", "+79168200002", "+79168100003"];
  const policy = JSON.stringify({ ...OPEN_POLICY, retry: {} });
  const campaign = await dialling.campaign(line, [anna, boris], numbers, {
    ...{ mode: "preview", preview_seconds: 3600, policy, caller_numbers: ["+74951110001"] },
  });
  await dialling.move(campaign, "running");
  const first = await shownTo(anna);
  t.match(first, {
    campaign: { id: campaign, purpose: "service" },
    scenario: { script: "Hello" },
    numbers: [{ attempts: 0, lastEnding: null, refused: false }],
    onTimeout: "pause",
    skips: [],
  });
  await told("preview.shown", first.id);
  t.equal(phoneOf(first), numbers[0], "the list's first");
  t.equal(own.has("rings"), false, "nobody's phone rings before the agent decides");
  await dialling.ready(boris);
  const second = await shownTo(boris);
  t.equal(phoneOf(second), numbers[1], "the other agent is shown the next, and not the same");
  t.equal(dialledBy(far).size, 0, "and nobody is dialled");
  t.match(await status(campaign), { previews: { shown: 2, outcomes: {} }, list: { states: { taken: 2 } } });

  const annas = await scene.keyOf(anna);
  const as = (method: string, path: string, body?: object) => scene.ask(method, path, body, annas);
  t.equal((await as("GET", `/v1/agents/${boris.id}/preview`)).status, 404, "another's is not there");
  t.equal((await as("POST", `/v1/previews/${second.id}/call`)).status, 404);
  t.equal(
    (await as("POST", `/v1/previews/${second.id}/skip`, { reason: "not-relevant", next: "end" })).status,
    404,
  );
  const placed = await as("POST", `/v1/previews/${first.id}/call`, {});
  t.match(placed, { status: 202, body: { to: { e164: numbers[0] } } });
  t.match((await told("preview.over", first.id)).data, { outcome: "called", callId: placed.body.callId });
  t.match(await as("POST", `/v1/previews/${first.id}/call`), { status: 409 }, "once only");
  const [talked] = await dialling.settled(campaign, 1, LONG_MS);
  t.match(talked, {
    number: numbers[0],
    call_id: placed.body.callId,
    ending: "answered",
    agent_id: anna.id,
    caller_number: "+74951110001",
    trunk_key: String,
    connected_at: Date,
    answered_at: Date,
  });
  t.ok(own.has("rings"), "the agent's phone rang first");
  t.match(await scene.get(`/v1/calls/${placed.body.callId}`), {
    type: "outbound",
    ending: "answered",
    agentId: anna.id,
    lineId: line.id,
    to: { e164: numbers[0] },
  });
  t.match(
    far.notes().find(({ text }) => text.startsWith("dialled"))?.text,
    /\+?74951110001/,
    "the customer sees the campaign's number",
  );
  const third = await shownTo(anna, "after the call the next one is shown");
  t.equal(phoneOf(third), numbers[2]);

  const busy = await scene.must("POST", `/v1/previews/${second.id}/call`, { phone: "8 916 820-00-02" });
  const two = await dialling.settled(campaign, 2, LONG_MS);
  t.match(two[1], { number: numbers[1], call_id: busy.callId, ending: "busy", agent_id: boris.id });

  const wrong = await as("POST", `/v1/previews/${third.id}/skip`, { reason: "other", next: "finish" });
  t.match(wrong, { status: 422, body: { errors: [{ field: "comment" }] } });
  const skip = { reason: "wrong-person", comment: "His neighbour", next: "finish" };
  t.equal((await as("POST", `/v1/previews/${third.id}/skip`, skip)).status, 204);
  t.match((await told("preview.over", third.id)).data, { outcome: "skipped" });
  await until("the campaign is finished", async () => (await status(campaign)).state === "finished", LONG_MS);
  t.match(await status(campaign), {
    list: { states: { done: 3 } },
    previews: { shown: 0, outcomes: { called: 2, skipped: 1 } },
  });
  t.same([...dialledBy(far).values()], [1, 1], "who was skipped was never dialled");
  t.equal(await preview(anna), null);
});

t.test(
  "the time passes: back to the list and a break for the agent, or a call by itself; an agent who goes leaves nobody behind",
  async (t) => {
    const [vera, gleb] = [await scene.agent("Vera"), await scene.agent("Gleb")];
    const line = await scene.line([vera, gleb]);
    const far = await dialling.carrier({ "79169": { does: "answer", afterMs: 300, hangUpAfterMs: 1500 } });
    const numbers = ["+79169000001"];
    const campaign = await dialling.campaign(line, [vera, gleb], numbers, {
      ...{ mode: "preview", preview_seconds: 5 },
    });
    await dialling.ready(vera);
    await dialling.move(campaign, "running");
    const shown = await shownTo(vera);
    t.match((await told("preview.over", shown.id)).data, { outcome: "timed-out" });
    await until(
      "who let the time pass is on a break",
      async () => (await scene.get(`/v1/agents/${vera.id}`)).state === "break",
      LONG_MS,
    );
    t.equal(dialledBy(far).size, 0, "nobody was dialled");
    t.match(await status(campaign), { list: { states: { waiting: 1 } } });

    await dialling.change(campaign, { preview_seconds: 3600 });
    await dialling.ready(gleb);
    const again = await shownTo(gleb);
    t.equal(phoneOf(again), numbers[0], "the next agent is shown the same contact");
    await scene.must("POST", `/v1/agents/${gleb.id}/sign-out`, {});
    t.match((await told("preview.over", again.id)).data, { outcome: "returned" });
    t.match(await status(campaign), { list: { states: { waiting: 1 } }, previews: { shown: 0 } });

    await dialling.change(campaign, { preview_seconds: 5, preview_timeout: "call" });
    await scene.must("PUT", `/v1/agents/${vera.id}/state`, { state: "outbound" });
    const last = await shownTo(vera);
    t.match((await told("preview.over", last.id)).data, { outcome: "called", byItself: true });
    const [attempt] = await dialling.settled(campaign, 1, LONG_MS);
    t.match(attempt, { ending: "answered", agent_id: vera.id });
    t.same([...dialledBy(far).values()], [1]);
  },
);

t.test("what policy leaves to people cannot be given to a machine, running or not", async (t) => {
  const agent = await scene.agent("Lawyer");
  const line = await scene.line([agent]);
  const policy = { preset: "russia-advertising" };
  const wanted = {
    ...{ name: "Advertising", purpose: "advertising", lineId: line.id, agentIds: [agent.id], policy },
  };
  const refused = await scene.ask("POST", "/v1/campaigns", { ...wanted, mode: "predictive" });
  t.match(refused, { status: 422 });
  const byItself = { seconds: 60, onTimeout: "call" };
  t.match(await scene.ask("POST", "/v1/campaigns", { ...wanted, mode: "preview", preview: byItself }), {
    status: 422,
    body: { errors: [{ field: "preview.onTimeout" }] },
  });
  const { id } = await scene.must("POST", "/v1/campaigns", { ...wanted, mode: "preview" });
  await scene.must("POST", `/v1/campaigns/${id}/contacts`, { contacts: ["+79168900001"] });
  await scene.must("POST", `/v1/campaigns/${id}/start`);
  for (const mode of ["predictive", "progressive", "agentless"])
    t.match(await scene.ask("PATCH", `/v1/campaigns/${id}`, { mode }), { status: 422 }, mode);
  t.match(await scene.ask("PATCH", `/v1/campaigns/${id}`, { preview: byItself }), { status: 422 });
  t.match(await scene.get(`/v1/campaigns/${id}`), { mode: "preview", state: "running" });
});

t.test("the engine is killed: who is shown stays shown, who talks goes on and has one ending", async (t) => {
  const [dasha, egor] = [await scene.agent("Dasha"), await scene.agent("Egor")];
  const line = await scene.line([dasha, egor]);
  const far = await dialling.carrier({ "79167": { does: "answer", afterMs: 300 } });
  const numbers = ["+79167000001", "+79167000002"];
  const campaign = await dialling.campaign(line, [dasha, egor], numbers, {
    ...{ mode: "preview", preview_seconds: 3600, policy: JSON.stringify({ ...OPEN_POLICY, retry: {} }) },
  });
  await dialling.ready(dasha);
  await dialling.move(campaign, "running");
  const waiting = await shownTo(dasha);
  await dialling.ready(egor);
  const called = await shownTo(egor);
  const { callId } = await scene.must("POST", `/v1/previews/${called.id}/call`);
  await scene.status(egor, "talking", LONG_MS);
  const before = scene.instance.children.engine?.pid;
  t.ok(scene.instance.kill("engine", "SIGKILL"));
  await until(
    "another engine runs and knows the talk",
    async () =>
      scene.instance.children.engine?.pid !== before &&
      (await scene.get(`/v1/agents/${egor.id}`)).live?.status === "talking",
    LONG_MS,
  );
  t.equal((await preview(dasha))?.id, waiting.id, "the same showing");
  const [open] = await dialling.attempts(campaign);
  t.match(open, { call_id: callId, ending: null }, "the talk goes on");
  await until(
    "the call is hung up",
    async () => (await scene.ask("POST", `/v1/calls/${callId}/hang-up`)).status < 300,
    LONG_MS,
  );
  const attempts = await dialling.settled(campaign, 1, LONG_MS);
  t.match(attempts, [{ call_id: callId, ending: "answered", agent_id: egor.id }]);
  const { callId: second } = await scene.must("POST", `/v1/previews/${waiting.id}/call`);
  await scene.status(dasha, "talking", LONG_MS);
  await scene.must("POST", `/v1/calls/${second}/hang-up`);
  t.same(
    (await dialling.settled(campaign, 2, LONG_MS)).map(({ ending }) => ending),
    ["answered", "answered"],
  );
  t.same([...dialledBy(far).values()], [1, 1], "each once");
});
