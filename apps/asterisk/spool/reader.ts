/**
 * Tails an append-only file that Asterisk (or the engine) writes, through rotations and restarts.
 *
 *   writer ─▶ <name> ──rename──▶ <name>.<UTC timestamp> ──▶ deleted when taken in and old
 *               │ inotify + poll
 *               ▼
 *           records ─▶ onLines(batch) ─resolved▶ checkpoint moves on
 *                          └─rejected▶ the same batch again, 0.1 s … 5 s later
 *
 * Readers with the same `pollMs` look at the same moments, so that their batches can be taken in together.
 *
 * At least once: nothing is skipped, a crash offers the last batch again under the same positions.
 */
import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { type Cursor, createTrail, isLive, surroundings } from "./cursor.ts";
import { cleanSpool, renameAway } from "./files.ts";
import type { Batch, SpoolOptions, SpoolReader } from "./port.ts";
import type { SpoolRecord } from "./splitter.ts";
import { createWake } from "./wake.ts";

export type { Batch, Checkpoint, SpoolLog, SpoolOptions, SpoolReader } from "./port.ts";

/** How often a file is looked at for having been truncated. */
const CHECK_MS = 500;
/** Old files are counted and deleted this many times less often than the file is looked at. */
const SELDOM = 10;

/** Starts reading at once. Never throws for what it finds on the disk: it warns and goes on. */
export function createSpoolReader(options: SpoolOptions): SpoolReader {
  const { path, log, pollMs = 500, settleMs = 1000, batchLines = 1000 } = options;
  const keep = options.keep ?? { days: 7, bytes: 1024 ** 3 };
  const alarm = createWake();
  const trail = createTrail(path, options.from, options.multiLine, () =>
    log.warn({ path, from: options.from }, "The spool's checkpoint names a file that is gone: reading all."),
  );
  let cursor: Cursor | undefined;
  let stopping = false;
  let raised = false;
  let cleanedAt = 0;
  let refusedAt = 0;
  let quietSince = 0;
  let successorSince = 0;
  let askedToReopen = 0;
  let warnedGone = false;
  let checked = 0;
  const rotations: (() => void)[] = [];
  let watcher: FSWatcher | undefined;

  let endSeen: () => void = () => {};
  const reachedEnd = new Promise<void>((resolve) => {
    endSeen = resolve;
  });
  const meter = setInterval(() => void measure(), pollMs * SELDOM);
  const done = run();

  async function run(): Promise<void> {
    while (!stopping) {
      try {
        startWatching();
        if (await step()) continue;
        endSeen();
        await alarm.wait(pollMs - (performance.now() % pollMs));
      } catch (error) {
        log.warn({ path, error }, "The spool cannot be read; trying again.");
        // Records may be in hand that nobody took: read again from the last that somebody did.
        if (cursor) trail.returnTo({ file: cursor.generation, offset: cursor.taken });
        await leave().catch(() => undefined);
        await alarm.sleep(1_000);
      }
    }
    clearInterval(meter);
    watcher?.close();
    await cursor?.close();
  }

  /** Does one thing; false when there is nothing to do now. */
  async function step(): Promise<boolean> {
    if (!cursor) {
      cursor = await trail.next();
      successorSince = 0;
      warnedGone = false;
      if (!cursor) settleRotations();
      return cursor !== undefined;
    }
    // A look at the file's beginning costs more than a read; truncation is rare enough to be noticed a bit later.
    if (performance.now() - checked >= CHECK_MS) {
      checked = performance.now();
      if (!(await stillIntact(cursor))) return true;
    }
    const at = cursor;
    for (let records = await at.read(); records; records = await at.read()) {
      quietSince = performance.now();
      if (!(await deliver(at, records))) return true;
    }
    await clean(at);
    if (at.splitter.open && performance.now() - quietSince > settleMs)
      await deliver(at, at.splitter.flushOpen());
    return atEnd(at);
  }

  async function stillIntact(at: Cursor): Promise<boolean> {
    if (await at.intact()) return true;
    log.warn({ path, file: at.generation }, "The spool was truncated: going on as with a new file.");
    await leave();
    return false;
  }

  async function atEnd(at: Cursor): Promise<boolean> {
    if (await isLive(path, at)) return rotateIfDue(at);
    const { after, here } = await surroundings(path, at);
    if (after.length > 0) {
      successorSince ||= performance.now();
      if (performance.now() - successorSince < settleMs) return false;
      const size = await at.size();
      if (size > at.splitter.offset) return true;
      if (size > at.taken) await deliver(at, at.splitter.flushOpen());
      if (size > at.taken)
        log.warn({ path, bytes: size - at.taken }, "The spool's old file ends in half a line.");
      trail.finish(at.generation);
      await leave();
      return true;
    }
    if (!here && !warnedGone) log.warn({ path }, "The spool was deleted or renamed by somebody else.");
    warnedGone ||= !here;
    askToReopen();
    return false;
  }

  async function rotateIfDue(at: Cursor): Promise<boolean> {
    const due = rotations.length > 0 || at.taken >= (options.rotateBytes ?? Number.POSITIVE_INFINITY);
    if (!due || at.splitter.open || at.taken === 0 || (await at.size()) !== at.taken) return false;
    if (refusedAt && performance.now() - refusedAt < 60_000) return false;
    try {
      if (!(await renameAway(path, new Date()))) return false;
      log.info({ path, bytes: at.taken }, "The spool was rotated.");
      askedToReopen = 0;
      askToReopen();
    } catch (error) {
      refusedAt = performance.now();
      log.warn({ path, error }, "The spool cannot be rotated; it grows on.");
    }
    settleRotations();
    return false;
  }

  /** Not waited for: what the old file still gets is read meanwhile. */
  function askToReopen(): void {
    if (!options.reopen || (askedToReopen && performance.now() - askedToReopen < 5_000)) return;
    askedToReopen = performance.now();
    options
      .reopen()
      .catch((error: unknown) => log.warn({ path, error }, "The spool's writer did not reopen."));
  }

  async function leave(): Promise<void> {
    const old = cursor;
    cursor = undefined;
    cleanedAt = 0;
    await old?.close();
  }

  function settleRotations(): void {
    for (const settled of rotations.splice(0)) settled();
  }

  /** Hands records over until they are accepted. @returns false when stopped before that. */
  async function deliver(at: Cursor, records: readonly SpoolRecord[]): Promise<boolean> {
    for (let first = 0; first < records.length; first += batchLines) {
      const part = records.slice(first, first + batchLines);
      const batch = batchOf(at.generation, part);
      for (let pause = 100; !(await offer(batch)); pause = Math.min(pause * 2, 5_000)) {
        await alarm.sleep(pause);
        if (stopping) return false;
      }
      at.taken = batch.checkpoint.offset;
      if (stopping) return false;
    }
    return true;
  }

  async function offer(batch: Batch): Promise<boolean> {
    try {
      await options.onLines(batch);
      return true;
    } catch (error) {
      log.warn({ path, error, lines: batch.lines.length }, "A batch was not taken in; it is offered again.");
      return false;
    }
  }

  /** Deletes what is old. */
  async function clean(at: Cursor): Promise<void> {
    const now = performance.now();
    if ((cleanedAt && now - cleanedAt < pollMs * SELDOM) || at.taken === 0) return; // At 0 the checkpoint names the file before.
    cleanedAt = now;
    const { before } = await surroundings(path, at);
    await cleanSpool(before, keep, new Date());
  }

  /** Beside the loop, so that an `onLines` that never answers raises the alarm too. */
  async function measure(): Promise<void> {
    const waiting = await waitingBytes().catch(() => undefined); // The file was just closed.
    if (stopping || waiting === undefined || waiting > options.maxBytes === raised) return;
    raised = !raised;
    options.onAlarm(raised, waiting);
  }

  async function waitingBytes(): Promise<number> {
    const at = cursor;
    if (!at) return 0;
    const { after } = await surroundings(path, at);
    const later = after.reduce((sum, file) => sum + file.bytes, 0);
    return later + Math.max(0, (await at.size()) - at.taken);
  }

  function startWatching(): void {
    if (watcher || options.watch === false) return;
    try {
      const name = basename(path);
      watcher = watch(dirname(path), (_kind, file) => {
        if (file === null || file === name) alarm.ring();
      });
      watcher.on("error", () => {
        watcher?.close();
        watcher = undefined;
      });
    } catch {
      watcher = undefined; // The folder is not there yet; the poll finds it.
    }
  }

  return {
    rotate() {
      const settled = new Promise<void>((resolve) => rotations.push(resolve));
      alarm.ring();
      return settled;
    },
    waitingBytes,
    caughtUp: () => reachedEnd,
    async stop() {
      stopping = true;
      alarm.end();
      await done;
      settleRotations();
    },
  };
}

function batchOf(file: string, records: readonly SpoolRecord[]): Batch {
  return {
    lines: records.map((record) => record.text),
    positions: records.map((record) => `${file}:${record.start}`),
    cut: records.flatMap((record, index) => (record.cut ? [index] : [])),
    checkpoint: { file, offset: records.at(-1)?.end ?? 0 },
  };
}
