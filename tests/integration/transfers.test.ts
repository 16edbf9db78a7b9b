/**
 * What happens to a conversation, on a real Asterisk: everybody speaks a tone of their own, and what each of them hears
 * on the wire says who is with whom.
 */
import t from "tap";
import { cast, onShift, talk } from "../support/conversation.ts";
import { openScene, type Scene } from "../support/scene.ts";
import { until } from "../support/until.ts";

t.jobs = 1;
t.setTimeout(420_000);

const scene: Scene = await openScene();
const company = await cast(scene);
const { voices, all } = company;
const { customer: client, operator: own, colleague } = voices;
t.teardown(async () => {
  company.close();
  await scene.close();
});
t.afterEach(async () => {
  await scene.clear();
  scene.live.length = 0;
});

let nextCustomer = 2000;
const someone = (): string => `+7916556${nextCustomer++}`;
const ask = (id: string, what: string, body?: object) => scene.must("POST", `/v1/calls/${id}/${what}`, body);
const refused = async (id: string, what: string, body?: object) => {
  const { status, body: problem } = await scene.ask("POST", `/v1/calls/${id}/${what}`, body);
  return `${status} ${problem.code}`;
};
const state = async (agentId: string) => (await scene.get(`/v1/agents/${agentId}`)).live.status;

/** An operator who talks with a customer, and a colleague whose phone is free. */
async function begin(change: { line?: object; colleague?: object } = {}) {
  const [operator, other] = [await scene.agent("Operator"), await scene.agent("Colleague")];
  if (change.colleague) await scene.must("PATCH", `/v1/agents/${other.id}`, change.colleague);
  const line = await scene.line([operator], { line: { recording: "stereo", ...change.line } });
  await onShift(scene, operator, own);
  const from = someone();
  return { operator, other, line, from, ...(await talk(scene, company, operator, line, from)) };
}

t.test(
  "SOFT-02, SOFT-03 hold and mute: the client hears music, then the operator; then nobody",
  async (t) => {
    const { id, operator, from, customer } = await begin();
    t.match(await ask(id, "hold"), { state: "held", agentId: operator.id });
    await client.hearsMusic(all);
    await own.hears("the operator waits", [], all);
    t.equal(await state(operator.id), "talking", "and is busy for everybody else");
    t.equal(await refused(id, "hold"), "409 not-now");
    t.match(await ask(id, "resume"), { state: "returning" });
    await client.hears("both talk again", [own], all);
    await own.hears("both talk again", [client], all);
    t.match(await ask(id, "mute"), { muted: true });
    await client.hears("the operator is muted", [], all);
    await own.hears("but hears the client", [client], all);
    t.match(await ask(id, "unmute"), { muted: false });
    await client.hears("the operator speaks again", [own], all);
    await ask(id, "hold");
    await client.hearsMusic(all);
    await ask(id, "resume");
    await client.hears("a second time", [own], all);
    await customer.stop();
    await scene.instance.console("channel request hangup all");
    const record = await scene.record(from);
    t.match(record, { agentId: operator.id, ending: "answered", transfers: 0, ownerId: null });
    t.ok(record.holdMs > 500, `on hold for ${record.holdMs} ms`);
    const { parts } = await scene.get(`/v1/calls/${record.id}`);
    t.match(
      parts.map((part: { kind: string }) => part.kind),
      ["talk", "hold", "talk", "hold", "talk"],
    );
  },
);

t.test(
  "XFER-01, XFER-03, XFER-09, AGENT-13 consultation: the client waits; interrupted, left by the colleague, completed",
  async (t) => {
    const { id, operator, other, from, customer } = await begin();
    const phone = await onShift(scene, other, colleague);
    const consult = { type: "consultation", to: { agentId: other.id } };
    t.match(await ask(id, "transfer", consult), {
      state: "consulting",
      agentId: operator.id,
      target: { kind: "agent", id: other.id },
      acceptanceNeeded: false,
    });
    await own.hears("the operator talks with the colleague", [colleague], all);
    await colleague.hears("and the colleague with the operator", [own], all);
    await client.hearsMusic(all);
    t.equal(await state(other.id), "talking", "the colleague is busy for everybody else");
    t.equal(await state(operator.id), "talking");
    t.match(await ask(id, "transfer/interrupt"), { state: "returning" });
    await client.hears("the operator is back", [own], all);
    await until("the colleague is free", async () => (await state(other.id)) === "available");

    await ask(id, "transfer", consult);
    await colleague.hears("a second consultation", [own], all);
    const { channel } = await scene
      .heard("the colleague's channel", (each) => each.kind === "transfer.offered")
      .then(async () => {
        const text: string = await scene.instance.console("core show channels concise");
        return {
          channel: text
            .split("\n")
            .find((row) => row.includes(other.account.username))
            ?.split("!")[0],
        };
      });
    await scene.instance.console(`channel request hangup ${channel}`);
    await client.hears("the colleague hung up: the operator is back", [own], all);
    await until("the colleague is free again", async () => (await state(other.id)) === "available");

    await ask(id, "transfer", consult);
    await colleague.hears("a third consultation", [own], all);
    t.match(await ask(id, "transfer/complete"), { state: "handing" });
    await client.hears("the client talks with the colleague", [colleague], all);
    await colleague.hears("and the colleague with the client", [client], all);
    await until("the operator is free", async () => (await state(operator.id)) !== "talking");
    t.equal(await refused(id, "transfer/complete"), "409 no-consultation");
    await customer.stop();
    await scene.instance.console("channel request hangup all");
    const record = await scene.record(from);
    t.match(record, { agentId: other.id, firstOfferedId: operator.id, ending: "answered", transfers: 1 });
    t.ok(record.holdMs > 1000);
    const { parts } = await scene.get(`/v1/calls/${record.id}`);
    const talks = parts.filter((part: { kind: string }) => part.kind === "talk");
    t.equal(talks[0].agentId, operator.id);
    t.equal(talks.at(-1).agentId, other.id, "the agents in their order");
    t.equal(phone.notes().filter((note) => note.text.startsWith("rings")).length, 3);
  },
);

t.test("XFER-04, D-06 conference: all three hear each other, the operator leaves, two stay", async (t) => {
  const { id, operator, other, from, customer } = await begin();
  await onShift(scene, other, colleague);
  await ask(id, "transfer", { type: "conference", to: { shortNumber: other.shortNumber } });
  await client.hears("all three", [own, colleague], all);
  await own.hears("all three", [client, colleague], all);
  await colleague.hears("all three", [client, own], all);
  await ask(id, "conference/leave");
  await client.hears("two are left", [colleague], all);
  await colleague.hears("two are left", [client], all);
  await until("the operator is free", async () => (await state(operator.id)) !== "talking");
  await customer.stop();
  await scene.instance.console("channel request hangup PJSIP/t1-00000000");
  await scene.instance.console("channel request hangup all");
  const record = await scene.record(from);
  t.match(record, { agentId: other.id, ending: "answered" });
  const { parts } = await scene.get(`/v1/calls/${record.id}`);
  t.ok(
    parts.some(
      (part: { kind: string; agentId: string }) => part.kind === "conference" && part.agentId === operator.id,
    ),
  );
});

t.test(
  "XFER-05, XFER-14, XFER-15, INT-01, D-05 acceptance: shown the operator, then the client; only the receiver completes it",
  async (t) => {
    const { id, operator, other, from, customer } = await begin({ colleague: { acceptanceNeeded: true } });
    await onShift(scene, other, colleague);
    await ask(id, "transfer", { type: "consultation", to: { agentId: other.id } });
    await colleague.hears("the operator", [own], all);
    const offered = await scene.heard("the offer", (each) => each.kind === "transfer.offered");
    t.match(offered.data, {
      id,
      colleagueId: other.id,
      operator: { id: operator.id, shortNumber: operator.shortNumber },
    });
    t.notOk(JSON.stringify(offered.data).includes(from), "the client is not shown yet");
    t.equal(await refused(id, "transfer/complete"), "409 acceptance-needed");
    await colleague.hears("still the operator", [own], all);
    t.match(await ask(id, "transfer/accept"), { state: "handing" });
    await client.hears("the colleague", [colleague], all);
    const completed = await scene.heard("the end of it", (each) => each.kind === "transfer.completed");
    t.match(completed.data, { id, colleagueId: other.id, from });
    const intake = await scene.heard("the wizard", (each) => each.kind === "intake.open");
    t.match(intake.data, { id, agentId: other.id, phone: from, contactId: null });

    await scene.must("PATCH", `/v1/agents/${operator.id}`, { consultationOnly: true });
    await until("the operator is free", async () => (await state(operator.id)) === "available");
    const back = { to: { agentId: operator.id } };
    t.equal(await refused(id, "transfer", { type: "blind", ...back }), "409 consultation-only");
    await ask(id, "transfer", { type: "consultation", ...back });
    await own.hears("a consultation is allowed", [colleague], all);
    t.equal(await refused(id, "transfer/complete"), "409 consultation-only");
    t.equal(await refused(id, "conference"), "409 consultation-only");
    await ask(id, "transfer/interrupt");
    await client.hears("the colleague is back", [colleague], all);
    await customer.stop();
  },
);

t.test(
  "XFER-02, XFER-07, XFER-11, XFER-13, LINE-20, D-04 blind: to a free colleague, to a line; nobody answers: the end",
  async (t) => {
    const { id, operator, other, from, customer } = await begin();
    await onShift(scene, other, colleague);
    const third = await scene.agent("Absent");
    t.equal(await refused(id, "transfer", { type: "blind", to: { agentId: third.id } }), "409 not-available");
    t.equal(await refused(id, "transfer", { type: "blind", to: { shortNumber: "99999" } }), "409 unknown");
    const premium = { number: "+5355512345" };
    for (const type of ["blind", "consultation"])
      t.equal(
        await refused(id, "transfer", { type, to: premium }),
        "422 not-allowed",
        "LINE-13 for transfers too",
      );
    t.equal(
      await refused(id, "transfer", { type: "blind", to: { number: "+79161112233" } }),
      "409 no-carrier",
    );
    const gone = { number: "+79161112244" };
    await scene.must("POST", "/v1/refusals", { refusals: [{ phone: gone.number, reason: "Asked so" }] });
    for (const type of ["blind", "consultation"])
      t.equal(await refused(id, "transfer", { type, to: gone }), "409 refused", "nobody who has refused");
    await client.hears("nothing has happened", [own], all);
    t.match(await ask(id, "transfer", { type: "blind", to: { agentId: other.id } }), {
      state: "transferring",
    });
    await client.hears("the colleague", [colleague], all);
    await until("the operator is free", async () => (await state(operator.id)) === "available");
    const payment = await scene.line([operator], { line: { shortNumber: "4401" } });
    t.ok(payment.id);
    await ask(id, "transfer", { type: "blind", to: { shortNumber: "4401" } });
    await client.hears("whom the line's queue found", [own], all);
    await onShift(scene, third, voices.third, { answerAfterMs: "never" });
    const before = Date.now();
    await ask(id, "transfer", { type: "blind", to: { agentId: third.id } });
    t.equal(await customer.done, 0, "the call is ended");
    const waited = Date.now() - before;
    t.ok(waited > 29_000, `after 30 s: ${waited} ms`);
    const record = await scene.record(from);
    t.match(record, { transfers: 3, ending: "answered" });
    const { decisions } = await scene.why(record.id);
    t.ok(JSON.stringify(decisions).includes("nobody took the call that was handed over"));
  },
);

t.test(
  "law L2 whoever goes while the client is on hold or in a consultation, the others get somewhere",
  async (t) => {
    const { id, operator, other, customer } = await begin();
    const phone = await onShift(scene, other, colleague);
    await ask(id, "transfer", { type: "consultation", to: { agentId: other.id } });
    await colleague.hears("the operator", [own], all);
    await customer.stop();
    await scene.instance.console("channel request hangup PJSIP/t1-00000000");
    await own.hears("the client is gone; the two go on talking", [colleague], all);
    t.ok(phone.notes().some((note) => note.text.startsWith("answered")));
    await scene.instance.console("channel request hangup all");
    await until("the operator is free", async () => (await state(operator.id)) === "available");
    await until("no channel is left", async () => (await scene.channels()) === 0);
  },
);

t.test(
  "SOFT-13, XFER-02 a phone's own transfer key: the same rules, the same record; what is not allowed reaches nobody outside",
  async (t) => {
    for (const allowed of [true, false]) {
      const [operator, other] = [await scene.agent("Operator"), await scene.agent("Colleague")];
      const line = await scene.line([operator]);
      const to = allowed ? other.shortNumber : "88005553535";
      await onShift(scene, operator, own, { refer: { to, afterMs: 3000 } });
      const phone = await onShift(scene, other, colleague);
      const from = someone();
      const { customer } = await talk(scene, company, operator, line, from);
      if (allowed) {
        await client.hears("the colleague", [colleague], all);
        await customer.stop();
        await scene.instance.console("channel request hangup all");
        const record = await scene.record(from);
        t.match(record, { agentId: other.id, firstOfferedId: operator.id, transfers: 1 });
        const { decisions } = await scene.why(record.id);
        t.ok(JSON.stringify(decisions).includes("on the phone"), "and says why");
      } else {
        const said = await until("somebody decides", async () => {
          const { items } = await scene.get(`/v1/calls?from=${encodeURIComponent(from)}`);
          const { items: events } = await scene.get(`/v1/calls/${items[0].id}/events`);
          return events.find((each: { kind: string }) => each.kind === "CallReturned") ? events : undefined;
        });
        const dialled = said.filter((each: { data: { channel?: string } }) =>
          /88005553535/.test(each.data.channel ?? ""),
        );
        t.equal(dialled.length, 0, "nothing outside was dialled");
        t.equal(phone.notes().length, 0, "and nobody else's phone rang");
        await customer.stop();
      }
      await scene.clear();
      scene.live.length = 0;
    }
  },
);

t.test(
  "law L1, L2 the engine is killed during a hold: music goes on, and the call can be taken back afterwards",
  async (t) => {
    const { id, operator, customer } = await begin();
    await ask(id, "hold");
    await client.hearsMusic(all);
    scene.instance.kill("engine", "SIGKILL");
    await client.hearsMusic(all);
    await until(
      "it knows the hold",
      async () => (await scene.ask("POST", `/v1/calls/${id}/resume`)).status === 200,
      30_000,
    );
    await client.hears("the operator is back", [own], all);
    t.equal(await state(operator.id), "talking");
    await customer.stop();
  },
);
