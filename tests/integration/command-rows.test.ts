/**
 * Commands over a real database, where Asterisk takes whatever it is given: the log of changed settings and taking
 * changes back, changes at the same time, and what is done only when it is saved.
 */
import { scryptSync } from "node:crypto";
import { sql } from "kysely";
import t, { type Test } from "tap";
import { createCommands } from "../../apps/commands/commands.ts";
import type { Context } from "../../apps/commands/context.ts";
import { type Asker, type CommandName, CommandProblem, type Commands } from "../../apps/commands/port.ts";
import type { SoundWorkshop } from "../../apps/commands/sounds.ts";
import type { Agent } from "../../apps/core/floor.ts";
import type { Input } from "../../apps/core/inputs.ts";
import { listAgents } from "../../apps/store/reads/agents.ts";
import { listLines } from "../../apps/store/reads/lines.ts";
import { readMenus } from "../../apps/store/reads/menus.ts";
import { listQueues } from "../../apps/store/reads/queues.ts";
import { listChanges } from "../../apps/store/reads/setting-changes.ts";
import { noteChange } from "../../apps/store/writes/setting-changes.ts";
import { addCompany } from "../support/api.ts";
import { addCalls } from "../support/calls.ts";
import { withPostgres } from "../support/postgres.ts";

const postgres = await withPostgres();
t.teardown(() => postgres.stop());
const { db } = postgres;
const by: Asker = { keyId: "3f2c1d4e-0000-4000-8000-000000000001", role: "admin" };
const asked: Input[] = [];
const floor = new Map<string, Agent>();
const endpoints = new Map<string, string>();
const handlers = createCommands({
  db,
  config: {
    ...{ sipBind: "127.0.0.1", sipPort: 5060, publicAddress: "", country: "RU", wssPort: 8089 },
    ...{ dialAllow: "+7", webhookAllow: "" },
  },
  applier: {
    apply: async () => ({ applied: { reloaded: [], verified: {}, warnings: [] }, undo: async () => {} }),
    note: () => {},
    callersIn: async () => 0,
    registration: async () => "Registered",
    endpoints: async () => endpoints,
  },
  engine: {
    settingsChanged: () => {},
    agent: (id) => floor.get(id),
    servers: (call) => [...floor.values()].filter((agent) => agent.call?.id === call).map(({ id }) => id),
    ringingFor: () => undefined,
    deferredChanged: () => {},
    previewOver: () => {},
    tell: () => {},
    callIdOf: (channel) => channel,
    ask: (input) => void asked.push(input),
    conversation: () => {
      throw new Error("there is none");
    },
    agentState: () => {},
  },
  sounds: {} as SoundWorkshop,
  recordings: {} as Context["recordings"],
  log: { info: () => {}, warn: () => {} },
});
const company = await addCompany(db);
const { anna, boris, queue, line } = company;

function send<Name extends CommandName>(name: Name, args: Commands[Name][0]): Promise<Commands[Name][1]> {
  const handler = handlers[name] as (args: Commands[Name][0], by: Asker) => Promise<Commands[Name][1]>;
  return handler(args, by);
}
const log = async (subjectId: string) => (await listChanges(db, { subjectId, limit: 100 })).items;
const undo = (id: string | undefined, force = false) => send("setting.undo", { id: id ?? "", force });
async function refused(
  t: Test,
  work: Promise<unknown>,
  status: number,
  code: string,
  field?: string,
): Promise<void> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  t.ok(error instanceof CommandProblem, String(error));
  t.match(error, { status, code, ...(field && { field }) });
}
/** A code that was sent to this number, which is to be where the line's calls are forwarded to. */
async function codeFor(lineId: string, number: string): Promise<{ id: string; code: string }> {
  const [id, code] = [crypto.randomUUID(), "123456"];
  const values = { id, number, subject: "line-forwarding" as const, agent_id: null, line_id: lineId };
  const expires_at = new Date(Date.now() + 60_000);
  await db
    .insertInto("number_verification")
    .values({ ...values, method: "sms", code_hash: scryptSync(code, id, 32), expires_at })
    .execute();
  return { id, code };
}
const agentNow = async (id: string) => (await listAgents(db, id))[0];
const lineNow = async (id: string) => (await listLines(db, { id }))[0];

t.test("ROUTE-12 an overflow that leads nowhere or round is refused before it is written", async (t) => {
  const before = await listQueues(db, {});
  const nobody = "00000000-0000-4000-8000-000000000000";
  const into = (queueId: string) => ({ overflow: { queueId } });
  const settings = {
    ...({ strategy: "random", answerSeconds: 20, maxWaitSeconds: 60, wrapUp: { mode: "none" } } as const),
    ...({ serviceLevelSeconds: 20, serviceLevelPercent: 80, agents: "all" } as const),
  };
  const change = (id: string, to: string) => send("queue.change", { id, change: into(to) });
  const FIELD = "overflow.queueId";
  await refused(t, change(queue, queue), 422, "circle", FIELD);
  await refused(t, change(queue, nobody), 422, "unknown", FIELD);
  await refused(
    t,
    send("queue.create", { ...settings, name: "Over", ...into(nobody) }),
    422,
    "unknown",
    FIELD,
  );
  t.same(await listQueues(db, {}), before, "nothing is written");
  const { id } = await send("queue.create", { ...settings, name: "Over", ...into(queue) });
  await refused(t, change(queue, id), 422, "circle", FIELD);
  await change(id, queue);
  await send("queue.delete", { id });
});

t.test("LINE-08 a trunk with a host is reachable as far as Asterisk says so", async (t) => {
  const trunk = async (name: string, host: string | null, address: string) => {
    const fields = { name, addresses: [address], host, port: 5060, username: null, password: null };
    return (await send("trunk.create", fields)).id;
  };
  const [near, far, inbound] = [
    await trunk("Near", "near.example", "198.51.100.1"),
    await trunk("Far", "far.example", "198.51.100.2"),
    await trunk("Inbound", null, "198.51.100.3"),
  ];
  const states = async () => (await send("trunk.states", {})).states;
  t.match(await states(), { [near]: "unknown", [far]: "unknown" });
  const rows = await db.selectFrom("trunk").select(["id", "key"]).execute();
  for (const { id, key } of rows) endpoints.set(key, id === near ? "online" : "offline");
  t.match(await states(), { [near]: "reachable", [far]: "unreachable" });
  t.notHas(await states(), { [inbound]: "unreachable" }, "nothing is sent there");
  for (const id of [near, far, inbound]) await send("trunk.delete", { id });
});

t.test("DEFER-01 a call for later says whom to call", async (t) => {
  const fields = { agentId: anna, comment: "", due: { inMinutes: 5 } };
  await refused(t, send("deferred.create", fields), 422, "required", "number");
});

t.test("LINE-18 every setting of an agent is logged as it was, and comes back", async (t) => {
  const first = {
    ...{ name: "Anna", email: "a@example.com", mobile: "+79160000001", callMode: "external" as const },
    ...{ autoAnswer: true, forwardNumber: "+79160000009", acceptanceNeeded: true, consultationOnly: true },
  };
  await send("agent.change", { id: anna, change: first });
  const second = {
    ...{ name: "Hanna", email: null, mobile: "8 (916) 000-00-02", callMode: "phone" as const },
    ...{ autoAnswer: false, forwardNumber: null, acceptanceNeeded: false, consultationOnly: false },
  };
  await send("agent.change", { id: anna, change: second });
  const [newest] = await log(anna);
  t.same(newest?.before, first, "as it was");
  t.same(newest?.after, { ...second, mobile: "+79160000002" }, "as it is kept, not as it was typed");
  await undo(newest?.id);
  t.match(await agentNow(anna), first);
  await t.rejects(
    noteChange(db, {
      ...{ keyId: null, role: "admin", command: "agent.change", fields: ["email"] },
      ...{ before: { id: anna, name: "Anna" }, after: { id: anna, name: "Anna", email: "x@example.com" } },
    }),
    /email/,
    "a setting that is not known as it was is no entry",
  );
});

t.test("LINE-11 nobody is called outside without a number, whatever is named together", async (t) => {
  await send("agent.change", { id: boris, change: { callMode: "phone", mobile: null } });
  await refused(t, send("agent.change", { id: boris, change: { callMode: "external" } }), 422, "incomplete");
  await send("agent.change", { id: boris, change: { mobile: "+79160000003" } });
  await send("agent.change", { id: boris, change: { callMode: "external" } });
  await refused(t, send("agent.change", { id: boris, change: { mobile: null } }), 422, "incomplete");
  const another = { name: "Nobody", shortNumber: "199", callMode: "external" as const };
  await refused(t, send("agent.create", another), 422, "incomplete");
  await t.rejects(
    db.updateTable("agent").set({ mobile: null }).where("id", "=", boris).execute(),
    /agent_external_mobile/,
  );
  t.match(await agentNow(boris), { callMode: "external", mobile: "+79160000003" });
});

t.test("LINE-18 changes are taken back in reverse order, and a newer one is seen", async (t) => {
  const seconds = async () => (await listQueues(db, { id: queue }))[0]?.answerSeconds;
  for (const answerSeconds of [11, 12, 13])
    await send("queue.change", { id: queue, change: { answerSeconds } });
  const [to13, to12] = await log(queue);
  await refused(t, undo(to12?.id), 409, "changed-since");
  await undo(to13?.id);
  t.equal(await seconds(), 12);
  await undo(to12?.id);
  t.equal(await seconds(), 11, "what was taken back is not in the way");
  await refused(t, undo(to12?.id), 409, "undone");

  await send("queue.change", { id: queue, change: { answerSeconds: 20 } });
  const [to20] = await log(queue);
  // Asked at the same time as the newer change, which comes first: it is not overwritten.
  const newer = send("queue.change", { id: queue, change: { answerSeconds: 30 } });
  await refused(t, undo(to20?.id), 409, "changed-since");
  await newer;
  t.equal(await seconds(), 30);
  const both = await Promise.allSettled([undo(to20?.id, true), undo(to20?.id, true)]);
  t.same(both.map(({ status }) => status).sort(), ["fulfilled", "rejected"], "once");
  t.equal(await seconds(), 11);
});

t.test("LINE-14, LINE-18 for all lines only what became of each is logged", async (t) => {
  const { id: other } = await db
    .insertInto("line")
    .values({ key: "lother", number: "+74950000102", name: "Other", queue_id: queue, hours: null })
    .returning("id")
    .executeTakeFirstOrThrow();
  await send("line.change", { id: line, change: { shortNumber: "555", priority: 3 }, scope: "all" });
  t.match(await log(line), [{ after: { priority: 3, shortNumber: "555" } }]);
  const [of] = await log(other);
  t.same(of?.after, { priority: 3 }, "the short number was one line's alone");
  t.same(of?.before, { priority: 0 });
  await undo(of?.id);
  t.match([await lineNow(line), await lineNow(other)], [{ priority: 3 }, { priority: 0 }]);
  await send("line.delete", { id: other });
  await refused(t, undo(of?.id), 404, "not-found");
});

t.test(
  "LINE-17, LINE-18 an agent's lines are the queues' agents: logged there, and taken back there",
  async (t) => {
    await send("queue.change", { id: queue, change: { agents: [anna] } });
    await send("agent.lines", { id: boris, lineIds: [line] });
    const [joined] = await log(queue);
    t.match(joined, {
      command: "queue.change",
      before: { agents: [anna] },
      after: { agents: [anna, boris] },
    });
    await send("agent.lines", { id: boris, lineIds: [line] });
    t.equal((await log(queue))[0]?.id, joined?.id, "nothing differs, nothing is logged");
    await undo(joined?.id);
    t.same((await listQueues(db, { id: queue }))[0]?.agents, [anna]);
  },
);

t.test("FWD-02, LINE-18 a proof that changes where calls are forwarded to is logged", async (t) => {
  const number = "+79161230001";
  await send("line.change", { id: line, change: { forwardNumber: "+79161230000" }, scope: "this" });
  const [typed] = await log(line);
  const { id, code } = await codeFor(line, number);
  await send("verification.confirm", { id, code });
  const [confirmed] = await log(line);
  t.match(confirmed, {
    ...{ command: "line.change", keyId: by.keyId },
    ...{ before: { forwardNumber: "+79161230000" }, after: { forwardNumber: number } },
  });
  await refused(t, undo(typed?.id), 409, "changed-since");
  await undo(confirmed?.id);
  t.match(await lineNow(line), { forwardNumber: "+79161230000", forwardVerifiedAt: null });
});

t.test("IVR-04 buttons that are set at the same time are all there; each is logged", async (t) => {
  const end = { type: "end" } as const;
  const { id } = await send("menu.create", {
    ...{ name: "Keys", greetingId: null, inputWaitSeconds: 5, repeat: { mode: "none" } },
    ...{ buttons: [], fallback: end },
  });
  const digits = async () =>
    (await readMenus(db)).find((menu) => menu.id === id)?.buttons.map((b) => b.digit);
  const action = { type: "queue", queueId: queue } as const;
  await Promise.all(["1", "2", "3"].map((digit) => send("menu.setButton", { id, digit, action })));
  t.same(await digits(), ["1", "2", "3"]);
  await Promise.all([
    send("menu.removeButton", { id, digit: "2" }),
    send("menu.setButton", { id, digit: "4", action: end }),
  ]);
  t.same(await digits(), ["1", "3", "4"]);
  await refused(t, send("menu.removeButton", { id, digit: "2" }), 404, "not-found");
  await refused(t, send("menu.setButton", { id, digit: "x", action }), 422, "no-key");
  const stranger = { type: "queue", queueId: anna } as const;
  await refused(
    t,
    send("menu.setButton", { id, digit: "5", action: stranger }),
    422,
    "unknown",
    "action.queueId",
  );
  const changes = await log(id);
  t.equal(changes.length, 5);
  await undo(changes[0]?.id);
  await undo(changes[1]?.id);
  t.same(await digits(), ["1", "2", "3"]);
});

t.test("LINE-18 trunks, the own PBX, numbers and the company are logged; a password never", async (t) => {
  const { id } = await send("trunk.create", {
    ...{ name: "Carrier", addresses: ["203.0.113.9"], host: "sip.example.com", port: 5060 },
    ...{ username: "we", password: "s3cretOne" },
  });
  await send("trunk.change", { id, change: { port: 5070, numberFormat: "digits" } });
  await send("trunk.change", { id, change: { password: "s3cretTwo" } });
  const [secret, plain] = await log(id);
  t.same(plain?.before, { port: 5060, numberFormat: "e164" });
  t.same([secret?.before, secret?.after], [{ password: "(hidden)" }, { password: "(hidden)" }]);
  await refused(t, undo(secret?.id, true), 409, "no-undo");
  await undo(plain?.id);
  const row = await db.selectFrom("trunk").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
  t.match(row, { port: 5060, number_format: "e164", password: "s3cretTwo" });

  const pbx = { number: "+74950000150", server: "pbx.example.com:5061", login: "we", domain: null };
  const connected = await send("pbx.connect", { ...pbx, password: "s3cretThree" });
  await send("pbx.change", { change: { server: "pbx.example.com:5062" } });
  const [moved] = await log(connected.id);
  t.match(moved, { before: { server: pbx.server }, after: { server: "pbx.example.com:5062" } });
  await undo(moved?.id);
  const now = await db.selectFrom("trunk").selectAll().where("kind", "=", "pbx").executeTakeFirstOrThrow();
  t.match(now, { port: 5061, password: "s3cretThree" });

  await send("numbers.change", { change: { serviceNumber: "8 800 555-35-35", display: "service" } });
  await send("company.change", { change: { wrapUpTopicRequired: false } });
  const all = (await listChanges(db, { limit: 2 })).items;
  t.match(all, [
    { command: "company.change", subjectName: "company", after: { wrapUpTopicRequired: false } },
    { command: "numbers.change", after: { display: "service", serviceNumber: "+78005553535" } },
  ]);
  t.match(await undo(all[0]?.id), { applied: { reloaded: [] } });
  await undo(all[1]?.id);
  const settings = await db.selectFrom("company_setting").select(["name", "value"]).orderBy("name").execute();
  t.match(settings, [
    { name: "numbers", value: { display: "own", serviceNumber: null } },
    { name: "wrapUp", value: { topicRequired: true } },
  ]);
  const everything = JSON.stringify((await listChanges(db, { limit: 200 })).items);
  t.notMatch(everything, /s3cret/);
});

t.test("WRAP-01, WRAP-08 a completion that is not saved ends no talk and no wrap-up", async (t) => {
  const { talked } = await addCalls(db, company);
  await send("company.change", { change: { wrapUpTopicRequired: false } });
  floor.set(anna, { id: anna, call: { id: talked, phase: "talking" } } as unknown as Agent);
  t.teardown(() => floor.delete(anna));
  await sql`create function refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$`.execute(
    db,
  );
  await sql`create constraint trigger refuse after insert on completion deferrable initially deferred
    for each row execute function refuse()`.execute(db);
  const completion = { callId: talked, agentId: anna, topicIds: [], comment: "", after: "break" as const };
  await t.rejects(send("call.complete", completion), /no/);
  t.same(asked, [], "the commit failed: nothing is asked of the engine");
  await sql`drop trigger refuse on completion`.execute(db);
  await send("call.complete", completion);
  t.match(asked, [
    { kind: "statePlanned", agent: anna, state: "break" },
    { kind: "serviceCompleted", agent: anna, call: talked },
  ]);
});
