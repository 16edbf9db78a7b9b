/**
 * Numbers on a real Asterisk: codes are dictated to an ear and sent by SMS, calls show what is proved and are refused
 * without a proof, and a company's own PBX takes them.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import t, { type Test } from "tap";
import type { PhoneBehaviour } from "../../apps/peers/scenarios.ts";
import { FAR_ADDRESS, PBX_ADDRESS, pbx, type SippPeer } from "../../apps/peers/sipp.ts";
import { openDatabase } from "../../apps/store/database.ts";
import { type Ear, openEar } from "../support/ear.ts";
import { openScene, type Scene, type TestAgent } from "../support/scene.ts";
import { channelOf, writeTone } from "../support/sound.ts";
import { until } from "../support/until.ts";

t.jobs = 1;
t.setTimeout(300_000);

const scene: Scene = await openScene();
const db = openDatabase({ url: scene.instance.databaseUrl, name: "test", log: { warn: () => {} } });
t.teardown(async () => {
  await db.destroy();
  await scene.close();
});
t.afterEach(async () => {
  await scene.must("PATCH", "/v1/numbers", { source: "line", display: "own" });
  await scene.clear();
});

const sounds = join(scene.place.folder, "../data/asterisk/data/sounds");
let nextNumber = 1000;
const someone = (): string => `+7916444${nextNumber++}`;
const rings = (peer: SippPeer): string[] =>
  peer.notes().flatMap(({ text }) => (text.startsWith("rings") ? [text] : []));
const quick = { answerAfterMs: 100 } as const;

/** The code in the last SMS to this number. */
async function codeBySms(number: string): Promise<string> {
  const row = await db
    .selectFrom("sms_out")
    .select("text")
    .where("to_number", "=", number)
    .orderBy("created_at", "desc")
    .executeTakeFirstOrThrow();
  return /\b\d{6}$/.exec(row.text)?.[0] ?? "";
}

const ask = (number: string, subject: object, method = "sms", key?: string) =>
  scene.ask("POST", "/v1/verifications", { number, method, for: subject }, key);

/** Proves a number by SMS. */
async function prove(number: string, subject: object): Promise<{ verifiedUntil: string }> {
  const { body } = await ask(number, subject);
  return scene.must("POST", `/v1/verifications/${body.id}/confirm`, { code: await codeBySms(number) });
}

/** The digits in the order in which they were heard. */
function digitsHeard(ear: Ear, language: "ru" | "en"): string {
  const heard = Array.from({ length: 10 }, (_, digit) => {
    const file = join(sounds, language, `digits/${digit}.wav`);
    return ear.findRecordings(channelOf(readFileSync(file), 0)).map((at) => ({ at, digit }));
  });
  return heard
    .flat()
    .sort((a, b) => a.at - b.at)
    .map(({ digit }) => digit)
    .join("");
}

async function calling(agent: TestAgent, number: string) {
  return scene.ask("POST", "/v1/calls", { to: { number }, agentId: agent.id });
}

async function closed(call: string) {
  return until(`call ${call} is closed`, async () => {
    const { status, body } = await scene.ask("GET", `/v1/calls/${call}`);
    return status === 200 && body.endedAt ? body : undefined;
  });
}

async function onePhone(name: string, behaviour: PhoneBehaviour = quick): Promise<TestAgent> {
  const agent = await scene.agent(name);
  await scene.line([agent]);
  await scene.onShift(agent, behaviour);
  return agent;
}

t.test("LINE-03 a call dictates the code twice, in the language that was asked for", async (t) => {
  for (const language of ["ru", "en"] as const) {
    const agent = await onePhone(`Dictated ${language}`);
    const ear = await openEar(FAR_ADDRESS);
    t.teardown(() => ear.close());
    const far = await scene.farEnd({ ...quick, earPort: ear.port });
    const number = someone();
    const wanted = { number, method: "call", for: { kind: "agent", id: agent.id }, language };
    const { status, body } = await scene.ask("POST", "/v1/verifications", wanted);
    t.equal(status, 201, JSON.stringify(body));
    t.notMatch(JSON.stringify(body), /"\d{6}"/, "the answer does not hold the code");
    await until("it is dictated", () => far.has("left by the other"), 40_000);
    t.match(rings(far), [/rings/], "the number rang once");
    const heard = digitsHeard(ear, language);
    t.match(heard, /^(\d{6})\1$/, "the same six digits twice");
    const path = `/v1/verifications/${body.id}/confirm`;
    const proof = await scene.must("POST", path, { code: heard.slice(0, 6) });
    t.match(proof, { number: { e164: number } });
    t.equal((await scene.get(`/v1/calls/${body.callId}`)).type, "outbound", "the call is on record");
    const log = readFileSync(join(scene.place.folder, "../data/spool/decisions.ndjson"), "utf8");
    t.notMatch(log, heard.slice(0, 6), "and the code is not");
    const attempt = db.selectFrom("attempt").select("state").where("number", "=", number);
    t.match(await attempt.execute(), [{ state: "placed" }], "law L4");
    await scene.must("POST", `/v1/agents/${agent.id}/sign-out`, {});
  }
});

t.test(
  "LINE-03 wrong codes are counted, five lock it; old ones expire; a number has five an hour",
  async (t) => {
    const agent = await scene.agent("Guesser");
    const subject = { kind: "agent", id: agent.id };
    const number = someone();
    const path = `/v1/verifications/${(await ask(number, subject)).body.id}/confirm`;
    const right = await codeBySms(number);
    const wrong = String((Number(right) + 1) % 1e6).padStart(6, "0");
    for (const left of [4, 3, 2, 1, 0]) {
      const { status, body } = await scene.ask("POST", path, { code: wrong });
      t.match([status, body.code, body.detail], [422, "wrong-code", new RegExp(`left: ${left}$`)]);
    }
    const locked = await scene.ask("POST", path, { code: right });
    t.match([locked.status, locked.body.code], [409, "locked"], "the right one is too late");
    const old = (await ask(number, subject)).body.id;
    await sql`update number_verification set expires_at = now() where id = ${old}`.execute(db);
    const expired = await scene.ask("POST", `/v1/verifications/${old}/confirm`, {
      code: await codeBySms(number),
    });
    t.match([expired.status, expired.body.code], [409, "expired"]);
    for (const _ of [3, 4, 5]) t.equal((await ask(number, subject)).status, 201);
    const often = await ask(number, subject);
    t.match([often.status, often.body.code], [429, "too-many"]);
    t.equal((await ask(someone(), subject)).status, 201, "another number may be asked");
    const { agents } = await scene.get("/v1/numbers");
    t.match(
      agents.find(({ id }: TestAgent) => id === agent.id),
      { number: null, valid: false },
    );
    const rows = await db
      .selectFrom("number_verification")
      .selectAll()
      .where("number", "=", number)
      .execute();
    t.notOk(JSON.stringify(rows).includes(right), "codes are stored hashed");
    t.equal((await ask("+902123456789", subject)).status, 422, "not just any country is called");
    const stranger = await scene.keyOf(await scene.agent("Stranger"));
    t.equal((await ask(someone(), subject, "sms", stranger)).status, 403, "nobody else's number");
    t.equal((await ask(someone(), { kind: "company" }, "sms", stranger)).status, 403);
  },
);

t.test(
  "LINE-01, LINE-02, LINE-04, LINE-05 personal and common numbers are shown when proved, and calls are refused when not",
  async (t: Test) => {
    const agent = await onePhone("Personal");
    const far = await scene.farEnd({ ...quick, hangUpAfterMs: 300 });
    const [personal, common, service] = [someone(), someone(), someone()];
    const shows = async (number: string) => {
      const before = rings(far).length;
      const { status, body } = await calling(agent, someone());
      t.equal(status, 202, JSON.stringify(body));
      const ring = await until("the customer rings", () => rings(far)[before]);
      t.match(ring, number.slice(1), `${number} is shown`);
      t.match(await closed(body.callId), { from: { e164: number }, ending: "answered" });
      await scene.status(agent, "available");
    };
    const refused = async (text: RegExp) => {
      const { status, body } = await calling(agent, someone());
      t.match([status, body.code, body.detail], [409, "number-unavailable", text]);
    };
    const choose = (choice: object) => scene.must("PATCH", "/v1/numbers", choice);
    await choose({ source: "personal" });
    await refused(/agent's own number is not verified/);
    const { verifiedUntil } = await prove(personal, { kind: "agent", id: agent.id });
    const months = (Date.parse(verifiedUntil) - Date.now()) / 86_400_000;
    t.ok(months > 88 && months < 93, `three months: ${months} days`);
    await shows(personal);
    const own = await scene.ask("GET", "/v1/numbers", undefined, await scene.keyOf(agent));
    t.match(own.body.agents, [{ id: agent.id, number: { e164: personal }, valid: true, verifiedUntil }]);
    t.equal(own.body.agents.length, 1, "an agent sees its own");
    await choose({ source: "common" });
    await refused(/common number is not verified/);
    await prove(common, { kind: "company" });
    await shows(common);
    t.equal((await scene.ask("PATCH", "/v1/numbers", { display: "service" })).status, 422, "which one?");
    await choose({ display: "service", serviceNumber: service });
    await shows(service);
    t.match((await scene.get("/v1/numbers")).common, { number: { e164: common }, valid: true });
    const before = rings(far).length;
    await sql`update number_verification set valid_until = now() where number = ${common}`.execute(db);
    await choose({ serviceNumber: service });
    await refused(/lapsed/);
    t.equal((await scene.get("/v1/numbers")).common.valid, false);
    t.equal(rings(far).length, before, "no INVITE left");
    await prove(common, { kind: "company" });
    await shows(service);
  },
);

t.test(
  "LINE-06, LINE-07, LINE-08, LINE-09 an own PBX registers us, takes the calls, and is left again",
  async (t: Test) => {
    const speech = writeTone(join(scene.place.folder, "../by-pbx.ulaw"), 1000);
    const agent = await onePhone("By PBX", { ...quick, speech });
    const far = await scene.farEnd({ ...quick, hangUpAfterMs: 300 });
    const [account, number, customer] = [{ login: "dozvon-77", password: "Correct1" }, someone(), someone()];
    const theirs = pbx(scene.place, { ...account, ...quick, hangUpAfterMs: 1200 });
    t.teardown(() => theirs.stop());
    await scene.must("PATCH", "/v1/numbers", { source: "common" });
    const contact = await scene.contact("By the PBX", customer);
    const fields = { number, server: `${PBX_ADDRESS}:${theirs.port}`, domain: "pbx.example.ru", ...account };
    const wrong = await scene.must("POST", "/v1/pbx", { ...fields, password: "Wrong1" });
    t.match(wrong, { registered: false, message: /login, password or domain/ });
    t.notMatch(JSON.stringify(wrong), /Wrong1/, "the password is never shown");
    const right = await scene.must("PATCH", "/v1/pbx", { password: account.password });
    t.match(right, { registered: true, message: /accepted/, login: "dozvon-77", domain: "pbx.example.ru" });
    t.match(theirs.notes().at(-1)?.text, /^registered .*dozvon-77@pbx\.example\.ru/, "in its domain");
    t.match(await scene.get("/v1/pbx"), {
      registered: true,
      server: fields.server,
      number: { e164: number },
    });
    t.equal((await scene.ask("POST", "/v1/pbx", fields)).status, 409, "there is one");
    t.equal(
      (await scene.get("/v1/trunks")).items.some((each: { name: string }) => /PBX/.test(each.name)),
      false,
    );
    const placed = await calling(agent, customer);
    t.equal(placed.status, 202, JSON.stringify(placed.body));
    const record = await closed(placed.body.callId);
    t.match(record, { type: "outbound", ending: "answered", contactId: contact, from: { e164: number } });
    t.match(rings(theirs), [/dozvon-77@pbx\.example\.ru/]);
    t.equal(rings(far).length, 0, "the carrier is not used");
    const recording = await until("it is recorded", async () => (await closed(placed.body.callId)).recording);
    t.match(recording, { state: "kept" });
    const { items } = await scene.get(`/v1/calls?contactId=${contact}`);
    t.match(items, [{ id: placed.body.callId }], "it is in the client's card");
    t.match(await scene.must("DELETE", "/v1/pbx"), { message: /disconnected/ });
    t.equal((await scene.ask("GET", "/v1/pbx")).status, 404);
    await scene.status(agent, "available");
    await sql`update number_verification set valid_until = now() where subject = 'company'`.execute(db);
    await scene.must("PATCH", "/v1/numbers", { source: "common" });
    const after = await calling(agent, customer);
    t.match([after.status, after.body.code], [409, "number-unavailable"], "it needs an own number now");
    t.equal(rings(theirs).length, 1);
  },
);

t.test("FWD-02, FWD-03 a line's number is verified; an agent's is verified and then approved", async (t) => {
  const agent = await scene.agent("Forwarded");
  const line = await scene.line([agent]);
  const [common, own, other] = [someone(), someone(), someone()];
  await prove(common, { kind: "line-forwarding", id: line.id });
  const shown = await scene.get(`/v1/lines/${line.id}`);
  t.match(shown, { forwardNumber: { e164: common }, forwardVerifiedAt: /^20/ });
  const path = `/v1/agents/${agent.id}/forwarding`;
  t.equal((await scene.ask("POST", `${path}/approve`)).status, 409, "nothing was asked for");
  const key = await scene.keyOf(agent);
  const subject = { kind: "agent-forwarding", id: agent.id };
  const asked = await ask(own, subject, "sms", key);
  t.equal(asked.status, 201, JSON.stringify(asked.body));
  const confirm = `/v1/verifications/${asked.body.id}/confirm`;
  t.equal((await scene.ask("POST", confirm, { code: await codeBySms(own) }, key)).status, 200);
  t.match(await scene.get(`/v1/agents/${agent.id}`), {
    forwardNumber: { e164: own },
    forwardState: "verified",
  });
  t.equal((await scene.ask("POST", `${path}/approve`, undefined, key)).status, 403, "not by the agent");
  const { items } = await scene.get(`/v1/notices?agentId=${agent.id}`);
  t.match(
    items,
    [{ kind: "forwarding.requested", because: new RegExp(`\\${own}`) }],
    "the administrator is asked",
  );
  t.equal((await scene.must("POST", `${path}/approve`)).forwardState, "approved");
  await prove(own, subject);
  t.equal((await scene.get(`/v1/agents/${agent.id}`)).forwardState, "approved", "renewed, not asked again");
  await prove(other, subject);
  t.equal(
    (await scene.get(`/v1/agents/${agent.id}`)).forwardState,
    "verified",
    "another number is another request",
  );
  t.match(await scene.must("POST", `${path}/reject`), { forwardNumber: null, forwardState: "none" });
  const told = await db
    .selectFrom("event_out")
    .select("type")
    .where("subject", "=", `agent:${agent.id}`)
    .execute();
  t.match(
    told
      .map(({ type }) => type)
      .filter((type) => type.startsWith("forwarding"))
      .sort(),
    ["forwarding.approved", "forwarding.rejected", "forwarding.requested", "forwarding.requested"],
  );
});

t.test("LINE-19 a call's offer and card name the project and the city of the line", async (t) => {
  const agent = await scene.agent("Projects");
  const shown = { project: "01_Заказ", city: "Екатеринбург" };
  const line = await scene.line([agent], { line: shown });
  t.match(await scene.get(`/v1/lines/${line.id}`), shown);
  await scene.onShift(agent, { ...quick, hangUpAfterMs: 300 });
  const from = someone();
  scene.customer(line.number, { from });
  const { id } = await scene.record(from);
  const said = scene.live.filter(({ data }) => data?.id === id || data?.callId === id);
  for (const kind of ["call.offered", "card.open"])
    t.match(said.find((message) => message.kind === kind)?.data, shown, kind);
  await scene.must("PATCH", `/v1/lines/${line.id}`, { city: null });
  t.match(await scene.get(`/v1/lines/${line.id}`), { ...shown, city: null });
});
