/**
 * Kept recordings over a real database and real files: who may hear them, when they go and what stays as proof, and
 * how their keys change under them.
 */
import { createHash, randomUUID } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { utimes } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import { openRecorded } from "../../apps/api/recorded-file.ts";
import type { Context } from "../../apps/commands/context.ts";
import { recordingCommands } from "../../apps/commands/recordings.ts";
import { Alarms } from "../../apps/engine/alarms.ts";
import { callIdOf } from "../../apps/engine/call-id.ts";
import { createRecordingKeeper } from "../../apps/engine/recording-keeper.ts";
import { createRecordingSweep } from "../../apps/engine/recordings.ts";
import { recordingStore } from "../../apps/store/recordings.ts";
import { keepRetention } from "../../apps/store/writes/deletions.ts";
import { openMasterKeys, readMasterKeys } from "../../apps/vault/keys.ts";
import { addCompany, addKey, apiOn } from "../support/api.ts";
import { withPostgres } from "../support/postgres.ts";
import { until } from "../support/until.ts";

const postgres = await withPostgres();
const { db } = postgres;
const folder = t.testdir({ spool: {}, voicemail: {}, kept: {} });
const [spool, kept] = [join(folder, "spool"), join(folder, "kept")];
const keyFile = join(folder, "recording-keys.json");
const keys = openMasterKeys(keyFile);
const log = { debug() {}, info() {}, warn() {}, error() {} };
const alarms = new Alarms(log, () => {});
const store = recordingStore(db);
const sweep = createRecordingSweep({
  places: { calls: spool, voicemail: join(folder, "voicemail"), kept },
  ...{ store, alarms, log, master: () => keys.newest(), onKept: () => {} },
});
const keeper = createRecordingKeeper({ db, kept, keys, keyDays: 90, settled: sweep.settled, alarms, log });
const rig = await apiOn(postgres, { recordingsDir: kept, recordingKeys: readMasterKeys(keyFile) });
t.teardown(async () => {
  sweep.stop();
  await rig.stop();
  await postgres.stop();
});
const { ask, engine } = rig;
const { anna, boris, line } = await addCompany(db);
const admin = await addKey(db, "admin");
const supervisor = await addKey(db, "supervisor");
const annas = await addKey(db, "agent", anna);
const by = { keyId: (await ask("GET", "/v1/me", admin)).json().keyId as string, role: "admin" as const };
const deeds = { pause: async () => "unknown", resume: async () => "unknown", talks: () => false } as const;
const handlers = recordingCommands({ db, recordings: { ...deeds, ...keeper } } as unknown as Context);
engine.answers["recording.delete"] = (args) => handlers["recording.delete"](args, by);
engine.answers["recording.hold"] = (args) => handlers["recording.hold"](args, by);
engine.answers["recording.eraseExpired"] = () => handlers["recording.eraseExpired"]({}, by);
engine.answers["recording.rotateKeys"] = () => handlers["recording.rotateKeys"]({}, by);

let next = 0;
/** A call that is over, whose recording lies in the spool as Asterisk left it. @returns its id, and what was said. */
async function finished(options: { lineId?: string | null; agentId?: string; sound?: Buffer } = {}) {
  const linkedid = `test-${++next}.1`;
  const id = callIdOf(linkedid);
  const { lineId = line, agentId = anna, sound = Buffer.alloc(70_000, next) } = options;
  const at = new Date();
  const times = { arrived_at: at, connected_at: at, ended_at: at, wait_ms: 0, talk_ms: 1 };
  await db
    .insertInto("call")
    .values({
      ...{
        id,
        linkedid,
        type: "inbound",
        from_number: "+79161234567",
        to_number: null,
        fallback: false,
        ...times,
      },
      ...{ line_id: lineId, queue_id: null, contact_id: null, owner_id: null, agent_id: agentId },
      ...{ first_offered_id: null, ending: "answered", culprit: "theirs", cause: 16 },
    } as never)
    .execute();
  const path = join(spool, `${linkedid}.raw`);
  writeFileSync(path, sound);
  await utimes(path, 1, 1);
  return { id, sound };
}

/** The same, taken over. */
async function recorded(options: Parameters<typeof finished>[0] = {}) {
  const call = await finished(options);
  await sweep.now();
  return { ...call, file: fileOf(call.id) };
}

function fileOf(id: string): string {
  const found = readdirSync(kept, { recursive: true, encoding: "utf8" }).find((name) => name.includes(id));
  return join(kept, found ?? "nothing");
}

const row = (id: string) =>
  db.selectFrom("recording").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
const audio = (id: string, key = admin) => ask("GET", `/v1/recordings/${id}/audio`, key);
const audited = async (id: string) =>
  (await ask("GET", `/v1/audit?subjectId=${id}`, admin))
    .json()
    .items.map((item: { action: string }) => item.action);
async function aged(id: string, days: number): Promise<void> {
  const adopted_at = new Date(Date.now() - days * 86_400_000);
  await db.updateTable("recording").set({ adopted_at }).where("id", "=", id).execute();
}
async function heard(t: Test, { id, sound }: { id: string; sound: Buffer }, what: string): Promise<void> {
  const answer = await audio(id);
  t.equal(answer.statusCode, 200, what);
  t.ok(answer.rawPayload.subarray(44).equals(sound), `${what}: the very sound`);
}

t.test("REC-01 what lies in the spool is kept once, sealed; nobody's silence is no file", async (t) => {
  const call = await finished();
  const silent = await finished({ sound: Buffer.alloc(0) });
  const refusing = { ...store, keep: () => Promise.reject(new Error("the database is away")) };
  const unlucky = createRecordingSweep({
    places: { calls: spool, voicemail: join(folder, "voicemail"), kept },
    ...{ store: refusing, alarms, log, master: () => keys.newest(), onKept: () => {} },
  });
  await unlucky.now();
  unlucky.stop();
  t.equal(readdirSync(spool).length, 2, "without a row the source stays");
  t.same(alarms.list(), ["recordings not kept"]);
  await sweep.now();
  t.same(readdirSync(spool), []);
  t.same(alarms.list(), []);
  t.match(await row(call.id), { state: "kept", key_id: keys.newest().id, channels: 2, duration_ms: 2188 });
  t.match(await row(silent.id), { state: "empty", path: null, key_id: null });
  t.notOk(existsSync(fileOf(silent.id)));
  await heard(t, call, "kept");
  const sha256 = createHash("sha256")
    .update((await audio(call.id)).rawPayload)
    .digest("hex");
  t.match(await ask("GET", `/v1/recordings/${call.id}`, admin).then((answer) => answer.json()), {
    sha256,
    encrypted: true,
  });
  const ranged = await rig.api.inject({
    method: "GET",
    url: `/v1/recordings/${call.id}/audio`,
    headers: { authorization: `Bearer ${supervisor}`, range: "bytes=65530-65545" },
  });
  t.equal(ranged.statusCode, 206);
  t.ok(
    ranged.rawPayload.equals((await audio(call.id)).rawPayload.subarray(65_530, 65_546)),
    "across two chunks",
  );
});

t.test("REC-01 a listener who goes before the first byte leaves no file open", async (t) => {
  const { file, id } = await recorded();
  const open = () =>
    readdirSync("/proc/self/fd").filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`) === file;
      } catch {
        return false; // The folder's own descriptor is closed by now.
      }
    }).length;
  const { path } = await row(id);
  const { stream, size } = await openRecorded(kept, path as string, readMasterKeys(keyFile));
  t.equal(open(), 1);
  stream(0, size - 1).destroy();
  await until("the file is closed", () => open() === 0);
});

t.test("REC-03 what is past its line's retention goes at night, and the row stays as proof", async (t) => {
  const [old, young, held] = [await recorded(), await recorded(), await recorded()];
  const forever = await recorded({ lineId: null });
  for (const { id } of [old, held, forever]) await aged(id, 31);
  await aged(young.id, 29);
  await keeper.eraseExpired();
  t.match(await row(old.id), { state: "kept" }, "null: for ever");
  await db.updateTable("line").set({ retention_days: 30 }).where("id", "=", line).execute();
  await handlers["recording.hold"]({ id: held.id, held: true, reason: "court" }, by);
  const before = await row(old.id);
  const retention = "/v1/recordings/retention";
  t.match((await ask("GET", retention, admin)).json(), {
    due: 1,
    held: 1,
    lastRun: { deleted: 0, by: "daily" },
  });
  for (const key of [supervisor, annas])
    for (const method of ["GET", "POST"] as const)
      t.equal((await ask(method, retention, key)).statusCode, 403);
  t.match(await row(old.id), { state: "kept" }, "who may not has done nothing");
  t.match((await ask("POST", retention, admin)).json(), { deleted: 1, failed: 0 });
  t.match((await ask("GET", retention, admin)).json(), {
    due: 0,
    held: 1,
    lastRun: { deleted: 1, by: by.keyId },
  });
  const runs = (await ask("GET", "/v1/audit?action=recording.retention-run", admin)).json().items;
  t.match(runs[0], { keyId: by.keyId, detail: { deleted: 1, failed: 0 } });
  t.notOk(existsSync(old.file), "the file is gone");
  for (const each of [young, held, forever]) await heard(t, each, "this one stays");
  t.match(await row(old.id), {
    state: "deleted",
    path: null,
    key_id: null,
    sha256: before.sha256,
    deleted_by: "retention",
  });
  const { items } = (await ask("GET", "/v1/recordings/deletions", admin)).json();
  t.match(items, [
    { id: old.id, callId: old.id, sha256: before.sha256, deletedBy: "retention", audio: null },
  ]);
  t.equal(items.length, 1);
  t.equal((await ask("GET", "/v1/recordings/deletions", supervisor)).statusCode, 403);
  t.same(await audited(old.id), ["recording.deleted"]);
  t.equal((await audio(old.id)).statusCode, 404);
  t.match(await keeper.eraseExpired(), { deleted: 0, failed: 0 }, "once");

  await handlers["recording.hold"]({ id: held.id, held: false }, by);
  rmSync(held.file);
  t.match(
    await keeper.eraseExpired(),
    { deleted: 1, failed: 0 },
    "a file that is gone already, as after a crash, is no obstacle",
  );
  t.same(await audited(held.id), [
    "recording.deleted",
    "recording.released",
    "recording.listened",
    "recording.held",
  ]);
  const late = await finished();
  await keepRetention(db, line);
  const gone = db.updateTable("call").set({ line_id: null });
  await gone.where("id", "in", [young.id, late.id]).execute();
  await sweep.now();
  for (const { id } of [young, late]) await aged(id, 31);
  t.match(
    await keeper.eraseExpired(),
    { deleted: 2, failed: 0 },
    "a line that was deleted leaves its retention behind, also to what was still in the spool",
  );
  t.match(await row(late.id), { state: "deleted", retention_days: 30 });
  t.match(await row(forever.id), { state: "kept" });
  await db.updateTable("line").set({ retention_days: null }).where("id", "=", line).execute();
});

t.test("REC-03 the administrator deletes, but not under a legal hold; nobody else does", async (t) => {
  const { id, file } = await recorded();
  const at = `/v1/recordings/${id}`;
  for (const key of [supervisor, annas]) {
    t.equal((await ask("DELETE", at, key)).statusCode, 403);
    t.equal((await ask("POST", `${at}/hold`, key, { held: true })).statusCode, 403);
  }
  t.match((await ask("POST", `${at}/hold`, admin, { held: true, reason: "court" })).json(), {
    id,
    held: true,
  });
  t.match((await ask("DELETE", at, admin)).json(), { status: 409, code: "held" });
  t.ok(existsSync(file));
  await t.rejects(
    db
      .updateTable("recording")
      .set({ state: "deleted", deleted_at: new Date() })
      .where("id", "=", id)
      .execute(),
    "nor can it be so by mistake",
  );
  t.match((await ask("POST", `${at}/hold`, admin, { held: false })).json(), { held: false });
  const copy = readFileSync(file);
  t.equal((await ask("DELETE", at, admin)).statusCode, 204);
  t.notOk(existsSync(file));
  t.match((await ask("GET", at, admin)).json(), { state: "deleted", deletedBy: by.keyId, audio: null });
  t.match((await ask("DELETE", at, admin)).json(), { status: 409, code: "no-sound" });
  t.equal((await ask("DELETE", `/v1/recordings/${randomUUID()}`, admin)).statusCode, 404);
  t.same(await audited(id), ["recording.deleted", "recording.released", "recording.held"]);

  // A backup holds the file still: after a rotation nobody opens that either.
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, copy);
  await db
    .updateTable("recording")
    .set({ state: "kept", deleted_at: null, path: file.slice(kept.length + 1) })
    .where("id", "=", id)
    .execute();
  t.equal((await audio(id)).statusCode, 200, "a copy from before opens while the master key lives");
  await keeper.rotate(by);
  await keeper.wrapAnew();
  t.match((await audio(id)).json(), { status: 503, code: "key-missing" });
});

t.test("REC-03 the master key is rotated under recordings that are heard all the time", async (t) => {
  const calls = [await recorded(), await recorded(), await recorded()];
  const [old] = [keys.newest()];
  const hidden = calls[2] as (typeof calls)[number];
  renameSync(hidden.file, `${hidden.file}.away`);
  const { keyId } = (await ask("POST", "/v1/recordings/keys/rotate", admin)).json();
  t.equal(keyId, keys.newest().id);
  t.equal((await ask("POST", "/v1/recordings/keys/rotate", supervisor)).statusCode, 403);
  for (const each of calls.slice(0, 2)) await heard(t, each, "while it goes on");
  await keeper.wrapAnew();
  t.ok(keys.find(old.id), "a recording whose disk is away still needs the old key");
  t.same(alarms.list(), ["recordings without their key"]);
  renameSync(`${hidden.file}.away`, hidden.file);
  const [late] = [await recorded()];
  await keeper.wrapAnew();
  t.equal(keys.find(old.id), undefined, "then nobody does, and it is forgotten");
  t.same(alarms.list(), []);
  for (const each of [...calls, late]) await heard(t, each, "under the new key");
  t.match((await ask("GET", "/v1/recordings/keys", admin)).json().items, [{ keyId }]);
  t.same(await audited(keyId), ["recording-key.rotated"]);
  t.same(await audited(old.id).then((actions) => actions.at(0)), "recording-key.forgotten");
  await keeper.daily();
  t.equal(keys.newest().id, keyId, "young enough");
});

t.test("REC-03 keys that are rotated while files are wrapped lose no recording", async (t) => {
  // Whatever reads the newest key finds another one the next time it looks, until the rotations are spent.
  let rotations = 0;
  const restless = {
    ...keys,
    newest: () => {
      const found = keys.newest();
      if (rotations > 0 && rotations-- > 0) keys.rotate();
      return found;
    },
  };
  const hasty = createRecordingKeeper({
    ...{ db, kept, keys: restless, keyDays: 90, settled: sweep.settled, alarms, log },
  });
  const calls = [await finished(), await finished(), await finished(), await finished()];
  await sweep.now();
  for (rotations of [1, 2, 3, 5]) {
    keys.rotate();
    await hasty.wrapAnew();
    for (const call of calls) await heard(t, call, "in the midst of it");
    await keeper.wrapAnew();
    for (const call of calls) await heard(t, call, "afterwards");
    t.same(
      keys.all().map(({ id }) => id),
      [keys.newest().id],
      "and only the newest is left",
    );
  }
  const rotated = await Promise.all([keeper.rotate(by), keeper.rotate(by), keeper.rotate(by)]);
  await keeper.wrapAnew();
  for (const call of calls) await heard(t, call, "after rotations at the same time");
  t.equal(rotated.at(-1)?.keyId, keys.newest().id);
  t.same(
    await audited(keys.newest().id),
    ["recording-key.rotated"],
    "the newest is not said to be forgotten",
  );
});

t.test("a file that was tampered with is not played, and nobody is said to have heard it", async (t) => {
  const { id, file } = await recorded();
  writeFileSync(file, readFileSync(file).subarray(0, -20));
  t.match((await audio(id)).json(), { status: 500, code: "damaged" });
  t.same(await audited(id), []);
});

t.test("REC-01, REC-02, REC-05 several at once, agents only their own; each is audited", async (t) => {
  const [hers, his] = [await recorded(), await recorded({ agentId: boris })];
  const both = await ask("POST", "/v1/recordings/download", supervisor, { ids: [hers.id, his.id] });
  t.equal(both.statusCode, 200);
  t.equal(both.headers["content-length"], String(both.rawPayload.length));
  const entries = unzip(both.rawPayload);
  t.equal(entries.size, 3);
  for (const { id, sound } of [hers, his]) {
    const [name, bytes] = [...entries].find(([each]) => each.includes(id)) ?? ["", Buffer.alloc(0)];
    t.match(name, /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ_79161234567_.*\.wav$/);
    t.ok(bytes.subarray(44).equals(sound));
    t.same(await audited(id), ["recording.downloaded"]);
  }
  const list = JSON.parse(String(entries.get("recordings.json")));
  t.match(list, [
    { id: hers.id, callId: hers.id, agentId: anna, lineName: "Orders", file: /\.wav$/ },
    { id: his.id, agentId: boris },
  ]);
  const refused = await ask("POST", "/v1/recordings/download", annas, { ids: [hers.id, his.id] });
  t.match(refused.json(), { status: 404, errors: [{ field: "ids.1" }] });
  t.same(await audited(hers.id), ["recording.downloaded"], "a refused download is none");
  t.equal((await ask("POST", "/v1/recordings/download", annas, { ids: [hers.id] })).statusCode, 200);
  t.equal((await ask("POST", "/v1/recordings/download", annas, { ids: [] })).statusCode, 400);
});

/** What a reader finds by the central directory, checksums compared. */
function unzip(archive: Buffer): Map<string, Buffer> {
  const end = archive.length - 22;
  const entries = new Map<string, Buffer>();
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const [bytes, nameBytes, offset] = [
      archive.readUInt32LE(at + 24),
      archive.readUInt16LE(at + 28),
      archive.readUInt32LE(at + 42),
    ];
    const start = offset + 30 + archive.readUInt16LE(offset + 26) + archive.readUInt16LE(offset + 28);
    entries.set(
      archive.toString("latin1", at + 46, at + 46 + nameBytes),
      archive.subarray(start, start + bytes),
    );
    at += 46 + nameBytes;
  }
  return entries;
}
