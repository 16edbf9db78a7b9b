/**
 * The outbox on a real PostgreSQL: a fact and what is told of it are one commit; who is told of a missed call.
 */
import t from "tap";
import { emptyFloor } from "../../apps/core/floor.ts";
import { callIdOf } from "../../apps/engine/call-id.ts";
import { namesOf } from "../../apps/engine/names.ts";
import { Intake, type NewNotice, type TakenFact } from "../../apps/store/intake.ts";
import { recordingStore } from "../../apps/store/recordings.ts";
import { emitEvent, queueMail, queueSms } from "../../apps/store/writes/outbox.ts";
import { addCompany } from "../support/api.ts";
import { withPostgres } from "../support/postgres.ts";

const { db, stop } = await withPostgres();
t.teardown(stop);
const company = await addCompany(db);
const { anna, boris, line, queue } = company;
await db.updateTable("line").set({ responsible_id: boris }).where("id", "=", line).execute();

const floor = {
  ...emptyFloor(),
  phones: new Map([["agent-anna", anna]]),
  lineKeys: new Map([["lorders", line]]),
};
let open = true;
let place = 0;

/** A call to the line that nobody answers; `offeredTo` is a phone that rang. */
function missed(
  options: { offeredTo?: string; ending?: string; answered?: boolean; internal?: boolean } = {},
) {
  const linkedId = `dozvon-1700000000.${++place}`;
  const id = callIdOf(linkedId);
  const fact = (kind: string, uniqueId: string, channel: string, more: object = {}): TakenFact => ({
    origin: `cel:m:${++place}`,
    call: id,
    linkedId,
    at: 1_700_000_000_000 + place,
    source: "cel",
    kind,
    data: { uniqueId, channel, linkedId, ...more },
  });
  const trunk = "PJSIP/t1-00000001";
  const accountCode = options.internal ? "internal" : "lorders";
  const leg = `${linkedId}9`;
  const phone = `PJSIP/${options.offeredTo}-00000002`;
  const bridge = { extra: { bridge_id: "b" } };
  const opening = [
    fact("CHAN_START", linkedId, trunk, { accountCode, exten: "+74950000101", callerNumber: "+79160000001" }),
    ...(options.offeredTo ? [fact("CHAN_START", leg, phone)] : []),
    ...(options.answered
      ? [fact("BRIDGE_ENTER", leg, phone, bridge), fact("BRIDGE_ENTER", linkedId, trunk, bridge)]
      : []),
    ...(options.ending
      ? [
          fact("USER_DEFINED", linkedId, trunk, {
            userEvent: "ENDING",
            extra: { extra: options.ending },
          }),
        ]
      : []),
  ];
  const end = [
    fact("HANGUP", linkedId, trunk, { extra: { hangupcause: 16 } }),
    fact("LINKEDID_END", linkedId, trunk),
  ];
  return { id, facts: [...opening, ...end], late: () => fact("USER_DEFINED", linkedId, trunk) };
}

const heard: NewNotice[] = [];
const newIntake = () =>
  new Intake(
    db,
    namesOf(() => floor),
    () => {},
    () => t.fail("a line was refused"),
    { isOpen: () => open, onNotices: (notices) => heard.push(...notices) },
  );
const intake = newIntake();
const take = (facts: readonly TakenFact[]) => intake.take("cel", facts, { file: "m", offset: place });
const noticesOf = (call: string) =>
  db.selectFrom("notice").select(["agent_id", "because"]).where("call_id", "=", call).execute();
const told = (subject: string) =>
  db
    .selectFrom("event_out")
    .select(["type", "sequence", "data"])
    .where("subject", "=", subject)
    .orderBy("seq")
    .execute();

const CASES = [
  { title: "MISS-01 out of hours: the responsible user", open: false, ending: "out_of_hours", who: boris },
  { title: "MISS-01 out of hours, though a phone rang", open: false, offeredTo: "agent-anna", who: boris },
  { title: "MISS-01 nobody was present", open: true, ending: "unavailable", who: boris },
  {
    title: "MISS-02 offered in working hours: who was offered first",
    open: true,
    offeredTo: "agent-anna",
    who: anna,
  },
  { title: "D-43 in working hours, offered to nobody", open: true, who: boris },
] as const;

for (const { title, who, open: inHours, ...options } of CASES)
  t.test(title, async (t) => {
    open = inHours;
    heard.length = 0;
    const { id, facts } = missed(options);
    await take(facts);
    const notices = (await noticesOf(id)).map(({ agent_id }) => agent_id);
    t.same(notices, [who], "one notice, to the right person, and to nobody else");
    t.match(heard, [{ agentId: who, callId: id, because: /\w/ }], "and it is told live");
    const events = await told(`call:${id}`);
    t.match(events, [
      { type: "call.closed", sequence: 1, data: { type: "missed", lineId: line } },
      { type: "call.missed", sequence: 2, data: { told: [{ agentId: who }], from: "+79160000001" } },
    ]);
    t.equal(events.length, 2);
  });

t.test("MISS-02 an answered call, and an internal one, give no notice", async (t) => {
  open = true;
  for (const options of [{ offeredTo: "agent-anna", answered: true }, { internal: true }]) {
    const { id, facts } = missed(options);
    await take(facts);
    t.same(await noticesOf(id), []);
    t.match(
      (await told(`call:${id}`)).map(({ type }) => type),
      ["call.closed"],
    );
  }
});

t.test("MISS-01 nobody is responsible: nobody is told, and the event says so", async (t) => {
  await db.updateTable("line").set({ responsible_id: null }).where("id", "=", line).execute();
  const { id, facts } = missed();
  await take(facts);
  t.same(await noticesOf(id), []);
  t.match((await told(`call:${id}`))[1]?.data, { told: [] });
  await db.updateTable("line").set({ responsible_id: boris }).where("id", "=", line).execute();
});

t.test("N7 a batch that comes twice, later lines and a restart tell nothing a second time", async (t) => {
  const { id, facts, late } = missed({ offeredTo: "agent-anna" });
  await take(facts);
  await take(facts);
  await take([late()]);
  heard.length = 0;
  await newIntake().take("cel", [...facts, late()], { file: "m", offset: place });
  t.same(heard, []);
  t.equal((await noticesOf(id)).length, 1);
  t.match(
    (await told(`call:${id}`)).map(({ sequence }) => sequence),
    [1, 2],
  );
});

t.test(
  "N7 numbers have no gaps: a roll-back takes its number back, two at once wait for each other",
  async (t) => {
    const call = callIdOf("numbers.1");
    const one = (n: number) =>
      db.transaction().execute((trx) => emitEvent(trx, "call.closed", { call }, { n }));
    await one(1);
    await t.rejects(
      db.transaction().execute(async (trx) => {
        await emitEvent(trx, "call.closed", { call }, { n: "never" });
        throw new Error("rolled back");
      }),
    );
    await Promise.all([2, 3, 4, 5, 6].map(one));
    const events = await told(`call:${call}`);
    t.same(events.map(({ sequence }) => sequence).sort(), [1, 2, 3, 4, 5, 6]);
    t.notOk(events.some(({ data }) => data.n === "never"));
  },
);

t.test("states, recordings, queues and lines are told by whoever writes them", async (t) => {
  await db
    .insertInto("agent_state_change")
    .values({ agent_id: anna, state: "break", by_key: null })
    .execute();
  t.match((await told(`agent:${anna}`)).at(-1), {
    type: "agent.state-changed",
    data: { agentId: anna, state: "break", since: /^\d{4}-.*Z$/ },
  });
  const { id, facts } = missed({ offeredTo: "agent-anna", answered: true });
  await take(facts);
  const row = {
    id,
    callId: id,
    path: "p",
    bytes: 1,
    sha256: "ab",
    durationMs: 5,
    channels: 2,
    ...{ repaired: false, kind: "call" as const, keyId: null, pauses: [] },
  };
  await recordingStore(db).keep({ ...row, state: "kept" });
  await recordingStore(db).keep({ ...row, state: "kept" });
  t.match(
    (await told(`call:${id}`)).map(({ type, sequence }) => [type, sequence]),
    [
      ["call.closed", 1],
      ["recording.kept", 2],
    ],
    "one number series for all that is told of a call; the same recording once",
  );
  await db.updateTable("queue").set({ answer_seconds: 33, version: 9 }).where("id", "=", queue).execute();
  await db.updateTable("queue").set({ version: 10 }).where("id", "=", queue).execute();
  await db.insertInto("queue_agent").values({ queue_id: queue, agent_id: boris, position: 2 }).execute();
  t.match((await told(`queue:${queue}`)).slice(-2), [
    { type: "queue.changed", data: { queueId: queue, action: "changed", changed: ["answerSeconds"] } },
    { type: "queue.changed", data: { queueId: queue, changed: ["agents"] } },
  ]);
  await db.updateTable("line").set({ owner_first: false }).where("id", "=", line).execute();
  t.match((await told(`line:${line}`)).at(-1), {
    type: "line.changed",
    data: { lineId: line, name: "Orders", changed: ["ownerFirst"] },
  });
});

t.test("D-27 an SMS has at most 140 characters; the same mail is queued once", async (t) => {
  await t.rejects(queueSms(db, { to: "+79160000001", text: "я".repeat(141), purpose: "test" }), RangeError);
  await t.rejects(queueSms(db, { to: "+79160000001", text: "", purpose: "test" }), RangeError);
  await queueSms(db, { to: "+79160000001", text: "я".repeat(140), purpose: "test" });
  t.equal((await db.selectFrom("sms_out").selectAll().execute()).length, 1);
  const mail = { to: "anna@example.com", subject: "s", text: "t", purpose: "test", key: "k" };
  await queueMail(db, mail);
  await queueMail(db, mail);
  t.match(await db.selectFrom("mail_out").select("state").execute(), [{ state: "queued" }]);
});
