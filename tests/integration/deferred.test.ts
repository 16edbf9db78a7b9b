/**
 * Calls for later over a real database: the table, whose they are, and that none is lost or placed twice, whatever
 * dies when. The engine is a list of what it was asked.
 */
import t from "tap";
import { settleAttempts } from "../../apps/store/attempts.ts";
import { takeDue } from "../../apps/store/deferred.ts";
import { settleErrands } from "../../apps/store/errands.ts";
import { NOBODY } from "../support/company.ts";
import { openDeskCompany } from "../support/desk.ts";

t.setTimeout(120_000);
const desk = await openDeskCompany();
const {
  send,
  db,
  asked,
  says,
  looks,
  handlers,
  anna,
  boris,
  contact,
  annas,
  boriss,
  supervisor,
  admin,
  over,
  line,
} = desk;
const PHONE = "+79161234567";

t.afterEach(async () => {
  says.refusal = undefined;
  await db.deleteFrom("deferred_call").execute();
  await db.deleteFrom("attempt").execute();
  await db.updateTable("agent").set({ deferred_auto_call: null }).execute();
  await db.deleteFrom("company_setting").execute();
  await db.deleteFrom("refused_number").execute();
  await db.updateTable("line").set({ dial_week: null, dial_refused: "never" }).execute();
  asked.length = 0;
});

const defer = async (fields: object, key = annas) =>
  (await send("POST", "/v1/deferred", key, { inMinutes: 5, ...fields })).body;
const row = async (id: string) =>
  db.selectFrom("deferred_call").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
/** As if its time had come so many minutes ago. */
const past = (id: string, minutes = 1) =>
  db
    .updateTable("deferred_call")
    .set({ due_at: new Date(Date.now() - minutes * 60_000) })
    .where("id", "=", id)
    .execute();
const place = async (id: string, key = annas) => send("POST", `/v1/deferred/${id}/call`, key);

t.test(
  "DEFER-07 «My deferred»: the date, the number, the comment, the status, and nobody else's",
  async (t) => {
    const later = await defer({ number: "8 (916) 123-45-67", comment: "the invoice", inMinutes: 90 });
    const soon = await defer({ number: PHONE, inMinutes: 5 });
    const foreign = await defer({ number: PHONE, agentId: boris }, supervisor);
    await past(soon.id);
    await takeDue(db);
    const { items } = (await send("GET", "/v1/deferred", annas)).body;
    t.match(items, [
      { id: soon.id, state: "due", overdue: true },
      { id: later.id, state: "waiting", overdue: false, comment: "the invoice", number: { e164: PHONE } },
    ]);
    t.ok(
      Math.abs(Date.parse(items[1].dueAt) - Date.now() - 90 * 60_000) < 10_000,
      "the date that was assigned",
    );
    t.equal((await place(foreign.id)).status, 404, "another agent's is not there");
    t.equal((await send("DELETE", `/v1/deferred/${foreign.id}`, annas)).status, 404);
    const cancelled = await send("PATCH", `/v1/deferred/${later.id}`, annas, { state: "cancelled" });
    t.match(cancelled.body, { state: "cancelled", overdue: false });
  },
);

t.test("DEFER-08 a repeat call is an event of the client: planned, overdue, done, deleted", async (t) => {
  const planned = await defer({ contactId: contact, comment: "call again" });
  const of = async (key: string, id = contact) =>
    (await send("GET", `/v1/deferred?contactId=${id}`, key)).body.items;
  t.match(await of(annas), [{ id: planned.id, contactId: contact, state: "waiting", overdue: false }]);
  await past(planned.id);
  t.match(await of(supervisor), [{ overdue: true }], "overdue as soon as its time has come");
  await place(planned.id);
  t.match(await of(annas), [{ state: "done", overdue: false }]);
  t.same(await of(boriss), [], "not for those whose client it is not");
  t.same(await of(annas, NOBODY), []);
  t.equal((await send("DELETE", `/v1/deferred/${planned.id}`, annas)).status, 204);
  t.same(await of(annas), []);
});

t.test("DEFER-01, law L4 it is done before anything rings, and never placed twice", async (t) => {
  const { id } = await defer({ number: PHONE });
  const answers = await Promise.all(Array.from({ length: 8 }, () => place(id)));
  t.equal(answers.filter(({ status }) => status === 202).length, 1);
  t.ok(answers.every(({ status, body }) => status === 202 || body.code === "over"));
  t.match(asked, [{ kind: "callPlaced", agent: anna, errand: { kind: "deferred", id } }]);
  t.equal(asked.length, 1, "one call");
  const attempts = await db.selectFrom("attempt").selectAll().execute();
  t.match(attempts, [{ errand: "deferred", errand_id: id, state: "placed" }]);
  t.equal(attempts.length, 1, "no attempt is left of those who came too late");
});

t.test("DEFER-06 when nobody was dialled it is due again; when the customer was, it is done", async (t) => {
  const { id } = await defer({ number: PHONE });
  await past(id);
  says.refusal = { code: "not-available", text: "the agent cannot place a call: on a break" };
  const before = looks.asked;
  t.equal((await place(id)).status, 409);
  t.match(await row(id), { state: "due", call_id: null, tries: 1 }, "refused by the engine");
  t.equal(looks.asked, before + 1, "and the desk knows that it waits again");
  says.refusal = undefined;

  const unlifted = (await place(id)).body.callId;
  await over(unlifted, { dialled: false, ending: "unavailable" });
  t.equal(await settleErrands(db), 1);
  t.match(await row(id), { state: "due", call_id: null, tries: 2 }, "the agent's phone was not lifted");

  const silent = (await place(id)).body.callId;
  await over(silent);
  t.equal(await settleErrands(db), 1);
  t.match(
    await row(id),
    { state: "done", call_id: silent, tries: 2 },
    "the customer did not answer: that is an answer",
  );
  t.equal(await settleErrands(db), 0, "each is told once");
});

t.test(
  "DEFER-01 the engine died between the row and the call: it is due again, and not dialled",
  async (t) => {
    const { id } = await defer({ number: PHONE });
    await past(id);
    await place(id);
    await db
      .updateTable("attempt")
      .set({ state: "placing", created_at: new Date(Date.now() - 60_000) } as never)
      .execute();
    await settleAttempts(db, async () => false);
    await settleErrands(db);
    t.match(await row(id), { state: "due", call_id: null });
    t.equal(asked.length, 1, "found out by looking");
  },
);

t.test(
  "DEFER-01 placed by itself as the company or the agent wishes; the machine does not call who asked not to be called",
  async (t) => {
    const auto = async () => (await takeDue(db)).auto;
    const [first, second] = [await defer({ number: PHONE }), await defer({ number: "+79161234568" })];
    const other = await defer({ number: PHONE, agentId: boris }, supervisor);
    await past(first.id, 3);
    await past(second.id, 2);
    await past(other.id, 1);
    t.same(await auto(), [], "nobody wishes it");
    const on = await send("PATCH", "/v1/company", admin, { deferredAutoCall: true });
    t.match(on.body, { deferredAutoCall: true, wrapUpTopicRequired: true });
    const ids = async () => (await auto()).map(({ id }) => id);
    t.same(await ids(), [first.id, other.id], "of each agent the one that was due first");
    const own = await send("PATCH", `/v1/agents/${anna}`, admin, { deferredAutoCall: false });
    t.match(own.body, { deferredAutoCall: false });
    t.same(await ids(), [other.id], "Anna does not");
    await send("PATCH", "/v1/company", admin, { deferredAutoCall: false });
    await send("PATCH", `/v1/agents/${anna}`, admin, { deferredAutoCall: true });
    t.same(await ids(), [first.id], "only Anna does");

    await db
      .insertInto("refused_number")
      .values({ phone: PHONE, source: "agent" } as never)
      .execute();
    t.same(await ids(), [second.id], "on the refusal list");
    await past(second.id, 61);
    t.same(await ids(), [], "the hour that was agreed is over");
    await past(second.id, 1);
    await db.updateTable("deferred_call").set({ tries: 3 }).where("id", "=", second.id).execute();
    t.same(await ids(), [], "after three phones that nobody lifted it waits for the agent");
  },
);

const ALWAYS = [{ days: [1, 2, 3, 4, 5, 6, 7], from: "00:00", to: "24:00" }];
/** A number of Moscow: its zone is known. */
const MOSCOW = "+74951230001";
const lineSays = async (fields: object) =>
  t.equal((await send("PATCH", `/v1/lines/${line}`, admin, fields)).status, 200);
/** As the engine places it when its agent is free. */
const byItself = (id: string, agentId = anna) =>
  handlers["deferred.call"]({ id, byItself: true }, { keyId: "engine", role: "agent", agentId });
const refuse = (phone: string, until: Date | null = null) =>
  db
    .insertInto("refused_number")
    .values({ phone, source: "agent", until } as never)
    .execute();
const dueNow = async (fields: object = {}) => {
  const { id } = await defer({ number: MOSCOW, ...fields });
  await past(id);
  await takeDue(db);
  return id;
};

t.test(
  "DEFER-01, DIAL-02 placed by itself it passes the gate: outside the callee's hours it is put off to the earliest moment, and not lost",
  async (t) => {
    await send("PATCH", "/v1/company", admin, { deferredAutoCall: true });
    // Two hours a day, which are over or not begun in Moscow now, whatever the hour is.
    const hour = (new Date().getUTCHours() + 3 + 6) % 24;
    const from = `${String(Math.min(hour, 21)).padStart(2, "0")}:00`;
    const to = `${String(Math.min(hour, 21) + 2).padStart(2, "0")}:00`;
    await lineSays({ dialWeek: [{ days: [1, 2, 3, 4, 5, 6, 7], from, to }] });
    const id = await dueNow();
    await t.rejects(byItself(id), { code: "closed" });
    t.equal(asked.length, 0, "nobody's phone rings");
    t.same(await db.selectFrom("attempt").select("id").execute(), [], "and no attempt is on record");
    const [shown] = (await send("GET", "/v1/deferred", annas)).body.items;
    t.match(shown, { id, state: "due", putOffReason: "closed", putOffUntil: String, callId: null });
    const opens = new Date(shown.putOffUntil);
    const wall = new Intl.DateTimeFormat("ru", { timeZone: "Europe/Moscow", timeStyle: "short" }).format(
      opens,
    );
    t.equal(wall, from, "when it opens on the wall of the callee");
    t.ok(opens.getTime() > Date.now() && opens.getTime() < Date.now() + 25 * 3_600_000, "the next time");
    const look = await takeDue(db);
    t.same(look.auto, [], "it is not asked about again before");
    t.equal(look.next?.getTime(), opens.getTime(), "and it is then");

    // The time has come, long after the hour that was agreed.
    await past(id, 600);
    await db
      .updateTable("deferred_call")
      .set({ auto_at: new Date(Date.now() - 1000) })
      .execute();
    t.match((await takeDue(db)).auto, [{ id, agentId: anna }], "it is due again");
    await lineSays({ dialWeek: ALWAYS });
    await byItself(id);
    t.match(asked, [
      { kind: "callPlaced", agent: anna, to: { number: MOSCOW }, errand: { kind: "deferred", id } },
    ]);
    t.match(await row(id), { state: "done", put_off_reason: null });
    await t.rejects(byItself(id), { code: "over" });
    t.equal(asked.length, 1, "once");
  },
);

t.test(
  "DEFER-01 placed by itself it passes the gate: too many attempts, a call that goes on, a refusal until tomorrow; by hand hours and counts do not stop it",
  async (t) => {
    await send("PATCH", "/v1/company", admin, { deferredAutoCall: true });
    await lineSays({ dialWeek: ALWAYS });
    const tried = (count: number, at: Date) =>
      db
        .insertInto("attempt")
        .values(
          Array.from({ length: count }, (_, index) => ({
            ...{ id: `t${index}`, call_id: crypto.randomUUID(), agent_id: null, number: MOSCOW },
            ...{ contact_id: null, reason: null, state: "placed" as const, created_at: at },
          })),
        )
        .execute();
    const putOff = async (id: string, code: string) => {
      await t.rejects(byItself(id), { code });
      t.equal(asked.length, 0, `${code}: nobody's phone rings`);
      const { state, auto_at, put_off_reason } = await row(id);
      t.match([state, put_off_reason], ["due", code]);
      return auto_at?.getTime() ?? 0;
    };
    const ago = new Date(Date.now() - 3_600_000);
    await tried(3, ago);
    const often = await dueNow();
    t.equal(await putOff(often, "too-many"), ago.getTime() + 86_400_000, "a day after the first of three");
    await db.deleteFrom("attempt").execute();

    const talking = await dueNow();
    await db
      .insertInto("attempt")
      .values({
        ...{ id: "x", call_id: crypto.randomUUID(), agent_id: boris, number: MOSCOW, contact_id: null },
        ...{ reason: null, state: "placed" },
      })
      .execute();
    t.ok((await putOff(talking, "in-flight")) > Date.now(), "Boris is calling this customer at this moment");
    await db.deleteFrom("attempt").execute();

    const until = new Date(Date.now() + 86_400_000);
    const later = await dueNow();
    await refuse(MOSCOW, until);
    t.equal(await putOff(later, "refused"), until.getTime());
    await db.deleteFrom("refused_number").execute();
    await refuse(MOSCOW);
    const never = await dueNow();
    t.equal(await putOff(never, "refused"), 0, "no time is named");
    await db.deleteFrom("refused_number").execute();
    t.notOk(
      (await takeDue(db)).auto.some(({ id }) => id === never),
      "it waits for its agent then",
    );

    await tried(3, ago);
    t.equal((await place(often)).status, 202, "the agent, a person, may");
    t.match(await row(often), { state: "done" });
  },
);

t.test(
  "DEFER-02, SOFT-05 an agent calls nobody on the refusal list by hand, unless the line lets what the customer asked for",
  async (t) => {
    const { id } = await defer({ number: MOSCOW });
    const call = (body: object, key = annas) =>
      send("POST", "/v1/calls", key, { to: { number: MOSCOW }, ...body });
    await refuse(MOSCOW);
    const no = (field: string) => ({ status: 409, body: { code: "refused", errors: [{ field }] } });
    t.match(await call({}), no("to.number"));
    t.match(await call({ askedFor: true }), no("to.number"), "the line says never");
    t.match(await place(id), no("number"));
    const task = await send("POST", "/v1/dial-tasks", supervisor, {
      number: MOSCOW,
      topic: "x",
      agentId: anna,
    });
    t.match(await send("POST", `/v1/dial-tasks/${task.body.id}/call`, annas), no("number"));
    t.equal(asked.length, 0, "nobody's phone rings");
    t.same(await db.selectFrom("attempt").select("id").execute(), [], "no attempt is on record");
    t.match(await row(id), { state: "waiting" }, "it is as open as before");

    await lineSays({ dialRefused: "asked-for" });
    t.match(await call({}), no("to.number"), "nobody said that the customer asked");
    t.match(await send("POST", `/v1/dial-tasks/${task.body.id}/call`, annas), no("number"), "a task is ours");
    t.equal((await call({ askedFor: true })).status, 202);
    t.equal((await place(id)).status, 202, "what was deferred was agreed with the customer");
    const attempts = await db.selectFrom("attempt").select("because").execute();
    t.same(attempts, Array(2).fill({ because: { refused: true, askedFor: true } }), "the evidence stays");
    await db.deleteFrom("refused_number").execute();
    await refuse(MOSCOW, new Date(Date.now() - 1000));
    t.equal((await call({})).status, 202, "a refusal that is over");
    await db.deleteFrom("dial_task").execute();
  },
);
