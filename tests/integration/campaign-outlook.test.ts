/** A campaign that is started and dials nobody says why, through the API and over a real database. */
import t from "tap";
import type { Agent } from "../../apps/core/floor.ts";
import { attemptPlaced, settleAttempt } from "../../apps/store/settle.ts";
import { takeContacts } from "../../apps/store/take.ts";
import { mint, OPEN_POLICY } from "../support/campaigns.ts";
import { openDeskCompany } from "../support/desk.ts";
import { agent } from "../support/floor.ts";

t.setTimeout(240_000);
const { db, send, supervisor, anna, line, engine, floor } = await openDeskCompany();
const boss = (method: "GET" | "POST" | "PATCH", url: string, body?: object) =>
  send(method, url, supervisor, body);
const { preset: _, ...open } = OPEN_POLICY;
/** Only on a weekday that is three days away, wherever somebody is. */
const LATER = [{ days: [((new Date().getUTCDay() + 2) % 7) + 1], from: "00:00", to: "24:00" }];
let made = 0;
const campaign = async (change: object = {}) =>
  (
    await boss("POST", "/v1/campaigns", {
      ...{ name: `Outlook ${++made}`, mode: "progressive", purpose: "service", lineId: line },
      ...{ agentIds: [anna], policy: { preset: "us-tsr", ...open }, ...change },
    })
  ).body;
const phone = () => `+7495777${String(++made).padStart(4, "0")}`;
const list = (id: string, ...contacts: unknown[]) =>
  boss("POST", `/v1/campaigns/${id}/contacts`, { contacts });
const start = (id: string) => boss("POST", `/v1/campaigns/${id}/start`);
const status = async (id: string) => (await boss("GET", `/v1/campaigns/${id}/status`)).body;
const codesOf = (body: { warnings: { code: string }[] }) => body.warnings.map(({ code }) => code);

/** Anna as the engine has her, and as the API is told. */
function annaIs(state: Agent["state"]) {
  floor.set(anna, agent("Anna", { id: anna, state }));
  const view = { id: anna, stateSince: 0, state, status: state, device: "idle", openLine: false };
  Object.assign(engine, { view: { ...engine.view, agents: [view] } });
}
async function withTrunk<Result>(work: () => Promise<Result>): Promise<Result> {
  const trunk = await db
    .insertInto("trunk")
    .values({ key: "t999", name: "Outlook", host: "192.0.2.7", addresses: ["192.0.2.7"] } as never)
    .returning("id")
    .executeTakeFirstOrThrow();
  try {
    return await work();
  } finally {
    await db.deleteFrom("trunk").where("id", "=", trunk.id).execute();
  }
}

t.test("what cannot work at all is not started, and says which field is missing", async (t) => {
  const bare = await campaign({ agentIds: [] });
  t.match(bare.warnings, [{ code: "unserved", field: "agentIds", text: /queueId/ }], "a draft may be so");
  t.match(await start(bare.id), {
    status: 409,
    body: { code: "unserved", errors: [{ field: "agentIds" }] },
  });
  const changed = await boss("PATCH", `/v1/campaigns/${bare.id}`, { agentIds: [anna] });
  t.same(changed.body.warnings, []);
  t.match(await start(bare.id), {
    status: 409,
    body: { code: "nobody-to-call", errors: [{ field: "contacts" }] },
  });
  t.match(await status(bare.id), { warnings: [{ code: "not-running", text: /draft/ }] });
});

t.test("a start says what keeps it from dialling; the status says it as long as it is so", async (t) => {
  annaIs("break");
  const night = await campaign({ policy: { preset: "us-tsr", ...open, calendar: { week: LATER } } });
  await list(night.id, phone(), phone());
  const started = await start(night.id);
  t.match(started, { status: 200, body: { state: "running" } });
  t.same(codesOf(started.body), ["no-agents", "no-trunk", "calendar-closed"]);
  t.same(codesOf(await status(night.id)), ["no-agents", "no-trunk", "calendar-closed"]);
  annaIs("outbound");
  await withTrunk(async () => {
    t.match((await status(night.id)).warnings, [{ code: "calendar-closed", field: "policy.calendar" }]);
    await takeContacts(db, { campaign: night.id, most: 5, now: Date.now(), nextId: mint });
    t.match(await status(night.id), {
      warnings: [{ code: "calendar-closed" }],
      list: { reasons: [{ state: "waiting", code: "closed", count: 2, text: /calendar closed/ }] },
    });
    const day = await campaign();
    await list(day.id, phone());
    t.same((await start(day.id)).body.warnings, [], "nothing is said of one that can dial");
    t.match(await status(day.id), { warnings: [], list: { reasons: [{ code: "due", count: 1 }] } });
    t.match(await boss("POST", `/v1/campaigns/${day.id}/pause`), { body: { warnings: [] } });
  });
});

t.test("who waits for what, and who is not called any more", async (t) => {
  annaIs("outbound");
  await withTrunk(async () => {
    const { id } = await campaign();
    const [refused, later] = [phone(), phone()];
    const nextAt = new Date(Date.now() + 3_600_000).toISOString();
    await list(id, refused, { phones: [later], nextAt });
    const evening = new Date(Date.now() + 7_200_000).toISOString();
    await boss("POST", "/v1/refusals", { refusals: [{ phone: refused, until: evening }] });
    t.match((await start(id)).body, {
      warnings: [{ code: "nobody-allowed", text: /on the refusal list \(1\)/ }],
    });
    await takeContacts(db, { campaign: id, most: 5, now: Date.now(), nextId: mint });
    const body = await status(id);
    t.match(body.warnings, [{ code: "nobody-due", text: /refusal list \(1\)/ }]);
    t.ok(body.warnings[0].text.includes(nextAt), "and from when");
    const reasons = new Map(body.list.reasons.map((one: { code: string }) => [one.code, one]));
    t.match(reasons.get("refused"), { state: "waiting", count: 1, nextAt: evening });
    t.match(reasons.get("not-before"), { state: "waiting", count: 1, nextAt });
  });
});

t.test("a campaign that is over takes people, and says that they wait for its start", async (t) => {
  annaIs("outbound");
  const { id } = await campaign();
  t.same(
    (await list(id, phone())).body,
    { added: 1, notAllowed: 0, rows: [], warnings: [] },
    "a draft is to be filled",
  );
  await start(id);
  for (const state of ["stopped", "finished"] as const) {
    await db.updateTable("campaign").set({ state }).where("id", "=", id).execute();
    const added = await list(id, phone());
    t.match(added.body, {
      added: 1,
      warnings: [{ code: "not-running", text: new RegExp(`${state}.*start`) }],
    });
    t.match(await start(id), { status: 200, body: { state: "running" } });
    t.same((await list(id, phone())).body.warnings, []);
  }
  const { taken } = await takeContacts(db, { campaign: id, most: 50, now: Date.now(), nextId: mint });
  t.equal(taken.length, 5, "all of them are called");
});

t.test(
  "what is known of an attempt in flight is shown, though its row learns it only at the end",
  async (t) => {
    const { id } = await campaign();
    await list(id, phone());
    await start(id);
    const { taken } = await takeContacts(db, { campaign: id, most: 1, now: Date.now(), nextId: mint });
    const [one] = taken;
    if (!one) throw new Error("nobody was taken");
    await attemptPlaced(db, one.id, "t1");
    const [answered, talks] = [new Date("2026-03-03T09:00:10Z"), new Date("2026-03-03T09:00:12Z")];
    const arrived = new Date("2026-03-03T09:00:00Z");
    const shown = async () => (await boss("GET", `/v1/campaigns/${id}/attempts?open=true`)).body.items[0];
    t.match(await shown(), { trunkKey: "t1", answeredAt: null, connectedAt: null, agentId: null });
    await db
      .insertInto("call")
      .values({
        ...{ id: one.callId, linkedid: one.id, type: "outbound", arrived_at: arrived, connected_at: talks },
        agent_id: anna,
      } as never)
      .execute();
    await db
      .insertInto("call_leg")
      .values({
        ...{ call_id: one.callId, channel: one.id, name: "PJSIP/t1", started_at: arrived },
        ...{ answered_at: answered, to_number: one.phone },
      } as never)
      .execute();
    t.match(await shown(), {
      ...{ answeredAt: answered.toISOString(), connectedAt: talks.toISOString() },
      ...{ agentId: anna, ending: null, endedAt: null },
    });
    await settleAttempt(db, one.id, { ending: "answered", endedAt: Date.now(), trunkKey: "t2" });
    t.match((await boss("GET", `/v1/campaigns/${id}/attempts`)).body.items[0], {
      ...{ trunkKey: "t2", ending: "answered" },
    });
  },
);

t.test(
  "LINE-04 only the company's own numbers are shown: a line's, or one that was proved lately",
  async (t) => {
    const { number: lines } = await db
      .selectFrom("line")
      .select("number")
      .where("id", "=", line)
      .executeTakeFirstOrThrow();
    const [proved, lapsed, foreign] = [phone(), phone(), phone()];
    const proof = async (number: string, until: string) => {
      const row = {
        ...{ id: crypto.randomUUID(), number, subject: "company", method: "call" },
        ...{ code_hash: Buffer.alloc(32), expires_at: new Date(), verified_at: new Date() },
        valid_until: new Date(until),
      };
      await db
        .insertInto("number_verification")
        .values(row as never)
        .execute();
    };
    await proof(proved, "2100-01-01T00:00:00Z");
    await proof(lapsed, "2020-01-01T00:00:00Z");
    for (const number of [foreign, lapsed])
      t.match(await campaign({ callerNumbers: [lines, number] }), {
        code: "not-own",
        errors: [{ field: "callerNumbers.1" }],
      });
    const { id, callerNumbers } = await campaign({ callerNumbers: [lines, proved] });
    t.match(callerNumbers, [{ e164: lines }, { e164: proved }]);
    const change = (body: object) => boss("PATCH", `/v1/campaigns/${id}`, body);
    t.match(await change({ callerNumbers: [foreign] }), { status: 422, body: { code: "not-own" } });
    await db.deleteFrom("number_verification").where("number", "=", proved).execute();
    t.equal(
      (await change({ ringSeconds: 30 })).status,
      200,
      "what was proved once does not stop another change",
    );
    await list(id, phone());
    t.match(await start(id), { status: 409, body: { errors: [{ field: "callerNumbers.1" }] } });
  },
);

t.test("a call for later to a refused number is written down, with a word about it", async (t) => {
  const refused = phone();
  const until = "2100-01-01T00:00:00.000Z";
  const later = (number: string) => boss("POST", "/v1/deferred", { agentId: anna, number, inMinutes: 5 });
  const task = (number: string) => boss("POST", "/v1/dial-tasks", { agentId: anna, number, topic: "Offer" });
  for (const make of [later, task]) {
    const fine = await make(phone());
    t.match(fine, { status: 201, body: { warnings: [] } });
    t.equal(fine.body.warnings.length, 0);
  }
  await boss("POST", "/v1/refusals", { refusals: [{ phone: refused, until }] });
  for (const make of [later, task])
    t.match(await make(refused), {
      status: 201,
      body: { warnings: [{ code: "refused", field: "number", text: new RegExp(`until ${until}`) }] },
    });
});
