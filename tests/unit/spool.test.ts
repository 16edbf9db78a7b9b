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
import fc from "fast-check";
import t, { type Test } from "tap";
import { celConf, celCustomMapping, celLines, parseCel } from "../../apps/asterisk/spool/cel.ts";
import { parseQueueLog } from "../../apps/asterisk/spool/queue-log.ts";
import {
  type Batch,
  type Checkpoint,
  createSpoolReader,
  type SpoolOptions,
} from "../../apps/asterisk/spool/reader.ts";
import { createSplitter, type MultiLine, maxRecordBytes } from "../../apps/asterisk/spool/splitter.ts";

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(5);
}

function splitInto(sizes: number[], bytes: Buffer, multiLine?: MultiLine, limit?: number) {
  const splitter = createSplitter(0, multiLine, limit);
  const records = [];
  const buffer = Buffer.alloc(bytes.length);
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const length = Math.min(sizes[i % sizes.length] ?? 1, bytes.length - at);
    bytes.copy(buffer, 0, at, at + length); // The same buffer every time, as the reader does.
    records.push(...splitter.push(buffer.subarray(0, length)));
    at += length;
  }
  return records;
}

t.test("splitter: the chunks do not matter, the offsets add up", async (t) => {
  const text = fc.array(fc.constantFrom("a", '"', "\n", "ж", ",", "\0"), { maxLength: 200 });
  fc.assert(
    fc.property(
      text,
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      fc.boolean(),
      (chars, sizes, csv) => {
        const bytes = Buffer.from(chars.join(""));
        const rule = csv ? celLines : undefined;
        const whole = splitInto([bytes.length || 1], bytes, rule, 20);
        t.same(splitInto(sizes, bytes, rule, 20), whole);
        for (const [index, record] of whole.entries()) {
          t.equal(record.start, whole[index - 1]?.end ?? 0, "no byte is skipped or read twice");
          t.notOk(record.text.includes("\0"));
          if (!record.cut && !bytes.includes(0))
            t.equal(`${record.text}\n`, bytes.toString("utf8", record.start, record.end));
        }
      },
    ),
    { numRuns: 200 },
  );
});

t.test("splitter: long and binary lines are cut, never stop", async (t) => {
  const long = Buffer.concat([Buffer.alloc(maxRecordBytes * 3, 0xff), Buffer.from("\nnext\n")]);
  const [cut, next] = splitInto([70_000], long);
  t.match(cut, { cut: true, start: 0, end: maxRecordBytes * 3 + 1 });
  t.equal(cut?.text.length, maxRecordBytes);
  t.match(next, { text: "next", cut: false, start: maxRecordBytes * 3 + 1 });
});

// Written by Asterisk 22.10.1 with celCustomMapping; numbers and names changed.
const celSample = [
  `"CHAN_START","1795293304.143395","Local/200@in-00000006;1","1795293304.18","1795293304.16","200","in","","","","","","","","","",""`,
  `"ANSWER","1795293304.143759","Local/200@in-00000006;1","1795293304.18","1795293304.16","plain","in","AppDial","plain","","","","","","","",""`,
  `"BRIDGE_ENTER","1795293304.144155","Local/s@src-00000005;1","1795293304.16","1795293304.16","plain","in","Dial","","","","","","","Local/200@in-00000006;1","","{""bridge_id"":""253a43e0-a908-486b-90ac-f101354b1af1"",""bridge_technology"":""simple_bridge""}"`,
  `"HANGUP","1795293308.645051","Local/s@src-00000005;1","1795293304.16","1795293304.16","plain","in","AppDial2","","","","","","","","","{""hangupcause"":16,""hangupsource"":"""",""dialstatus"":""ANSWER""}"`,
  `"USER_DEFINED","1795293309.163818","Local/s@src-00000007;1","1795293309.20","1795293309.20","user","in","CELGenUserEvent","","","","","","","","MY_EVENT","{""extra"":""{\\""a\\"":1,\\""b\\"":\\""x,y\\""}""}"`,
  `"LINKEDID_END","1795293308.645594","PJSIP/trunk-00000006","1795293304.19","1795293304.16","200","in","","79001234567","Иван ""Х"", О'Н","88005550000","","","","","",""`,
];

t.test("cel: what Asterisk writes about one Dial()", async (t) => {
  const events = celSample.map((line) => parseCel(line));
  t.match(events[0], {
    eventType: "CHAN_START",
    at: 1795293304143.395,
    uniqueId: "1795293304.18",
    exten: "200",
  });
  t.match(events[2], { peer: "Local/200@in-00000006;1", extra: { bridge_technology: "simple_bridge" } });
  t.same(events[3]?.extra, { hangupcause: 16, hangupsource: "", dialstatus: "ANSWER" });
  t.match(events[4], { userEvent: "MY_EVENT", extra: { a: 1, b: "x,y" } });
  t.match(events[5], { callerNumber: "79001234567", callerName: `Иван "Х", О'Н`, dialled: "88005550000" });
  t.match(celConf, /events = CHAN_START,.*USER_DEFINED\n/);
  t.notMatch(celConf, /APP_START|dateformat/);
  t.equal(celCustomMapping.split("CSV_QUOTE").length - 1, celSample[0]?.split(",").length);
});

const wire = (fields: string[]) => fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(",");
const record = (number: string, name: string, exten = "100") =>
  wire([
    "HANGUP",
    "1795293304.000001",
    "PJSIP/t-1",
    "1.1",
    "1.1",
    exten,
    "in",
    "",
    number,
    name,
    ...Array(6).fill(""),
    "{}",
  ]);

t.test("cel: a stranger's text cannot forge, break or hide a record", async (t) => {
  const nasty = fc
    .array(
      fc.constantFrom(
        '"',
        ",",
        "\n",
        "\r",
        "\\",
        "x",
        "ж",
        celSample[0] ?? "",
        '","',
        "HANGUP",
        "1795293304.1",
      ),
    )
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(nasty, nasty, nasty, (number, name, exten) => {
      const bytes = Buffer.from(
        `${record("1", "before")}\n${record(number, name, exten)}\n${record("2", "after")}\n`,
      );
      const read = splitInto([7], bytes, celLines).map((each) => parseCel(each.text));
      t.same(
        read.map((event) => [event?.callerNumber, event?.callerName, event?.exten]),
        [
          ["1", "before", "100"],
          [number, name, exten],
          ["2", "after", "100"],
        ],
      );
    }),
  );
  const [genuine, forged] = splitInto(
    [99],
    Buffer.from(`${record("79\n0", "x")}\nHANGUP,1.000001,a\n`),
    celLines,
  );
  t.equal(parseCel(genuine?.text ?? "")?.callerNumber, "79\n0", "as percent-0A in a SIP user arrives");
  t.equal(parseCel(forged?.text ?? ""), undefined, "unquoted is not ours");
});

t.test("cel: a half record costs itself only", async (t) => {
  const whole = record("2", "after");
  for (let length = 1; length < whole.length; length++) {
    const half = whole.slice(0, length);
    const onNewLine = splitInto([50], Buffer.from(`${half}\n${whole}\n${whole}\n`), celLines);
    t.equal(onNewLine.filter((each) => parseCel(each.text)).length, 2, `half of ${length}, new line`);
    if (/[",]$/.test(half)) continue; // There a stranger's text could look the same: not believed.
    const onSameLine = splitInto([50], Buffer.from(`${half}${whole}\n${whole}\n`), celLines);
    t.equal(onSameLine.filter((each) => parseCel(each.text)).length, 2, `half of ${length}, same line`);
  }
  for (const bad of [
    "",
    "x",
    '"',
    celSample[0]?.slice(0, -1),
    `${celSample[0]},""`,
    celSample[0]?.replace("CHAN_START", "NEWS"),
  ])
    t.equal(parseCel(bad ?? ""), undefined);
});

t.test("queue_log: the fields of each event", async (t) => {
  const of = (rest: string) => parseQueueLog(`1795293266|1795293265.1|sales|anna|${rest}`);
  t.same(of("CONNECT|3|1795293266.3|1"), {
    ...{ at: 1795293266000, callId: "1795293265.1", queue: "sales", agent: "anna" },
    ...{ event: "CONNECT", holdMs: 3000, agentCallId: "1795293266.3", ringMs: 1000 },
  });
  t.match(of("ENTERQUEUE||79001112233|3"), { callerNumber: "79001112233", position: 3 });
  t.match(of("ENTERQUEUE||7|9|3"), { callerNumber: "7|9", position: 3 });
  for (const event of ["ABANDON", "EXITWITHTIMEOUT", "EXITEMPTY", "WITHDRAW"])
    t.match(of(`${event}|1|3|2`), { event, position: 1, originalPosition: 3, waitMs: 2000 });
  t.match(of("EXITWITHKEY|9|1|3|2"), { key: "9", position: 1, originalPosition: 3, waitMs: 2000 });
  for (const event of ["COMPLETEAGENT", "COMPLETECALLER"])
    t.match(of(`${event}|5|61|2`), { event, holdMs: 5000, talkMs: 61000, originalPosition: 2 });
  t.match(of("BLINDTRANSFER|200|from-agent|5|61|2"), { exten: "200", context: "from-agent", talkMs: 61000 });
  t.match(of("ATTENDEDTRANSFER|LINK|SIP/a|SIP/b|5|61|2"), { to: ["LINK", "SIP/a", "SIP/b"], holdMs: 5000 });
  t.match(of("RINGNOANSWER|15000"), { event: "RINGNOANSWER", ringMs: 15000 });
  t.match(of("RINGCANCELED|120"), { event: "RINGCANCELED", ringMs: 120 });
  t.match(of("PAUSE|lunch"), { event: "PAUSE", reason: "lunch" });
  t.match(of("UNPAUSEALL|"), { event: "UNPAUSEALL", reason: "" });
  t.match(of("ADDMEMBER|PAUSED"), { event: "ADDMEMBER", paused: true });
  t.match(of("REMOVEMEMBER|"), { event: "REMOVEMEMBER" });
  t.match(of("AGENTDUMP|"), { event: "other", name: "AGENTDUMP", data: [""] });
  t.match(parseQueueLog("1795293237|NONE|NONE|NONE|QUEUESTART|"), { event: "other", queue: "NONE" });
  for (const bad of [
    "",
    "x|y",
    "12x|a|b|c|CONNECT|1|2|3",
    "1|a|b|c",
    "1|a|b|c|CONNECT|1|2",
    "1|a|b|c|ABANDON|1|x|2",
  ])
    t.equal(parseQueueLog(bad), undefined, JSON.stringify(bad));
});

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
  const path = join(t.testdir({ log: `${record("79\n0", "x")}\n"HANGUP","1.000001","half\n` }), "log");
  const { heard } = listen(t, path, { multiLine: celLines });
  await until(() => heard.lines.length === 2);
  t.equal(parseCel(heard.lines[0] ?? "")?.callerNumber, "79\n0");
  t.equal(parseCel(heard.lines[1] ?? ""), undefined);
});
