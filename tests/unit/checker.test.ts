/** The soak's checker finds what is wrong: a true story passes, and each invariant's lie is found. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { home } from "../../apps/home.ts";
import * as checker from "../load/checker.ts";
import * as recorded from "../load/recorded.ts";
import { type Offered, type Ring, readOffered, readRings } from "../load/wire.ts";

const T0 = 1_795_000_000;
const [ANN, BOB, OWN] = ["+79160000001", "+79160000002", "+79160000003"];
const TONES = { customer: () => 400, agent: 1000 };
const BOUND = { share: 0.05, files: 2, memoryMb: 3 };

/** SIPp's way of writing: date, time and seconds since 1970, then what happened. */
const line = (second: number, text: string): string =>
  `2026-11-18\t08:26:40.000000\t${(T0 + second).toFixed(6)} ${text}`;
const CUSTOMERS = [
  line(0, `calls ${ANN} +74951000001`),
  line(2, `answered ${ANN}`),
  line(9, `left ${ANN}`),
  line(1, `calls ${BOB} +74951000001`),
  line(5, `cancels ${BOB}`),
  line(5.01, `cancelled ${BOB}`),
  line(11, `calls ${OWN} +74951000001`),
  line(12, `answered ${OWN}`),
  line(15, `leaves ${OWN}`),
].join("\n");
const from = (caller: string): string => `From: <sip:${caller}@127.0.0.1>;tag=x`.slice(6);
const PHONES = [
  line(1, `rings a@1 agent-1 ${from(ANN)}`),
  line(2, `answers a@1 agent-1 ${from(ANN)}`),
  line(9, `ends a@1 agent-1 ${from(ANN)}`),
  line(2, `rings b@1 agent-2 ${from(BOB)}`),
  line(5, `stops b@1 agent-2 ${from(BOB)}`),
  line(11.2, `rings c@1 agent-1 ${from(OWN)}`),
  line(12, `answers c@1 agent-1 ${from(OWN)}`),
  line(15, `ends c@1 agent-1 ${from(OWN)}`),
].join("\n");
const ms = (second: number): number => (T0 + second) * 1000;

const row = (id: string, caller: string, end: number, rest: Partial<checker.CallRow>): checker.CallRow => ({
  ...{ id, from: caller, endedAt: ms(end), waitMs: 0, talkMs: null, ending: "answered", account: "agent-1" },
  ...rest,
});
const ROWS = [
  row("1", ANN, 9, { waitMs: 2020, talkMs: 6990 }),
  row("2", BOB, 5, { waitMs: 4010, ending: "abandoned", account: null }),
  row("3", OWN, 15, { waitMs: 1000, talkMs: 3000 }),
];
const CLOSED = new Map([
  ["1", ms(11)],
  ["2", ms(6)],
  ["3", ms(16)],
]);

/** The true story with changes; what is found is `invariant about: what`. */
interface Story {
  offered: Offered[];
  rings: Ring[];
  rows: checker.CallRow[];
  closed: ReadonlyMap<string, number>;
}
const truth = (): Story => ({
  ...{ offered: readOffered(CUSTOMERS), rings: readRings(PHONES), rows: [...ROWS], closed: CLOSED },
});
const found = (findings: readonly checker.Finding[]): string[] =>
  findings.map(({ invariant, about, what }) => `${invariant} ${about}: ${what}`);
const one = ({ offered, rows }: Story) => found(checker.oneRecordEach(offered, rows));
const two = ({ offered, rings, rows, closed }: Story) =>
  found(checker.recordsAreTrue(offered, rings, rows, closed));
const three = ({ rings }: Story, transferred: string[] = []) =>
  found(checker.oneCallPerAgent(rings, new Set(transferred)));

t.test("the wire is read from SIPp's logs", async (t) => {
  const { offered, rings } = truth();
  t.match(offered[0], {
    caller: ANN,
    calledAt: ms(0),
    answeredAt: ms(2),
    endedAt: ms(9),
    endedBy: "asterisk",
  });
  t.match(offered[1], { caller: BOB, answeredAt: undefined, endedAt: ms(5.01), endedBy: "customer" });
  t.match(rings[1], { account: "agent-2", caller: BOB, answeredAt: undefined, endedAt: ms(5) });
  t.equal(readOffered(line(0, `calls ${ANN} 1`))[0]?.endedBy, undefined, "an end that was not seen is none");
});

t.test("a true story passes", async (t) => {
  t.same([...one(truth()), ...two(truth()), ...three(truth())], []);
});

t.test("N1 missing, doubled and invented records", async (t) => {
  t.same(one({ ...truth(), rows: ROWS.slice(1) }), [`N1 ${ANN}: 0 records`]);
  t.same(one({ ...truth(), rows: [...ROWS, row("4", BOB, 5, {})] }), [`N1 ${BOB}: 2 records`]);
  t.same(one({ ...truth(), rows: [...ROWS, row("4", "+79169", 5, {})] }), ["N1 +79169: never called"]);
});

t.test("N2 a record that is open, late, or says something else than the wire", async (t) => {
  const instead = (change: Partial<checker.CallRow>, at = 0): Story => ({
    ...truth(),
    rows: ROWS.map((each, index) => (index === at ? { ...each, ...change } : each)),
  });
  t.same(two({ ...truth(), closed: new Map([...CLOSED].slice(1)) }), [`N2 ${ANN}: not closed`]);
  t.same(two(instead({ endedAt: null })), [`N2 ${ANN}: not closed`]);
  const late = new Map([...CLOSED, ["1", ms(40)]] as const);
  t.same(two({ ...truth(), closed: late }), [`N2 ${ANN}: closed 31.0 s after the last BYE`]);
  t.same(two(instead({ ending: "abandoned" })), [`N2 ${ANN}: abandoned in the record, answered on the wire`]);
  t.same(two(instead({ ending: "no_answer" }, 1)), [
    `N2 ${BOB}: no_answer in the record, abandoned on the wire`,
  ]);
  t.same(two(instead({ ending: "answered" }, 1)), [
    `N2 ${BOB}: answered in the record, abandoned on the wire`,
  ]);
  const taken = (ring: Partial<Ring>, talkMs: number): Story => {
    const story = instead({ ending: "answered", talkMs }, 1);
    return {
      ...story,
      rings: story.rings.map((each) => (each.caller === BOB ? { ...each, ...ring } : each)),
    };
  };
  const crossing = { answeredAt: ms(4.8), endedAt: ms(5.1) };
  t.same(two(taken(crossing, 200)), [], "the customer left at the moment of the answer");
  t.equal(two(taken(crossing, 3000)).length, 1, "no talk of seconds came of it");
  t.equal(two(taken({ answeredAt: ms(3), endedAt: ms(5.1) }, 200)).length, 1, "the answer came long before");
  t.same(two(instead({ waitMs: 3100 })), [`N2 ${ANN}: wait 3100 ms in the record, 2000 ms on the wire`]);
  t.same(two(instead({ talkMs: null })), [`N2 ${ANN}: talk null ms in the record, 7000 ms on the wire`]);
  t.same(two(instead({ account: "agent-2" })), [`N2 ${ANN}: agent-2 in the record, agent-1 on the wire`]);
});

t.test("N3 an agent in two calls, a phone that rings meanwhile, a customer with two agents", async (t) => {
  const { rings } = truth();
  const ring = (change: Partial<Ring>): Ring => ({
    ...{
      callId: "x@1",
      account: "agent-3",
      caller: BOB,
      rangAt: ms(20),
      answeredAt: ms(21),
      endedAt: ms(25),
    },
    ...change,
  });
  const meanwhile = { account: "agent-1", rangAt: ms(4), answeredAt: ms(5), endedAt: ms(6) };
  t.same(three({ ...truth(), rings: [...rings, ring(meanwhile)] }), [
    `N3 agent-1: in two calls (${BOB})`,
    `N3 agent-1: rings for two calls (${BOB})`,
  ]);
  const unanswered: Ring = { callId: "x@1", account: "agent-1", caller: BOB, rangAt: ms(4), endedAt: ms(6) };
  t.same(three({ ...truth(), rings: [...rings, unanswered] }), [`N3 agent-1: rings for two calls (${BOB})`]);
  const joined = ring({ caller: ANN, rangAt: ms(7), answeredAt: ms(8), endedAt: ms(9) });
  t.same(three({ ...truth(), rings: [...rings, joined] }, [ANN]), [`N3 ${ANN}: with two agents (${ANN})`]);
  const after = ring({ caller: ANN, rangAt: ms(10), answeredAt: ms(10.5), endedAt: ms(12) });
  t.same(three({ ...truth(), rings: [...rings, after] }), [
    `N3 ${ANN}: 2 agents, and nobody transferred the call`,
  ]);
  t.same(three({ ...truth(), rings: [...rings, after] }, [ANN]), [], "a transfer is no fault");
});

t.test("N4 an agent who took no probe call, or two", async (t) => {
  const { rings } = truth();
  const judge = (accounts: string[]) => found(checker.everyAgentTakesOne(accounts, [ANN, OWN], rings));
  t.same(judge(["agent-1", "agent-2"]), ["N4 agent-1: took 2 probe calls", "N4 agent-2: took 0 probe calls"]);
  t.same(found(checker.everyAgentTakesOne(["agent-1"], [ANN], rings)), []);
});

t.test("N5 something left, files and memory that grow, a process that went", async (t) => {
  const held = (files: number, memoryMb: number) => ({ engine: { files, memoryMb } });
  const judge = (left: Record<string, number>, after: Record<string, checker.Holding>) => {
    const growth = { before: held(40, 100), after };
    return found(checker.nothingLeaks({ left, files: growth, memory: growth, bound: BOUND }));
  };
  t.same(judge({ channels: 0, bridges: 0 }, held(42, 105)), []);
  t.same(judge({ channels: 1, bridges: 0 }, held(40, 90)), ["N5 channels: 1 left"]);
  t.same(judge({}, held(43, 106)), ["N5 engine: files 40 → 43", "N5 engine: memory 100 → 106 MB"]);
  t.same(judge({}, {}), ["N5 engine: the process is gone", "N5 engine: the process is gone"]);
});

/** A stereo WAV of two tones. */
function wav(ms: number, left: number, right: number): Buffer {
  const frames = (ms * 8000) / 1000;
  const data = Buffer.alloc(frames * 4);
  const sample = (hertz: number, frame: number): number =>
    Math.round(8000 * Math.sin((2 * Math.PI * hertz * frame) / 8000));
  for (let frame = 0; frame < frames; frame++) {
    data.writeInt16LE(sample(left, frame), frame * 4);
    data.writeInt16LE(sample(right, frame), frame * 4 + 2);
  }
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write("WAVEfmt ", 8);
  for (const [value, at] of [
    [1, 20],
    [2, 22],
    [4, 32],
    [16, 34],
  ] as const)
    head.writeUInt16LE(value, at);
  for (const [value, at] of [
    [16, 16],
    [8000, 24],
    [32_000, 28],
  ] as const)
    head.writeUInt32LE(value, at);
  head.write("data", 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

t.test("N6 a recording that is missing, cut, changed, or somebody else's", async (t) => {
  const { offered, rings } = truth();
  const file = (callId: string, sound: Buffer): recorded.RecordingFile => ({
    ...{ callId, state: "kept", sha256: createHash("sha256").update(sound).digest("hex") },
    heard: recorded.hear(sound, [400, 520, 1000]),
  });
  const good = [file("1", wav(6800, 400, 1000)), file("3", wav(3100, 400, 1000))];
  const judge = (first: recorded.RecordingFile | undefined) =>
    found(recorded.recordingsAreWhole(talks([...(first ? [first] : []), ...good.slice(1)]), TONES));
  const talks = (files: recorded.RecordingFile[]) =>
    recorded.talksWithRecordings(offered, rings, ROWS, files);
  t.same(recorded.lengthsOff(talks(good)), [-200, 100]);
  t.same(judge(good[0]), [], "BOB was not answered and needs none");
  t.same(judge(undefined), [`N6 ${ANN}: no recording`]);
  t.same(judge(file("1", wav(6400, 400, 1000))), [`N6 ${ANN}: 6400 ms recorded, 7000 ms talked`]);
  t.same(judge({ ...file("1", wav(7000, 400, 1000)), sha256: "00" }), [
    `N6 ${ANN}: another checksum than its row`,
  ]);
  t.same(judge(file("1", wav(7000, 520, 1000))), [`N6 ${ANN}: side 0 is not 400 Hz`]);
  t.same(judge(file("1", wav(7000, 400, 0))), [`N6 ${ANN}: side 1 is not 1000 Hz`]);
});

t.test("the checker uses nothing of ours", async (t) => {
  const files = ["checker.ts", "recorded.ts", "wire.ts", "sound-of.ts"];
  const folder = join(home, "tests/load");
  for (const name of files) {
    t.ok(readdirSync(folder).includes(name));
    const imports = [...readFileSync(join(folder, name), "utf8").matchAll(/from "([^"]+)"/g)];
    const others = imports.flatMap(([, path = ""]) =>
      /^(node:|pg$)/.test(path) || files.includes(path.replace("./", "")) ? [] : [path],
    );
    t.same(others, [], `${name} imports node, pg and its own kind`);
  }
});
