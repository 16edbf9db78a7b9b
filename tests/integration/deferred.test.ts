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
const { send, db, asked, says, anna, boris, contact, annas, boriss, supervisor, admin, over } = desk;
const PHONE = "+79161234567";

t.afterEach(async () => {
  says.refusal = undefined;
  await db.deleteFrom("deferred_call").execute();
  await db.deleteFrom("attempt").execute();
  await db.updateTable("agent").set({ deferred_auto_call: null }).execute();
  await db.deleteFrom("company_setting").execute();
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
  t.equal((await place(id)).status, 409);
  t.match(await row(id), { state: "due", call_id: null, tries: 1 }, "refused by the engine");
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
    t.teardown(() => db.deleteFrom("refused_number").execute());
    t.same(await ids(), [second.id], "on the refusal list");
    t.equal((await place(first.id)).status, 202, "a person may still do it");
    await past(second.id, 61);
    t.same(await ids(), [], "the hour that was agreed is over");
    await past(second.id, 1);
    await db.updateTable("deferred_call").set({ tries: 3 }).where("id", "=", second.id).execute();
    t.same(await ids(), [], "after three phones that nobody lifted it waits for the agent");
  },
);
