/**
 * The order queue over a real database: lists and tabs as the pure rules say, one agent for each order however many want
 * it, the ladder from call to call. The engine is a list of what it was asked.
 */
import { sql } from "kysely";
import t from "tap";
import { OPEN_STATUSES, type OrderStatus } from "../../apps/core/orders/order.ts";
import { daysAround, TABS, type Tab, tabOf } from "../../apps/core/orders/tabs.ts";
import { nextToTake } from "../../apps/core/orders/taking.ts";
import { lockNext, takeDueOrders } from "../../apps/store/orders.ts";
import { findOrder, listOrders, toOrder } from "../../apps/store/reads/orders.ts";
import { addKey } from "../support/api.ts";
import { NOBODY } from "../support/company.ts";
import { openDeskCompany } from "../support/desk.ts";

const desk = await openDeskCompany();
const { send, db, asked, told, anna, boris, annas, boriss, supervisor, admin, over } = desk;
const PHONE = "+79161234567";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Where it is about noon now, so that no test meets a midnight (POSIX has the sign the other way round). */
const ZONE = noonZone();
function noonZone(): string {
  const ahead = 12 - new Date().getUTCHours();
  return `Etc/GMT${ahead > 0 ? "-" : "+"}${Math.abs(ahead)}`;
}
t.setTimeout(180_000);

const product = async (name: string): Promise<string> =>
  (await send("POST", "/v1/products", supervisor, { name })).body.id;
const [tea, coffee] = [await product("Tea"), await product("Coffee")];
const knows = (agent: string, ...productIds: string[]) =>
  send("PUT", `/v1/agents/${agent}/products`, supervisor, { productIds });
await knows(anna, tea);
await knows(boris, tea, coffee);

t.beforeEach(() => send("PATCH", "/v1/company", admin, { zone: ZONE }));
t.afterEach(async () => {
  await db.deleteFrom("deferred_call").execute();
  await db.deleteFrom("customer_order").execute();
  await db.deleteFrom("attempt").execute();
  await db.deleteFrom("company_setting").execute();
  asked.length = 0;
  told.length = 0;
});

let next = 1000;
const make = async (fields: object = {}, change: object = {}): Promise<string> => {
  const body = { number: `A-${next++}`, phone: PHONE, productId: tea, clientName: "Olga", ...fields };
  const { id } = (await send("POST", "/v1/orders", supervisor, body)).body;
  if (Object.keys(change).length > 0)
    await db.updateTable("customer_order").set(change).where("id", "=", id).execute();
  return id;
};
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
const card = async (id: string, key = annas) => (await send("GET", `/v1/orders/${id}`, key)).body;
const open = (id: string, key = annas, body?: object) => send("POST", `/v1/orders/${id}/open`, key, body);
const call = (id: string, key = annas) => send("POST", `/v1/orders/${id}/call`, key);
const save = (id: string, body: object, key = annas) => send("POST", `/v1/orders/${id}/save`, key, body);
const take = async (tab: Tab, key = annas) =>
  (await send("POST", "/v1/orders/take", key, { tab })).body.order;
/** As if the last save had been so long ago. */
const age = (id: string, ms: number) =>
  db
    .updateTable("customer_order")
    .set({ due_at: sql`due_at - ${ms} * interval '1 millisecond'` })
    .where("id", "=", id)
    .execute();
/** One more unsuccessful call, from the card. */
const fail = async (id: string, more: object = {}, key = annas) => {
  await open(id, key);
  await call(id, key);
  return save(id, { status: "unreached", reason: "no_answer", ...more }, key);
};

t.test("ORDQ-10, OWN-09 the list: its columns, five rows a page, and what an agent may see", async (t) => {
  for (let index = 0; index < 6; index++)
    await make({ webmasterId: 700 + index, arrivedAt: ago(index * MINUTE), clientName: `Client ${index}` });
  const foreign = await make({ productId: coffee, arrivedAt: ago(HOUR) });
  const first = (await send("GET", "/v1/orders?tab=new", supervisor)).body;
  t.match(first, { page: 1, pages: 2, total: 7 });
  t.equal(first.items.length, 5);
  t.match(first.items[0], {
    ...{ number: /^A-/, responsible: null, clientName: "Client 0", webmasterId: 700 },
    ...{ product: { id: tea, name: "Tea" }, phone: { e164: PHONE }, arrivedAt: String, callBackAt: null },
    ...{ status: "new", tab: "new" },
  });
  const second = (await send("GET", "/v1/orders?tab=new&page=2", supervisor)).body;
  t.match(second.items, [{ clientName: "Client 5" }, { id: foreign }]);
  t.equal((await send("GET", "/v1/orders?tab=new", annas)).body.total, 6, "Anna does not know coffee");
  t.equal((await send("GET", `/v1/orders/${foreign}`, annas)).status, 404);
  t.equal((await send("GET", "/v1/orders?q=client%205", annas)).body.total, 1);
  await open(first.items[0].id);
  const shown = (await send("GET", `/v1/orders?tab=new&responsibleId=${anna}`, supervisor)).body;
  t.match(shown.items, [{ id: first.items[0].id, responsible: { id: anna, name: "Anna" }, takenBy: anna }]);
  const changed = await send("PATCH", `/v1/orders/${first.items[0].id}`, supervisor, {
    responsibleId: boris,
  });
  t.match(changed.body, { responsible: { id: boris, name: "Boris" }, takenBy: null });
  t.equal((await send("PATCH", `/v1/orders/${foreign}`, annas, { responsibleId: anna })).status, 403);
});

t.test(
  "ORDQ-01, ORDQ-02, ORDQ-04, ORDQ-05, ORDQ-06, ORDQ-07 SQL's tabs are those of the rule, in the list and in the counts",
  async (t) => {
    const days = daysAround(Date.now(), ZONE);
    const statuses: OrderStatus[] = [...OPEN_STATUSES, "buffer"];
    const borders = [days.dayBefore, days.yesterday, days.today, Date.now() - HOUR];
    const rows = borders.flatMap((border) =>
      [border - 1, border].flatMap((at) =>
        statuses.flatMap((status) => [1, 3, 4].map((failures) => ({ at, status, failures }))),
      ),
    );
    for (const { at, status, failures } of rows)
      await db
        .insertInto("customer_order")
        .values({
          ...{
            number: `R-${next++}`,
            phone: PHONE,
            contact_id: null,
            webmaster_id: null,
            product_id: tea,
            status,
          },
          ...{ arrived_at: new Date(at), failures, failed_at: new Date() },
        })
        .execute();
    const counts = (await send("GET", "/v1/orders/tabs", supervisor)).body.items;
    for (const tab of TABS) {
      const { items } = await listOrders(db, { tab }, days, { page: 1, limit: 200 });
      const expected = rows.filter(({ at, ...row }) => tabOf({ ...row, arrivedAt: at }, days) === tab).length;
      t.ok(
        items.every((row) => tabOf(toOrder(row), days) === tab),
        tab,
      );
      t.equal(items.length, expected, tab);
      t.equal(counts.find((each: { tab: Tab }) => each.tab === tab).count, expected, `${tab}, counted`);
    }
    t.match(counts, [
      { ru: "Новый", taken: "from-the-last" },
      { ru: "Быстрый перезвон", taken: "from-the-first" },
    ]);
    t.match(counts.at(-1), { ru: "Недозвон (раньше)", dialled: false });
  },
);

t.test("ORDQ-08, ORDQ-09 what SQL takes next is what the rule takes", async (t) => {
  let seed = 7;
  const chance = (most: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed % most;
  };
  for (let round = 0; round < 12; round++) {
    await db.deleteFrom("customer_order").execute();
    const now = new Date();
    for (let index = 0; index < 25; index++) {
      const status = OPEN_STATUSES[chance(3)] as (typeof OPEN_STATUSES)[number];
      const failures = status === "new" ? 0 : 1 + chance(6);
      await db
        .insertInto("customer_order")
        .values({
          ...{ number: `T-${next++}`, phone: PHONE, contact_id: null, webmaster_id: null, status, failures },
          ...{ product_id: chance(3) === 0 ? coffee : tea, failed_at: now },
          arrived_at: new Date(now.getTime() - chance(90) * HOUR),
          due_at:
            status === "new" || chance(4) === 0
              ? null
              : new Date(now.getTime() - (chance(120) - 40) * MINUTE),
          responsible_id: [null, null, anna, boris][chance(4)] ?? null,
          ...(chance(5) === 0 && {
            taken_by: boris,
            taken_at: new Date(now.getTime() - chance(60) * MINUTE),
          }),
        })
        .execute();
    }
    const days = daysAround(now.getTime(), ZONE);
    const taker = { agentId: anna, products: new Set([tea]) };
    for (const tab of TABS) {
      const { items } = await listOrders(db, { tab }, days, { page: 1, limit: 200 });
      const listed = items.map((row) => ({ id: row.id, ...toOrder(row) }));
      const expected = nextToTake(listed, tab, taker, now.getTime(), days)?.id;
      const taken = await db.transaction().execute((trx) => lockNext(trx, tab, anna, now, days));
      t.equal(taken, expected, `round ${round}, ${tab}`);
    }
  }
});

t.test(
  "ORDQ-08, ORDQ-11, ROLE-17 New from the last row of the last page up: free ones, of products that the agent knows",
  async (t) => {
    const [newest, middle] = [
      await make({ arrivedAt: ago(MINUTE) }),
      await make({ arrivedAt: ago(2 * MINUTE) }),
    ];
    const boriss_ = await make({ arrivedAt: ago(3 * MINUTE) }, { responsible_id: boris });
    await make({ arrivedAt: ago(4 * MINUTE), productId: coffee });
    t.match(
      told.filter(({ kind }) => kind === "order.arrived").length,
      3 * 2 + 1,
      "told to those who know the product",
    );
    t.match(await take("new"), { id: middle, responsible: { id: anna, name: "Anna" }, takenBy: anna });
    t.match(await take("new"), { id: middle }, "who asks again gets the same one");
    await send("POST", `/v1/orders/${middle}/close`, annas);
    t.match(
      await card(middle),
      { takenBy: null, responsible: { id: anna } },
      "closed without saving it stays hers",
    );
    t.match(await take("new"), { id: newest });
    await send("POST", `/v1/orders/${newest}/close`, annas);
    t.equal(await take("new"), null, "no more for Anna");
    t.match((await open(boriss_)).body, { code: "taken", detail: /Boris/ });
    t.equal((await open(middle)).status, 200, "her own one again");
    t.match((await open(middle, boriss)).body, { code: "taken" });
  },
);

t.test(
  "ORDQ-11, D-36 of twenty who press Open one gets the order; the next to take are all different",
  async (t) => {
    const people: { id: string; key: string }[] = [];
    for (let index = 0; index < 20; index++) {
      const row = {
        name: `Agent ${index}`,
        short_number: String(900 + index),
        phone: `a${900 + index}`,
        sip_ha1: "0".repeat(32),
      };
      const { id } = await db.insertInto("agent").values(row).returning("id").executeTakeFirstOrThrow();
      await knows(id, tea);
      people.push({ id, key: await addKey(db, "agent", id) });
    }
    t.teardown(() => db.deleteFrom("agent").where("short_number", "like", "9%").execute());
    const id = await make();
    const answers = await Promise.all(people.map(({ key }) => open(id, key)));
    const won = answers.filter(({ status }) => status === 200);
    t.equal(won.length, 1);
    t.ok(answers.every(({ status, body }) => status === 200 || body.code === "taken"));
    const { responsibleId } = (await findOrder(db, id)) ?? {};
    t.equal(
      people[answers.findIndex(({ status }) => status === 200)]?.id,
      responsibleId,
      "and the row says who",
    );

    await db.deleteFrom("customer_order").execute();
    const made: string[] = [];
    for (let index = 0; index < 15; index++) made.push(await make({ arrivedAt: ago((15 - index) * MINUTE) }));
    const taken = await Promise.all(people.map(({ key }) => take("new", key)));
    const ids = taken.flatMap((order) => order?.id ?? []);
    t.equal(ids.length, 15);
    t.same(new Set(ids), new Set(made), "each to one agent");

    await db
      .updateTable("customer_order")
      .set({ status: "unreached", failures: 5, failed_at: new Date() })
      .execute();
    await db.updateTable("customer_order").set({ taken_by: null, taken_at: null }).execute();
    const again = (await Promise.all(people.map(({ key }) => take("unreached-today", key)))).flatMap(
      (o) => o?.id ?? [],
    );
    t.same(new Set(again), new Set(made), "ORDQ-09 whoever is responsible, but nobody twice");
    t.equal(again.length, 15);
  },
);

t.test("SOFT-10 the client is called from the open card, and from nowhere else", async (t) => {
  const id = await make();
  t.match((await call(id)).body, { code: "not-open" });
  await open(id);
  const placed = await call(id);
  t.match(placed, { status: 202, body: { to: { e164: PHONE } } });
  t.match(asked, [{ kind: "callPlaced", agent: anna, errand: { kind: "order", id }, to: { number: PHONE } }]);
  t.match((await card(id)).calls, [{ callId: placed.body.callId, agentId: anna }]);
  t.match((await call(id, boriss)).body, { code: "taken" });
  const old = await make(
    { arrivedAt: ago(100 * HOUR) },
    { status: "unreached", failures: 2, failed_at: new Date() },
  );
  t.match((await open(old)).body, { code: "never-dialled" }, "ORDQ-07");
  t.match((await call(old)).body, { code: "never-dialled" });
  t.match(await card(old), { tab: "unreached-earlier", notTaken: "never-dialled" });
  t.equal(asked.length, 1);
});

t.test(
  "ORDQ-02, ORDQ-12, ORDQ-13, ORDQ-14, D-15, D-18 the ladder: three without a date and after a pause, then each with one",
  async (t) => {
    const id = await make();
    t.match((await open(id)).status, 200);
    t.match((await save(id, { status: "unreached", reason: "no_answer" })).body, { code: "not-called" });
    await call(id);
    t.match((await save(id, { status: "unreached" })).body, { errors: [{ field: "reason" }] });
    const tooSoon = {
      status: "unreached",
      reason: "no_answer",
      callBackAt: new Date(Date.now() + HOUR).toISOString(),
    };
    t.match((await save(id, tooSoon)).body, { code: "needless", errors: [{ field: "callBackAt" }] });
    const first = await save(id, { status: "unreached", reason: "no_answer", comment: "22.09" });
    t.match(first, {
      status: 200,
      body: { tab: "quick-redial", failures: 1, takenBy: null, callBackAt: null },
    });
    t.match(first.body.reason, { ru: "не отвечает" });
    const wait = Date.parse(first.body.dueAt) - Date.parse(first.body.failedAt);
    t.equal(wait, 120_000, "not before two minutes");
    t.equal(Date.parse(first.body.redialBy) - Date.parse(first.body.failedAt), 180_000, "by three");
    t.equal(await take("quick-redial"), null);
    t.match((await open(id)).body, { code: "too-early" });
    t.same((await takeDueOrders(db)).due, [], "nobody is told yet");

    await age(id, 121_000);
    t.match(
      (await takeDueOrders(db)).due,
      [{ id, agentIds: [anna, boris].sort() }],
      "now those who know tea are",
    );
    t.same((await takeDueOrders(db)).due, [], "once");
    t.match(await take("quick-redial"), { id, ifUnreached: { failures: 2, callBackAt: null } });
    t.match(await card(id), { ifUnreached: { reasons: [{ reason: "no_answer", ru: "не отвечает-2" }] } });
    await call(id);
    t.match((await save(id, { status: "unreached", reason: "no_answer" })).body, {
      ...{ failures: 2, tab: "quick-redial", reason: { ru: "не отвечает-2" } },
    });
    await age(id, 121_000);
    t.match((await fail(id, { reason: "rejected" })).body, {
      failures: 3,
      tab: "quick-redial",
      reason: { ru: "сброс" },
    });
    await age(id, 121_000);

    await open(id);
    await call(id);
    const fourth = (await card(id)).ifUnreached;
    t.match(fourth, { failures: 4, callBackAt: String });
    const bare = { status: "unreached", reason: "no_answer" };
    t.match((await save(id, bare)).body, { code: "required", errors: [{ field: "callBackAt" }] });
    const tomorrow = new Date(Date.now() + 30 * HOUR).toISOString();
    t.match((await save(id, { ...bare, callBackAt: tomorrow })).body, { code: "out-of-range" });
    const saved = (await save(id, { ...bare, callBackAt: fourth.callBackAt })).body;
    t.match(saved, {
      failures: 4,
      tab: "unreached-today",
      reason: { ru: "не отвечает-3" },
      callBackAt: fourth.callBackAt,
    });
    t.equal(saved.dueAt, saved.callBackAt);
    t.equal(await take("unreached-today"), null, "not before its time");
    await age(id, 2 * HOUR);
    t.match(
      await take("unreached-today", boriss),
      { id, responsible: { id: anna } },
      "ORDQ-09 Boris may, Anna stays responsible",
    );
    t.same((await card(id)).saves.length, 4);
    t.match((await open(id)).body, { code: "card-open" });
  },
);

t.test(
  "ORDQ-03 in work: called when the client asked, told to whoever promised it; completed orders are in no tab",
  async (t) => {
    const id = await make();
    await open(id);
    const at = new Date(Date.now() + 3 * HOUR).toISOString();
    t.match((await save(id, { status: "in_work", callBackAt: at })).body, { code: "not-called" });
    await call(id);
    t.match((await save(id, { status: "in_work" })).body, { errors: [{ field: "callBackAt" }] });
    t.match((await save(id, { status: "in_work", callBackAt: ago(HOUR) })).body, { code: "out-of-range" });
    t.match((await save(id, { status: "in_work", reason: "rejected", callBackAt: at })).body, {
      errors: [{ field: "reason" }],
    });
    t.match((await save(id, { status: "in_work", callBackAt: at, comment: "after lunch" })).body, {
      ...{ tab: "in-work", callBackAt: at, comment: "after lunch", failures: 0, reason: null },
    });
    t.equal(await take("in-work"), null, "not due");
    await age(id, 3 * HOUR + 1000);
    t.match((await takeDueOrders(db)).due, [{ id, status: "in_work", responsibleId: anna }]);
    t.match(await take("in-work", boriss), { id });
    t.match((await save(id, { status: "buffer", callBackAt: at }, boriss)).body, {
      errors: [{ field: "callBackAt" }],
    });
    t.match((await save(id, { status: "buffer" }, boriss)).body, {
      status: "buffer",
      tab: null,
      responsible: { id: anna },
    });
    t.match((await open(id)).body, { code: "completed" });
    t.equal((await send("GET", "/v1/orders?status=buffer", supervisor)).body.total, 1);
  },
);

t.test("ORDQ-14 the reason that the call itself gives is suggested", async (t) => {
  const id = await make();
  await open(id);
  t.match(await card(id), { ifUnreached: { suggested: null } });
  await over((await call(id)).body.callId, { ending: "busy" });
  t.match(await card(id), { ifUnreached: { suggested: "rejected" }, calls: [{ ending: "busy" }] });
});

t.test("ORDQ-12 saving twice, by somebody else, or without the card counts nothing", async (t) => {
  const id = await make();
  await open(id);
  await call(id);
  const body = { status: "unreached", reason: "no_answer" };
  t.match((await save(id, body, boriss)).body, { code: "not-open" });
  const both = await Promise.all([save(id, body), save(id, body)]);
  t.same(both.map(({ status }) => status).sort(), [200, 409]);
  t.match(await card(id), { failures: 1 });
});

t.test("ORDQ-05, D-18 the company's day and pause are settings, and make sense", async (t) => {
  const patch = (body: object) => send("PATCH", "/v1/company", admin, body);
  t.match((await patch({ zone: "Mars/Olympus" })).body, { errors: [{ field: "zone" }] });
  t.match((await patch({ quickRedialAfterSeconds: 600 })).body, {
    errors: [{ field: "quickRedialBySeconds" }],
  });
  t.match(
    (await patch({ zone: "Asia/Vladivostok", quickRedialAfterSeconds: 60, quickRedialBySeconds: 90 })).body,
    {
      ...{ zone: "Asia/Vladivostok", quickRedialAfterSeconds: 60, quickRedialBySeconds: 90 },
    },
  );
  const days = daysAround(Date.now(), "Asia/Vladivostok");
  const failed = { status: "unreached" as const, failures: 1, failed_at: new Date() };
  const id = await make({ arrivedAt: new Date(days.today - 1).toISOString() }, failed);
  t.match(await card(id), { tab: "unreached-yesterday" });
  const fresh = await make();
  const saved = (await fail(fresh)).body;
  t.equal(Date.parse(saved.dueAt) - Date.parse(saved.failedAt), 60_000);
});

t.test(
  "DEFER-05 a call about an order that is put off keeps its number, whatever is written later",
  async (t) => {
    const id = await make({ number: "B-77" });
    await open(id);
    const { callId } = (await call(id)).body;
    await over(callId);
    const put = async (body: object, key = annas) =>
      send("POST", "/v1/deferred", key, { inMinutes: 30, ...body });
    const later = (await put({ callId, comment: "after six" })).body;
    t.match(later, { orderId: id, comment: "№ B-77: after six", number: { e164: PHONE } });
    const path = `/v1/deferred/${later.id}`;
    t.match((await send("PATCH", path, annas, { comment: "after seven" })).body, {
      comment: "№ B-77: after seven",
    });
    t.match((await put({ orderId: id, comment: "order B-77" })).body, {
      comment: "order B-77",
      number: { e164: PHONE },
    });
    t.match((await put({ orderId: NOBODY })).status, 404, "an agent is not told which orders there are");
    const foreign = await make({ productId: coffee });
    t.match(await put({ orderId: foreign }), { status: 404, body: { errors: [{ field: "orderId" }] } });
    t.match((await put({ number: PHONE, comment: "no order" })).body, { orderId: null, comment: "no order" });
  },
);

t.test("ROLE-17 products belong to supervisors; one with orders stays", async (t) => {
  t.equal((await send("POST", "/v1/products", annas, { name: "Mine" })).status, 403);
  t.match((await send("GET", "/v1/products", annas)).body.items, [{ id: tea, agentIds: [anna] }]);
  t.match((await send("POST", "/v1/products", supervisor, { name: "Tea" })).body, {
    errors: [{ field: "name" }],
  });
  await make();
  t.match((await send("DELETE", `/v1/products/${tea}`, supervisor)).body, { code: "in-use" });
  const spare = await product("Cocoa");
  t.match((await send("PATCH", `/v1/products/${spare}`, supervisor, { name: "Cacao" })).body, {
    name: "Cacao",
  });
  t.equal((await send("DELETE", `/v1/products/${spare}`, supervisor)).status, 204);
  t.match((await knows(anna, tea, NOBODY)).body, { errors: [{ field: "productIds.1" }] });
  t.match((await send("GET", "/v1/products", annas)).body.items.length, 1, "nothing of it is written");
  const wrong = async (body: object, field: string) => {
    const answer = await send("POST", "/v1/orders", supervisor, {
      number: "X-1",
      phone: PHONE,
      productId: tea,
      ...body,
    });
    t.match([answer.status >= 400, answer.body.errors?.[0]?.field], [true, field], JSON.stringify(body));
  };
  await wrong({ phone: "911" }, "phone");
  await wrong({ phone: "+90 212 345 67 89" }, "phone");
  await wrong({ productId: NOBODY }, "productId");
  await wrong({ number: " " }, "number");
  await wrong({ contactId: NOBODY }, "contactId");
  await make({ number: "X-2" });
  await wrong({ number: "X-2" }, "number");
});
