/**
 * An agent's outbound work on a real Asterisk with a carrier behind it: calls for later, dial tasks, orders, the next of
 * a call list. Each is the agent's phone first, and then the customer, once. What must not happen: a second call to
 * the same customer, and anything at all for an agent who is on a break.
 */
import t from "tap";
import { colleagueCalls, type SippPeer } from "../../apps/peers/sipp.ts";
import type { Scene, TestAgent } from "../support/scene.ts";
import { numbersFrom, rings, sceneOfFile } from "../support/scene-file.ts";
import { until } from "../support/until.ts";

const scene: Scene = await sceneOfFile();
const someone = numbersFrom("+79168885000");
const PATIENT_MS = 60_000;
await scene.must("PATCH", "/v1/company", { wrapUpTopicRequired: false });
/** People may be called at the hour at which the tests run. */
const ALWAYS = [{ days: [1, 2, 3, 4, 5, 6, 7], from: "00:00", to: "24:00" }];
const quick = { answerAfterMs: 300 } as const;

/** An agent with an own line and a phone, ready to call. */
async function caller(name: string): Promise<{ agent: TestAgent; phone: SippPeer; key: string }> {
  const agent = await scene.agent(name);
  await scene.line([agent], { line: { dialWeek: ALWAYS } });
  const phone = await scene.onShift(agent, quick);
  await chooses(agent, "outbound");
  return { agent, phone, key: await scene.keyOf(agent) };
}
const chooses = (agent: TestAgent, state: "outbound" | "break") =>
  scene.must("PUT", `/v1/agents/${agent.id}/state`, { state });
const is = (agent: TestAgent, status: string) => scene.status(agent, status, PATIENT_MS);
/** In the state «outbound» no inbound call disturbs (AGENT-02); the last call is over. */
const free = (agent: TestAgent) => is(agent, "outbound");
/** Once the talk has begun it is ended from the workplace; the call's record. */
async function talked(agent: TestAgent, callId: string) {
  await is(agent, "talking");
  await scene.must("POST", `/v1/calls/${callId}/hang-up`);
  return closed(callId);
}
const closed = (callId: string) =>
  until(
    "the record is closed",
    async () => {
      const { status, body } = await scene.ask("GET", `/v1/calls/${callId}`);
      return status === 200 && body.endedAt ? body : undefined;
    },
    PATIENT_MS,
  );
/** How often this number was dialled, as the carrier saw it. */
const dialled = (far: SippPeer, number: string) =>
  far.notes().filter(({ text }) => text.startsWith("dialled") && text.includes(number)).length;
interface Leg {
  readonly agentId: string | null;
  readonly startedAt: string;
  readonly answeredAt: string | null;
}
/** LINE-13, by Asterisk's own clock: the agent's phone first, and only when it was answered, the customer. */
function phoneFirst({ legs }: { legs: readonly Leg[] }, { id }: TestAgent): boolean {
  const own = legs.find(({ agentId }) => agentId === id);
  const customer = legs.find(({ agentId }) => agentId === null);
  return legs.length === 2 && (own?.answeredAt ?? "never") <= (customer?.startedAt ?? "");
}

t.test(
  "DEFER-01, DEFER-06, LINE-13 a call for later is placed by itself at its time, once; an agent on a break gets nothing until the break is over",
  async (t) => {
    await scene.must("PATCH", "/v1/company", { deferredAutoCall: true });
    t.teardown(() => scene.must("PATCH", "/v1/company", { deferredAutoCall: false }));
    const [one, other] = [await caller("Promiser"), await caller("Rester")];
    const far = await scene.farEnd(quick);
    await chooses(other.agent, "break");
    const dueAt = new Date(Date.now() + 2000).toISOString();
    const [number, second] = [someone(), someone()];
    const defer = (who: { key: string }, to: string) =>
      scene.ask("POST", "/v1/deferred", { number: to, dueAt, comment: "as agreed" }, who.key);
    const [mine, theirs] = [(await defer(one, number)).body, (await defer(other, second)).body];
    t.match([mine.state, theirs.state], ["waiting", "waiting"]);
    for (const { id } of [mine, theirs])
      await scene.heard(
        "both are due",
        ({ kind, data }) => kind === "deferred.due" && data.deferredId === id,
        PATIENT_MS,
      );
    const placed = await scene.heard(
      "it is placed",
      ({ kind, data }) => kind === "call.placed" && data.agentId === one.agent.id,
      PATIENT_MS,
    );
    t.ok(Date.parse(placed.at) >= Date.parse(dueAt), "not before its time");
    const record = await talked(one.agent, placed.data.id);
    t.match(record, { type: "outbound", ending: "answered", agentId: one.agent.id, to: { e164: number } });
    t.ok(phoneFirst(record, one.agent), "the agent's phone first");
    t.equal(dialled(far, number), 1);
    const state = async (who: { key: string }) =>
      (await scene.ask("GET", "/v1/deferred", undefined, who.key)).body.items;
    t.match(await state(one), [{ state: "done", callId: placed.data.id }]);
    t.match(await state(other), [{ state: "due", callId: null, putOffReason: null }], "nothing on a break");
    t.equal(rings(other.phone), 0);

    await chooses(other.agent, "outbound");
    const later = await scene.heard(
      "the break is over",
      ({ kind, data }) => kind === "call.placed" && data.agentId === other.agent.id,
      PATIENT_MS,
    );
    t.ok(phoneFirst(await talked(other.agent, later.data.id), other.agent));
    t.equal(dialled(far, second), 1);
    t.equal(rings(one.phone), 1, "and by then nobody has called the first one again");
    t.equal(dialled(far, number), 1);
  },
);

t.test(
  "DIAL-13, LINE-13, CARD-20 a task's call: the card opens when it is placed, the agent's phone first, then the customer; not on a break",
  async (t) => {
    const { agent, phone, key } = await caller("Tasked");
    const far = await scene.farEnd(quick);
    const number = someone();
    const fields = { number, topic: "Debts", agentId: agent.id };
    const { id } = await scene.must("POST", "/v1/dial-tasks", fields);
    const call = () => scene.ask("POST", `/v1/dial-tasks/${id}/call`, undefined, key);
    await chooses(agent, "break");
    t.match(await call(), { status: 409, body: { code: "not-available" } });
    t.equal(rings(phone) + rings(far), 0, "nothing rings on a break");
    await chooses(agent, "outbound");
    const { status, body } = await call();
    t.equal(status, 202, JSON.stringify(body));
    const card = await scene.heard(
      "the card",
      ({ kind, data }) => kind === "card.open" && data.callId === body.callId,
      PATIENT_MS,
    );
    t.match(card.data, { agentId: agent.id, errand: { kind: "task", id } });
    t.match(await call(), { status: 409 }, "not a second time meanwhile");
    const record = await talked(agent, body.callId);
    t.match(record, { ending: "answered", to: { e164: number } });
    t.ok(phoneFirst(record, agent));
    await free(agent);
    const shown = await until(
      "the task knows of it",
      async () => {
        const task = await scene.get(`/v1/dial-tasks/${id}`);
        return task.calls === 1 ? task : undefined;
      },
      PATIENT_MS,
    );
    t.match(shown, { state: "in_work", attempts: [{ callId: body.callId, ending: "answered" }] });
    const close = await scene.ask("POST", `/v1/dial-tasks/${id}/close`, { outcome: "successful" }, key);
    t.match(close.body, { state: "successful" });
    t.match(await call(), { status: 409 }, "what is done is not dialled again");
    t.equal(dialled(far, number), 1);
  },
);

t.test(
  "ORDQ-11, D-36, LINE-13 an order is taken by one of two agents who want it, called from its card, and saved; the customer is called once",
  async (t) => {
    const [one, two] = [await caller("Buyer's"), await caller("Seller's")];
    const far = await scene.farEnd({ answerAfterMs: 300, refuse: 486 });
    const product = (await scene.must("POST", "/v1/products", { name: "Tea" })).id;
    for (const { agent } of [one, two])
      await scene.must("PUT", `/v1/agents/${agent.id}/products`, { productIds: [product] });
    const number = someone();
    const order = await scene.must("POST", "/v1/orders", {
      ...{ number: "A-1", phone: number, productId: product, clientName: "Olga" },
    });
    const take = ({ key }: { key: string }) => scene.ask("POST", "/v1/orders/take", { tab: "new" }, key);
    const takes = await Promise.all([take(one), take(two)]);
    const winner = takes.findIndex(({ body }) => body.order?.id === order.id);
    t.equal(takes.filter(({ body }) => body.order).length, 1, "one of them has it");
    const [who, loser] = winner === 0 ? [one, two] : [two, one];
    const call = ({ key }: { key: string }) =>
      scene.ask("POST", `/v1/orders/${order.id}/call`, undefined, key);
    const lost = await call(loser);
    t.ok(lost.status >= 400, `the other one does not call: ${lost.status}`);
    const { body } = await call(who);
    const record = await closed(body.callId);
    t.match(record, { ending: "busy", agentId: who.agent.id, to: { e164: number } });
    t.ok(phoneFirst(record, who.agent));
    t.equal(rings(loser.phone), 0);
    await free(who.agent);
    const saved = await scene.ask(
      "POST",
      `/v1/orders/${order.id}/save`,
      { status: "unreached", reason: "unavailable" },
      who.key,
    );
    t.match(saved.body, { status: "unreached", failures: 1, takenBy: null });
    t.equal(dialled(far, number), 1, "a busy customer is not called again by itself");
  },
);

t.test(
  "DIAL-06, DIAL-09, SCEN-09, LINE-13 the next contact of a call list is dialled by itself as soon as the agent is free, each once; on a break nobody is",
  async (t) => {
    const { agent, phone, key } = await caller("Lister");
    const far = await scene.farEnd(quick);
    const numbers = [someone(), someone(), someone()];
    const contactIds: string[] = [];
    for (const [index, number] of numbers.entries())
      contactIds.push(await scene.contact(`Contact ${index + 1}`, number, agent));
    const scenario = await scene.must("POST", "/v1/scenarios", {
      ...{ name: "Autumn", direction: "outbound", isDefault: false, script: "Good day" },
      ...{ results: ["Sold", "Refused"], autoDial: true },
    });
    const list = await scene.must("POST", "/v1/call-lists", {
      ...{ name: "Autumn", scenarioId: scenario.id, source: { contactIds }, week: ALWAYS },
      agentIds: [agent.id],
    });
    const openings = () =>
      scene.live.filter(({ kind, data }) => kind === "card.open" && data.agentId === agent.id);
    const nth = (count: number) => until(`card ${count} opens`, () => openings()[count - 1], PATIENT_MS);
    const save = (item: string) =>
      scene.ask("POST", `/v1/list-items/${item}/save`, { resultId: scenario.results[0].id }, key);

    const opened = await scene.ask("POST", `/v1/call-lists/${list.id}/next`, undefined, key);
    t.match(opened.body.item, { contact: { id: contactIds[0] }, dialPending: true });
    t.match((await nth(1)).data, { to: numbers[0], errand: { kind: "list", id: opened.body.item.id } });
    await is(agent, "talking");
    t.match(await scene.get(`/v1/calls/${(await nth(1)).data.callId}/script`), {
      scenario: { id: scenario.id },
    });

    const next = await save(opened.body.item.id);
    t.match(next.body.item, { contact: { id: contactIds[1] }, dialPending: true }, "the talk ends with it");
    const first = await closed((await nth(1)).data.callId);
    t.match(first, { ending: "answered" });
    t.ok(phoneFirst(first, agent));
    const second = (await nth(2)).data;
    t.match(second, { to: numbers[1], errand: { kind: "list", id: next.body.item.id } });
    await is(agent, "talking");

    // The break begins when the talk is over; the third contact's card is open and waits.
    await scene.must("POST", `/v1/calls/${second.callId}/hang-up`);
    await free(agent);
    await chooses(agent, "break");
    const third = (await save(next.body.item.id)).body.item;
    t.match(third, { contact: { id: contactIds[2] }, dialPending: true });
    await closed(second.callId);
    t.equal(rings(phone), 2, "nothing rings on a break");
    t.equal(openings().length, 2);
    await chooses(agent, "outbound");
    await nth(3);
    await is(agent, "talking");
    await scene.must("POST", `/v1/calls/${(await nth(3)).data.callId}/hang-up`);
    await closed((await nth(3)).data.callId);
    await free(agent);
    t.match((await save(third.id)).body, { item: null, nextAt: null }, "the list is through");
    for (const number of numbers) t.equal(dialled(far, number), 1, `${number} once`);
    t.match(await scene.get(`/v1/call-lists/${list.id}`), { waiting: 0, open: 0, done: 3 });
  },
);

t.test(
  "SOFT-12, LINE-13 an outgoing call is ended while it rings at the customer: both legs end, one ending, and the agent is free again",
  async (t) => {
    const { agent, phone, key } = await caller("Impatient");
    const far = await scene.farEnd({ answerAfterMs: "never" });
    const number = someone();
    const placed = await scene.ask("POST", "/v1/calls", { to: { number } }, key);
    t.equal(placed.status, 202, JSON.stringify(placed.body));
    const { callId } = placed.body;
    await until("it rings at the customer", () => rings(far) === 1, PATIENT_MS);
    await is(agent, "dialling");
    const ended = await scene.ask("POST", `/v1/calls/${callId}/hang-up`, undefined, key);
    t.equal(ended.status, 204);
    await until("the customer's phone is quiet", () => far.has("cancelled"), PATIENT_MS);
    await until("the agent's phone is let go", () => phone.has("left by the other"), PATIENT_MS);
    const record = await closed(callId);
    t.match(record, {
      type: "outbound",
      ending: "abandoned",
      talkMs: null,
      agentId: agent.id,
      to: { e164: number },
    });
    const { items } = await scene.get(`/v1/calls?to=${encodeURIComponent(number)}`);
    t.equal(items.length, 1, "one call, one record");
    await free(agent);
    await until("no channel is left", async () => (await scene.channels()) === 0, PATIENT_MS);
    t.equal((await scene.ask("POST", `/v1/calls/${callId}/hang-up`, undefined, key)).status, 404, "over");
    t.match([rings(phone), rings(far)], [1, 1], "nobody is called again");
    t.notOk(far.has("answered"));
    // Free indeed: the next call goes out.
    const again = await scene.ask("POST", "/v1/calls", { to: { number: someone() } }, key);
    t.equal(again.status, 202);
    await until("it rings at the next customer", () => rings(far) === 2, PATIENT_MS);
    await scene.must("POST", `/v1/calls/${again.body.callId}/hang-up`);
    await closed(again.body.callId);
  },
);

t.test(
  "SOFT-05 nobody on the refusal list is called by hand: not from the workplace, not with the phone's keys; then they are taken off it",
  async (t) => {
    const { agent, phone, key } = await caller("Persistent");
    const far = await scene.farEnd(quick);
    const number = someone();
    await scene.must("POST", "/v1/refusals", { refusals: [{ phone: number, reason: "Asked so" }] });
    const wrong = await scene.ask("POST", "/v1/calls", { to: { number } }, key);
    t.match([wrong.status, wrong.body.code, wrong.body.errors?.[0]?.field], [409, "refused", "to.number"]);
    t.equal(rings(phone) + rings(far), 0, "nothing rings");

    const keys = async () => {
      const peer = colleagueCalls(scene.place, agent.account, number, { hangUpAfterMs: 1000 });
      await scene.keep(peer).done;
      await until("no channel is left", async () => (await scene.channels()) === 0, PATIENT_MS);
    };
    const refusedOnes = async () => {
      const { items } = await scene.get(`/v1/calls?to=${encodeURIComponent(number)}&open=false`);
      return items.filter(({ ending }: { ending: string }) => ending === "unavailable").length;
    };
    // The engine is told of the list by the database, a moment later.
    await until(
      "the keys are refused",
      async () => {
        await keys();
        return (await refusedOnes()) > 0;
      },
      PATIENT_MS,
    );
    const [rung, refused] = [rings(far), await refusedOnes()];
    await keys();
    await until("it is on record", async () => (await refusedOnes()) > refused, PATIENT_MS);
    t.equal(rings(far), rung, "no INVITE leaves from then on");
    await free(agent);

    const off = await scene.ask("DELETE", `/v1/refusals/${encodeURIComponent(number)}`);
    t.ok(off.status < 300, `taken off: ${off.status}`);
    const placed = await scene.ask("POST", "/v1/calls", { to: { number } }, key);
    t.equal(placed.status, 202, JSON.stringify(placed.body));
    await talked(agent, placed.body.callId);
    t.equal(rings(far), rung + 1);
  },
);
