/** Campaigns through the API: settings and policy, lists, figures, evidence, refusals and consents. */
import { sql } from "kysely";
import t from "tap";
import { loadCampaigns } from "../../apps/store/campaigns.ts";
import { addDecision, measureAbandonment } from "../../apps/store/pacing.ts";
import { noteAttempt, settleAttempt } from "../../apps/store/settle.ts";
import { takeContacts } from "../../apps/store/take.ts";
import { mint, OPEN_POLICY } from "../support/campaigns.ts";
import { NOBODY } from "../support/company.ts";
import { openDeskCompany } from "../support/desk.ts";

// Thirty thousand rows on a busy machine.
t.setTimeout(240_000);
const { db, ask, send, admin, supervisor, annas, boriss, anna, boris, line, queue, contact, engine } =
  await openDeskCompany();
type Method = Parameters<typeof send>[0];
const boss = (method: Method, url: string, body?: object) => send(method, url, supervisor, body);

let made = 0;
const wanted = (change: object = {}) => ({
  ...{ name: `Autumn ${++made}`, mode: "progressive", purpose: "service", lineId: line, queueId: queue },
  policy: { preset: "russia-service" },
  ...change,
});
async function campaign(change: object = {}): Promise<string> {
  const { status, body } = await boss("POST", "/v1/campaigns", wanted(change));
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body.id;
}
const { preset: _, ...figures } = OPEN_POLICY;
/** Open day and night, without limits. */
const open = { policy: { preset: "us-tsr", ...figures } };
const list = (id: string, contacts: unknown[], more: object = {}) =>
  boss("POST", `/v1/campaigns/${id}/contacts`, { contacts, ...more });
const phoneOf = (tail: number) => `+7495555${String(tail).padStart(4, "0")}`;

t.test(
  "a campaign begins as a draft with a whole policy, and every change of it is logged and can be undone",
  async (t) => {
    const created = await boss(
      "POST",
      "/v1/campaigns",
      wanted({
        amd: { unsure: "machine" },
        policy: { preset: "russia-service", abandonment: { clock: "greeting-end" } },
        callerNumbers: ["8 495 000-01-01"],
      }),
    );
    t.equal(created.status, 201);
    const { id, applied, ...rest } = created.body;
    t.ok(applied);
    t.match(rest, {
      ...{ state: "draft", mode: "progressive", connect: "ring", ringSeconds: 25, weight: 1, key: /^c\d+$/ },
      policy: {
        preset: "russia-service",
        abandonment: { limitPercent: 3, connectSeconds: 2, windowHours: 24 },
        redial: { abandonedHours: 72, machineHours: 24 },
      },
      amd: { unsure: "machine", initialSilence: 2500 },
      callerNumbers: [{ e164: "+74950000101" }],
    });
    const before = (await boss("GET", `/v1/campaigns/${id}`)).body;
    const change = {
      mode: "power",
      ratio: 1.5,
      policy: { attempts: { day: 2 }, redial: { machineHours: 48 } },
    };
    const changed = await boss("PATCH", `/v1/campaigns/${id}`, change);
    t.match(changed.body, {
      mode: "power",
      ratio: 1.5,
      policy: {
        attempts: { day: 2, week: 7, per: "number" },
        redial: { abandonedHours: 72, machineHours: 48 },
      },
    });
    const log = await send("GET", `/v1/settings/changes?subjectId=${id}`, admin);
    t.equal(log.body.items.length, 1, JSON.stringify(log.body).slice(0, 200));
    t.match(log.body.items[0], {
      command: "campaign.change",
      before: { mode: "progressive" },
      after: { mode: "power" },
    });
    const other = (await boss("PATCH", `/v1/campaigns/${id}`, { amd: { greeting: 2000 } })).body;
    t.match(other.amd, { greeting: 2000, unsure: "machine" }, "what is not named stays as it is");
    t.match((await boss("PATCH", `/v1/campaigns/${id}`, { amd: null })).body, { amd: null });
    await boss("PATCH", `/v1/campaigns/${id}`, { amd: before.amd });
    const undone = await send("POST", `/v1/settings/changes/${log.body.items[0].id}/undo`, admin, {});
    t.equal(undone.status, 200, JSON.stringify(undone.body));
    t.strictSame((await boss("GET", `/v1/campaigns/${id}`)).body, before, "all of it is as it was");
  },
);

t.test("what the policy or the law does not allow is refused, with the field", async (t) => {
  const deaf = await boss("POST", "/v1/campaigns", wanted({ amd: {} }));
  t.match(deaf, { status: 422, body: { errors: [{ field: "policy.abandonment.clock" }] } });
  const refused = async (change: object, field: string, code?: string) => {
    const { status, body } = await boss("POST", "/v1/campaigns", wanted(change));
    t.equal(status, 422, `${field}: ${JSON.stringify(body)}`);
    t.match(body, { errors: [{ field }], ...(code && { code }) });
  };
  await refused({ purpose: "advertising", mode: "predictive" }, "mode", "policy");
  await refused({ purpose: "advertising", mode: "agentless", announcementSoundId: NOBODY }, "mode", "policy");
  await refused({ mode: "power" }, "ratio", "incomplete");
  await refused({ mode: "agentless" }, "announcementSoundId", "incomplete");
  await refused({ policy: { attempts: { day: 2 } } }, "policy.preset", "incomplete");
  await refused(
    { policy: { preset: "russia-debt", attempts: { day: 5 } } },
    "policy.attempts.week",
    "policy",
  );
  await refused({ ringSeconds: 20, policy: { preset: "uk", minRingSeconds: 30 } }, "ringSeconds", "policy");
  await refused({ lineId: NOBODY }, "lineId", "unknown");
  await refused({ queueId: null, agentIds: [anna, anna] }, "agentIds.1", "twice");
  await refused({ agentIds: [anna] }, "agentIds", "clash");
  await refused({ trunkIds: [NOBODY] }, "trunkIds.0", "unknown");
  await refused({ callerNumbers: ["112"] }, "callerNumbers.0");
  const short = await boss("POST", "/v1/campaigns", wanted({ policy: { preset: "uk", minRingSeconds: 10 } }));
  t.equal(short.status, 400, "nobody's phone rings for less than 15 s");
  t.equal(
    (
      await boss(
        "POST",
        "/v1/campaigns",
        wanted({ purpose: "advertising", mode: "preview", policy: { preset: "russia-advertising" } }),
      )
    ).status,
    201,
    "a person may dial it",
  );
  const twice = await campaign({ name: "Once" });
  t.match(await boss("POST", "/v1/campaigns", wanted({ name: "Once" })), {
    status: 409,
    body: { code: "taken" },
  });
  t.match(await boss("PATCH", `/v1/campaigns/${twice}`, { purpose: "advertising" }), {
    status: 422,
    body: { errors: [{ field: "mode" }] },
  });
});

t.test(
  "start, pause, resume, drain, stop: each from where it makes sense, and the audit knows who",
  async (t) => {
    const id = await campaign();
    const move = async (name: string) => {
      const { status, body } = await boss("POST", `/v1/campaigns/${id}/${name}`);
      return status === 200 ? body.state : body.code;
    };
    t.equal(await move("start"), "nobody-to-call");
    await list(id, [phoneOf(1), phoneOf(2)]);
    for (const [name, state] of [
      ["pause", "wrong-state"],
      ["start", "running"],
      ["start", "wrong-state"],
      ["pause", "paused"],
      ["resume", "running"],
      ["drain", "draining"],
      ["resume", "running"],
      ["stop", "stopped"],
      ["resume", "wrong-state"],
      ["start", "running"],
    ] as const)
      t.equal(await move(name), state, name);
    t.equal((await loadCampaigns(db)).filter((one) => one.id === id).length, 1, "the engine has it");
    const unserved = await campaign({ queueId: null });
    await list(unserved, [phoneOf(3)]);
    t.match(await boss("POST", `/v1/campaigns/${unserved}/start`), {
      status: 409,
      body: { code: "unserved" },
    });
    const audit = await send("GET", `/v1/audit?subjectId=${id}`, admin);
    t.match(audit.body.items.map((row: { action: string }) => row.action).slice(0, 2), [
      "campaign.started",
      "campaign.stopped",
    ]);
    await boss("POST", `/v1/campaigns/${id}/stop`);
  },
);

t.test("a running campaign's mode and limits are changed, and the next attempt keeps to them", async (t) => {
  const id = await campaign(open);
  await list(id, [phoneOf(11), phoneOf(12), phoneOf(13)]);
  await boss("POST", `/v1/campaigns/${id}/start`);
  const now = Date.now() + 1000;
  const take = () => takeContacts(db, { campaign: id, most: 1, now, nextId: mint });
  t.equal((await take()).taken.length, 1);
  await boss("PATCH", `/v1/campaigns/${id}`, {
    mode: "predictive",
    policy: { calendar: { week: [{ days: [1], from: "00:00", to: "00:01" }] } },
  });
  t.match(
    (await loadCampaigns(db)).find((one) => one.id === id),
    { mode: "predictive" },
  );
  t.strictSame((await take()).refused, { closed: 2 });
  await boss("POST", `/v1/campaigns/${id}/pause`);
  t.strictSame(await take(), { taken: [], refused: {}, busy: 0 });
  t.match(await boss("PATCH", `/v1/campaigns/${id}`, { purpose: "survey" }), {
    status: 409,
    body: { code: "has-called" },
  });
  t.match(await boss("DELETE", `/v1/campaigns/${id}`), { status: 409, body: { code: "has-called" } });
  await boss("POST", `/v1/campaigns/${id}/stop`);
});

t.test("whom the old rules put off is asked about again by the new ones", async (t) => {
  const week = (from: string, to: string) => ({ week: [{ days: [1, 2, 3, 4, 5, 6, 7], from, to }] });
  const id = await campaign({ policy: { ...open.policy, calendar: week("03:00", "03:01") } });
  await list(id, [phoneOf(81), phoneOf(82)]);
  await boss("POST", `/v1/campaigns/${id}/start`);
  const noon = Math.ceil(Date.now() / 86_400_000) * 86_400_000 + 9 * 3_600_000;
  const take = (most: number, now: number) => takeContacts(db, { campaign: id, most, now, nextId: mint });
  t.strictSame((await take(2, noon)).refused, { closed: 2 });
  const rows = async () =>
    (await boss("GET", `/v1/campaigns/${id}/contacts`)).body.items.map(
      ({ nextAt, reason }: { nextAt: string; reason: string | null }) => [Date.parse(nextAt) > noon, reason],
    );
  await boss("PATCH", `/v1/campaigns/${id}`, { ringSeconds: 30 });
  t.strictSame(
    await rows(),
    [
      [true, "closed"],
      [true, "closed"],
    ],
    "other settings say nothing of it",
  );
  await boss("PATCH", `/v1/campaigns/${id}`, { policy: { calendar: week("00:00", "24:00") } });
  t.strictSame(await rows(), [
    [false, null],
    [false, null],
  ]);
  t.equal(
    (await take(2, Date.now() + 1000)).taken.length,
    2,
    "at once, not when the old rules would have let them",
  );
  await boss("POST", `/v1/campaigns/${id}/stop`);
});

t.test("DIAL-01 people come by id, by filter and as numbers, each reported by its row", async (t) => {
  const id = await campaign();
  await boss("POST", "/v1/refusals", { refusals: [phoneOf(29)] });
  const contacts = [
    "8 (495) 555-00-20",
    { contactId: contact },
    {
      phones: [phoneOf(21), phoneOf(20), "nothing"],
      name: "Two numbers, one taken",
      zone: "Asia/Omsk",
      priority: 9,
    },
    phoneOf(20),
    "12",
    { contactId: NOBODY },
    phoneOf(29),
    { name: "Nobody" },
    "+49 30 1234567",
  ];
  const { status, body } = await list(id, contacts, { zone: "Europe/Samara" });
  t.equal(status, 200, JSON.stringify(body));
  t.strictSame(body, {
    added: 4,
    notAllowed: 1,
    warnings: [],
    rows: [
      { row: 2, result: "added", left: [phoneOf(20), "nothing"] },
      { row: 3, result: "duplicate" },
      { row: 4, result: "not-a-number", left: ["12"] },
      { row: 5, result: "unknown-contact" },
      { row: 6, result: "refused" },
      { row: 7, result: "no-number" },
      { row: 8, result: "added", notAllowed: ["+49301234567"] },
    ],
  });
  const page = (await boss("GET", `/v1/campaigns/${id}/contacts?limit=2`)).body;
  const rest = (await boss("GET", `/v1/campaigns/${id}/contacts?cursor=${page.next}`)).body;
  const all = [...page.items, ...rest.items];
  t.equal(all.length, 4);
  t.equal(rest.next, null);
  const two = all.find((one) => one.name.startsWith("Two"));
  t.match(two, { priority: 9, numbers: [{ phone: { e164: phoneOf(21) }, zone: "Asia/Omsk" }] });
  t.match(
    all.find((one) => one.contactId === contact),
    { name: "Olga Client", numbers: [{ phone: { e164: "+79161234567" }, zone: "Europe/Samara" }] },
  );
  const found = await boss("GET", `/v1/campaigns/${id}/contacts?phone=${encodeURIComponent(phoneOf(21))}`);
  t.equal(found.body.items.length, 1);
  const byFilter = await campaign();
  t.match((await boss("POST", `/v1/campaigns/${byFilter}/contacts`, { filter: { ownerId: anna } })).body, {
    added: 1,
    rows: [],
  });
  t.match((await boss("POST", `/v1/campaigns/${byFilter}/contacts`, { filter: {} })).body.rows, [
    { row: 0, result: "duplicate" },
  ]);
  const narrow = await campaign();
  const filtered = (filter: object) => boss("POST", `/v1/campaigns/${narrow}/contacts`, { filter });
  t.match((await filtered({ phone: "8 (916) 123-45-67", called: false })).body, { added: 0, rows: [] });
  t.match((await filtered({ phone: "8 (916) 123-45-67", called: true })).body, { added: 1 });
  t.match(await filtered({ timeFrom: "09:00" }), {
    status: 400,
    body: { errors: [{ field: "filter.timeTo" }] },
  });
  t.match(await list(id, [{ phones: [phoneOf(22)], zone: "Mars/Base" }]), {
    status: 422,
    body: { errors: [{ field: "contacts.0.zone" }] },
  });
  t.match(await list(id, [{ phones: [phoneOf(22)], agentId: NOBODY }]), {
    status: 422,
    body: { errors: [{ field: "contacts.0.agentId" }] },
  });
  t.match(await boss("POST", `/v1/campaigns/${id}/contacts/cancel`, { ids: [two.id] }), {
    status: 200,
    body: { cancelled: 1 },
  });
  t.equal((await boss("GET", `/v1/campaigns/${id}/contacts?state=cancelled`)).body.items[0].id, two.id);
  t.match((await boss("POST", `/v1/campaigns/${id}/contacts/cancel`, {})).body, { cancelled: 3 });
  t.equal((await boss("DELETE", `/v1/campaigns/${id}`)).status, 204, "it has called nobody");
});

t.test("thirty thousand numbers in one request", async (t) => {
  const id = await campaign();
  const contacts = Array.from({ length: 30_000 }, (_, index) => `+7342${2_000_000 + index}`);
  const { status, body } = await list(id, contacts);
  t.equal(status, 200);
  t.strictSame(body, { added: 30_000, notAllowed: 0, rows: [], warnings: [] });
  t.equal((await list(id, [...contacts, "+73422999999"])).status, 400, "and no more");
  const { body: figures } = await boss("GET", `/v1/campaigns/${id}/status`);
  t.match(figures.list, { states: { waiting: 30_000 }, due: 30_000 });
  t.match((await boss("POST", `/v1/campaigns/${id}/contacts/cancel`, {})).body, { cancelled: 30_000 });
  const { body: after } = await boss("GET", `/v1/campaigns/${id}/status`);
  t.match(after.list, { states: { cancelled: 30_000 }, due: 0, nextAt: null });
  t.equal((await boss("DELETE", `/v1/campaigns/${id}`)).status, 204);
  const left = await sql`select from campaign_tally where campaign_id = ${id}`.execute(db);
  t.equal(left.rows.length, 0, "nothing is left of its figures");
});

t.test(
  "abandonment with numerator and denominator, false positives of AMD apart, and the evidence as a file",
  async (t) => {
    const id = await campaign({ ...open, name: "=Evidence" });
    await list(
      id,
      Array.from({ length: 6 }, (_, index) => phoneOf(40 + index)),
    );
    await boss("POST", `/v1/campaigns/${id}/start`);
    const now = Date.now() + 1000;
    const { taken } = await takeContacts(db, { campaign: id, most: 6, now, nextId: mint });
    const endings = ["answered", "abandoned", "hung_up", "machine", "no_answer", "busy"] as const;
    for (const [index, ending] of endings.entries()) {
      const attempt = taken[index]?.id ?? "";
      const answered = index < 4 ? { answeredAt: now - 60_000 } : {};
      const amd = {
        verdict: ending === "machine" ? "machine" : "person",
        cause: "LONGGREETING",
        ms: 900,
      } as const;
      const heard = ending === "machine" || ending === "abandoned";
      await noteAttempt(db, attempt, { ...answered, ...(heard && { amd }) });
      const facts =
        ending === "abandoned" ? { abandonedAt: now - 57_900, messagePlayedAt: now - 57_800 } : {};
      await settleAttempt(db, attempt, {
        ending,
        endedAt: now - 50_000,
        ...facts,
        ...(ending === "answered" && { connectedAt: now - 59_500 }),
      });
    }
    const status = async () => (await boss("GET", `/v1/campaigns/${id}/status`)).body;
    t.match(await status(), {
      attempts: { total: 6, open: 0, endings: { answered: 1, abandoned: 1, busy: 1 } },
      abandonment: {
        abandoned: 1,
        live: 3,
        falsePositives: 0,
        numerator: 1,
        denominator: 3,
        limitPercent: 3,
        exceeded: true,
      },
      connectSeconds: { mean: 0.5 },
    });
    const machine = taken[3]?.id;
    const correct = (attempt: string | undefined, verdict: string) =>
      boss("POST", `/v1/campaigns/${id}/attempts/${attempt}/amd-correction`, { verdict });
    t.equal((await correct(machine, "person")).status, 204);
    t.equal((await correct(taken[0]?.id, "person")).status, 404, "there was no verdict");
    t.match((await status()).abandonment, {
      abandoned: 1,
      falsePositives: 1,
      numerator: 2,
      denominator: 4,
      percent: 50,
    });
    t.equal((await correct(taken[1]?.id, "machine")).status, 204);
    t.match(
      (await status()).abandonment,
      { abandoned: 0, live: 2, numerator: 1, denominator: 3 },
      "a machine that was taken for a person is nobody",
    );
    await correct(taken[1]?.id, "person");
    const unsure = JSON.stringify({ verdict: "unsure", cause: "TOOLONG", ms: 5000 });
    await db
      .updateTable("attempt")
      .set({ amd: unsure })
      .where("id", "=", machine ?? "")
      .execute();
    await correct(machine, "person");
    t.match(
      (await status()).abandonment,
      { falsePositives: 1 },
      "NOTSURE that was hung up on counts as well",
    );
    t.equal((await correct(machine, "machine")).status, 204);
    t.match((await status()).abandonment, { falsePositives: 0, numerator: 1, denominator: 3 });
    await correct(machine, "person");
    await boss("PATCH", `/v1/campaigns/${id}`, { policy: { abandonment: { countFalsePositives: false } } });
    t.match(
      (await status()).abandonment,
      { falsePositives: 1, numerator: 1, denominator: 3 },
      "counted apart",
    );
    const attempts = (await boss("GET", `/v1/campaigns/${id}/attempts?ending=machine`)).body.items;
    t.match(attempts, [
      {
        id: machine,
        amd: { verdict: "unsure", corrected: { verdict: "person" } },
        because: { policy: "us-tsr" },
      },
    ]);
    t.strictSame(
      await measureAbandonment(db, { id, policy: { ...OPEN_POLICY } }, now - 3_600_000),
      { live: 4, lost: 2 },
      "the dialler's guard counts the same",
    );
    await addDecision(db, { campaign: id, at: now, dialled: 3, shed: 1, because: { q: 0.02, theta: 0.03 } });
    t.match((await status()).pacing, { dialled: 3, shed: 1, because: { theta: 0.03 } });
    t.match((await boss("GET", `/v1/campaigns/${id}/decisions`)).body.items, [{ dialled: 3 }]);
    const first = (await boss("GET", `/v1/campaigns/${id}/attempts?limit=4`)).body;
    const second = (await boss("GET", `/v1/campaigns/${id}/attempts?limit=4&cursor=${first.next}`)).body;
    t.equal(new Set([...first.items, ...second.items].map(({ id: attempt }) => attempt)).size, 6);
    t.equal((await boss("GET", `/v1/campaigns/${id}/attempts?cursor=x`)).status, 400);
    await boss("POST", `/v1/campaigns/${id}/stop`);
  },
);

t.test("the evidence of abandoned calls is a table with their times", async (t) => {
  const { items } = (await boss("GET", "/v1/campaigns")).body;
  const { id } = items.find(({ name }: { name: string }) => name === "=Evidence");
  const answer = await ask("GET", `/v1/campaigns/${id}/evidence`, supervisor);
  t.equal(answer.headers["content-type"], "text/csv; charset=utf-8");
  const [head, row, ...more] = answer.body.trim().split("\r\n");
  t.match(head, /attempt,call,number/);
  t.match(row, /^'=Evidence,dialled-\d+\.1,/, "a name that a spreadsheet would run is a text");
  t.match(row, /,2\.1$/, "seconds without an agent");
  t.equal(more.length, 0, "only abandoned ones");
  t.equal(
    (await boss("GET", `/v1/campaigns/${id}/evidence?since=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z`))
      .status,
    422,
  );
});

t.test("DIAL-02 may this number be called now? With everything that the answer rests on", async (t) => {
  const id = await campaign({ policy: { preset: "russia-debt" }, purpose: "debt" });
  const check = async (phone: string, at: string, more: object = {}) =>
    (await boss("POST", "/v1/campaigns/check", { campaignId: id, phone, at, ...more })).body;
  t.match(await check("8 423 299-90-01", "2026-03-03T12:30:00Z"), {
    ...{ allowed: false, code: "closed", notBefore: "2026-03-03T22:00:00.000Z" },
    because: {
      zones: [{ zone: "Asia/Vladivostok", clock: "2026-03-03T22:30" }],
      listed: false,
      attempts: { day: 0 },
    },
  });
  t.match(await check("8 423 299-90-01", "2026-03-03T11:30:00Z"), {
    allowed: false,
    code: "not-running",
    text: /draft/,
  });
  await list(id, ["+74232999001"]);
  await boss("POST", `/v1/campaigns/${id}/start`);
  t.match(await check("+74232999001", "2026-03-03T11:30:00Z"), {
    allowed: true,
    code: null,
    notBefore: null,
    because: { listed: true },
  });
  t.match(await check("+442079460000", "2026-03-03T12:30:00Z"), { allowed: false, code: "not-allowed" });
  const mobile = await check("+79169990002", "2026-03-03T14:00:00Z");
  t.match(mobile, { allowed: false, code: "closed", notBefore: "2026-03-04T06:00:00.000Z" });
  t.equal(mobile.because.zones.length, 11);
  t.match(await check("+79169990002", "2026-03-03T14:00:00Z", { zone: "Europe/Moscow" }), { allowed: true });
  t.match(await check("+74232999001", "2026-03-03T11:30:00Z", { zone: "Mars/Base" }), {
    errors: [{ field: "zone" }],
  });
  await boss("POST", "/v1/refusals", { refusals: [{ phone: "+74232999001", reason: "Asked so" }] });
  t.match(await check("+74232999001", "2026-03-03T11:30:00Z"), {
    allowed: false,
    code: "refused",
    notBefore: null,
    because: { onRefusalList: true },
  });
  await boss("POST", `/v1/campaigns/${id}/stop`);
});

t.test("the refusal list: numbers in any spelling, for a time or for ever, and off it again", async (t) => {
  const [one, two] = [phoneOf(61), phoneOf(62)];
  const added = await boss("POST", "/v1/refusals", {
    refusals: ["8 495 555-00-61", { phone: two, reason: "In spring", until: "2030-01-01T00:00:00Z" }, "none"],
    source: "import",
  });
  t.strictSame(added.body, { added: 2, wrong: [{ row: 2, text: "none" }] });
  t.strictSame(
    (await boss("POST", "/v1/refusals", { refusals: [{ phone: one, until: "2027-01-01T00:00:00Z" }, two] }))
      .body,
    { added: 0, wrong: [] },
  );
  const of = async (phone: string) =>
    (await boss("GET", `/v1/refusals?phone=${encodeURIComponent(phone)}`)).body.items[0];
  t.match(await of(one), { until: null, source: "import" }, "for ever stays for ever");
  t.match(await of(two), { until: null, source: "api" });
  const page = (await boss("GET", "/v1/refusals?limit=1")).body;
  const next = (await boss("GET", `/v1/refusals?limit=1&cursor=${page.next}`)).body;
  t.not(page.items[0].phone.e164, next.items[0].phone.e164);
  t.equal((await boss("GET", "/v1/refusals?cursor=abc")).status, 400);
  const id = await campaign(open);
  await list(id, [phoneOf(63)]);
  await boss("POST", "/v1/refusals", { refusals: [phoneOf(63)] });
  await boss("POST", `/v1/campaigns/${id}/start`);
  const take = () => takeContacts(db, { campaign: id, most: 1, now: Date.now() + 1000, nextId: mint });
  t.strictSame((await take()).refused, { refused: 1 }, "from the next attempt on");
  t.equal((await boss("DELETE", `/v1/refusals/${encodeURIComponent(phoneOf(63))}`)).status, 204);
  t.equal((await boss("DELETE", `/v1/refusals/${encodeURIComponent(phoneOf(63))}`)).status, 404);
  t.equal((await take()).taken.length, 1, "whoever it kept off a list waits again");
  const audit = await send("GET", "/v1/audit?action=refusal.removed", admin);
  t.match(audit.body.items, [{ subjectId: phoneOf(63) }]);
  await boss("POST", `/v1/campaigns/${id}/stop`);
});

t.test("consents: written down with their evidence, withdrawn but kept", async (t) => {
  const phone = phoneOf(71);
  const consent = {
    phone,
    purpose: "advertising",
    how: "Form on the site",
    givenAt: "2026-01-01T10:00:00Z",
    takenBy: "site",
    reference: "form 17",
  };
  const id = await campaign({
    mode: "preview",
    purpose: "advertising",
    policy: { ...open.policy, preset: "russia-advertising", consentFor: ["advertising"] },
  });
  await list(id, [phone]);
  await boss("POST", `/v1/campaigns/${id}/start`);
  const take = () => takeContacts(db, { campaign: id, most: 1, now: Date.now() + 1000, nextId: mint });
  t.strictSame((await take()).refused, { "no-consent": 1 });
  t.match(
    await boss("POST", "/v1/consents", { consents: [{ ...consent, givenAt: "2190-01-01T00:00:00Z" }] }),
    { status: 422, body: { errors: [{ field: "consents.0.givenAt" }] } },
  );
  const { body } = await boss("POST", "/v1/consents", { consents: [consent] });
  t.equal((await take()).taken.length, 1, "whoever the lack of it kept off a list waits again");
  t.match((await boss("GET", `/v1/consents?phone=${encodeURIComponent(phone)}`)).body.items, [
    { id: body.ids[0], how: "Form on the site", withdrawnAt: null },
  ]);
  t.equal((await boss("POST", `/v1/consents/${body.ids[0]}/withdraw`)).status, 204);
  t.equal((await boss("POST", `/v1/consents/${body.ids[0]}/withdraw`)).status, 404);
  t.ok((await boss("GET", `/v1/consents?phone=${encodeURIComponent(phone)}`)).body.items[0].withdrawnAt);
  await boss("POST", `/v1/campaigns/${id}/stop`);
});

t.test("an agent sees the campaigns it serves, adds refusals, and nothing else", async (t) => {
  const id = await campaign({ name: "Anna's" });
  const other = await campaign({ name: "Boris's", queueId: null, agentIds: [boris] });
  const names = async (key: string) =>
    (await send("GET", "/v1/campaigns", key)).body.items.map(({ name }: { name: string }) => name);
  t.ok((await names(annas)).includes("Anna's"));
  t.notOk((await names(annas)).includes("Boris's"));
  t.strictSame(await names(boriss), ["Boris's"]);
  t.equal((await send("GET", `/v1/campaigns/${id}`, boriss)).status, 404);
  t.equal((await send("GET", `/v1/campaigns/${id}/status`, boriss)).status, 404);
  t.equal((await send("GET", `/v1/campaigns/${other}/status`, boriss)).status, 200);
  for (const [method, url] of [
    ["POST", "/v1/campaigns"],
    ["PATCH", `/v1/campaigns/${other}`],
    ["DELETE", `/v1/campaigns/${other}`],
    ["POST", `/v1/campaigns/${other}/start`],
    ["POST", `/v1/campaigns/${other}/contacts`],
    ["GET", `/v1/campaigns/${other}/contacts`],
    ["GET", `/v1/campaigns/${other}/attempts`],
    ["GET", `/v1/campaigns/${other}/evidence`],
    ["GET", "/v1/refusals"],
    ["GET", "/v1/consents"],
    ["DELETE", "/v1/refusals/+74955550061"],
  ] as const)
    t.equal(
      (await send(method, url, boriss, method === "GET" ? undefined : {})).status,
      403,
      `${method} ${url}`,
    );
  t.strictSame(
    (await send("POST", "/v1/refusals", boriss, { refusals: [phoneOf(81)], source: "import" })).body,
    { added: 1, wrong: [] },
  );
  t.match((await boss("GET", `/v1/refusals?phone=${encodeURIComponent(phoneOf(81))}`)).body.items, [
    { source: "agent" },
  ]);
});

t.test("what a campaign uses cannot be deleted", async (t) => {
  await campaign({ name: "Holds" });
  t.match(await send("DELETE", `/v1/lines/${line}`, admin), { status: 409, body: { code: "campaign-uses" } });
  const bare = (await send("POST", "/v1/queues", admin, { name: "Only for a campaign", agents: [anna] })).body
    .id;
  await campaign({ queueId: bare });
  t.match(await send("DELETE", `/v1/queues/${bare}`, admin), {
    status: 409,
    body: { code: "campaign-uses" },
  });
});

t.test("free agents are those who would be given a call of this campaign now", async (t) => {
  const before = engine.view;
  t.teardown(() => Object.assign(engine, { view: before }));
  const agents = { queueId: null, agentIds: [anna] };
  const free = async (id: string, agent: object) => {
    const idle = { id: anna, stateSince: 0, status: "outbound", device: "idle", openLine: false };
    Object.assign(engine, { view: { ...before, agents: [{ ...idle, ...agent }] } });
    return (await boss("GET", `/v1/campaigns/${id}/status`)).body.agents.free;
  };
  const usual = await campaign(agents);
  t.equal(await free(usual, { state: "outbound" }), 1);
  t.equal(await free(usual, { state: "inbound" }), 0, "takes inbound calls only");
  t.equal(await free(usual, { state: "outbound", device: "inuse" }), 0);
  t.equal(await free(await campaign({ ...agents, blending: true }), { state: "inbound" }), 1);
  const open = await campaign({ ...agents, connect: "open-line" });
  t.equal(await free(open, { state: "outbound", device: "inuse", openLine: true }), 1);
  t.equal(await free(open, { state: "outbound" }), 0, "keeps no line open");
});
