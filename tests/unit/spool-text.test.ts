/** What stands in the spool: lines out of chunks, CEL records and queue_log events out of lines. */
import fc from "fast-check";
import t from "tap";
import { celConf, celCustomMapping, celLines, parseCel } from "../../apps/asterisk/spool/cel.ts";
import { parseQueueLog } from "../../apps/asterisk/spool/queue-log.ts";
import { createSplitter, type MultiLine, maxRecordBytes } from "../../apps/asterisk/spool/splitter.ts";
import { hangupRecord } from "../support/cel-lines.ts";

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
        `${hangupRecord("1", "before")}\n${hangupRecord(number, name, exten)}\n${hangupRecord("2", "after")}\n`,
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
    Buffer.from(`${hangupRecord("79\n0", "x")}\nHANGUP,1.000001,a\n`),
    celLines,
  );
  t.equal(parseCel(genuine?.text ?? "")?.callerNumber, "79\n0", "as percent-0A in a SIP user arrives");
  t.equal(parseCel(forged?.text ?? ""), undefined, "unquoted is not ours");
});

t.test("cel: a half record costs itself only", async (t) => {
  const whole = hangupRecord("2", "after");
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
