/**
 * The intake on a real PostgreSQL: at least once, exactly one row, whatever dies in between.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import t from "tap";
import { emptyFloor } from "../../apps/core/floor.ts";
import { callIdOf } from "../../apps/engine/call-id.ts";
import { namesOf } from "../../apps/engine/names.ts";
import { catchUp } from "../../apps/engine/spools.ts";
import { loadDirectory, refreshContact } from "../../apps/store/directory.ts";
import { type ClosedCall, Intake, type TakenFact } from "../../apps/store/intake.ts";
import { LiveWriter } from "../../apps/store/live.ts";
import { readOpenCalls } from "../../apps/store/open-calls.ts";
import { recordingStore } from "../../apps/store/recordings.ts";
import { withPostgres } from "../support/postgres.ts";

const { db, stop, crash, restart } = await withPostgres();
t.teardown(stop);

let offset = 0;
const names = namesOf(emptyFloor);

/** The facts of one call that talks; born long before or right now. */
function call(epoch: number): { id: string; linkedId: string; facts: TakenFact[] } {
  const linkedId = `dozvon-${epoch}.${offset}`;
  const id = callIdOf(linkedId);
  const fact = (kind: string, seconds: number, uniqueId: string, more: object = {}): TakenFact => ({
    origin: `cel:f:${offset++}`,
    call: id,
    linkedId,
    at: epoch * 1000 + seconds * 1000,
    source: "cel",
    kind,
    data: {
      channel: uniqueId === linkedId ? "PJSIP/t1-00000001" : "PJSIP/agent-1-00000002",
      uniqueId,
      linkedId,
      ...more,
    },
  });
  const leg = `${linkedId}9`;
  const bridge = { extra: { bridge_id: "b" } };
  const facts = [
    fact("CHAN_START", 0, linkedId, {
      context: "from-trunk",
      exten: "+74950000101",
      callerNumber: "+79160000001",
    }),
    fact("CHAN_START", 1, leg),
    fact("BRIDGE_ENTER", 3, leg, bridge),
    fact("BRIDGE_ENTER", 3, linkedId, bridge),
    fact("HANGUP", 8, linkedId, { extra: { hangupcause: 16 } }),
    fact("LINKEDID_END", 8, leg),
  ];
  return { id, linkedId, facts };
}

const at = (n: number) => ({ file: "f", offset: n });
const row = (id: string) => db.selectFrom("call").selectAll().where("id", "=", id).executeTakeFirst();
const events = async (id: string) =>
  (await db.selectFrom("call_event").select("origin").where("call_id", "=", id).execute()).length;

t.test("N1 the same batch twice is one call, one row per line, and is told once", async (t) => {
  const closed: ClosedCall[] = [];
  const intake = new Intake(db, names, (calls) => closed.push(...calls));
  const { id, facts } = call(Math.floor(Date.now() / 1000) + 1);
  await intake.take("cel", facts, at(10));
  await intake.take("cel", facts, at(10));
  t.match(await row(id), {
    type: "inbound",
    ending: "answered",
    talk_ms: 5000,
    wait_ms: 3000,
    from_number: "+79160000001",
  });
  t.equal(await events(id), facts.length);
  t.equal(closed.length, 1);
  t.strictSame(await intake.checkpoint("cel"), at(10));
});

t.test("N1 a restart in the middle of a call: the rest completes what is in the database", async (t) => {
  const { id, facts } = call(Math.floor(Date.now() / 1000) - 100);
  await new Intake(db, names, () => {}).take("cel", facts.slice(0, 4), at(20));
  t.equal((await row(id))?.ended_at, null);
  t.match(
    (await readOpenCalls(db)).find((open) => open.id === id),
    { phase: "talking", kind: "inbound" },
  );
  await new Intake(db, names, () => {}).take("cel", facts.slice(4), at(30));
  t.match(await row(id), { ending: "answered", talk_ms: 5000 });
  t.equal(await events(id), facts.length);
  t.notOk((await readOpenCalls(db)).some((open) => open.id === id));
});

t.test("N1, F11 a restart while a caller who was cut off waits again: not a talk any more", async (t) => {
  const { id, linkedId, facts } = call(Math.floor(Date.now() / 1000) - 100);
  const said = (kind: string, data: object): TakenFact => ({
    ...{ origin: `engine:f:${offset++}`, call: id, linkedId, at: (facts[0]?.at ?? 0) + 6000 },
    ...{ source: "engine", kind, data: { ...data } },
  });
  const left = facts.slice(2, 4).map((fact) => ({
    ...fact,
    ...{ kind: "BRIDGE_EXIT", origin: `cel:f:${offset++}`, at: fact.at + 2000 },
  }));
  const intake = new Intake(db, names, () => {});
  await intake.take("cel", [...facts.slice(0, 4), ...left], at(21));
  const lost = said("OfferEnded", { agent: "a", result: "PHONELOST" });
  await intake.take("engine", [said("PhoneLost", { agent: "a" }), lost, said("CallQueued", {})], at(22));
  const open = (await readOpenCalls(db)).find((each) => each.id === id);
  t.match(open, { phase: "queued", phaseSince: lost.at, agentId: undefined, urgent: true, tried: ["a"] });
  t.ok((await row(id))?.connected_at, "although the record has its talk");
  await intake.take("cel", facts.slice(4), at(23));
});

t.test(
  "N1 a batch that the database did not take is taken later, whole, with what was there before",
  async (t) => {
    const intake = new Intake(db, names, () => {});
    const { id, facts } = call(Math.floor(Date.now() / 1000) + 2);
    await intake.take("cel", facts.slice(0, 3), at(40));
    await crash();
    await t.rejects(intake.take("cel", facts.slice(3), at(50)));
    await restart();
    t.strictSame(await intake.checkpoint("cel"), at(40), "the checkpoint did not move");
    await intake.take("cel", facts.slice(3), at(50));
    t.match(await row(id), { ending: "answered", talk_ms: 5000 });
    t.equal(await events(id), facts.length);
  },
);

t.test("our own decisions may come before or after Asterisk's lines", async (t) => {
  for (const first of ["engine", "cel"] as const) {
    const intake = new Intake(db, names, () => {});
    const { id, linkedId, facts } = call(Math.floor(Date.now() / 1000) + 3);
    const arrived: TakenFact = {
      ...{
        origin: `engine:j:${offset++}`,
        call: id,
        at: facts[0]?.at ?? 0,
        source: "engine",
        kind: "CallArrived",
      },
      data: { call: id, channel: linkedId, from: "+79160000009" },
    };
    const order = first === "engine" ? [[arrived], facts] : [facts, [arrived]];
    for (const [index, batch] of order.entries())
      await intake.take(index === 0 ? first : "cel", batch, at(60 + index));
    t.match(await row(id), { from_number: "+79160000009", ending: "answered" });
  }
});

t.test(
  "a line that PostgreSQL cannot hold is skipped alone; what comes with it and after it is taken",
  async (t) => {
    const refused: string[] = [];
    const intake = new Intake(
      db,
      names,
      () => {},
      (fact) => refused.push(fact.origin),
    );
    const { id, facts } = call(Math.floor(Date.now() / 1000) + 5);
    const poison: TakenFact = {
      ...(facts[1] as TakenFact),
      origin: `cel:f:${offset++}`,
      kind: "USER_DEFINED",
      data: { half: "\ud800" },
    };
    await intake.take("cel", [...facts.slice(0, 3), poison, ...facts.slice(3)], at(90));
    t.strictSame(refused, [poison.origin]);
    t.match(await row(id), { ending: "answered", talk_ms: 5000 });
    t.strictSame(await intake.checkpoint("cel"), at(90));
  },
);

t.test("a hostile line is kept as data: quotes, NUL and SQL in a caller's name", async (t) => {
  const intake = new Intake(
    db,
    names,
    () => {},
    (fact) => t.fail(`${fact.origin} was refused`),
  );
  const { id, facts } = call(Math.floor(Date.now() / 1000) + 4);
  const [start, ...rest] = facts;
  const evil = `Robert'); drop table call; --\\u0000 "x" \n`;
  await intake.take(
    "cel",
    [{ ...(start as TakenFact), data: { ...start?.data, callerName: evil } }, ...rest],
    at(70),
  );
  t.match(await row(id), { ending: "answered" });
});

t.test("REC-01 a call that should have been recorded and was not says so", async (t) => {
  const intake = new Intake(db, names, () => {});
  const { id, facts } = call(Math.floor(Date.now() / 1000) - 200);
  const offered: TakenFact = {
    ...{
      origin: `engine:j:${offset++}`,
      call: id,
      at: facts[0]?.at ?? 0,
      source: "engine",
      kind: "AgentOffered",
    },
    data: { call: id, step: { kind: "offer", record: "stereo" } },
  };
  await intake.take("cel", [...facts, offered], at(80));
  t.equal(await recordingStore(db).markLost(), 1);
  t.equal(await recordingStore(db).markLost(), 0, "once");
  const recording = await db.selectFrom("recording").selectAll().where("call_id", "=", id).executeTakeFirst();
  t.match(recording, { state: "lost", path: null });
});

t.test("live events are numbered without gap or reuse, over restarts, trimming and an outage", async (t) => {
  const seqs = async () =>
    (await db.selectFrom("live_event").select("seq").orderBy("seq").execute()).map((each) =>
      Number(each.seq),
    );
  const first = new LiveWriter(db, () => {});
  await first.start();
  for (let each = 0; each < 3; each++) first.push("calls", "call.arrived", { each });
  await first.drain();
  const before = await seqs();
  await sql`update live_event set at = now() - interval '2 days'`.execute(db);
  await first.trim(24);
  t.equal((await seqs()).length, 1, "the newest stays, so numbers are not used again");
  const second = new LiveWriter(db, () => {});
  await second.start();
  second.push("agents", "agent.changed", {});
  await second.drain();
  t.equal((await seqs()).at(-1), (before.at(-1) ?? 0) + 1);
});

t.test("live events outlive an outage of the database, each once", async (t) => {
  const writer = new LiveWriter(db, () => {});
  await writer.start();
  const last = Number((await sql<{ n: number }>`select max(seq) n from live_event`.execute(db)).rows[0]?.n);
  await crash();
  writer.push("calls", "call.arrived", { before: 1 });
  await writer.drain();
  writer.push("calls", "call.arrived", { before: 2 });
  await restart();
  await writer.drain();
  const { rows } = await sql<{
    seq: number;
  }>`select seq from live_event where seq > ${last} order by seq`.execute(db);
  t.strictSame(
    rows.map((each) => Number(each.seq)),
    [last + 1, last + 2],
  );
});

t.test(
  "N1 what was written before the start is in the database when the engine begins to decide",
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "dozvon-catchup-"));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(join(folder, "cel-custom"));
    const at = Math.floor(Date.now() / 1000) - 300;
    const linkedId = `dozvon-${at}.777`;
    const csv = (fields: string[]) =>
      `${fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(",")}\n`;
    const line = (kind: string, extra = "") =>
      csv([
        kind,
        `${at}.000001`,
        "PJSIP/t1-00000001",
        linkedId,
        linkedId,
        "s",
        "from-trunk",
        "",
        "+79160000777",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        extra,
      ]);
    writeFileSync(
      join(folder, "cel-custom", "cel.csv"),
      line("CHAN_START") + line("HANGUP", '{"hangupcause":16}') + line("LINKEDID_END"),
    );
    await db.deleteFrom("intake").execute();
    const places = { log: folder, journal: join(folder, "decisions.ndjson"), maxBytes: 1e9 };
    await catchUp(places, new Intake(db, names, () => {}), { ...console, debug: () => {}, info: () => {} });
    t.match(await row(callIdOf(linkedId)), {
      type: "missed",
      ending: "abandoned",
      from_number: "+79160000777",
    });
  },
);

t.test("OWN-10 the directory follows contacts: owners, changed phones, deleted contacts", async (t) => {
  const [owner] = await db
    .insertInto("agent")
    .values({ name: "A", short_number: "77", phone: "agent-77-x", sip_ha1: "0".repeat(32) })
    .returning("id")
    .execute();
  const [contact] = await db
    .insertInto("contact")
    .values({ name: "C", position: null, owner_id: owner?.id ?? null })
    .returning("id")
    .execute();
  const id = contact?.id ?? "";
  const phone = (number: string) =>
    db.insertInto("contact_phone").values({ contact_id: id, phone: number, position: 0 }).execute();
  await phone("+79160001111");
  const directory = await loadDirectory(db);
  t.strictSame(directory.find("+79160001111"), { id, ownerId: owner?.id });
  await db.deleteFrom("contact_phone").where("contact_id", "=", id).execute();
  await phone("+79160002222");
  await refreshContact(db, directory, id);
  t.equal(directory.find("+79160001111"), undefined, "the old number is nobody's");
  t.strictSame(directory.find("+79160002222"), { id, ownerId: owner?.id });
  await db.deleteFrom("contact").where("id", "=", id).execute();
  await refreshContact(db, directory, id);
  t.equal(directory.find("+79160002222"), undefined);
});
