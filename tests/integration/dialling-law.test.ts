/**
 * What would let a campaign call somebody whom it must not call, and what would be too slow for a million people: on a
 * real PostgreSQL.
 */
import { sql } from "kysely";
import t from "tap";
import { settleByRecord } from "../../apps/store/attempt-records.ts";
import { endCampaigns } from "../../apps/store/campaigns.ts";
import type { Db } from "../../apps/store/database.ts";
import { settleAttempt } from "../../apps/store/settle.ts";
import { takeContacts } from "../../apps/store/take.ts";
import { setPhones } from "../../apps/store/writes/contacts.ts";
import { mergeSelected } from "../../apps/store/writes/merge.ts";
import { addRefusals, type NewRefusal, withdrawConsent } from "../../apps/store/writes/refusals.ts";
import { addCompany } from "../support/api.ts";
import { addCampaign, addListed, mint, OPEN_POLICY } from "../support/campaigns.ts";
import { withPostgres } from "../support/postgres.ts";
import { until } from "../support/until.ts";

const postgres = await withPostgres();
t.teardown(() => postgres.stop());
const { db } = postgres;
await addCompany(db);

const HOUR = 3_600_000;
/** A Tuesday, noon in Moscow. */
const NOON = Date.parse("2026-03-03T12:00+03:00");
let numbers = 2_000_000;
const fresh = () => `+7495${++numbers}`;
const take = (campaign: string, most: number, now = NOON, more: object = {}) =>
  takeContacts(db, { campaign, most, now, nextId: mint, ...more });
const end = (id: string, ending: Parameters<typeof settleAttempt>[2]["ending"], endedAt = NOON + 30_000) =>
  settleAttempt(db, id, { ending, endedAt });

t.test("DIAL-15 with many calls behind it, an ending and an end read their own rows only", async (t) => {
  const campaign = await addCampaign(db);
  await sql`
    insert into campaign_contact (campaign_id, state) select ${campaign}, 'done' from generate_series(1, 20000)`.execute(
    db,
  );
  await sql`
    insert into attempt (id, call_id, number, campaign_id, campaign_contact_id, state, ending, ended_at)
    select 'past-' || position, gen_random_uuid(), '+7812' || (1000000 + position), ${campaign}, id, 'placed', 'busy', now()
      from campaign_contact where campaign_id = ${campaign}`.execute(db);
  await addListed(db, campaign, [{ phones: [fresh()] }]);
  const [one] = (await take(campaign, 1)).taken;
  await sql`analyze`.execute(db);
  const counted = async (trx: Db, table: string) => {
    const { rows } = await sql<{ read: number }>`
      select (seq_tup_read + coalesce(idx_tup_fetch, 0))::int as read from pg_stat_xact_user_tables
       where relname = ${table}`.execute(trx);
    return rows[0]?.read ?? 0;
  };
  // What the session read before is counted until it is handed in, about once a second.
  const read = (table: string, work: (trx: Db) => Promise<unknown>) =>
    db.transaction().execute(async (trx) => {
      const before = await counted(trx, table);
      await work(trx);
      return (await counted(trx, table)) - before;
    });
  const settled = await read("attempt", (trx) =>
    settleAttempt(trx, one?.id ?? "", { ending: "busy", endedAt: NOON + 30_000 }),
  );
  t.ok(settled < 100, `settling read ${settled} attempts`);
  const ended = await read("campaign_contact", (trx) => endCampaigns(trx, NOON));
  t.ok(ended < 100, `looking whether campaigns are through read ${ended} people`);
  const deleted = await read("attempt", (trx) =>
    sql`delete from campaign_contact where campaign_id = ${campaign} and attempts = 1`.execute(trx),
  );
  t.ok(deleted < 100, `taking a row off a list read ${deleted} attempts`);
});

t.test(
  "DIAL-15 a call that an agent dialled by hand counts for a limit of all campaigns and agents",
  async (t) => {
    const attempts = { ...OPEN_POLICY.attempts, day: 1 };
    const campaign = await addCampaign(db, { policy: { ...OPEN_POLICY, attempts }, purpose: "debt" });
    const [called, inbound, free] = [fresh(), fresh(), fresh()];
    await addListed(db, campaign, [{ phones: [called] }, { phones: [inbound] }, { phones: [free] }]);
    const add = (number: string, type: string) => sql`
      insert into call (id, linkedid, type, from_number, to_number, arrived_at, ended_at)
      values (gen_random_uuid(), ${`hand-${number}`}, ${type}, ${type === "outbound" ? null : number},
              ${type === "outbound" ? number : null}, ${new Date(NOON - HOUR)}, ${new Date(NOON - HOUR + 60_000)})`;
    await add(called, "outbound").execute(db);
    await add(inbound, "inbound").execute(db);
    const { taken, refused } = await take(campaign, 5);
    t.strictSame(
      taken.map(({ phone }) => phone),
      [inbound, free],
    );
    t.strictSame(refused, { "too-many": 1 });
    for (const { id } of taken) await end(id, "busy");
    t.equal((await take(campaign, 5, NOON + 23 * HOUR)).taken.length, 1, "a day after it, again");
  },
);

const refuse = (phone: string, change: Partial<NewRefusal> = {}) =>
  db
    .transaction()
    .execute((trx) => addRefusals(trx, [{ phone, reason: "", source: "api", until: null, ...change }]));
const waiting = async () => {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from pg_stat_activity where wait_event_type = 'Lock'`.execute(db);
  return rows[0]?.count ?? 0;
};

t.test("DIAL-02 a refusal is not said to be written while a take decides by what was before", async (t) => {
  const phone = fresh();
  const campaign = await addCampaign(db);
  await addListed(db, campaign, [{ phones: [phone] }]);
  const order: string[] = [];
  let taking: Promise<unknown> | undefined;
  let refusing: Promise<unknown> | undefined;
  await db.transaction().execute(async (trx) => {
    await sql`select from campaign_number where phone = ${phone} for update`.execute(trx);
    // It has read what there is to know, and waits for us to write.
    taking = take(campaign, 1).then(({ taken }) => order.push(`taken ${taken.length}`));
    await until("the take waits", async () => (await waiting()) >= 1, 30_000);
    refusing = refuse(phone).then(() => order.push("refused"));
    await until(
      "the refusal waits, or does not",
      async () => (await waiting()) >= 2 || order.length > 0,
      30_000,
    );
    t.strictSame(order, [], "the refusal waits for the take");
  });
  await Promise.all([taking, refusing]);
  t.strictSame(order, ["taken 1", "refused"]);
  const other = await addCampaign(db);
  await addListed(db, other, [{ phones: [phone] }]);
  t.strictSame(await take(other, 1), { taken: [], refused: { refused: 1 }, busy: 0 });
});

t.test("DIAL-02 who may only add refusals takes nobody off: of two times the later one counts", async (t) => {
  const phone = fresh();
  const [soon, later] = [new Date(NOON + HOUR), new Date(NOON + 100 * HOUR)];
  const kept = () =>
    db.selectFrom("refused_number").select(["until", "reason"]).where("phone", "=", phone).executeTakeFirst();
  t.equal(await refuse(phone, { until: later, reason: "first" }), 1);
  t.equal(await refuse(phone, { until: soon, reason: "shorter" }), 0);
  t.strictSame(await kept(), { until: later, reason: "first" });
  await refuse(phone, { until: new Date(NOON + 200 * HOUR), reason: "longer" });
  t.match(await kept(), { reason: "longer" });
  await refuse(phone, { reason: "for ever" });
  await refuse(phone, { until: soon, reason: "shorter" });
  t.strictSame(await kept(), { until: null, reason: "for ever" });
});

t.test("DIAL-02 who presses the key is not called on another number either", async (t) => {
  const [own, second, third, stranger] = [fresh(), fresh(), fresh(), fresh()];
  const { id: contactId } = await db
    .insertInto("contact")
    .values({ name: "Refuser", position: null, owner_id: null })
    .returning("id")
    .executeTakeFirstOrThrow();
  await db.insertInto("contact_phone").values({ contact_id: contactId, phone: third, position: 0 }).execute();
  const campaign = await addCampaign(db);
  await addListed(db, campaign, [{ phones: [own, second], contactId }]);
  const [one] = (await take(campaign, 1)).taken;
  const nothing = { cause: 16, greetingEndedAt: undefined, connectedAt: undefined, amd: undefined };
  await settleByRecord(
    db,
    one?.id ?? "",
    {
      ...{ ...nothing, ending: "abandoned", refused: true, pressed: "9", trunkKey: undefined },
      ...{ answeredAt: NOON, abandonedAt: NOON + 2000, messagePlayedAt: NOON + 2000, endedAt: NOON + 9000 },
    },
    undefined,
  );
  const later = NOON + 100 * HOUR;
  t.strictSame(await take(campaign, 1, later), { taken: [], refused: { refused: 1 }, busy: 0 });
  const other = await addCampaign(db);
  await addListed(db, other, [{ phones: [third] }, { phones: [stranger] }]);
  t.match(await take(other, 5, later), { taken: [{ phone: stranger }], refused: { refused: 1 } });
  const rows = await db
    .selectFrom("refused_number")
    .select("source")
    .where("attempt_id", "=", one?.id ?? "")
    .execute();
  t.strictSame(rows, [{ source: "key" }, { source: "key" }, { source: "key" }]);
});

t.test("DIAL-02 a withdrawn consent leaves no older one of the same number and purpose behind", async (t) => {
  const phone = fresh();
  const give = async (purpose: "survey" | "reminder") => {
    const row = { phone, purpose, how: "form", taken_by: "site", given_at: new Date(NOON - 9 * HOUR) };
    const made = await db
      .insertInto("contact_consent")
      .values({ ...row, contact_id: null, reference: "", until: null, withdrawn_at: null })
      .returning("id")
      .executeTakeFirstOrThrow();
    return made.id;
  };
  await give("survey");
  const id = await give("survey");
  await give("reminder");
  const withdraw = () => db.transaction().execute((trx) => withdrawConsent(trx, id));
  t.equal(await withdraw(), true);
  t.equal(await withdraw(), false, "once");
  const policy = { ...OPEN_POLICY, consentFor: ["survey", "reminder"] as const };
  const survey = await addCampaign(db, { policy, purpose: "survey" });
  await addListed(db, survey, [{ phones: [phone] }]);
  t.strictSame((await take(survey, 1)).refused, { "no-consent": 1 });
  const reminder = await addCampaign(db, { policy, purpose: "reminder" });
  await addListed(db, reminder, [{ phones: [phone] }]);
  t.equal((await take(reminder, 1)).taken.length, 1, "what they agreed to otherwise holds");
});

t.test("SOFT-05 a campaign dials no number that nobody may call from here (DOZVON_DIAL_ALLOW)", async (t) => {
  const [own, costly] = [fresh(), "+18765550101"];
  const campaign = await addCampaign(db);
  const [, both, only] = await addListed(db, campaign, [
    { phones: [fresh()] },
    { phones: ["+18765550102", own] },
    { phones: [costly] },
  ]);
  const mayDial = (phone: string) => phone.startsWith("+7");
  const { taken, refused } = await take(campaign, 5, NOON, { mayDial });
  t.equal(taken.length, 2);
  t.equal(
    taken.find(({ campaignContactId }) => campaignContactId === both)?.phone,
    own,
    "another number may",
  );
  t.strictSame(refused, { "not-allowed": 1 });
  const row = await db
    .selectFrom("campaign_contact")
    .select(["state", "done_reason", "next_at"])
    .where("id", "=", only ?? "")
    .executeTakeFirstOrThrow();
  t.match(row, { state: "waiting", done_reason: "not-allowed" }, "what is allowed may change");
  t.ok(row.next_at.getTime() > NOON + HOUR, "and is not asked about all the time");
  t.strictSame((await take(campaign, 5, NOON + HOUR, { mayDial })).taken, []);
});

t.test(
  "DIAL-15 whoever is deleted, or merged into somebody, is not called from a list any more",
  async (t) => {
    const add = async (name: string) => {
      const row = { name, position: null, owner_id: null };
      const made = await db.insertInto("contact").values(row).returning("id").executeTakeFirstOrThrow();
      return made.id;
    };
    const [waits, called, base, twin] = [
      await add("Waits"),
      await add("Called"),
      await add("Base"),
      await add("Twin"),
    ];
    const campaign = await addCampaign(db);
    const ids = await addListed(db, campaign, [
      { phones: [fresh()], contactId: waits },
      { phones: [fresh()], contactId: called, priority: 9 },
    ]);
    const [one] = (await take(campaign, 1)).taken;
    t.equal(one?.contactId, called);
    await db.deleteFrom("contact").where("id", "in", [waits, called]).execute();
    await end(one?.id ?? "", "busy");
    const states = await db.selectFrom("campaign_contact").select("state").where("id", "in", ids).execute();
    t.strictSame(
      states,
      [{ state: "cancelled" }, { state: "cancelled" }],
      "nor again after the call that was made",
    );
    t.strictSame((await take(campaign, 5, NOON + 99 * HOUR)).taken, []);
    const ending = await db
      .selectFrom("attempt")
      .select("ending")
      .where("id", "=", one?.id ?? "")
      .executeTakeFirst();
    t.strictSame(ending, { ending: "busy" });

    const other = await addCampaign(db);
    const [first] = await addListed(db, other, [
      { phones: [fresh()], contactId: base },
      { phones: [fresh()], contactId: twin },
    ]);
    await db.transaction().execute(async (trx) => {
      await sql`create temporary table merging (contact_id uuid, base_id uuid, rank integer) on commit drop`.execute(
        trx,
      );
      await sql`insert into merging values (${twin}, ${base}, 1)`.execute(trx);
      await mergeSelected(trx, null);
    });
    t.match(
      (await take(other, 5)).taken,
      [{ campaignContactId: first }],
      "one person is one place on a list",
    );
  },
);

t.test(
  "DIAL-15 a debtor on a list of plain numbers is one debtor, whatever the number (230-FZ)",
  async (t) => {
    const [home, mobile, office, stranger] = [fresh(), fresh(), fresh(), fresh()];
    const { id: contactId } = await db
      .insertInto("contact")
      .values({ name: "One debtor", position: null, owner_id: null })
      .returning("id")
      .executeTakeFirstOrThrow();
    const phones = [home, mobile, office].map((phone, position) => ({
      contact_id: contactId,
      phone,
      position,
    }));
    await db.insertInto("contact_phone").values(phones).execute();
    const policy = { ...OPEN_POLICY, attempts: { ...OPEN_POLICY.attempts, per: "person" as const, day: 1 } };
    const debt = () => addCampaign(db, { policy, purpose: "debt" });
    const [one, two, three] = [await debt(), await debt(), await debt()];
    await addListed(db, one, [{ phones: [home] }]);
    await addListed(db, two, [{ phones: [mobile] }, { phones: [stranger] }]);
    await addListed(db, three, [{ phones: [office], contactId }]);
    const both = await Promise.all([take(one, 5), take(two, 5), take(three, 5)]);
    const taken = both.flatMap((answer) => answer.taken);
    t.equal(
      taken.filter(({ phone }) => phone !== stranger).length,
      1,
      "on one of the numbers, whoever takes first",
    );
    t.ok(
      taken.some(({ phone }) => phone === stranger),
      "and nobody else is kept from being called",
    );
    for (const { id } of taken) await end(id, "no_answer");
    for (const campaign of [one, two, three])
      t.strictSame((await take(campaign, 5, NOON + HOUR)).taken, [], "nor on another later that day");
    const numbersOnly = await addCampaign(db, {
      policy: { ...policy, attempts: { ...policy.attempts, per: "number" } },
    });
    const free = taken.some(({ phone }) => phone === home) ? mobile : home;
    await addListed(db, numbersOnly, [{ phones: [free] }]);
    t.equal(
      (await take(numbersOnly, 5, NOON + HOUR)).taken.length,
      1,
      "where numbers are counted it is another number",
    );
  },
);

t.test("DIAL-15 a take waits for nobody who changes or deletes contacts: it passes them over", async (t) => {
  const { id: contactId } = await db
    .insertInto("contact")
    .values({ name: "In other hands", position: null, owner_id: null })
    .returning("id")
    .executeTakeFirstOrThrow();
  const campaign = await addCampaign(db);
  const [held, free] = await addListed(db, campaign, [
    { phones: [fresh()], contactId },
    { phones: [fresh()] },
  ]);
  await db.transaction().execute(async (trx) => {
    await trx.selectFrom("contact").select("id").where("id", "=", contactId).forUpdate().execute();
    t.match(await take(campaign, 5), { taken: [{ campaignContactId: free }], busy: 1 });
  });
  t.match(
    await take(campaign, 5),
    { taken: [{ campaignContactId: held }], busy: 0 },
    "later it is their turn",
  );
});

t.test("DIAL-15 a number that was taken off a contact is not called from a list any more", async (t) => {
  const row = { name: "Moved", position: null, owner_id: null };
  const { id } = await db.insertInto("contact").values(row).returning("id").executeTakeFirstOrThrow();
  const [old, kept, added] = [fresh(), fresh(), fresh()];
  const setTo = (phones: string[]) => db.transaction().execute((trx) => setPhones(trx, id, phones));
  await setTo([old, kept]);
  const campaign = await addCampaign(db);
  const [listed = ""] = await addListed(db, campaign, [{ phones: [old, kept], contactId: id }]);
  const onList = async () => {
    const of = db.selectFrom("campaign_number").select("phone").where("campaign_contact_id", "=", listed);
    return (await of.orderBy("phone").execute()).map(({ phone }) => phone);
  };
  await setTo([kept, old]);
  t.strictSame(await onList(), [old, kept], "saving the same numbers again changes nothing");
  await setTo([kept, added]);
  t.strictSame(await onList(), [kept], "what a list did not have it does not get");
  t.match((await take(campaign, 5)).taken, [{ phone: kept }]);
});
