/**
 * Taking whom a campaign may dial, and settling what came of it, on a real PostgreSQL: one transaction, several takers
 * at once, nothing when anything fails.
 */
import { sql } from "kysely";
import t from "tap";
import { PRESETS } from "../../apps/core/dialling/presets.ts";
import { endCampaigns, loadCampaign, loadCampaigns } from "../../apps/store/campaigns.ts";
import { openAttempts } from "../../apps/store/open-attempts.ts";
import { attemptPlaced, noteAttempt, settleAttempt } from "../../apps/store/settle.ts";
import { takeContacts } from "../../apps/store/take.ts";
import { addConsents, addRefusals, removeRefusal } from "../../apps/store/writes/refusals.ts";
import { addCompany } from "../support/api.ts";
import { addCampaign, addListed, type CampaignWanted, mint, OPEN_POLICY } from "../support/campaigns.ts";
import { withPostgres } from "../support/postgres.ts";
import { until } from "../support/until.ts";

const postgres = await withPostgres();
t.teardown(() => postgres.stop());
const { db } = postgres;
const { anna } = await addCompany(db);

const HOUR = 3_600_000;
/** A Tuesday, noon in Moscow. */
const NOON = Date.parse("2026-03-03T12:00+03:00");
let numbers = 1_000_000;
const fresh = () => `+7495${++numbers}`;
const people = (count: number) => Array.from({ length: count }, () => ({ phones: [fresh()] }));
const take = (campaign: string, most: number, now = NOON, more: object = {}) =>
  takeContacts(db, { campaign, most, now, nextId: mint, ...more });
const listed = (id: string) =>
  db.selectFrom("campaign_contact").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
const attemptsOf = (campaign: string) =>
  db.selectFrom("attempt").selectAll().where("campaign_id", "=", campaign).orderBy("created_at").execute();
const end = (id: string, ending: Parameters<typeof settleAttempt>[2]["ending"], endedAt = NOON + 30_000) =>
  settleAttempt(db, id, { ending, endedAt });
async function campaignOf(count: number, wanted: CampaignWanted = {}) {
  const campaign = await addCampaign(db, wanted);
  const ids = await addListed(db, campaign, people(count));
  return { campaign, ids };
}

t.test("eight takers at once take nobody twice, and each attempt is a committed row (law L4)", async (t) => {
  const { campaign, ids } = await campaignOf(300);
  const rounds = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const mine: string[] = [];
      for (let round = 0; round < 30 && mine.length < 300; round++) {
        const { taken } = await take(campaign, 1 + (round % 7));
        for (const one of taken) {
          const row = await db.selectFrom("attempt").selectAll().where("id", "=", one.id).executeTakeFirst();
          t.match(
            row,
            { number: one.phone, state: "placing", ending: null },
            "written before it is handed out",
          );
          mine.push(one.campaignContactId);
        }
      }
      return mine;
    }),
  );
  const taken = rounds.flat();
  t.equal(taken.length, 300, "everybody was taken");
  t.strictSame([...new Set(taken)].sort(), [...ids].sort(), "and nobody twice");
  t.ok(rounds.filter((mine) => mine.length > 0).length > 1, "by several takers");
  t.equal((await attemptsOf(campaign)).length, 300);
  t.strictSame((await take(campaign, 10)).taken, []);
});

t.test(
  "limits count over all campaigns, whoever takes first: at most one attempt in a day for a number",
  async (t) => {
    const attempts = { ...OPEN_POLICY.attempts, day: 1 };
    const phones = Array.from({ length: 40 }, fresh);
    const campaigns: string[] = [];
    for (let index = 0; index < 4; index++) {
      const campaign = await addCampaign(db, { policy: { ...OPEN_POLICY, attempts } });
      await addListed(
        db,
        campaign,
        phones.map((phone) => ({ phones: [phone] })),
      );
      campaigns.push(campaign);
    }
    for (let round = 0; round < 6; round++) {
      const answers = await Promise.all(campaigns.map((campaign) => take(campaign, 40, NOON + round * HOUR)));
      for (const { taken } of answers)
        for (const { id } of taken) await end(id, "busy", NOON + round * HOUR + 5000);
    }
    const { rows } = await sql<{ number: string; times: number }>`
    select number, count(*)::int as times from attempt where number = any(${phones}) group by number`.execute(
      db,
    );
    t.equal(rows.length, 40, "every number was dialled");
    t.strictSame(
      rows.filter(({ times }) => times !== 1),
      [],
      "once",
    );
    const later = await Promise.all(campaigns.map((campaign) => take(campaign, 40, NOON + 30 * HOUR)));
    t.equal(later.flatMap(({ taken }) => taken).length, 40, "and once again a day later");
  },
);

t.test(
  "a person with two numbers in two campaigns is one person, where the law speaks of the person (230-FZ)",
  async (t) => {
    const policy = { ...OPEN_POLICY, attempts: { ...OPEN_POLICY.attempts, per: "person" as const, day: 1 } };
    const { id: contactId } = await db
      .insertInto("contact")
      .values({ name: "Debtor", position: null, owner_id: null })
      .returning("id")
      .executeTakeFirstOrThrow();
    const [one, two] = [
      await addCampaign(db, { policy, purpose: "debt" }),
      await addCampaign(db, { policy, purpose: "debt" }),
    ];
    await addListed(db, one, [{ phones: [fresh()], contactId }]);
    await addListed(db, two, [{ phones: [fresh()], contactId }]);
    const both = await Promise.all([take(one, 1), take(two, 1)]);
    const taken = both.flatMap((answer) => answer.taken);
    t.equal(taken.length, 1, "not both at once");
    await end(taken[0]?.id ?? "", "no_answer");
    const again = await Promise.all([take(one, 1, NOON + HOUR), take(two, 1, NOON + HOUR)]);
    t.strictSame(
      again.flatMap((answer) => answer.taken),
      [],
      "nor one after the other on the same day",
    );
  },
);

t.test("nothing is taken when anything fails", async (t) => {
  const { campaign, ids } = await campaignOf(5);
  const untouched = async (text: string) => {
    t.equal((await attemptsOf(campaign)).length, 0, `no attempt: ${text}`);
    for (const id of ids) t.match(await listed(id), { state: "waiting", attempts: 0, taken_at: null });
  };
  let asked = 0;
  const failing = () => {
    asked++;
    if (asked === 3) throw new Error("no name for it");
    return mint();
  };
  await t.rejects(take(campaign, 5, NOON, { nextId: failing }), /no name/);
  await untouched("the third has no name");
  const same = mint();
  await t.rejects(take(campaign, 5, NOON, { nextId: () => same }));
  await untouched("two have the same name");
  for (const table of ["refused_number", "contact_consent", "call"]) {
    await sql`alter table ${sql.table(table)} rename to gone`.execute(db);
    await t.rejects(take(campaign, 5), /does not exist/, `${table} cannot be asked`);
    await sql`alter table gone rename to ${sql.table(table)}`.execute(db);
    await untouched(table);
  }
  await db
    .updateTable("campaign")
    .set({ policy: JSON.stringify({ preset: "broken" }) })
    .where("id", "=", campaign)
    .execute();
  await t.rejects(take(campaign, 5), "a policy that cannot be read allows nothing");
  await untouched("a broken policy");
});

t.test("a campaign that does not run takes nobody, and stopping waits for no take in its back", async (t) => {
  for (const state of ["draft", "paused", "draining", "stopped", "finished"] as const) {
    const { campaign, ids } = await campaignOf(1, { state });
    t.strictSame(await take(campaign, 1), { taken: [], refused: {}, busy: 0 }, state);
    t.match(
      await listed(ids[0] ?? ""),
      { state: "waiting", done_reason: null },
      "and puts nobody off for it",
    );
  }
  const { campaign } = await campaignOf(200);
  const takers = Array.from({ length: 10 }, () => take(campaign, 10));
  const stopped = db.updateTable("campaign").set({ state: "stopped" }).where("id", "=", campaign).execute();
  await stopped;
  const known = (await attemptsOf(campaign)).length;
  await Promise.all(takers);
  t.equal((await attemptsOf(campaign)).length, known, "after the stop was written nobody was taken");
});

t.test(
  "whoever may not be called now is put off until they may, and off the list when they never may",
  async (t) => {
    const campaign = await addCampaign(db, { policy: PRESETS["russia-service"] });
    const [refused, until, vladivostok, address, nowhere, moscow] = [
      fresh(),
      fresh(),
      "+74232999001",
      "+79169990001",
      "+99912345678",
      fresh(),
    ];
    await db
      .insertInto("refused_number")
      .values([
        { phone: refused, source: "api", until: null, attempt_id: null },
        { phone: until, source: "api", until: new Date(NOON + HOUR), attempt_id: null },
      ])
      .execute();
    const ids = await addListed(db, campaign, [
      { phones: [refused] },
      { phones: [until] },
      { phones: [vladivostok] },
      { phones: [{ phone: address, zone: "Asia/Kamchatka" }] },
      { phones: [nowhere] },
      { phones: [moscow] },
      { phones: [] },
    ]);
    const late = Date.parse("2026-03-03T15:00+03:00");
    const { taken, refused: why } = await take(campaign, 10, late);
    t.strictSame(
      taken.map(({ phone }) => phone),
      [until, moscow],
      "two may be: one's refusal is over",
    );
    t.strictSame(why, { refused: 1, closed: 2, "zone-unknown": 1, exhausted: 1 });
    const rows = await Promise.all(ids.map(listed));
    t.match(rows[0], { state: "refused", done_reason: "refused" });
    t.match(rows[2], { state: "waiting", done_reason: "closed" });
    t.equal(rows[2]?.next_at.toISOString(), "2026-03-03T23:00:00.000Z", "9:00 in Vladivostok");
    t.equal(rows[3]?.next_at.toISOString(), "2026-03-03T21:00:00.000Z", "9:00 in Kamchatka, by the address");
    t.match(rows[4], { state: "refused", done_reason: "zone-unknown" });
    t.match(
      rows[6],
      { state: "done", done_reason: "exhausted" },
      "nobody without a number is asked about again",
    );
    const again = await take(campaign, 10, late + HOUR);
    t.strictSame(again, { taken: [], refused: {}, busy: 0 }, "nobody is looked at before their time");
  },
);

t.test("whom two things keep off the list for good waits again only when a number has neither", async (t) => {
  const policy = { ...OPEN_POLICY, consentFor: ["survey" as const] };
  const campaign = await addCampaign(db, { purpose: "survey", policy });
  const refuse = (phone: string) =>
    db.transaction().execute((trx) => addRefusals(trx, [{ phone, reason: "", source: "api", until: null }]));
  const forgive = (phone: string) => db.transaction().execute((trx) => removeRefusal(trx, phone));
  const agree = (phone: string) => {
    const consent = { phone, contactId: null, purpose: "survey" as const, how: "form", reference: "" };
    const given = { ...consent, givenAt: new Date(NOON - HOUR), takenBy: "site", until: null };
    return db.transaction().execute((trx) => addConsents(trx, [given]));
  };
  const [one, two, main, second, nowhere] = [fresh(), fresh(), fresh(), fresh(), "+99912345679"];
  const ids = await addListed(
    db,
    campaign,
    [[one], [two], [main, second], [nowhere]].map((phones) => ({ phones })),
  );
  for (const phone of [one, two, main, nowhere]) await refuse(phone);
  t.strictSame((await take(campaign, 10)).refused, { refused: 4 });
  const states = async () => (await Promise.all(ids.map(listed))).map(({ state }) => state);
  await forgive(one);
  await agree(two);
  await forgive(nowhere);
  await agree(main);
  t.strictSame(await states(), ["refused", "refused", "refused", "refused"], "something else still holds");
  await agree(one);
  await forgive(two);
  await agree(second);
  await agree(nowhere);
  t.strictSame(await states(), ["waiting", "waiting", "waiting", "refused"], "nobody knows its zone");
  const { taken, refused } = await take(campaign, 10, Date.now() + HOUR);
  t.strictSame(taken.map(({ phone }) => phone).sort(), [one, two, second].sort());
  t.strictSame(refused, {});
});

t.test(
  "who is kept off for good at one number is not, while the rules may change for the other",
  async (t) => {
    const policy = { ...OPEN_POLICY, calendar: { week: [] } };
    const campaign = await addCampaign(db, { policy });
    const phones = [fresh(), fresh()];
    const [id = ""] = await addListed(db, campaign, [{ phones }]);
    const row = { phone: phones[0] ?? "", source: "api" as const, until: null, attempt_id: null };
    await db.insertInto("refused_number").values(row).execute();
    t.strictSame((await take(campaign, 1)).refused, { closed: 1 });
    t.match(await listed(id), { state: "waiting", done_reason: "closed" });
  },
);

t.test(
  "the clock is read when others have been waited for: the calendar may have closed meanwhile",
  async (t) => {
    const { campaign } = await campaignOf(1);
    const others = await db.startTransaction().execute();
    await addRefusals(others, []);
    const taking = takeContacts(db, { campaign, most: 1, nextId: mint });
    await until(
      "the take waits",
      async () =>
        (await sql`select from pg_locks where locktype = 'advisory' and not granted`.execute(db)).rows
          .length > 0,
      60_000,
    );
    const over = Date.now();
    await others.commit().execute();
    t.equal((await taking).taken.length, 1);
    const [attempt] = await attemptsOf(campaign);
    t.ok((attempt?.created_at.getTime() ?? 0) >= over, "the gate was asked of that moment");
  },
);

t.test("the zone of the contact's address counts, and that of its organisation (D-37)", async (t) => {
  const campaign = await addCampaign(db, { policy: PRESETS["russia-debt"], purpose: "debt" });
  const make = (values: object) =>
    db
      .insertInto("contact")
      .values({ name: "Somebody", position: null, owner_id: null, ...values })
      .returning("id")
      .executeTakeFirstOrThrow();
  const company = await make({ kind: "organisation", zone: "Asia/Vladivostok" });
  const person = await make({ organisation_id: company.id });
  const [one] = await addListed(db, campaign, [{ phones: ["+79169990101"], contactId: person.id }]);
  const evening = Date.parse("2026-03-03T16:00+03:00");
  t.strictSame((await take(campaign, 1, evening)).refused, { closed: 1 }, "23:00 in Vladivostok");
  t.equal((await listed(one ?? "")).next_at.toISOString(), "2026-03-03T22:00:00.000Z");
  t.equal(
    (await take(campaign, 1, Date.parse("2026-03-04T01:00+03:00"))).taken.length,
    1,
    "8:00 there, night here",
  );
});

t.test("advertising needs evidence of consent, and the attempt keeps which", async (t) => {
  const campaign = await addCampaign(db, {
    mode: "preview",
    purpose: "advertising",
    policy: PRESETS["russia-advertising"],
  });
  const [agreed, withdrew, none, other] = [fresh(), fresh(), fresh(), fresh()];
  const consent = {
    purpose: "advertising" as const,
    how: "form",
    given_at: new Date(NOON - HOUR),
    taken_by: "site",
    contact_id: null,
    until: null,
    withdrawn_at: null,
  };
  const [{ id = "" } = {}] = await db
    .insertInto("contact_consent")
    .values([
      { ...consent, phone: agreed },
      { ...consent, phone: withdrew, withdrawn_at: new Date(NOON - 1) },
      { ...consent, phone: other, purpose: "survey" },
    ])
    .returning("id")
    .execute();
  await addListed(
    db,
    campaign,
    [agreed, withdrew, none, other].map((phone) => ({ phones: [phone] })),
  );
  const { taken, refused } = await take(campaign, 10);
  t.strictSame(
    taken.map(({ phone }) => phone),
    [agreed],
  );
  t.strictSame(refused, { "no-consent": 3 });
  const [attempt] = await attemptsOf(campaign);
  t.match(attempt?.because, { consentId: id, policy: "russia-advertising", zones: ["Europe/Moscow"] });
});

t.test(
  "by priority, then by the time they are due; a contact of one agent is taken for that agent only",
  async (t) => {
    const campaign = await addCampaign(db);
    const phones = Array.from({ length: 4 }, fresh);
    await addListed(db, campaign, [
      { phones: [phones[0] ?? ""], nextAt: NOON - 1000 },
      { phones: [phones[1] ?? ""], nextAt: NOON - 2000 },
      { phones: [phones[2] ?? ""], nextAt: NOON - 500, priority: 5 },
      { phones: [phones[3] ?? ""], priority: 9, agentId: anna },
      { phones: [fresh()], priority: 9, nextAt: NOON + 1 },
    ]);
    t.strictSame(
      (await take(campaign, 1)).taken.map(({ phone }) => phone),
      [phones[2]],
    );
    t.strictSame(
      (await take(campaign, 5)).taken.map(({ phone }) => phone),
      [phones[1], phones[0]],
    );
    const { taken } = await take(campaign, 5, NOON, { agents: [anna] });
    t.match(taken, [{ phone: phones[3], agentId: anna }]);
  },
);

t.test("nobody is called while being called, or while talking to us", async (t) => {
  const phone = fresh();
  const [one, two] = [await addCampaign(db), await addCampaign(db)];
  for (const campaign of [one, two]) await addListed(db, campaign, [{ phones: [phone] }]);
  const [first] = (await take(one, 1)).taken;
  t.strictSame((await take(two, 1)).refused, { "in-flight": 1 });
  await end(first?.id ?? "", "busy");
  const line = await db.selectFrom("line").select("id").executeTakeFirstOrThrow();
  const call = "00000000-0000-4000-8000-00000000c001";
  const talk = {
    id: call,
    linkedid: "talk.1",
    type: "inbound",
    from_number: phone,
    to_number: null,
    line_id: line.id,
    arrived_at: new Date(NOON),
    ended_at: null,
  } as const;
  await db
    .insertInto("call")
    .values({
      ...talk,
      queue_id: null,
      contact_id: null,
      owner_id: null,
      agent_id: null,
      first_offered_id: null,
      connected_at: null,
      wait_ms: null,
      talk_ms: null,
      ending: null,
      culprit: null,
      cause: null,
      fallback: false,
      forwarded_to: null,
      wrap_up_ms: null,
      retention_days: null,
    })
    .execute();
  t.strictSame((await take(two, 1, NOON + 61_000)).refused, { "in-call": 1 });
  await db
    .updateTable("call")
    .set({ ended_at: new Date(NOON + 62_000) })
    .where("id", "=", call)
    .execute();
  t.equal((await take(two, 1, NOON + 130_000)).taken.length, 1);
});

t.test("an ending is written once, whoever says it again, and moves the contact once", async (t) => {
  const { campaign, ids } = await campaignOf(1);
  const [first] = (await take(campaign, 1)).taken;
  const id = first?.id ?? "";
  await attemptPlaced(db, id, "t1");
  const both = await Promise.all([end(id, "busy"), end(id, "no_answer", NOON + 99_000), end(id, "busy")]);
  t.equal(both.filter(({ settled }) => settled).length, 1);
  t.strictSame(await end(id, "answered"), { settled: false });
  const [row] = await attemptsOf(campaign);
  t.match(row, { state: "placed", trunk_key: "t1", ending: /^(busy|no_answer)$/ });
  t.match(await listed(ids[0] ?? ""), {
    state: "waiting",
    attempts: 1,
    taken_at: null,
    last_ending: row?.ending,
  });
  t.strictSame(await settleAttempt(db, "nobody", { ending: "busy", endedAt: NOON }), { settled: false });
});

t.test("after its ending a contact waits for its time, or is done", async (t) => {
  const { campaign, ids } = await campaignOf(3);
  const { taken } = await take(campaign, 3);
  const [busy, reached, never] = taken.map(({ id }) => id);
  t.match(await end(busy ?? "", "busy"), {
    contact: { state: "waiting", nextAt: NOON + 30_000 + 20 * 60_000 },
  });
  t.match(await end(reached ?? "", "answered"), { contact: { state: "done", reason: "reached" } });
  t.match(await end(never ?? "", "not_placed"), { contact: { state: "waiting" } });
  t.match(await listed(ids[2] ?? ""), { attempts: 0 }, "what never rang is no attempt");
  t.match(await listed(ids[1] ?? ""), {
    state: "done",
    done_reason: "reached",
    ended_at: new Date(NOON + 30_000),
  });
  const number = await db
    .selectFrom("campaign_number")
    .selectAll()
    .where("campaign_contact_id", "=", ids[2] ?? "")
    .executeTakeFirst();
  t.match(number, { attempts: 0, last_ending: "not_placed" });
  const rows = await attemptsOf(campaign);
  t.match(
    rows.find((row) => row.id === reached),
    { answered_at: new Date(NOON + 30_000) },
    "what is counted has a time",
  );
  t.match(
    rows.find((row) => row.id === never),
    { state: "not-placed" },
  );
});

t.test(
  "the least tried of a contact's numbers is next, and one that is not in service is left",
  async (t) => {
    const campaign = await addCampaign(db);
    const [a, b, c] = [fresh(), fresh(), fresh()];
    await addListed(db, campaign, [{ phones: [a, b, c] }]);
    const dialled: string[] = [];
    let at = NOON;
    for (const ending of ["not_in_service", "busy", "busy", "busy"] as const) {
      const [one] = (await take(campaign, 1, at)).taken;
      if (!one) break;
      dialled.push(one.phone);
      await end(one.id, ending, at + 1000);
      at += HOUR;
    }
    t.strictSame(dialled, [a, b, c, b]);
  },
);

t.test("evidence stays as it was first written", async (t) => {
  const { campaign } = await campaignOf(1);
  const [one] = (await take(campaign, 1)).taken;
  const id = one?.id ?? "";
  await noteAttempt(db, id, { answeredAt: NOON + 1000, amd: { verdict: "person", cause: "HUMAN", ms: 700 } });
  await noteAttempt(db, id, {
    answeredAt: NOON + 9000,
    abandonedAt: NOON + 3000,
    amd: { verdict: "machine", cause: "X", ms: 1 },
  });
  await settleAttempt(db, id, {
    ending: "abandoned",
    endedAt: NOON + 8000,
    messagePlayedAt: NOON + 3100,
    cause: 16,
  });
  await noteAttempt(db, id, { messagePlayedAt: NOON + 7000 });
  const [row] = await attemptsOf(campaign);
  t.match(row, {
    ...{ answered_at: new Date(NOON + 1000), abandoned_at: new Date(NOON + 3000), cause: 16 },
    ...{ message_played_at: new Date(NOON + 3100), amd: { verdict: "person", ms: 700 } },
  });
});

t.test("what is open after a crash is found with what the record says of it", async (t) => {
  const before = new Set((await openAttempts(db)).map(({ id }) => id));
  const { campaign } = await campaignOf(2);
  const { taken } = await take(campaign, 2);
  await end(taken[0]?.id ?? "", "busy");
  const open = (await openAttempts(db)).filter(({ id }) => !before.has(id));
  t.match(open, [
    { id: taken[1]?.id, campaignId: campaign, phone: taken[1]?.phone, createdAt: NOON, recorded: undefined },
  ]);
  t.equal(open.length, 1);
});

t.test("a campaign ends when its list is through, and a drained one when nothing is in flight", async (t) => {
  const { campaign } = await campaignOf(1);
  const draining = await campaignOf(3);
  const [last] = (await take(campaign, 1)).taken;
  const [flying] = (await take(draining.campaign, 1)).taken;
  await db.updateTable("campaign").set({ state: "draining" }).where("id", "=", draining.campaign).execute();
  const ended = async () =>
    (await endCampaigns(db, NOON)).filter(({ id }) => [campaign, draining.campaign].includes(id));
  t.strictSame(await ended(), []);
  await end(last?.id ?? "", "answered");
  t.strictSame(await ended(), [{ id: campaign, state: "finished" }]);
  await end(flying?.id ?? "", "busy");
  t.strictSame(await ended(), [{ id: draining.campaign, state: "stopped" }]);
  t.strictSame(
    (await loadCampaigns(db)).filter(({ id }) => id === campaign),
    [],
    "and is not the engine's any more",
  );
  t.match(await loadCampaign(db, campaign), {
    state: "finished",
    policy: { preset: "test" },
    mode: "predictive",
  });
});
