/**
 * What happens when something of ours dies: real processes are killed, frozen and stopped under calls.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Scene, TestAgent } from "../support/scene.ts";
import { numbersFrom, rings, sceneOfFile } from "../support/scene-file.ts";
import { until } from "../support/until.ts";

const scene: Scene = await sceneOfFile();

const someone = numbersFrom("+79167772000");
const quick = { answerAfterMs: 150 } as const;

async function team(size: number, name: string): Promise<TestAgent[]> {
  const agents: TestAgent[] = [];
  for (let each = 1; each <= size; each++) agents.push(await scene.agent(`${name} ${each}`));
  return agents;
}

async function ready(): Promise<void> {
  await until(
    "the API is ready",
    async () => (await fetch(`${scene.instance.url}/ready`)).status === 200,
    20_000,
  );
}

t.test(
  "N1, N3 the engine is killed while 20 calls talk: none is cut, all are recorded, all records close",
  async (t) => {
    const agents = await team(20, "Talker");
    const spare = await scene.agent("Spare");
    const line = await scene.line([...agents, spare]);
    const phones = await Promise.all(agents.map((agent) => scene.onShift(agent, quick)));
    const callers = agents.map(someone);
    const customers = callers.map((from) => scene.customer(line.number, { from, hangUpAfterMs: 20_000 }));
    await until("all talk", () => phones.every((phone) => phone.has("answered")), 20_000);
    const before = scene.instance.children.engine?.pid;
    t.ok(scene.instance.kill("engine", "SIGKILL"));
    await until(
      "another engine runs",
      () => scene.instance.children.engine?.pid && scene.instance.children.engine.pid !== before,
    );

    await scene.onShift(spare, { ...quick, hangUpAfterMs: 500 });
    const late = someone();
    const since = performance.now();
    const extra = scene.customer(line.number, { from: late });
    await until("the next call is routed by the engine", async () => {
      const { items } = await scene.get(`/v1/calls?from=${encodeURIComponent(late)}`);
      return items[0] && (await scene.why(items[0].id)).decisions.length > 0;
    });
    t.ok(performance.now() - since < 5000, "within 5 s");

    t.strictSame(
      await Promise.all(customers.map((customer) => customer.done)),
      callers.map(() => 0),
    );
    for (const customer of customers) {
      const [, answered, left] = customer.notes();
      t.equal(left?.text, "left", "the customer hung up, nobody else did");
      t.ok((left?.at ?? 0) - (answered?.at ?? 0) > 8900, "after the whole talk");
    }
    const records = await Promise.all(callers.map((from) => scene.record(from)));
    t.ok(records.every((record) => record.ending === "answered" && Math.abs(record.talkMs - 20_000) < 1000));
    t.equal(new Set(records.map((record) => record.agentId)).size, 20, "twenty different agents");
    await until("all are recorded", async () => {
      const details = await Promise.all(records.map((record) => scene.get(`/v1/calls/${record.id}`)));
      return details.every((detail) => detail.recording);
    });
    t.equal(await extra.done, 0, "the call that came meanwhile was served too");
    t.match(await scene.record(late), { ending: "answered", agentId: spare.id });
    for (const agent of agents.slice(0, 3)) await scene.status(agent, "available");
  },
);

t.test(
  "law L2: without the engine the owner is found by the AGI app, others go to the fallback queue; records follow",
  async (t) => {
    const [owner, other] = [await scene.agent("Fallback owner"), await scene.agent("Fallback other")];
    const line = await scene.line([other, owner]);
    const [known, unknown] = [someone(), someone()];
    await scene.contact("Loyal", known, owner);
    const ownerPhone = await scene.onShift(owner, { ...quick, hangUpAfterMs: 1000 });
    const otherPhone = await scene.onShift(other, { ...quick, hangUpAfterMs: 1000 });
    await scene.instance.halt("engine");
    const since = Date.now();
    const first = scene.customer(line.number, { from: known });
    t.equal(await first.done, 0);
    const heard = first.notes().find((note) => note.text === "answered")?.at ?? Number.POSITIVE_INFINITY;
    t.ok(heard - since < 2500, `music within about 2 s: ${Math.round(heard - since)} ms`);
    t.equal(rings(ownerPhone), 1);
    t.equal(otherPhone.notes().length, 0, "an owned caller does not ring anybody else");
    t.equal(await scene.customer(line.number, { from: unknown }).done, 0);
    t.equal(rings(otherPhone), 1);

    await scene.instance.resume("engine");
    await ready();
    t.match(await scene.record(known), {
      ending: "answered",
      fallback: true,
      agentId: owner.id,
      lineId: line.id,
    });
    const record = await scene.record(unknown);
    t.match(record, { ending: "answered", fallback: true, agentId: other.id });
    t.match((await scene.why(record.id)).decisions, [{ decision: "fallback" }]);
    await until("recorded all the same", async () => (await scene.get(`/v1/calls/${record.id}`)).recording);
  },
);

t.test(
  "law L2: an engine that hangs is waited for no longer than a moment; its late answer does nothing",
  async (t) => {
    const agent = await scene.agent("Patient");
    const line = await scene.line([agent]);
    const phone = await scene.onShift(agent, { ...quick, hangUpAfterMs: 1500 });
    t.ok(scene.instance.kill("engine", "SIGSTOP"));
    const from = someone();
    const since = Date.now();
    const customer = scene.customer(line.number, { from });
    await until("the agent answers", () => phone.has("answered"));
    t.ok(Date.now() - since < 8000);
    scene.instance.kill("engine", "SIGCONT");
    t.equal(await customer.done, 0, "the talk goes on to its end");
    const record = await scene.record(from);
    t.match(record, { ending: "answered", fallback: true, agentId: agent.id });
    t.ok(record.talkMs > 1200, `talked ${record.talkMs} ms`);
    t.equal(rings(phone), 1, "rung once");
    await ready();
    await scene.status(agent, "available");
  },
);

t.test(
  "the database is stopped for 30 s under calls: routing goes on from memory, nothing is missing afterwards",
  async (t) => {
    const [owner, other] = [await scene.agent("Memory owner"), await scene.agent("Memory other")];
    const line = await scene.line([other, owner]);
    const known = Array.from({ length: 3 }, someone);
    for (const from of known) await scene.contact(`Client ${from}`, from, owner);
    const ownerPhone = await scene.onShift(owner, { ...quick, hangUpAfterMs: 700 });
    const otherPhone = await scene.onShift(other, { ...quick, hangUpAfterMs: 700 });
    const during = someone();
    const spanning = scene.customer(line.number, { from: during });
    await until("a call talks", () => otherPhone.has("answered"));
    await scene.instance.halt("postgres");
    const stopped = Date.now();
    t.equal(await spanning.done, 0);
    for (const from of known) {
      t.equal(await scene.customer(line.number, { from }).done, 0);
      await until("the owner's phone is free", () => ownerPhone.notes().at(-1)?.text.startsWith("left"));
    }
    t.equal(rings(ownerPhone), 3, "the owner was found without the database");
    t.equal((await fetch(`${scene.instance.url}/ready`)).status, 503, "and /ready says so");
    t.match(await scene.ask("GET", "/v1/calls"), { status: 503, body: { code: "database-away" } });
    await until("30 s have passed", () => Date.now() - stopped > 30_000, 40_000);
    await scene.instance.resume("postgres");
    await ready();
    for (const from of known) {
      const record = await scene.record(from);
      t.match(record, { ending: "answered", fallback: false, agentId: owner.id });
      // Our own decisions come from another file than Asterisk's record, and may follow a moment later.
      const { decisions } = await until("its reasons", async () => {
        const why = await scene.why(record.id);
        return why.decisions.length > 0 ? why : undefined;
      });
      t.match(decisions, [{ rule: "ROUTE-05", agentId: owner.id }]);
      t.match(await scene.record(from), { ownerId: owner.id });
      await until("its recording", async () => (await scene.get(`/v1/calls/${record.id}`)).recording);
    }
    t.match(await scene.record(during), { ending: "answered", agentId: other.id });
  },
);

t.test(
  "Asterisk is killed under a call: the record closes, the recording is kept, the next call is served",
  async (t) => {
    const agent = await scene.agent("Survivor");
    const line = await scene.line([agent]);
    const phone = await scene.onShift(agent, quick);
    const from = someone();
    const customer = scene.customer(line.number, { from, hangUpAfterMs: 60_000 });
    await until("they talk", () => phone.has("answered"));
    const talked = Date.now();
    await until("for three seconds", () => Date.now() - talked > 3000);
    const before = scene.instance.children.asterisk?.pid;
    t.ok(scene.instance.kill("asterisk", "SIGKILL"));
    const killed = Date.now();
    await customer.stop();
    await until(
      "another Asterisk runs",
      () => scene.instance.children.asterisk?.pid && scene.instance.children.asterisk.pid !== before,
    );
    await ready();
    const record = await scene.record(from, 60_000);
    t.match(record, { ending: "answered", agentId: agent.id });
    t.ok(
      Math.abs(record.talkMs - (killed - talked)) < 3000,
      `talked ${record.talkMs} of ${killed - talked} ms`,
    );
    await until("its recording", async () => (await scene.get(`/v1/calls/${record.id}`)).recording, 40_000);
    await phone.stop();
    await scene.onShift(agent, { ...quick, hangUpAfterMs: 300 });
    const next = someone();
    t.equal(await scene.customer(line.number, { from: next }).done, 0);
    t.match(await scene.record(next), { ending: "answered", agentId: agent.id });
  },
);

t.test(
  "N5 after all that nothing is left over: no channel, no file in the recording spool, no open record",
  async (t) => {
    const spool = join(scene.instance.config.dataDir, "asterisk", "spool", "monitor");
    await until("the spool is empty", () => readdirSync(spool).length === 0, 45_000);
    t.equal(await scene.channels(), 0);
    t.strictSame((await scene.get("/v1/calls?open=true")).items, []);
  },
);
