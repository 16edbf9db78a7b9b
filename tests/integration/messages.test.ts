/** E-mail and SMS on their way out, on a real PostgreSQL: what is sent, what is only kept, what is given up. */
import { randomUUID } from "node:crypto";
import t, { type Test } from "tap";
import { type JobsOptions, startJobs } from "../../apps/jobs/worker.ts";
import { emitEvent, queueMail, queueSms } from "../../apps/store/writes/outbox.ts";
import { addCompany } from "../support/api.ts";
import { addCalls } from "../support/calls.ts";
import { withPostgres } from "../support/postgres.ts";
import { openSink } from "../support/sink.ts";
import { openSmtp } from "../support/smtp-sink.ts";
import { until } from "../support/until.ts";

t.jobs = 1;
const { db, url, stop } = await withPostgres();
t.teardown(stop);
const company = await addCompany(db);
const calls = await addCalls(db, company);
await db.updateTable("agent").set({ email: "anna@example.com" }).where("id", "=", company.anna).execute();

const settings = { webhookAllow: "", mailFrom: "pbx@example.com", smsDriver: "log" } as const;
const said: string[] = [];
const note = (fields: object, text: string) => void said.push(JSON.stringify({ ...fields, text }));
const log = { info: note, warn: note, error: note };

async function working(t: Test, config: Partial<JobsOptions["config"]> = {}) {
  const jobs = await startJobs({
    ...{ db, url, log, config: { ...settings, ...config } },
    onLost: (why) => t.fail(why),
  });
  t.teardown(() => jobs.stop());
}

const mail = async (to: string) =>
  db.selectFrom("mail_out").selectAll().where("to_address", "=", to).executeTakeFirstOrThrow();
const sms = async (id: string) =>
  db.selectFrom("sms_out").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
const done = (state: string) => !["queued", "taken"].includes(state);

async function missedBy(agent: string, because: string): Promise<void> {
  await db.deleteFrom("notice").execute();
  await db.transaction().execute(async (trx) => {
    await trx
      .insertInto("notice")
      .values({ agent_id: agent, kind: "call.missed", call_id: calls.missed, because })
      .execute();
    await emitEvent(trx, "call.missed", { call: calls.missed }, {});
  });
}

t.test("MISS-01, MISS-03 the mail about a missed call says who, when, and whom to call back", async (t) => {
  const smtp = await openSmtp();
  t.teardown(() => smtp.close());
  await working(t, { smtpUrl: smtp.url });
  await missedBy(company.anna, "the call was offered to you first");
  await until("the mail is there", () => smtp.mails.length > 0);
  await until("it is noted", async () => (await mail("anna@example.com")).state === "sent");
  const [got] = smtp.mails;
  t.match(got, { from: "pbx@example.com", to: "anna@example.com" });
  const row = await mail("anna@example.com");
  t.match(row.subject, /^Пропущенный звонок: \+79161234567, Olga Client — Orders$/, "in the line's language");
  t.match(row.text, /Кто звонил: \+79161234567 \(Olga Client\)/);
  t.match(row.text, /Когда: 05\.01\.2026, 14:10 \(Asia\/Yekaterinburg\)/, "in the line's zone");
  t.match(row.text, /вам первому/);
  t.match(row.text, /Перезвонить: \+79161234567/);
  // Told again, as after a crash: still one mail.
  await db.transaction().execute((trx) => emitEvent(trx, "call.missed", { call: calls.missed }, {}));
  await queueMail(db, { to: "after@example.com", subject: "s", text: "t", purpose: "test" });
  await until("a later one is there", () => smtp.mails.some(({ to }) => to === "after@example.com"));
  t.equal(smtp.mails.filter(({ to }) => to === "anna@example.com").length, 1);
  t.equal(smtp.mails.length, 2, "nobody else got one");
});

t.test("MISS-03 an English line, a withheld number, a name with a line break", async (t) => {
  await working(t);
  const { line, contact, boris } = company;
  await db.updateTable("agent").set({ email: "boris@example.com" }).where("id", "=", boris).execute();
  await db.updateTable("line").set({ language: "en", hours: null }).where("id", "=", line).execute();
  await db
    .updateTable("contact")
    .set({ name: "Eve\nBcc: all@example.com" })
    .where("id", "=", contact)
    .execute();
  await db.updateTable("call").set({ from_number: null }).where("id", "=", calls.missed).execute();
  await missedBy(boris, "the call came out of hours");
  await until("it is kept", async () => {
    const rows = await db
      .selectFrom("mail_out")
      .select("state")
      .where("to_address", "=", "boris@example.com")
      .execute();
    return rows[0] && done(rows[0].state);
  });
  const row = await mail("boris@example.com");
  t.equal(row.state, "logged", "without an SMTP server nobody claims that it was sent");
  t.equal(row.subject, "Missed call: number withheld, Eve Bcc: all@example.com — Orders");
  t.match(row.text, /Why you are told: the call came out of hours/);
  t.notMatch(row.text, /Call back/);
  t.match(said.join("\n"), /no SMTP server/);
  t.notMatch(said.join("\n"), /boris@example/, "no address in the log");
});

t.test("a mailbox that does not exist is given up; a server that is busy is asked again", async (t) => {
  const smtp = await openSmtp();
  t.teardown(() => smtp.close());
  let busy = 0;
  smtp.refuse = (to) => {
    if (to.startsWith("nobody")) return "550 no such mailbox";
    return to.startsWith("busy") && busy++ === 0 ? "450 later" : undefined;
  };
  await working(t, { smtpUrl: smtp.url });
  for (const to of ["nobody@example.com", "busy@example.com"])
    await queueMail(db, { to, subject: "s", text: "t", purpose: "test" });
  await until("one is given up", async () => (await mail("nobody@example.com")).state === "failed");
  t.match(await mail("nobody@example.com"), { attempts: 1, last_error: /550/ });
  await until("the other is sent", async () => (await mail("busy@example.com")).state === "sent");
  t.match(await mail("busy@example.com"), { attempts: 2, last_error: null });
  t.equal(smtp.mails.length, 1);
});

t.test("D-27 SMS: the log driver keeps the text and logs four digits of the number", async (t) => {
  said.length = 0;
  await working(t);
  const id = await queueSms(db, { to: "+79165550143", text: "Код 4821", purpose: "number.verification" });
  await until("it is kept", async () => done((await sms(id)).state));
  t.match(await sms(id), { state: "logged", text: "Код 4821", attempts: 1 });
  t.match(said.join("\n"), /…0143/);
  t.notMatch(said.join("\n"), /4821|9165550/);
});

t.test(
  "SMS by a gateway: JSON with a bearer token; what it refuses for good is not asked again",
  async (t) => {
    const sink = await openSink();
    t.teardown(() => sink.close());
    const token = randomUUID();
    await working(t, { smsDriver: "http", smsUrl: sink.url, smsToken: token });
    const good = await queueSms(db, { to: "+79165550143", text: "Hello", purpose: "test" });
    await until("it is sent", async () => (await sms(good)).state === "sent");
    t.equal(sink.received.length, 1);
    t.match(sink.received[0]?.headers, {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
    });
    t.same(JSON.parse(sink.received[0]?.body ?? ""), { id: good, to: "+79165550143", text: "Hello" });
    sink.answer(() => 400);
    const bad = await queueSms(db, { to: "+79165550144", text: "Hello", purpose: "test" });
    await until("it is given up", async () => (await sms(bad)).state === "failed");
    t.match(await sms(bad), { attempts: 1, last_error: "the gateway answered 400" });
    let tries = 0;
    sink.answer(() => (tries++ === 0 ? 503 : 200));
    const later = await queueSms(db, { to: "+79165550145", text: "Hello", purpose: "test" });
    await until("it is sent at the second try", async () => (await sms(later)).state === "sent");
    t.equal((await sms(later)).attempts, 2);
  },
);
