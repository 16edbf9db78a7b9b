/**
 * A manager's commands against a real Asterisk and a real PostgreSQL: what was answered is true in both, and what
 * was refused has changed neither.
 */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import t from "tap";
import { createAmi } from "../../apps/asterisk/ami.ts";
import { createAri } from "../../apps/asterisk/ari/choose.ts";
import { startEverything } from "../../apps/bin/start.ts";
import { createWorkshop } from "../../apps/bin/workshop.ts";
import { createCommandClient } from "../../apps/commands/client.ts";
import { createCommands } from "../../apps/commands/commands.ts";
import {
  type Asker,
  type CommandName,
  CommandProblem,
  type Commands,
  type FloorView,
  type LineFields,
  type SipAccount,
} from "../../apps/commands/port.ts";
import { commandSocket, serveCommands } from "../../apps/commands/server.ts";
import { createApplier } from "../../apps/confgen/applier.ts";
import { asteriskPlaces } from "../../apps/confgen/places.ts";
import { loadedQueues } from "../../apps/confgen/readback.ts";
import { readInstalled } from "../../apps/confgen/swap.ts";
import { loadConfig } from "../../apps/config.ts";
import type { AgentState } from "../../apps/core/floor.ts";
import { type Hours, isOpen } from "../../apps/core/routing/hours.ts";
import { localText } from "../../apps/core/routing/wall-clock.ts";
import { openDatabase } from "../../apps/store/database.ts";
import { readSettings, type Settings } from "../../apps/store/settings.ts";
import { FIGURES } from "../support/api.ts";
import { freePorts, rtpPorts } from "../support/ports.ts";
import { register } from "../support/register.ts";
import { until } from "../support/until.ts";

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const by: Asker = { keyId: "3f2c1d4e-0000-4000-8000-000000000001", role: "supervisor" };
const NOBODY = "3f2c1d4e-0000-4000-8000-00000000dead";

// One instance for the whole file: PostgreSQL and Asterisk, prepared as npm start does it.
const dataDir = fs.mkdtempSync(join(tmpdir(), "dozvon-commands-"));
const [sip = 0, ari = 0, ami = 0, agi = 0, database = 0, api = 0] = await freePorts(6);
const rtp = await rtpPorts();
const config = loadConfig({
  ...process.env,
  ...{
    DOZVON_DATA_DIR: dataDir,
    DOZVON_SIP_PORT: `${sip}`,
    DOZVON_ARI_PORT: `${ari}`,
    DOZVON_AMI_PORT: `${ami}`,
  },
  ...{ DOZVON_AGI_PORT: `${agi}`, DOZVON_DATABASE_PORT: `${database}`, DOZVON_API_PORT: `${api}` },
  ...{ DOZVON_RTP_FROM: `${rtp.from}`, DOZVON_RTP_TO: `${rtp.to}` },
});
const running = await startEverything({
  config,
  report: () => {},
  demo: false,
  only: ["postgres", "asterisk"],
});
const db = openDatabase({ url: running.databaseUrl, name: "test", log });
const ariLink = createAri("native", {
  ...{ url: `http://127.0.0.1:${ari}/ari`, username: "dozvon", password: running.secrets.ariPassword },
  ...{ application: "dozvon", events: ["StasisStart"], log },
});
const amiLink = createAmi({
  host: "127.0.0.1",
  port: ami,
  username: "dozvon",
  secret: running.secrets.amiSecret,
  log,
});
const stasis: string[][] = [];
ariLink.onEvent((event) => void stasis.push((event.args as string[] | undefined) ?? []));
await Promise.all([ariLink.connect(), amiLink.connect()]);
const heard: (Settings | { agent: string; state: AgentState })[] = [];
const applier = createApplier({ config: running.config, ari: ariLink, ami: amiLink, log });
const handlers = createCommands({
  ...{ db, applier, log, config: running.config },
  sounds: createWorkshop(running.config, log),
  recordings: {
    pause: async () => "unknown",
    resume: async () => "unknown",
    talks: () => false,
    erase: async () => "unknown",
    eraseExpired: async () => ({ startedAt: "", endedAt: "", deleted: 0, failed: 0 }),
    rotate: async () => ({ keyId: "", recordings: 0 }),
  },
  engine: {
    settingsChanged: (settings) => heard.push(settings),
    agent: () => undefined,
    servers: () => [],
    ringingFor: () => undefined,
    deferredChanged: () => {},
    previewOver: () => {},
    tell: () => {},
    callIdOf: (channel) => channel,
    ask: () => undefined,
    conversation: (id) => ({
      ...{
        id,
        state: "over",
        agentId: null,
        target: null,
        answered: null,
        acceptanceNeeded: null,
        muted: false,
      },
    }),
    agentState: (agent, state) => heard.push({ agent, state }),
  },
});
const floor = { at: 1, asterisk: "up", agents: [], queues: [], calls: [], alarms: [] } as FloorView;
const server = await serveCommands(
  commandSocket(running.config),
  handlers,
  () => floor,
  async () => FIGURES,
  log,
);
const client = createCommandClient(commandSocket(running.config));
const places = asteriskPlaces(running.config.dataDir);
const asterisk = { ari: ariLink, ami: amiLink };

t.teardown(async () => {
  client.close();
  await server.close();
  await Promise.all([ariLink.close(), amiLink.close(), db.destroy()]);
  await running.stop();
  fs.rmSync(dataDir, { recursive: true, force: true });
});

t.test("an empty database becomes a small company", async (t) => {
  t.ok(running.fresh);
  const settings = await readSettings(db);
  t.strictSame(
    settings.agents.map((agent) => [agent.name, agent.state]),
    [
      ["Anna", "offline"],
      ["Boris", "offline"],
      ["Vera", "offline"],
    ],
  );
  const path = join(running.config.dataDir, "credentials.json");
  const credentials = JSON.parse(fs.readFileSync(path, "utf8")) as {
    agents: { sip: SipAccount }[];
    api: { key: string };
  };
  t.equal(fs.statSync(path).mode & 0o777, 0o600, "only its owner reads the passwords");
  t.equal(credentials.api.key, running.secrets.adminApiKey);
  t.equal(
    await register(credentials.agents[0]?.sip),
    200,
    "Anna's phone can sign in with what was written down",
  );
  t.notMatch(
    fs.readFileSync(places.messages, "utf8"),
    /WARNING|ERROR/,
    "Asterisk has nothing to complain about",
  );
});

t.test("ROUTE-01 a queue changes while somebody waits in it, and the caller stays", async (t) => {
  const { queues, agents } = await readSettings(db);
  const [anna = "", boris = "", vera = ""] = agents.map((agent) => agent.id);
  const sales = queues[0];
  t.equal(sales?.strategy, "most-idle");
  await ariLink.request({
    method: "POST",
    path: "channels",
    query: { endpoint: `Local/to-${sales?.key}_60@queue`, app: "dozvon", channelId: "waiting-caller" },
  });
  await until(
    "Asterisk is as far",
    async () => (await loadedQueues(asterisk)).get(sales?.key ?? "")?.waiting === 1,
  );

  const id = sales?.id ?? "";
  const order = [vera, anna, boris];
  const answer = await send("queue.change", { id, change: { strategy: "sequential", agents: order } });
  t.strictSame(answer.applied, {
    reloaded: ["app_queue.so"],
    verified: { strategy: "linear", waiting: 1, members: 3 },
    warnings: [],
  });
  const phones = order.map((agent) => agents.find((each) => each.id === agent)?.phone);
  t.strictSame(
    (await loadedQueues(asterisk)).get("q1")?.members,
    phones,
    "ROUTE-04 in the order that was given",
  );
  t.strictSame((heard.at(-1) as Settings).queues[0]?.agents, order, "the engine knows");

  const again = await send("queue.change", { id, change: { strategy: "sequential" } });
  t.strictSame(again.applied.reloaded, [], "what is so already is not loaded again");
  t.equal(again.applied.verified.waiting, 1);
  await send("queue.change", { id, change: { strategy: "random", agents: [boris] } });
  t.strictSame((await loadedQueues(asterisk)).get("q1")?.members, [phones[2]]);
  await ariLink.request({ method: "DELETE", path: "channels/waiting-caller" });
  await send("queue.change", { id, change: { agents: "all" } });

  await refused(t, "queue.change", { id, change: { agents: [] } }, 422, "queue-unserved", "agents");
  await refused(t, "queue.change", { id, change: { agents: [anna, NOBODY] } }, 422, "unknown", "agents.1");
  await refused(t, "queue.change", { id, change: { agents: [anna, anna] } }, 422, "twice", "agents.1");
  await refused(t, "queue.change", { id, change: { name: "Support" } }, 409, "taken", "name");
  await refused(
    t,
    "queue.change",
    { id, change: { answerSeconds: 1 } },
    422,
    "out-of-range",
    "answerSeconds",
  );
  await send("queue.change", { id, change: { serviceLevelSeconds: 15, serviceLevelPercent: 90 } });
  t.match(await db.selectFrom("queue").selectAll().where("id", "=", id).executeTakeFirst(), {
    service_level_seconds: 15,
    service_level_percent: 90,
  });
  for (const [field, value] of [
    ["serviceLevelSeconds", 0],
    ["serviceLevelPercent", 101],
  ] as const)
    await refused(t, "queue.change", { id, change: { [field]: value } }, 422, "out-of-range", field);
  const overflow = (queueId: string) => ({ id, change: { overflow: { queueId } } });
  await refused(t, "queue.change", overflow(id), 422, "circle", "overflow.queueId");
  await refused(t, "queue.change", overflow(NOBODY), 422, "unknown", "overflow.queueId");
  await refused(t, "queue.change", { id: "no-id", change: {} }, 404, "not-found", undefined);
  await refused(t, "queue.delete", { id }, 409, "queue-in-use", undefined);
});

t.test("an agent comes, gets another password, and goes", async (t) => {
  const created = await send("agent.create", { name: "Глеб; (x) \r\n[y]", shortNumber: "104" });
  t.match(created.sip.username, /^agent-104-[a-z2-9]{4}$/);
  t.equal(created.sip.password.length, 24);
  t.match(created.applied, {
    reloaded: ["res_pjsip.so", "app_queue.so", "pbx_config.so"],
    verified: { endpoint: created.sip.username, state: "offline" },
  });
  t.equal((await loadedQueues(asterisk)).get("q1")?.members.length, 4, "a queue for all takes newcomers in");
  t.equal(await register(created.sip), 200);
  const files = Object.values(readInstalled(places.generated)).join("\n");
  t.notMatch(files, created.sip.password, "the password is nowhere");
  t.match(files, '"Глеб (x) y" <104>', "of the name only what is safe");

  const renewed = await send("agent.newPassword", { id: created.id });
  t.equal(await register(created.sip), 401, "the old password is refused");
  t.equal(await register(renewed.sip), 200);
  const changed = await send("agent.change", { id: created.id, change: { shortNumber: "105" } });
  t.match(changed.applied.verified, { endpoint: created.sip.username });
  t.match(await running.console("pjsip show contacts"), created.sip.username, "the phone stays signed in");
  await refused(t, "agent.create", { name: "Again", shortNumber: "105" }, 409, "taken", "shortNumber");
  await refused(t, "agent.create", { name: "..", shortNumber: "106" }, 422, "unreadable", "name");

  await send("agent.delete", { id: created.id });
  t.equal(await register(renewed.sip), 401, "a phone of nobody's is a stranger");
  t.equal((await loadedQueues(asterisk)).get("q1")?.members.length, 3);
  await refused(t, "agent.delete", { id: created.id }, 404, "not-found", undefined);
});

t.test(
  "AGENT-04 a state is written down, told to the engine, and right after Asterisk's next start",
  async (t) => {
    const { agents } = await readSettings(db);
    const [anna, boris] = agents;
    heard.length = 0;
    await send("agent.state", { id: anna?.id ?? "", state: "inbound" });
    await send("agent.state", { id: anna?.id ?? "", state: "inbound" });
    for (const state of ["break", "outbound"] as const)
      await send("agent.state", { id: boris?.id ?? "", state });
    const choices = [
      { agent: anna?.id, state: "inbound" },
      { agent: boris?.id, state: "break" },
      { agent: boris?.id, state: "outbound" },
    ];
    t.strictSame(heard, choices, "choosing the same again is no change");
    const rows = await db
      .selectFrom("agent_state_change")
      .selectAll()
      .where("agent_id", "=", anna?.id ?? "")
      .execute();
    t.match(rows, [{ state: "offline" }, { state: "inbound", by_key: by.keyId }]);
    const text = readInstalled(places.generated)["queues.conf"] ?? "";
    t.match(text, `member => PJSIP/${anna?.phone},0,Anna,PJSIP/${anna?.phone},no,0,no`);
    t.match(text, `member => PJSIP/${boris?.phone},0,Boris,PJSIP/${boris?.phone},no,0,yes`);
  },
);

t.test("LINE-14 LINE-17 lines", async (t) => {
  const { queues, lines, agents } = await readSettings(db);
  const [sales, support] = queues;
  const hours = { zone: "Europe/Moscow", week: [{ days: [1 as const], from: "09:00", to: "18:00" }] };
  const fields: LineFields = {
    ...{ number: "+74950000103", name: "Night", queueId: support?.id ?? "", ownerFirst: true, hours },
    ...{ language: "en", recording: "mixed", announceRecording: false, prompts: {} },
    ...{ retentionDays: 30, voicemail: "no-answer", voicemailSeconds: 60 },
  };
  const { id, applied } = await send("line.create", fields);
  const extensions = ["+74950000103", "74950000103", "84950000103", "4950000103"];
  t.strictSame(applied, {
    reloaded: ["res_musiconhold.so", "pbx_config.so"],
    verified: { extensions },
    warnings: [],
  });
  t.match(
    await running.console("dialplan show l3@line-settings"),
    /GotoIfTime\(09:00-17:59,mon,\*,\*,Europe\/Moscow\?open\)/,
  );

  await send("line.change", { id, change: { queueId: sales?.id ?? "", recording: "off" }, scope: "all" });
  const all = (await readSettings(db)).lines;
  t.strictSame(
    all.map((line) => [line.queueId, line.recording]),
    Array(3).fill([sales?.id, "off"]),
    "saved for every line",
  );
  t.strictSame(
    all.map((line) => line.name),
    ["Sales", "Support", "Night"],
    "names stay",
  );
  await send("line.change", {
    id: lines[1]?.id ?? "",
    change: { queueId: support?.id ?? "" },
    scope: "this",
  });

  const vera = agents[2]?.id ?? "";
  await send("agent.lines", { id: vera, lineIds: [lines[1]?.id ?? ""] });
  const after = (await readSettings(db)).queues;
  t.strictSame(
    after.map((queue) => queue.agents.includes(vera)),
    [false, true],
    "Vera serves Support only",
  );
  await refused(t, "agent.lines", { id: vera, lineIds: [NOBODY] }, 422, "unknown", "lineIds.0");

  await refused(t, "line.create", { ...fields, number: "8 495 1" }, 422, "not-e164", "number");
  await refused(t, "line.create", { ...fields }, 409, "taken", "number");
  await refused(t, "line.create", { ...fields, number: "+84950000103" }, 409, "taken", "number");
  const unknown = { ...fields, number: "+74950000104", queueId: NOBODY };
  await refused(t, "line.create", unknown, 422, "unknown", "queueId");
  const nowhere = { ...hours, zone: "Mars/Olympus" };
  await refused(
    t,
    "line.change",
    { id, change: { hours: nowhere }, scope: "this" },
    422,
    "hours",
    "hours.zone",
  );

  await send("line.delete", { id });
  t.notMatch(
    await running.console("dialplan show lines"),
    "4950000103",
    "the number is not in service any more",
  );
});

t.test(
  "ROUTE-07 without the engine Asterisk opens and closes a line at the same minute as the core",
  async (t) => {
    const [line] = (await readSettings(db)).lines;
    const week = [
      { days: [1, 2, 3, 4, 5] as const, from: "09:00", to: "18:00" },
      { days: [6, 7] as const, from: "00:00", to: "24:00" },
    ];
    const hours: Hours = { zone: "Asia/Novosibirsk", week };
    await send("line.change", { id: line?.id ?? "", change: { hours }, scope: "this" });
    // A site's own file: asks the line's settings at a given second and tells us.
    const probe = [
      "[probe]",
      `exten => _X.,1,Set(TESTTIME=\${EXTEN})`,
      " same => n,Gosub(line-settings,l1,1)",
      ` same => n,Stasis(dozvon,\${EXTEN},\${DZ_OPEN})`,
    ];
    fs.writeFileSync(join(places.customD, "extensions-probe.conf"), `${probe.join("\n")}\n`);
    await running.console("dialplan reload");
    const instants = ["08:59:59", "09:00:00", "17:59:59", "18:00:00"].map(
      (time) => `2026-07-31T${time}+07:00`,
    );
    instants.push("2026-08-01T00:00:00+07:00", "2026-08-02T23:59:59+07:00", "2026-08-03T00:00:00+07:00");
    const opens = async (second: number): Promise<string | undefined> => {
      const query = { endpoint: `Local/${second}@probe`, app: "dozvon", appArgs: "other-side" };
      await ariLink.request({ method: "POST", path: "channels", query });
      return (
        await until("the line's settings", () => stasis.find(([asked]) => asked === String(second)))
      )[1];
    };
    for (const instant of instants) {
      const at = Date.parse(instant);
      t.equal(await opens(at / 1000), isOpen(hours, at) ? "1" : "0", instant);
    }
    const date = localText(hours.zone, Date.now()).slice(0, 10);
    const always = [{ days: [1, 2, 3, 4, 5, 6, 7] as const, from: "00:00", to: "24:00" }];
    const days: [string, Hours, string][] = [
      ["closed today", { zone: hours.zone, week: always, exceptions: [{ date, open: [] }] }, "0"],
      [
        "open today",
        { zone: hours.zone, week: [], exceptions: [{ date, open: [{ from: "00:00", to: "24:00" }] }] },
        "1",
      ],
      ["a holiday", { zone: hours.zone, week: always, holidays: [{ monthDay: date.slice(5) }] }, "0"],
    ];
    for (const [index, [what, change, expected]] of days.entries()) {
      await send("line.change", { id: line?.id ?? "", change: { hours: change }, scope: "this" });
      // Each asks for a second of its own. GotoIfTime believes the probe's second; the year's comparison does not.
      t.equal(await opens(Math.floor(Date.now() / 1000) - 30 * index), expected, what);
    }
    fs.rmSync(join(places.customD, "extensions-probe.conf"));
    await send("line.change", { id: line?.id ?? "", change: { hours: null }, scope: "this" });
  },
);

t.test("trunks are who they are by address", async (t) => {
  const none = { host: null, port: 5060, username: null, password: null };
  const answer = await send("trunk.create", { name: "Carrier", addresses: ["198.51.100.0/24"], ...none });
  t.match(answer.applied.verified, { endpoint: "t2" });
  t.match(await running.console("pjsip show identifies"), /t2[\s\S]*198\.51\.100\.0\/24/);
  const account = { host: "127.0.0.9", username: "74950000101", password: "p,$(id)'" };
  await send("trunk.change", { id: answer.id, change: account });
  t.match(await running.console("pjsip show registrations"), /t2\/sip:127\.0\.0\.9:5060/, "it registers");
  t.match(
    await running.console("pjsip show auth t2"),
    /password +: p,\$\(id\)'/,
    "with exactly this password",
  );

  const other = { name: "Other", addresses: ["198.51.100.7"], ...none };
  await refused(t, "trunk.create", other, 409, "taken", "addresses.0");
  await refused(t, "trunk.create", { ...other, addresses: ["198.51.0.0/16"] }, 409, "taken", "addresses.0");
  await refused(
    t,
    "trunk.create",
    { ...other, addresses: ["203.0.113.1", "0.0.0.0/0"] },
    422,
    "not-an-address",
    "addresses.1",
  );
  await refused(
    t,
    "trunk.create",
    { ...other, addresses: ["sip.example.org"] },
    422,
    "not-an-address",
    "addresses.0",
  );
  await refused(t, "trunk.change", { id: answer.id, change: { password: "a;b" } }, 422, "trunk", "password");
  await send("trunk.delete", { id: answer.id });
  t.notMatch(
    await running.console("pjsip show identifies"),
    "198.51.100",
    "its addresses are strangers again",
  );
  t.notMatch(
    await running.console("pjsip show registrations"),
    "127.0.0.9",
    "and it does not register any more",
  );
});

t.test("contacts and keys", async (t) => {
  const [anna] = (await readSettings(db)).agents;
  const fields = {
    name: "Ольга",
    position: null,
    phones: ["8 (916) 123-45-67", "+49 30 123456"],
    ownerId: anna?.id ?? "",
  };
  const { id } = await send("contact.create", fields);
  const phones = () =>
    db.selectFrom("contact_phone").select("phone").where("contact_id", "=", id).orderBy("position").execute();
  t.strictSame(
    (await phones()).map((row) => row.phone),
    ["+79161234567", "+4930123456"],
    "in the order given",
  );
  await send("contact.change", { id, change: { phones: ["+4930123456", "+79161234567"] } });
  t.strictSame(
    (await phones()).map((row) => row.phone),
    ["+4930123456", "+79161234567"],
  );
  await refused(
    t,
    "contact.change",
    { id, change: { phones: ["+49 30 123456", "12"] } },
    422,
    "not-a-number",
    "phones.1",
  );
  await refused(t, "contact.change", { id, change: { ownerId: NOBODY } }, 422, "unknown", "ownerId");
  t.equal((await phones()).length, 2, "a refused change leaves the phones alone");
  await send("contact.delete", { id });

  const { key, ...made } = await send("key.create", { name: "Wallboard", role: "supervisor", agentId: null });
  t.match(key, /^dz_supervisor_[\w-]{32}$/);
  const row = await db.selectFrom("api_key").selectAll().where("id", "=", made.id).executeTakeFirstOrThrow();
  t.equal(row.hash.toString("hex"), createHash("sha256").update(key).digest("hex"), "only the hash is kept");
  await refused(t, "key.create", { name: "A", role: "agent", agentId: null }, 422, "agent-key", "agentId");
  await send("key.revoke", { id: made.id });
});

t.test("what Asterisk or the database does not take has never happened", async (t) => {
  const fields = {
    name: "Extra",
    strategy: "random" as const,
    answerSeconds: 20,
    maxWaitSeconds: 60,
    serviceLevelSeconds: 20,
    serviceLevelPercent: 80,
    wrapUp: { mode: "none" as const },
    agents: "all" as const,
  };
  const before = await truth();

  const broken = join(places.customD, "queues-broken.conf");
  fs.writeFileSync(broken, "[q3](+)\nmember => PJSIP/nobody,0,Nobody,PJSIP/nobody,perhaps\n");
  const problem = await refused(t, "queue.create", fields, 422, "asterisk-refused", undefined);
  t.match(problem.message, /Member Nobody has an invalid ringinuse value/, "in Asterisk's own words");
  t.strictSame(await truth(), before, "rows, files and Asterisk are as they were");
  fs.rmSync(broken);

  await sql`create function no() returns trigger language plpgsql as $$ begin raise 'no'; end $$`.execute(db);
  await sql`create constraint trigger late after insert on queue deferrable initially deferred
            for each row execute function no()`.execute(db);
  await t.rejects(send("queue.create", fields), /engine answered 500/, "a fault of ours is not the caller's");
  t.strictSame(await truth(), before, "Asterisk had taken it and has given it back");
  await sql`drop trigger late on queue`.execute(db);

  await running.halt("asterisk");
  await until("Asterisk is as far", async () => ariLink.state !== "up");
  await refused(t, "queue.create", fields, 503, "asterisk-away", undefined);
  await running.resume("asterisk");
  await until("Asterisk is as far", async () => ariLink.state === "up" && amiLink.state === "up");
  t.strictSame(await truth(), before, "also after Asterisk's next start");
  const options = { collectUntil: "QueueStatusComplete" };
  const { events } = await amiLink.action("QueueStatus", { Queue: "q2" }, options);
  const pauses = events.flatMap((event) =>
    event.event === "QueueMember" ? [[event.name, event.paused]] : [],
  );
  t.match(
    Object.fromEntries(pauses),
    { Anna: "0", Boris: "1" },
    "AGENT-04 and everybody is in the state of before",
  );

  const many = ["One", "Two", "Three"].map((name) => send("queue.create", { ...fields, name }));
  t.equal(new Set((await Promise.all(many)).map((queue) => queue.id)).size, 3, "several at once go in turn");
  t.strictSame([...(await loadedQueues(asterisk)).keys()].sort(), ["q1", "q2", "q3", "q4", "q5"]);
});

t.test("a mistake in a file of custom.d is told in the answer to the next change", async (t) => {
  const bad = join(running.config.dataDir, "asterisk/custom.d/extensions-bad.conf");
  fs.writeFileSync(bad, '[mine]\n#include "nonexistent.conf"\n');
  t.teardown(() => fs.rmSync(bad, { force: true }));
  const [line] = await db.selectFrom("line").select(["id", "name"]).execute();
  const id = line?.id ?? "";
  const { applied } = await send("line.change", { id, change: { name: "Renamed" }, scope: "this" });
  t.match(applied.warnings, [/nonexistent/]);
  fs.rmSync(bad);
  const again = await send("line.change", { id, change: { name: line?.name ?? "" }, scope: "this" });
  t.strictSame(again.applied.warnings, []);
});

t.test("the command port", async (t) => {
  t.strictSame(await client.floor(), floor);
  t.equal(fs.statSync(commandSocket(running.config)).mode & 0o777, 0o600, "nobody else's");
  await t.rejects(client.send("queue.explode" as CommandName, {} as never, by), {
    status: 404,
    code: "no-such-command",
  });
  await t.rejects(client.send("toString" as CommandName, {} as never, by), {
    status: 404,
    code: "no-such-command",
  });
  const long = commandSocket({ dataDir: `/srv/${"x".repeat(120)}` });
  t.ok(Buffer.byteLength(long) <= 107 && long !== commandSocket({ dataDir: `/srv/${"y".repeat(120)}` }));
  const away = createCommandClient(join(dataDir, "nobody.sock"));
  await t.rejects(away.floor(), { status: 503, code: "engine-away" });
});

function send<Name extends CommandName>(name: Name, args: Commands[Name][0]): Promise<Commands[Name][1]> {
  return client.send(name, args, by);
}

/** The command must fail like this; answers how. */
async function refused<Name extends CommandName>(
  t: Tap,
  name: Name,
  args: Commands[Name][0],
  status: number,
  code: string,
  field: string | undefined,
): Promise<CommandProblem> {
  const problem = await send(name, args).then(
    () => new Error("it was carried out"),
    (error: unknown) => error,
  );
  if (!(problem instanceof CommandProblem)) throw new Error(`${name}: ${String(problem)}`);
  t.strictSame(
    [problem.status, problem.code, problem.field],
    [status, code, field],
    `${name}: ${problem.message}`,
  );
  return problem;
}

type Tap = Pick<typeof t, "strictSame">;

/** What the database, the files and Asterisk say; without times. */
async function truth() {
  const { queues } = await readSettings(db);
  const loaded = [...(await loadedQueues(asterisk))].map(([key, queue]) => [
    key,
    queue.strategy,
    queue.members,
  ]);
  return { queues, loaded: loaded.sort(), files: readInstalled(places.generated) };
}
