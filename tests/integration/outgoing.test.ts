/**
 * Calls that agents place, on a real Asterisk with a carrier behind it. What must not happen: an INVITE to a number
 * that is not allowed, or for an agent who may not call.
 */
import { join } from "node:path";
import t from "tap";
import { colleagueCalls } from "../../apps/peers/sipp.ts";
import type { Scene, TestAgent } from "../support/scene.ts";
import { numbersFrom, rings, sceneOfFile } from "../support/scene-file.ts";
import { writeTone } from "../support/sound.ts";
import { until } from "../support/until.ts";

const scene: Scene = await sceneOfFile();

const someone = numbersFrom("+79168881000");
const quick = { answerAfterMs: 150 } as const;

/** The closed record of a call. */
async function closed(call: string) {
  return until(`call ${call} is closed`, async () => {
    const answer = await scene.ask("GET", `/v1/calls/${call}`);
    return answer.status === 200 && answer.body.endedAt ? answer.body : undefined;
  });
}

async function calling(agent: TestAgent, body: object) {
  return scene.ask("POST", "/v1/calls", { ...body, agentId: agent.id });
}

t.test(
  "SOFT-05, SOFT-06, SOFT-10, SOFT-12, DEFER-03, CARD-20, D-35, LINE-11 a contact is called: the agent's phone first, then the customer; the record says all of it",
  async (t) => {
    const agent = await scene.agent("Caller");
    const line = await scene.line([agent], { queue: { wrapUp: { mode: "until-completed" } } });
    const speech = writeTone(join(scene.place.folder, "..", "caller.ulaw"), 1000);
    const phone = await scene.onShift(agent, { answerAfterMs: 400, speech });
    await scene.must("PUT", `/v1/agents/${agent.id}/state`, { state: "outbound" });
    const far = await scene.farEnd({ answerAfterMs: 500, hangUpAfterMs: 1500 });
    const number = someone();
    const contact = await scene.contact("Customer", number, agent);
    const { status, body } = await scene.ask(
      "POST",
      "/v1/calls",
      { to: { contactId: contact } },
      await scene.keyOf(agent),
    );
    t.equal(status, 202, JSON.stringify(body));
    t.match(body, { contactId: contact, to: { e164: number } });
    await scene.status(agent, "dialling");
    t.equal(rings(far), 0, "the customer is not dialled before the agent has answered");
    const card = await scene.heard(
      "the card",
      ({ kind, data }) => kind === "card.open" && data.callId === body.callId,
    );
    t.match(card.data, { agentId: agent.id, contactId: contact, direction: "outbound" });
    t.ok(far.has("answered"), "D-35 not before the answer");
    t.match(far.notes()[0]?.text ?? "", new RegExp(line.number.slice(1)), "the line's number is shown");
    await scene.status(agent, "talking");
    await scene.status(agent, "wrap-up");
    const record = await closed(body.callId);
    t.match(record, {
      type: "outbound",
      ending: "answered",
      agentId: agent.id,
      contactId: contact,
      lineId: line.id,
      to: { e164: number },
      from: { e164: line.number },
    });
    t.ok(record.talkMs > 1000 && record.talkMs < 3000, `talk ${record.talkMs} ms`);
    t.equal(rings(phone), 1);
    t.equal(rings(far), 1);
    const recording = await until("it is recorded", async () => (await closed(body.callId)).recording);
    t.match(recording, { state: "kept", channels: 2 });
    const blocked = await calling(agent, { to: { number } });
    t.match([blocked.status, blocked.body.code], [409, "not-available"], "WRAP-05 not before the completion");
    const topic = (await scene.get("/v1/topics")).items[0].id;
    await scene.must("POST", `/v1/calls/${body.callId}/complete`, { topicIds: [topic] });
    t.equal((await calling(agent, { to: { number } })).status, 202, "WRAP-05 then the next one");
    await until("the customer rings again", () => rings(far) === 2);
  },
);

t.test(
  "SOFT-04, SOFT-07 a number that nobody has is called and said to be unknown; hung up from the window, the service is still to be completed",
  async (t) => {
    const [agent, other] = [await scene.agent("Dialler"), await scene.agent("Stranger")];
    await scene.line([agent], { queue: { wrapUp: { mode: "until-completed" } } });
    await scene.onShift(agent, quick);
    const far = await scene.farEnd(quick);
    const placed = await calling(agent, { to: { number: `8${someone().slice(2)}` } });
    t.match(placed, { status: 202, body: { contactId: null } });
    await scene.status(agent, "talking");
    const path = `/v1/calls/${placed.body.callId}/hang-up`;
    const wrong = await scene.ask("POST", path, undefined, await scene.keyOf(other));
    t.match([wrong.status, wrong.body.code], [403, "not-yours"]);
    t.equal((await scene.get(`/v1/agents/${agent.id}`)).live.status, "talking", "the talk goes on");
    t.equal((await scene.ask("POST", path, undefined, await scene.keyOf(agent))).status, 204);
    await until("the customer is hung up", () => far.has("left by the other"));
    t.match(await closed(placed.body.callId), { type: "outbound", ending: "answered", contactId: null });
    await scene.status(agent, "wrap-up");
    t.equal((await calling(agent, { to: { number: someone() } })).status, 409, "no next call before that");
    const [topic] = (await scene.get("/v1/topics")).items;
    await scene.must("POST", `/v1/calls/${placed.body.callId}/complete`, { topicIds: [topic.id] });
    await scene.status(agent, "available");
  },
);

t.test(
  "a number that is not allowed, nonsense, a break, an unknown contact: refused, and nothing rings",
  async (t) => {
    const agent = await scene.agent("Refused");
    await scene.line([agent]);
    const phone = await scene.onShift(agent, quick);
    const far = await scene.farEnd(quick);
    const wrong = async (to: object, status: number, field: string) => {
      const answer = await calling(agent, { to });
      t.match([answer.status, answer.body.errors?.[0]?.field], [status, field], JSON.stringify(to));
    };
    await wrong({ number: "+90 212 345 67 89" }, 422, "to.number");
    await wrong({ number: "12345678901234567" }, 422, "to.number");
    await wrong({ contactId: "00000000-0000-4000-8000-000000000000" }, 422, "to.contactId");
    await wrong({ shortNumber: "999" }, 422, "to.shortNumber");
    await scene.must("PUT", `/v1/agents/${agent.id}/state`, { state: "break" });
    await wrong({ number: someone() }, 409, "agentId");
    const foreign = await scene.ask(
      "POST",
      "/v1/calls",
      { to: { number: someone() }, agentId: agent.id },
      await scene.keyOf(await scene.agent("Another")),
    );
    t.equal(foreign.status, 403);
    // From the phone's own keys the same rules hold.
    await scene.must("PUT", `/v1/agents/${agent.id}/state`, { state: "outbound" });
    const keys = colleagueCalls(scene.place, agent.account, "+902123456789", { hangUpAfterMs: 2500 });
    await keys.done;
    await until("no channel is left", async () => (await scene.channels()) === 0);
    t.equal(rings(phone) + rings(far), 0, "no INVITE left");
    const { items } = await until("it is on record", async () => {
      const page = await scene.get("/v1/calls?type=outbound&open=false&to=%2B902123456789");
      return page.items.length > 0 ? page : undefined;
    });
    t.match(items, [{ ending: "unavailable" }]);
  },
);

t.test("SOFT-05, LINE-13 an agent dials with the phone's keys; the same record", async (t) => {
  const agent = await scene.agent("Keypad");
  const line = await scene.line([agent]);
  await scene.onShift(agent, quick);
  const far = await scene.farEnd(quick);
  const number = someone();
  const contact = await scene.contact("By keys", number);
  const keys = colleagueCalls(scene.place, agent.account, `8${number.slice(2)}`, { hangUpAfterMs: 1500 });
  const { data } = await scene.heard(
    "the call",
    ({ kind, data }) => kind === "call.placed" && data.agentId === agent.id,
  );
  await scene.status(agent, "talking");
  t.equal(await keys.done, 0);
  t.match(await closed(data.id), {
    type: "outbound",
    ending: "answered",
    agentId: agent.id,
    contactId: contact,
    to: { e164: number },
    lineId: line.id,
  });
  t.equal(rings(far), 1);
  await scene.status(agent, "available");
});

t.test("busy and silent customers, and an agent who does not lift: the ending says which", async (t) => {
  const agent = await scene.agent("Unlucky");
  await scene.line([agent]);
  const phone = await scene.onShift(agent, quick);
  await scene.farEnd({ answerAfterMs: 100, refuse: 486 });
  const busy = await calling(agent, { to: { number: someone() } });
  t.match(await closed(busy.body.callId), {
    type: "outbound",
    ending: "busy",
    culprit: "theirs",
    talkMs: null,
  });
  await scene.status(agent, "available");
  await phone.stop();
  const silent = await scene.onShift(agent, { answerAfterMs: "never" });
  const far = await scene.farEnd(quick);
  const alone = await calling(agent, { to: { number: someone() } });
  await until("the agent's phone rings", () => rings(silent) === 1);
  t.equal((await scene.ask("POST", `/v1/calls/${alone.body.callId}/hang-up`)).status, 204);
  t.match(await closed(alone.body.callId), { type: "outbound", ending: "unavailable", culprit: "ours" });
  t.equal(rings(far), 0, "the customer was never dialled");
  await scene.status(agent, "available");
});

t.test("SOFT-08, AGENT-13 a colleague by short number: only one who is available", async (t) => {
  const [agent, colleague] = [await scene.agent("Asker"), await scene.agent("Asked")];
  await scene.line([agent]);
  await scene.onShift(agent, quick);
  const phone = await scene.onShift(colleague, { answerAfterMs: 200, hangUpAfterMs: 800 });
  const placed = await calling(agent, { to: { shortNumber: colleague.shortNumber } });
  t.equal(placed.status, 202, JSON.stringify(placed.body));
  t.match(await closed(placed.body.callId), { type: "internal", ending: "answered", agentId: colleague.id });
  await scene.must("PUT", `/v1/agents/${colleague.id}/state`, { state: "break" });
  const refused = await calling(agent, { to: { agentId: colleague.id } });
  t.match([refused.status, refused.body.code], [409, "not-available"]);
  t.equal(rings(phone), 1);
});

t.test(
  "LINE-13, LINE-11 two legs: the agent's own number outside is called first, then the customer",
  async (t) => {
    const agent = await scene.agent("Mobile");
    await scene.line([agent]);
    const phone = await scene.onShift(agent, quick);
    const far = await scene.farEnd({ answerAfterMs: 300 });
    const [mobile, number] = [someone(), someone()];
    const without = await scene.ask("PATCH", `/v1/agents/${agent.id}`, {
      callMode: "external",
      mobile: null,
    });
    t.match([without.status, without.body.errors[0].field], [422, "mobile"]);
    const browser = await scene.ask("PATCH", `/v1/agents/${agent.id}`, { callMode: "webrtc" });
    t.match([browser.status, browser.body.errors[0].field], [422, "callMode"], "LINE-12: switched off here");
    const told = await scene.ask("GET", `/v1/agents/${agent.id}/webrtc`);
    t.match([told.status, told.body.errors[0].field], [409, "DOZVON_WSS_PORT"]);
    await scene.must("PATCH", `/v1/agents/${agent.id}`, { callMode: "external", mobile });
    const placed = await calling(agent, { to: { number } });
    t.equal(placed.status, 202, JSON.stringify(placed.body));
    await until("both legs ring at the carrier", () => rings(far) === 2);
    await scene.status(agent, "talking");
    t.equal(rings(phone), 0, "the SIP phone is left alone");
    await scene.must("POST", `/v1/calls/${placed.body.callId}/hang-up`);
    t.match(await closed(placed.body.callId), { type: "outbound", ending: "answered", agentId: agent.id });
    await scene.status(agent, "available");
  },
);

t.test(
  "DEFER-01, DEFER-02, DEFER-04, DEFER-06, WRAP-04, SCEN-03, SCEN-04, SCEN-12 deferred in the completion, due on time, called back; the line's script and its results",
  async (t) => {
    const [agent, other] = [await scene.agent("Promiser"), await scene.agent("Curious")];
    const line = await scene.line([agent], { queue: { wrapUp: { mode: "until-completed" } } });
    const [key, stranger] = [await scene.keyOf(agent), await scene.keyOf(other)];
    const fallback = { name: "Any inbound", direction: "inbound", script: "Hello", results: ["Sold"] };
    const own = { name: "Orders", direction: "inbound", lineIds: [line.id], results: ["Order", "Refusal"] };
    await scene.must("POST", "/v1/scenarios", fallback);
    const scenario = await scene.must("POST", "/v1/scenarios", own);
    const twice = await scene.ask("POST", "/v1/scenarios", { ...own, name: "Again" });
    t.match(
      [twice.status, twice.body.errors[0].field],
      [409, "lineIds"],
      "one script per line and direction",
    );

    await scene.onShift(agent, quick);
    const from = someone();
    await scene.customer(line.number, { from, hangUpAfterMs: 600 }).done;
    await scene.status(agent, "wrap-up");
    const { id } = await scene.record(from);
    t.match(await scene.get(`/v1/calls/${id}/script`), { scenario: { name: "Orders" } }, "SCEN-04");
    const topicIds = [(await scene.get("/v1/topics")).items[0].id];
    const deferred = { dueAt: new Date(Date.now() + 2500).toISOString(), comment: "order 17" };
    const body = { topicIds, deferred, resultId: scenario.results[1].id };
    const foreign = { ...body, resultId: "00000000-0000-4000-8000-000000000000" };
    const wrong = await scene.ask("POST", `/v1/calls/${id}/complete`, foreign, key);
    t.match([wrong.status, wrong.body.errors[0].field], [422, "resultId"]);
    const both = await scene.ask("POST", "/v1/deferred", { callId: id, inMinutes: 1, ...deferred }, key);
    t.equal(both.status, 422, "either a time or a date");
    const done = await scene.ask("POST", `/v1/calls/${id}/complete`, body, key);
    t.match(done.body.completions, [{ resultId: scenario.results[1].id }], "SCEN-12");
    await scene.status(agent, "available");

    const mine = await scene.ask("GET", "/v1/deferred", undefined, key);
    t.match(mine.body.items, [
      { state: "waiting", fromCallId: id, number: { e164: from }, comment: "order 17" },
    ]);
    t.same(
      (await scene.ask("GET", "/v1/deferred", undefined, stranger)).body.items,
      [],
      "nobody else sees it",
    );
    const [task] = mine.body.items;
    t.equal((await scene.ask("POST", `/v1/deferred/${task.id}/call`, undefined, stranger)).status, 404);
    t.ok(scene.instance.kill("engine", "SIGKILL"), "the engine dies before it is due");
    const due = await scene.heard(
      "it is due",
      ({ kind, data }) => kind === "deferred.due" && data.deferredId === task.id,
    );
    t.match(due.data, { id: agent.id, number: from, comment: "order 17" });
    t.ok(Date.parse(due.at) >= Date.parse(deferred.dueAt), "not before its time");

    const far = await scene.farEnd({ answerAfterMs: 200 });
    await scene.status(agent, "available");
    const placed = await scene.ask("POST", `/v1/deferred/${task.id}/call`, undefined, key);
    t.equal(placed.status, 202, JSON.stringify(placed.body));
    await scene.status(agent, "talking");
    t.equal(rings(far), 1, "DEFER-02 the customer is called back");
    const after = (await scene.ask("GET", "/v1/deferred?state=done", undefined, key)).body.items;
    t.match(after, [{ id: task.id, callId: placed.body.callId }]);
    const again = await scene.ask("POST", `/v1/deferred/${task.id}/call`, undefined, key);
    t.equal(again.status, 409, "once");
    await scene.must("POST", `/v1/calls/${placed.body.callId}/hang-up`);
    const outbound = await closed(placed.body.callId);
    t.equal(
      (await scene.get(`/v1/calls/${outbound.id}/script`)).scenario,
      null,
      "SCEN-03 no outbound script",
    );
    const later = { number: from, inMinutes: 30, comment: "again", agentId: agent.id };
    const made = await scene.must("POST", "/v1/deferred", later);
    const moved = { dueAt: new Date(Date.now() + 86_400_000).toISOString() };
    t.match(await scene.must("PATCH", `/v1/deferred/${made.id}`, moved), { state: "waiting", ...moved });
    t.match(await scene.must("PATCH", `/v1/deferred/${made.id}`, { state: "cancelled" }), {
      state: "cancelled",
    });
    await scene.must("DELETE", `/v1/deferred/${made.id}`);
    t.equal((await scene.ask("PATCH", `/v1/deferred/${made.id}`, { comment: "x" })).status, 404);
  },
);
