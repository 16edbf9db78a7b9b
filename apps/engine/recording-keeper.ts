/**
 * What happens to kept recordings: they go when their time is over or an administrator says so (REC-03), and their
 * keys are wrapped anew when the master key is rotated. One file at a time, so that the two never meet.
 */
import { type FileHandle, open, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Db } from "../store/database.ts";
import { recordingsByKey } from "../store/reads/recordings.ts";
import type { RetentionRun } from "../store/reads/retention.ts";
import { type Actor, audit } from "../store/writes/audit.ts";
import {
  type Deletion,
  deleteRecording,
  expiredRecordings,
  noteRetentionRun,
} from "../store/writes/deletions.ts";
import { noteKey, wrappedByOthers } from "../store/writes/recording-keys.ts";
import type { MasterKeys } from "../vault/keys.ts";
import { rewrap, shred } from "../vault/sealed-file.ts";
import type { Alarms } from "./alarms.ts";
import type { Log } from "./ports.ts";

const BATCH = 200;
const DAY_MS = 86_400_000;
const NO_KEY = "recordings without their key";

export interface RecordingKeeper {
  /** Deletes one recording: its key, then its file; the row stays as proof. */
  erase(id: string, by: Actor): Promise<Deletion>;
  /** Deletes everything past its retention, one run at a time, and keeps what came of it. */
  eraseExpired(by?: Actor): Promise<Omit<RetentionRun, "by">>;
  /** A new master key; all recordings' own keys are wrapped by it in the background. */
  rotate(by: Actor): Promise<{ keyId: string; recordings: number }>;
  /** Wraps what an older key wraps still, then forgets the older keys. Safe to repeat. */
  wrapAnew(): Promise<void>;
  /** Every night: what expired goes, and a master key that is old enough is replaced. */
  daily(): Promise<void>;
}

export interface KeeperOptions {
  readonly db: Db;
  /** The folder of kept recordings. */
  readonly kept: string;
  readonly keys: MasterKeys;
  /** A master key is replaced when it is this old; 0: only when somebody asks. */
  readonly keyDays: number;
  /** Resolves when no recording is being written with a key chosen before. */
  settled(): Promise<void>;
  readonly alarms: Alarms;
  readonly log: Log;
}

export function createRecordingKeeper(options: KeeperOptions): RecordingKeeper {
  const { db, kept, keys, keyDays, log } = options;
  let last: Promise<unknown> = Promise.resolve();
  let wrapping: Promise<void> | undefined;
  const oneAtATime = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const turn = last.then(work, work);
    last = turn.catch(() => {});
    return turn;
  };

  const erase = (id: string, by: Actor) =>
    oneAtATime(() => deleteRecording(db, id, by, (path) => removeFile(join(kept, path))));

  let running: Promise<unknown> = Promise.resolve();
  function eraseExpired(by: Actor = "house"): Promise<Omit<RetentionRun, "by">> {
    const run = running.then(() => eraseNow(by));
    running = run.catch(() => {});
    return run;
  }

  async function eraseNow(by: Actor): Promise<Omit<RetentionRun, "by">> {
    const startedAt = new Date().toISOString();
    let [erased, failed] = [0, 0];
    let after: string | undefined;
    for (;;) {
      const batch = await expiredRecordings(db, BATCH, after);
      for (const id of batch) {
        const done = await erase(id, "house").catch((error: unknown) => {
          failed += 1;
          log.error({ recording: id, error: String(error) }, "An expired recording could not be deleted.");
        });
        if (done === "deleted") erased += 1;
      }
      after = batch.at(-1);
      if (batch.length < BATCH) break;
    }
    if (erased > 0) log.info({ recordings: erased }, "Recordings past their retention were deleted.");
    const run = { startedAt, endedAt: new Date().toISOString(), deleted: erased, failed };
    await noteRetentionRun(db, run, by);
    return run;
  }

  async function rotate(by: Actor) {
    const keyId = await oneAtATime(async () => {
      const { id } = keys.rotate();
      await audit(db, { by, action: "recording-key.rotated", subjectType: "recording-key", subjectId: id });
      return id;
    });
    const counts = await recordingsByKey(db);
    void wrapAnew();
    return { keyId, recordings: [...counts.values()].reduce((sum, count) => sum + count, 0) };
  }

  function wrapAnew(): Promise<void> {
    // One that is under way may have begun with the key before: it is followed by another.
    const before = wrapping;
    const mine = (async () => {
      await before;
      await wrapAll().catch((error: unknown) =>
        log.warn({ error: String(error) }, "Wrapping recordings' keys anew was cut short; it comes again."),
      );
    })();
    wrapping = mine;
    return mine;
  }

  async function wrapAll(): Promise<void> {
    // In this order: whoever began with an older key before has noted it in the row when `settled` resolves.
    const newest = keys.newest();
    await options.settled();
    let [done, failed] = [0, 0];
    let after: string | undefined;
    for (;;) {
      const batch = await wrappedByOthers(db, newest.id, BATCH, after);
      for (const each of batch) {
        const error = await oneAtATime(() => wrapOne(each.path, each.id));
        if (error === undefined) done += 1;
        else if (error !== "gone") {
          failed += 1;
          log.error({ recording: each.id, error }, "A recording's key could not be wrapped anew.");
        }
      }
      after = batch.at(-1)?.id;
      if (batch.length < BATCH) break;
    }
    options.alarms.set(NO_KEY, failed > 0);
    if (done > 0)
      log.info({ recordings: done, failed }, "Recordings' keys are wrapped by the newest master key.");
    // A file that is missing may come back with its disk: until then its key stays.
    if (failed === 0) await oneAtATime(() => forgetOlder(newest.id));
  }

  async function wrapOne(path: string, id: string): Promise<string | undefined> {
    // Read once: a rotation meanwhile must not make the row name another key than the file has.
    const master = keys.newest();
    try {
      await noteKey(db, id, await withFile(join(kept, path), (file) => rewrap(file, keys, master)));
      return undefined;
    } catch (error) {
      const row = await db.selectFrom("recording").select("path").where("id", "=", id).executeTakeFirst();
      return row?.path === path ? String(error) : "gone";
    }
  }

  /** Only if this key is the newest still: a key made since may be in use before any row says so. */
  async function forgetOlder(newest: string): Promise<void> {
    if (keys.newest().id !== newest) return;
    const older = keys.all().filter(({ id }) => id !== newest);
    const used = await recordingsByKey(db);
    for (const { id } of older) {
      if (used.has(id)) continue;
      const deed = { action: "recording-key.forgotten", subjectType: "recording-key", subjectId: id };
      await audit(db, { by: "house", ...deed });
      keys.forget(id);
      log.info({ key: id }, "A master key that no recording needs was forgotten.");
    }
  }

  async function daily(): Promise<void> {
    await eraseExpired();
    const age = Date.now() - keys.newest().madeAt.getTime();
    if (keyDays > 0 && age >= keyDays * DAY_MS) await rotate("house");
    else await wrapAnew();
  }

  return { erase, eraseExpired, rotate, wrapAnew, daily };
}

/**
 * Makes a file unreadable, then removes it. Overwriting the sound would mean nothing on a flash disk; the key that is
 * written over first is what counts (apps/vault/sealed-file.ts says what remains possible).
 * @returns false when there was none.
 */
async function removeFile(path: string): Promise<boolean> {
  try {
    if (path.endsWith(".enc")) await withFile(path, shred);
    await unlink(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
  return true;
}

async function withFile<Result>(path: string, work: (file: FileHandle) => Promise<Result>): Promise<Result> {
  const file = await open(path, "r+");
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}
