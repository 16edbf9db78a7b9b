/** The spool's reader: every line once and in order, over rotations, restarts and refusals. */
import {
  appendFileSync,
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import t, { type Test } from "tap";
import { celLines, parseCel } from "../../apps/asterisk/spool/cel.ts";
import {
  type Batch,
  type Checkpoint,
  createSpoolReader,
  type SpoolOptions,
} from "../../apps/asterisk/spool/reader.ts";
import { hangupRecord } from "../support/cel-lines.ts";

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(5);
}

interface Heard {
  readonly lines: string[];
  readonly positions: string[];
  readonly batches: Batch[];
  readonly warnings: string[];
  readonly alarms: boolean[];
}

/** Starts a reader that is ended with the test and notes what it says. */
function listen(t: Test, path: string, more: Partial<SpoolOptions> = {}) {
  const heard: Heard = { lines: [], positions: [], batches: [], warnings: [], alarms: [] };
  const onLines = more.onLines ?? (async () => undefined);
  const reader = createSpoolReader({
    path,
    maxBytes: 1e9,
    onAlarm: (active) => heard.alarms.push(active),
    log: { info: () => undefined, warn: (_fields, message) => heard.warnings.push(message) },
    pollMs: 20,
    settleMs: 20,
    ...more,
    async onLines(batch) {
      await onLines(batch);
      heard.lines.push(...batch.lines);
      heard.positions.push(...batch.positions);
      heard.batches.push(batch);
    },
  });
  t.teardown(() => reader.stop());
  return { reader, heard, last: () => heard.batches.at(-1)?.checkpoint };
}

t.test("reader: whole lines only, in order, and on from the checkpoint", async (t) => {
  const path = join(t.testdir(), "log");
  const first = listen(t, path, { batchLines: 2 });
  writeFileSync(path, "one\ntwo\nthree\nhal");
  await until(() => first.heard.lines.length === 3);
  t.same(first.heard.lines, ["one", "two", "three"]);
  t.same(
    first.heard.batches.map((batch) => batch.lines.length),
    [2, 1],
  );
  t.equal(await first.reader.waitingBytes(), 3);
  appendFileSync(path, "f\n");
  await until(() => first.heard.lines.length === 4);
  t.equal(first.heard.lines[3], "half", "never a half line");
  t.equal(new Set(first.heard.positions).size, 4);
  await first.reader.stop();
  appendFileSync(path, "five\n");
  const second = listen(t, path, { from: first.last() });
  await until(() => second.heard.lines.length > 0);
  t.same(second.heard.lines, ["five"], "nothing twice");
  await second.reader.stop();
  const again = listen(t, path, { from: first.heard.batches[0]?.checkpoint });
  await until(() => again.heard.lines.length === 3);
  t.same(
    again.heard.positions.slice(0, 2),
    first.heard.positions.slice(2),
    "the same line, the same position",
  );
  t.same([...first.heard.warnings, ...second.heard.warnings, ...again.heard.warnings], []);
});

t.test(
  "reader: a batch that is rejected is offered again, alone, and the backlog raises the alarm",
  async (t) => {
    const path = join(t.testdir({ log: "one\ntwo\n" }), "log");
    const offered: string[][] = [];
    let failing = true;
    let busy = 0;
    const { heard, reader } = listen(t, path, {
      maxBytes: 20,
      async onLines(batch) {
        t.equal(++busy, 1, "one at a time");
        await pause(1);
        busy--;
        offered.push(batch.lines);
        if (failing) throw new Error("database down");
      },
    });
    await until(() => offered.length === 2);
    t.same(offered[0], offered[1]);
    t.same(heard.alarms, []);
    appendFileSync(path, "three\n".repeat(10));
    await until(() => heard.alarms.length > 0);
    failing = false;
    await until(() => heard.lines.length === 12 && heard.alarms.length === 2);
    t.same(heard.alarms, [true, false]);
    t.same(heard.lines.slice(0, 3), ["one", "two", "three"]);
    t.equal(await reader.waitingBytes(), 0);
  },
);

t.test("reader: a database that never answers raises the alarm", async (t) => {
  const path = join(t.testdir({ log: "one\n" }), "log");
  let answer: () => void = () => undefined;
  const { heard } = listen(t, path, {
    maxBytes: 3,
    onLines: () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  });
  await until(() => heard.alarms.length === 1);
  t.same(heard.lines, []);
  answer();
  await until(() => heard.alarms.length === 2);
  t.same(heard.alarms, [true, false]);
});

t.test("reader: stopping while the database is down ends, and the next start offers the batch", async (t) => {
  const path = join(t.testdir({ log: "one\n" }), "log");
  let tries = 0;
  const down = listen(t, path, {
    async onLines() {
      tries++;
      throw new Error("down");
    },
  });
  await until(() => tries > 0);
  await down.reader.stop();
  const up = listen(t, path);
  await until(() => up.heard.lines.length === 1);
  t.same(up.heard.lines, ["one"]);
});

t.test("reader: rotation of a writer that opens for each line", async (t) => {
  const folder = t.testdir({ log: "one\n" });
  const path = join(folder, "log");
  const renamed = () => readdirSync(folder).filter((name) => /^log\.\d{8}T\d{9}Z$/.test(name));
  const { heard, reader } = listen(t, path, { rotateBytes: 12, keep: { days: 1, bytes: 0 } });
  await until(() => heard.lines.length === 1);
  t.same(renamed(), [], "too small to rotate");
  appendFileSync(path, "two\nthree\n");
  await until(() => renamed().length === 1);
  const old = join(folder, renamed()[0] ?? "");
  appendFileSync(old, "late\n"); // A writer that had opened the file before it was renamed.
  await until(() => heard.lines.length === 4);
  appendFileSync(path, "four\n");
  await until(() => heard.lines.length === 5);
  t.same(heard.lines, ["one", "two", "three", "late", "four"]);
  t.equal(new Set(heard.positions).size, 5, "positions differ between files");
  await until(() => !existsSync(old));
  t.ok(existsSync(path), "the live file stays");
  await reader.rotate();
  t.equal(renamed().length, 1);
  await reader.stop();
  t.same(heard.warnings, []);
});

t.test("reader: rotation of a writer that keeps its file open and reopens late", async (t) => {
  const folder = t.testdir({ log: "one\n" });
  const path = join(folder, "log");
  const held = () => join(folder, readdirSync(folder).find((name) => name.startsWith("log.")) ?? "log");
  let asked = 0;
  const refusing = listen(t, path, {
    async reopen() {
      asked++;
      throw new Error("Asterisk is away");
    },
  });
  await until(() => refusing.heard.lines.length === 1);
  await refusing.reader.rotate();
  appendFileSync(held(), "two\n");
  await until(() => refusing.heard.lines.length === 2);
  t.ok(asked > 0);
  await refusing.reader.stop();
  appendFileSync(held(), "three\n");
  const next = listen(t, path, { from: refusing.last(), reopen: async () => writeFileSync(path, "four\n") });
  await until(() => next.heard.lines.length === 2);
  t.same(next.heard.lines, ["three", "four"], "after a restart in the middle the old file is finished first");
});

t.test("reader: a restart finds several renamed files, deletes nothing that is not taken in", async (t) => {
  const folder = t.testdir({ "log.20250101T000000000Z": "one\ntwo\n" });
  const path = join(folder, "log");
  const before = listen(t, path, { batchLines: 1, keep: { days: 0, bytes: 0 } });
  await until(() => before.heard.lines.length === 2);
  await before.reader.stop();
  for (const [name, text] of [
    ["log.20250102T000000000Z", "three\n"],
    ["log.0", "four\n"],
    ["log", "five\n"],
  ]) {
    writeFileSync(join(folder, name ?? ""), text ?? "");
  }
  writeFileSync(join(folder, "log.txt"), "never\n");
  const after = listen(t, path, { from: before.heard.batches[0]?.checkpoint, keep: { days: 0, bytes: 0 } });
  await until(() => after.heard.lines.length === 4);
  t.same(after.heard.lines, ["two", "three", "four", "five"]);
  await until(() => readdirSync(folder).length === 3);
  t.same(readdirSync(folder).sort(), ["log", "log.0", "log.txt"], "only what we named is deleted");
});

t.test("reader: truncated, deleted or replaced by somebody else", async (t) => {
  const folder = t.testdir({ log: "one\ntwo\n" });
  const path = join(folder, "log");
  const { heard, last, reader } = listen(t, path);
  await until(() => heard.lines.length === 2);
  truncateSync(path, 0);
  await until(() => heard.warnings.length === 1);
  appendFileSync(path, "three\n");
  await until(() => heard.lines.length === 3);
  rmSync(path);
  await until(() => heard.warnings.length === 2);
  writeFileSync(path, "four\n");
  await until(() => heard.lines.length === 4);
  renameSync(path, join(folder, "elsewhere"));
  appendFileSync(join(folder, "elsewhere"), "five\n");
  await until(() => heard.lines.length === 5 && heard.warnings.length === 3);
  t.same(heard.lines, ["one", "two", "three", "four", "five"]);
  t.match(heard.warnings, [/truncated/, /deleted or renamed/, /deleted or renamed/]);
  await reader.stop();
  writeFileSync(path, "six\n");
  const lost = listen(t, path, { from: last() });
  await until(() => lost.heard.lines.length === 1);
  t.match(lost.heard.warnings, [/checkpoint names a file that is gone/]);
});

t.test(
  "reader: whatever happens in whatever order, every line arrives under exactly one position",
  async (t) => {
    const path = join(t.testdir({ log: "" }), "log");
    const stored = new Map<string, string>();
    const written: string[] = [];
    let checkpoint: Checkpoint | undefined;
    let seed = 20;
    const chance = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647; // MINSTD: the same story every time.
      return seed % below;
    };
    const onLines = async (batch: Batch) => {
      if (chance(40) === 0) throw new Error("refused");
      for (const [index, line] of batch.lines.entries()) stored.set(batch.positions[index] ?? "", line);
      checkpoint = batch.checkpoint;
      if (chance(40) === 0) throw new Error("stored, but the answer was lost");
    };
    const start = () =>
      listen(t, path, { from: checkpoint, onLines, batchLines: 3, keep: { days: 0, bytes: 0 } });
    let current = start();
    const warnings: string[] = [];
    for (let step = 0; step < 300; step++) {
      const line = `line ${written.length}`;
      const what = chance(12);
      if (what === 0) void current.reader.rotate();
      else if (what === 1) {
        await current.reader.stop();
        warnings.push(...current.heard.warnings);
        current = start();
      } else if (what === 2) await pause(chance(30));
      else {
        const middle = chance(line.length);
        written.push(line);
        // Opened for each write, as cel_custom does; now and then it takes two of them.
        const writer = openSync(path, "a");
        writeSync(writer, line.slice(0, middle));
        if (what < 6) await pause(1);
        writeSync(writer, `${line.slice(middle)}\n`);
        closeSync(writer);
      }
    }
    await until(() => stored.size >= written.length);
    await current.reader.stop(); // A rotation still wanted must not meet the removal of the folder.
    t.same([...stored.values()], written, "none lost, none doubled, in order");
    warnings.push(...current.heard.warnings);
    t.same(
      warnings.filter((warning) => !warning.startsWith("A batch was not taken in")),
      [],
    );
  },
);

t.test("reader: a record with newlines is one line, an open one is not held for ever", async (t) => {
  const path = join(t.testdir({ log: `${hangupRecord("79\n0", "x")}\n"HANGUP","1.000001","half\n` }), "log");
  const { heard } = listen(t, path, { multiLine: celLines });
  await until(() => heard.lines.length === 2);
  t.equal(parseCel(heard.lines[0] ?? "")?.callerNumber, "79\n0");
  t.equal(parseCel(heard.lines[1] ?? ""), undefined);
});
