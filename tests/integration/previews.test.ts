/**
 * Preview campaigns over a real database: who is shown, whose it is, what a call and a skip write, and that nobody is
 * shown to two agents however many ask at once. The engine is a list of what it was asked.
 */
import { sql } from "kysely";
import t from "tap";
import { CAMPAIGN_MODES } from "../../apps/core/dialling/campaign.ts";
import { giveBack, openPreviews, showNext } from "../../apps/store/previews.ts";
import { settleAttempt } from "../../apps/store/settle.ts";
import { takeContacts } from "../../apps/store/take.ts";
import { addCampaign, addListed, mint, OPEN_POLICY } from "../support/campaigns.ts";
import { NOBODY } from "../support/company.ts";
import { openDeskCompany } from "../support/desk.ts";
import { agent } from "../support/floor.ts";

t.setTimeout(120_000);
const desk = await openDeskCompany();
const { send, db, asked, told, says, floor, anna, boris, contact, annas, boriss, supervisor, queue } = desk;

let numbers = 0;
const fresh = () => `+7916990${String(++numbers).padStart(4, "0")}`;
const people = (count: number) => Array.from({ length: count }, () => ({ phones: [fresh()] }));
const MINUTE = 60_000;

t.beforeEach(async () => {
  await db.deleteFrom("queue_agent").execute();
  for (const [position, agent_id] of [anna, boris].entries())
    await db.insertInto("queue_agent").values({ queue_id: queue, agent_id, position }).execute();
  floor.set(anna, agent("Anna", { id: anna, state: "outbound" }));
  floor.set(boris, agent("Boris", { id: boris, state: "outbound" }));
});
t.afterEach(async () => {
  says.refusal = undefined;
  await db.updateTable("refused_number").set({ attempt_id: null }).execute();
  await db.deleteFrom("attempt").execute();
  await db.deleteFrom("campaign").execute();
  asked.length = 0;
  told.length = 0;
});

async function campaignOf(count: number) {
  const campaign = await addCampaign(db, { mode: "preview" });
  return { campaign, ids: await addListed(db, campaign, people(count)) };
}
const show = (campaign: string, agentId: string, now = Date.now()) =>
  showNext(db, { campaign, agentId, now });
const listed = (id: string | undefined) =>
  db
    .selectFrom("campaign_contact")
    .selectAll()
    .where("id", "=", id ?? "")
    .executeTakeFirstOrThrow();
const shownRow = (id: string | undefined) =>
  db
    .selectFrom("campaign_preview")
    .selectAll()
    .where("id", "=", id ?? "")
    .executeTakeFirstOrThrow();

t.test("sixty agents at once: nobody is shown twice, and each agent is shown one", async (t) => {
  const { campaign, ids } = await campaignOf(45);
  const extra = await db
    .insertInto("agent")
    .values(
      Array.from({ length: 60 }, (_, place) => ({
        ...{ name: `Extra ${place}`, short_number: String(5000 + place), phone: `extra-${place}` },
        sip_ha1: "0".repeat(32),
      })),
    )
    .returning("id")
    .execute();
  // Each asks twice, as an engine that loses count would: the second is refused by the index, or finds nobody.
  const asking = [...extra, ...extra].map(({ id }) => show(campaign, id).catch(() => undefined));
  const seen = (await Promise.all(asking)).filter((one) => one !== undefined);
  const rows = await db.selectFrom("campaign_preview").selectAll().execute();
  t.equal(new Set(rows.map((row) => row.campaign_contact_id)).size, rows.length, "no contact twice");
  t.equal(new Set(rows.map((row) => row.agent_id)).size, rows.length, "no agent twice");
  t.same(
    rows.map(({ id }) => id).sort(),
    seen.map(({ id }) => id).sort(),
    "what is answered is what is written",
  );
  t.ok(rows.length > 0 && rows.length <= ids.length);
  const taken = await takeContacts(db, { campaign, most: 500, now: Date.now(), nextId: mint });
  t.equal(taken.taken.length, ids.length - rows.length, "nobody else takes who is shown");
  await db.deleteFrom("attempt").execute();
  await db.deleteFrom("campaign").execute();
  await db.deleteFrom("agent").where("phone", "like", "extra-%").execute();
});

t.test("what the agent sees: the numbers, what happened before, the script; only its own", async (t) => {
  const campaign = await addCampaign(db, { mode: "preview" });
  const phones = [fresh(), fresh()];
  const [id] = await addListed(db, campaign, [{ phones, contactId: contact }]);
  await db
    .updateTable("campaign_contact")
    .set({ name: "Olga" })
    .where("id", "=", id ?? "")
    .execute();
  t.same((await send("GET", `/v1/agents/${anna}/preview`, annas)).body, { preview: null });
  const shown = await show(campaign, anna);
  const { body } = await send("GET", `/v1/agents/${anna}/preview`, annas);
  t.match(body.preview, {
    id: shown?.id,
    agentId: anna,
    campaign: { id: campaign, purpose: "service" },
    name: "Olga",
    contact: { id: contact, name: "Olga Client" },
    tried: 0,
    numbers: phones.map((e164) => ({
      phone: { e164 },
      attempts: 0,
      lastAt: null,
      lastEnding: null,
      refused: false,
    })),
    attempts: [],
    skips: [],
    onTimeout: "pause",
    skipReasons: [{ reason: "already-talked", ru: "уже говорили", en: "already talked to" }],
  });
  t.ok(body.preview.history.length > 0, "the contact's history");
  t.equal(
    Date.parse(body.preview.until) - Date.parse(body.preview.shownAt),
    120_000,
    "the campaign's time limit",
  );
  t.match((await send("GET", `/v1/agents/${anna}/preview`, supervisor)).body, {
    preview: { id: shown?.id },
  });
  t.equal((await send("GET", `/v1/agents/${anna}/preview`, boriss)).status, 404);
  for (const id of [shown?.id, NOBODY, "nonsense"]) {
    const skip = { reason: "not-relevant", next: "end" };
    t.equal(
      (await send("POST", `/v1/previews/${id}/skip`, boriss, skip)).status,
      id === "nonsense" ? 400 : 404,
    );
    t.equal((await send("POST", `/v1/previews/${id}/call`, boriss)).status, id === "nonsense" ? 400 : 404);
  }
  t.match(await listed(id), { state: "taken", taken_by: anna });
});

t.test(
  "L4 a call: the attempt is written before the phone rings, the gate asked once more, once only",
  async (t) => {
    const campaign = await addCampaign(db, { mode: "preview" });
    const phones = [fresh(), fresh()];
    const [id] = await addListed(db, campaign, [{ phones }]);
    const shown = await show(campaign, anna);
    const call = (body?: object) => send("POST", `/v1/previews/${shown?.id}/call`, annas, body);
    t.match(await call({ phone: "12 what" }), { status: 422, body: { errors: [{ field: "phone" }] } });
    t.match(
      await call({ phone: fresh() }),
      { status: 422, body: { errors: [{ field: "phone" }] } },
      "not one of theirs",
    );
    await db
      .insertInto("refused_number")
      .values({ phone: phones[1] ?? "", source: "api", until: null, attempt_id: null })
      .execute();
    t.match(
      await call({ phone: phones[1] }),
      { status: 409, body: { code: "refused" } },
      "refused meanwhile",
    );
    floor.set(anna, agent("Anna", { id: anna, state: "outbound", device: "busy" }));
    t.match(await call(), { status: 409, body: { code: "not-available" } });
    floor.set(anna, agent("Anna", { id: anna, state: "outbound" }));
    t.same(
      await db.selectFrom("attempt").selectAll().execute(),
      [],
      "nothing was written for what may not be called",
    );
    t.equal(asked.length, 0, "and nobody's phone rings");
    t.match(await listed(id), { state: "taken", taken_by: anna }, "it is shown still");

    const twice = await Promise.all([call(), call()]);
    t.same(twice.map(({ status }) => status).sort()[0], 202, "one of two clicks");
    t.ok(twice.some(({ status }) => status === 404 || status === 409));
    const placed = twice.find(({ status }) => status === 202)?.body;
    const attempts = await db.selectFrom("attempt").selectAll().execute();
    t.match(attempts, [
      {
        number: phones[0],
        agent_id: anna,
        campaign_id: campaign,
        campaign_contact_id: id,
        state: "placed",
        ending: null,
      },
    ]);
    t.match(asked, [
      {
        kind: "callPlaced",
        channel: attempts[0]?.id,
        call: placed.callId,
        agent: anna,
        to: { kind: "outside", number: phones[0] },
        errand: { kind: "campaign", id: campaign },
      },
    ]);
    t.match(await shownRow(shown?.id), { outcome: "called", attempt_id: attempts[0]?.id, by_itself: false });
    t.match(told.at(-1), {
      kind: "preview.over",
      data: { id: anna, previewId: shown?.id, outcome: "called" },
    });
    t.match(await listed(id), { state: "taken", taken_by: null, attempts: 1 });
    await settleAttempt(db, attempts[0]?.id ?? "", { ending: "answered", endedAt: Date.now() });
    t.match(await listed(id), { state: "done", done_reason: "reached", last_ending: "answered" });
  },
);

t.test("whom nobody may call any more is not shown any longer, and what is over says so", async (t) => {
  const { campaign, ids } = await campaignOf(2);
  const [first, second] = ids as [string, string];
  const shown = await show(campaign, anna);
  const call = (key = annas) => send("POST", `/v1/previews/${shown?.id}/call`, key);
  const numbers = await db
    .selectFrom("campaign_number")
    .select("phone")
    .where("campaign_contact_id", "=", first)
    .execute();
  for (const { phone } of numbers)
    await db
      .insertInto("refused_number")
      .values({ phone, source: "api", until: null, attempt_id: null })
      .execute();
  t.match(await call(), { status: 409, body: { code: "refused", detail: /refusal list/ } });
  t.match(await shownRow(shown?.id), { outcome: "refused", attempt_id: null });
  t.match(await listed(first), { state: "refused", done_reason: "refused", taken_by: null, taken_at: null });
  const data = { id: anna, previewId: shown?.id, outcome: "refused", reason: "refused" };
  t.match(told.at(-1), { kind: "preview.over", data }, "the screen hears of it");
  t.equal(asked.length, 0, "nobody's phone rings");
  t.match((await show(campaign, anna))?.campaignId, campaign, "the agent is shown the next");
  t.match(await listed(second), { state: "taken", taken_by: anna });
  t.match(await call(), { status: 409, body: { code: "over", detail: /not shown/ } });
  const skip = { reason: "not-relevant", next: "end" };
  t.match(await send("POST", `/v1/previews/${shown?.id}/skip`, annas, skip), {
    status: 409,
    body: { code: "over" },
  });
  t.equal((await call(boriss)).status, 404, "and nobody else learns that there was one");
});

t.test("a campaign that was paused meanwhile puts nobody off", async (t) => {
  const { campaign, ids } = await campaignOf(1);
  const shown = await show(campaign, anna);
  await db.updateTable("campaign").set({ state: "paused" }).where("id", "=", campaign).execute();
  const { next_at: before } = await listed(ids[0]);
  t.match(await send("POST", `/v1/previews/${shown?.id}/call`, annas), {
    status: 409,
    body: { code: "not-running" },
  });
  t.match(await listed(ids[0]), { next_at: before, done_reason: null });
});

t.test("an engine that refuses the call leaves nobody taken, and no attempt open", async (t) => {
  const { campaign, ids } = await campaignOf(1);
  const shown = await show(campaign, anna);
  says.refusal = { code: "not-available", text: "the agent cannot place a call: busy" };
  t.equal((await send("POST", `/v1/previews/${shown?.id}/call`, annas)).status, 409);
  t.match(await db.selectFrom("attempt").selectAll().execute(), [
    { ending: "not_placed", state: "not-placed" },
  ]);
  t.match(await listed(ids[0]), { state: "waiting", attempts: 0, taken_at: null });
});

t.test("a skip: the end of the list, a time, done with, never again; each with its reason", async (t) => {
  const { campaign, ids } = await campaignOf(4);
  await db
    .updateTable("campaign_contact")
    .set({ priority: 5 })
    .where("id", "=", ids[0] ?? "")
    .execute();
  const skip = async (body: object) => {
    const shown = await show(campaign, anna);
    return { shown, ...(await send("POST", `/v1/previews/${shown?.id}/skip`, annas, body)) };
  };
  const bad = await show(campaign, anna);
  for (const [body, field] of [
    [{ reason: "wrong-time", next: "at" }, "at"],
    [{ reason: "wrong-time", next: "end", at: new Date().toISOString() }, "at"],
    [{ reason: "wrong-time", next: "at", at: new Date(0).toISOString() }, "at"],
    [{ reason: "other", next: "end", comment: " " }, "comment"],
  ] as const)
    t.match(await send("POST", `/v1/previews/${bad?.id}/skip`, annas, body), {
      status: 422,
      body: { errors: [{ field }] },
    });
  const unknown = await send("POST", `/v1/previews/${bad?.id}/skip`, annas, { reason: "lazy", next: "end" });
  t.equal(unknown.status, 400, "a closed list");
  await giveBack(db, bad?.id ?? "", "returned", Date.now());

  const end = await skip({ reason: "wrong-time", next: "end" });
  t.equal(end.status, 204);
  t.match(await listed(ids[0]), { state: "waiting", priority: 0, taken_by: null, taken_at: null });
  t.match(await shownRow(end.shown?.id), { outcome: "skipped", reason: "wrong-time" });
  t.equal(
    (await send("POST", `/v1/previews/${end.shown?.id}/skip`, annas, { reason: "wrong-time", next: "end" }))
      .status,
    409,
  );

  const at = new Date(Date.now() + 60 * MINUTE).toISOString();
  t.equal((await skip({ reason: "wrong-time", next: "at", at, comment: "after lunch" })).status, 204);
  t.equal(
    (await listed(ids[1])).next_at.toISOString(),
    at,
    "the second on the list, not the skipped first again",
  );
  t.equal((await skip({ reason: "not-relevant", next: "finish" })).status, 204);
  t.match(await listed(ids[2]), { state: "done", done_reason: "skipped" });
  t.equal((await skip({ reason: "do-not-call", next: "end", comment: "he was angry" })).status, 204);
  t.match(await listed(ids[3]), { state: "refused", done_reason: "refused" });
  const { phone } = await db
    .selectFrom("campaign_number")
    .select("phone")
    .where("campaign_contact_id", "=", ids[3] ?? "")
    .executeTakeFirstOrThrow();
  t.match(
    await db.selectFrom("refused_number").selectAll().where("phone", "=", phone).execute(),
    [{ source: "agent", reason: "he was angry", until: null }],
    "nobody calls this number again",
  );
  t.equal((await show(campaign, anna))?.campaignId, campaign, "the first one comes last");
  t.match(await listed(ids[0]), { state: "taken", taken_by: anna });
  const { body } = await send("GET", `/v1/agents/${anna}/preview`, annas);
  t.match(body.preview.skips, [{ reason: "wrong-time", agentId: anna }], "the next agent sees why");
  const status = (await send("GET", `/v1/campaigns/${campaign}/status`, supervisor)).body;
  t.match(status.previews, { shown: 1, outcomes: { skipped: 4, returned: 1 } });
});

t.test(
  "whoever goes back keeps the place; a call, a skip and a return at once leave one outcome",
  async (t) => {
    const { campaign, ids } = await campaignOf(12);
    const next = (await listed(ids[0])).next_at;
    const first = await show(campaign, anna);
    t.equal(await giveBack(db, first?.id ?? "", "timed-out", Date.now()), true);
    t.equal(await giveBack(db, first?.id ?? "", "timed-out", Date.now()), false, "once");
    t.match(await listed(ids[0]), { state: "waiting", taken_by: null, next_at: next });
    for (let round = 0; round < 12; round++) {
      const shown = await show(campaign, anna);
      const id = shown?.id ?? "";
      const done = await Promise.all([
        send("POST", `/v1/previews/${id}/call`, annas).then(({ status }) => status === 202),
        send("POST", `/v1/previews/${id}/skip`, annas, { reason: "not-relevant", next: "finish" }).then(
          ({ status }) => status === 204,
        ),
        giveBack(db, id, "returned", Date.now()),
      ]);
      t.equal(done.filter(Boolean).length, 1, "one of the three");
      const { outcome, campaign_contact_id: contactId } = await shownRow(id);
      t.equal(outcome, ["called", "skipped", "returned"][done.indexOf(true)]);
      const state = {
        called: "taken",
        skipped: "done",
        returned: "waiting",
        "timed-out": "waiting",
        refused: "",
      };
      t.equal((await listed(contactId)).state, state[outcome ?? "called"]);
      await sql`update attempt set ending = 'answered', ended_at = now() where ending is null`.execute(db);
    }
    t.same(await openPreviews(db), [], "nothing is left shown");
  },
);

t.test(
  "only who may be called is shown; a machine's dial of it is refused where the law wants a person",
  async (t) => {
    const closed = { ...OPEN_POLICY, calendar: { week: [] } };
    const night = await addCampaign(db, { mode: "preview", policy: closed });
    await addListed(db, night, people(3));
    t.equal(await show(night, anna), undefined, "outside the hours nobody is shown");
    const other = await addCampaign(db, { mode: "progressive" });
    await addListed(db, other, people(1));
    t.equal(await show(other, anna), undefined, "and nobody of another mode");
    const modes = { ...OPEN_POLICY.modes, advertising: CAMPAIGN_MODES };
    const policy = { ...OPEN_POLICY, modes };
    const advertising = await addCampaign(db, { mode: "preview", purpose: "advertising", policy });
    const [id] = await addListed(db, advertising, people(1));
    const shown = await show(advertising, anna);
    t.ok(shown, "a person may");
    const engine = { keyId: "engine", role: "agent", agentId: anna } as const;
    await t.rejects(
      desk.engine.send("preview.call", { id: shown?.id ?? "", byItself: true }, engine),
      { code: "machine-dialling" },
      "38-FZ art. 18(2): nobody decided",
    );
    t.same(await db.selectFrom("attempt").selectAll().execute(), []);
    t.match(await listed(id), { state: "taken" });
    const skipped = await send("POST", `/v1/previews/${shown?.id}/call`, annas, { byItself: true });
    t.equal(skipped.status, 400, "and no key can say it is the engine");
  },
);

t.test("a deleted agent's contact is found to be shown to nobody", async (t) => {
  const { campaign, ids } = await campaignOf(1);
  const { id: gone } = await db
    .insertInto("agent")
    .values({ name: "Gone", short_number: "4999", phone: "gone-1", sip_ha1: "0".repeat(32) })
    .returning("id")
    .executeTakeFirstOrThrow();
  const shown = await show(campaign, gone);
  await db.deleteFrom("agent").where("id", "=", gone).execute();
  t.match(await openPreviews(db), [{ id: shown?.id, agentId: undefined }]);
  await giveBack(db, shown?.id ?? "", "returned", Date.now());
  t.match(await listed(ids[0]), { state: "waiting", taken_at: null });
});

t.test("a contact that is deleted while it is shown is shown to nobody any more", async (t) => {
  const campaign = await addCampaign(db, { mode: "preview" });
  const { id: contactId } = await db
    .insertInto("contact")
    .values({ name: "Short-lived", position: null, owner_id: null })
    .returning("id")
    .executeTakeFirstOrThrow();
  const [id] = await addListed(db, campaign, [{ phones: [fresh()], contactId }]);
  const shown = await show(campaign, anna);
  await db.deleteFrom("contact").where("id", "=", contactId).execute();
  t.match(await shownRow(shown?.id), { outcome: "returned" });
  t.match(await listed(id), { state: "cancelled" });
  t.same((await send("GET", `/v1/agents/${anna}/preview`, annas)).body, { preview: null });
  t.equal((await send("POST", `/v1/previews/${shown?.id}/call`, annas)).status, 409);
  t.same(await db.selectFrom("attempt").selectAll().execute(), [], "and nobody is called");
});
