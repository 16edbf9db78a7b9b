import fc from "fast-check";
import t from "tap";
import type { Fact } from "../../apps/core/records/facts.ts";
import { foldCall, type Names, phoneOfChannel } from "../../apps/core/records/fold.ts";
import { callIdOf } from "../../apps/engine/call-id.ts";
import { parseJournalLine } from "../../apps/engine/journal.ts";

const names: Names = {
  agentByPhone: (phone) => ({ "a101-x": "anna", "a102-x": "boris" })[phone],
  lineByKey: (key) => (key === "l1" ? "line-1" : undefined),
  queueByKey: (key) => (key === "q1" ? "queue-1" : undefined),
};
const T = 1_795_293_413_000;
let offset = 0;

function cel(kind: string, seconds: number, channel: string, data: Record<string, unknown> = {}): Fact {
  const names: Record<string, string> = {
    dz: "PJSIP/t1-00000000",
    "dz.1": "PJSIP/a101-x-00000001",
    "dz.2": "PJSIP/a102-x-00000002",
  };
  return {
    origin: `cel:f:${offset++}`,
    at: T + seconds * 1000,
    source: "cel",
    kind,
    data: { channel: names[channel], uniqueId: channel, linkedId: "dz", ...data },
  };
}
const bridge = { extra: { bridge_id: "b1" } };
const line = { accountCode: "l1" };

/** A customer waits 3 s, talks to Anna for 10 s and hangs up. */
const answered = (): Fact[] => [
  cel("CHAN_START", 0, "dz", { context: "from-trunk", exten: "+74950000101", callerNumber: "+79160000001" }),
  {
    origin: "engine:j:0",
    at: T + 10,
    source: "engine",
    kind: "CallArrived",
    data: { from: "+79160000001", contactId: "c1", ownerId: "anna", lineId: "line-1" },
  },
  { origin: "engine:j:1", at: T + 11, source: "engine", kind: "AgentOffered", data: { agent: "anna" } },
  cel("CHAN_START", 0.02, "dz.1"),
  cel("ANSWER", 3, "dz.1", line),
  cel("ANSWER", 3, "dz", line),
  cel("BRIDGE_ENTER", 3.001, "dz.1", bridge),
  cel("BRIDGE_ENTER", 3.002, "dz", { ...bridge, ...line }),
  cel("BRIDGE_EXIT", 13.002, "dz", { ...bridge, ...line }),
  cel("BRIDGE_EXIT", 13.003, "dz.1", bridge),
  cel("HANGUP", 13.003, "dz", { extra: { hangupcause: 16 }, ...line }),
  cel("HANGUP", 13.004, "dz.1", { extra: { hangupcause: 16 } }),
  cel("LINKEDID_END", 13.004, "dz.1"),
];

t.test("WRAP-06 an answered call's record has who, when, how long and how it ended", (t) => {
  t.match(foldCall("dz", answered(), names), {
    type: "inbound",
    fromNumber: "+79160000001",
    toNumber: "+74950000101",
    lineId: "line-1",
    contactId: "c1",
    ownerId: "anna",
    agentId: "anna",
    firstOfferedId: "anna",
    waitMs: 3002,
    talkMs: 10_000,
    ending: "answered",
    culprit: "theirs",
    cause: 16,
    fallback: false,
    legs: [{ channel: "dz" }, { channel: "dz.1", agentId: "anna", cause: 16 }],
  });
  t.end();
});

t.test("the fold does not depend on the order or the number of times that facts come", (t) => {
  const facts = answered();
  const once = foldCall("dz", facts, names);
  fc.assert(
    fc.property(fc.shuffledSubarray(facts, { minLength: facts.length }), (shuffled) => {
      t.strictSame(foldCall("dz", shuffled, names), once);
    }),
    { numRuns: 50 },
  );
  t.end();
});

t.test("a call belongs to the queue on whose behalf it was offered, though it waited in none", (t) => {
  const decided = (second: number, kind: string, queue: string): Fact => ({
    origin: `engine:j:${100 + second}`,
    at: T + second,
    source: "engine",
    kind,
    data: { queue },
  });
  const facts = [...answered(), decided(1, "CallArrived", "queue-1")];
  t.equal(foldCall("dz", answered(), names)?.queueId, undefined);
  t.equal(foldCall("dz", facts, names)?.queueId, "queue-1", "its line's queue");
  t.equal(foldCall("dz", [...facts, decided(12, "AgentOffered", "queue-2")], names)?.queueId, "queue-2");
  t.equal(
    foldCall("dz", answered().slice(0, 4), names)?.legs[1]?.talkMs,
    undefined,
    "a phone that only rang has no talk",
  );
  t.end();
});

t.test("a call that is going on has no end, no ending, and its talk so far", (t) => {
  const record = foldCall("dz", answered().slice(0, 8), names);
  t.equal(record?.endedAt, undefined);
  t.equal(record?.ending, undefined);
  t.equal(record?.type, "inbound", "not missed before it is over");
  t.ok(record?.connectedAt);
  t.equal(foldCall("dz", [], names), undefined);
  t.end();
});

t.test("MISS-04 a call that nobody answered is of the type missed, whatever it waited for", (t) => {
  const start = cel("CHAN_START", 0, "dz", { context: "from-trunk", callerNumber: "+7916" });
  const end = [
    cel("HANGUP", 8, "dz", { extra: { hangupcause: 16 }, ...line }),
    cel("LINKEDID_END", 8, "dz", line),
  ];
  const queued: Fact = {
    origin: "queue:f:1",
    at: T + 2000,
    source: "queue",
    kind: "ENTERQUEUE",
    data: { queue: "q1" },
  };
  t.match(foldCall("dz", [start, queued, ...end], names), {
    type: "missed",
    ending: "abandoned",
    culprit: "theirs",
    queueId: "queue-1",
    waitMs: 8000,
    talkMs: undefined,
  });
  const closed = cel("USER_DEFINED", 1, "dz", { userEvent: "ENDING", extra: { extra: "out_of_hours" } });
  t.match(foldCall("dz", [start, closed, ...end], names), { type: "missed", ending: "out_of_hours" });
  t.end();
});

t.test("the fallback is marked, and its agent is found from the channels alone", (t) => {
  const facts = answered().filter((fact) => fact.source === "cel");
  const alone = cel("USER_DEFINED", 0.5, "dz", { userEvent: "FALLBACK", extra: { extra: "l1" } });
  t.match(foldCall("dz", [...facts, alone], names), {
    fallback: true,
    agentId: "anna",
    firstOfferedId: "anna",
    lineId: "line-1",
  });
  t.end();
});

t.test("a transfer inside the record: talk adds up, the last agent counts", (t) => {
  const second = { extra: { bridge_id: "b2" } };
  const facts = [
    ...answered().slice(0, 10),
    cel("CHAN_START", 13.1, "dz.2"),
    cel("BRIDGE_ENTER", 15, "dz.2", second),
    cel("BRIDGE_ENTER", 15, "dz", second),
    cel("HANGUP", 20, "dz", { extra: { hangupcause: 16 } }),
    cel("LINKEDID_END", 20, "dz"),
  ];
  t.match(foldCall("dz", facts, names), {
    agentId: "boris",
    talkMs: 15_000,
    waitMs: 3002,
    legs: [
      { channel: "dz", talkMs: 15_000 },
      { channel: "dz.1", talkMs: 10_000 },
      { channel: "dz.2", talkMs: 5000 },
    ],
  });
  t.end();
});

t.test("a call that Asterisk did not finish is closed as lost, with the talk it had", (t) => {
  const lost: Fact = { origin: "engine:j:9", at: T + 9000, source: "engine", kind: "CallLost", data: {} };
  t.match(foldCall("dz", [...answered().slice(0, 8), lost], names), {
    ending: "answered",
    talkMs: 5998,
    endedAt: T + 9000,
  });
  t.match(foldCall("dz", [...answered().slice(0, 4), lost], names), {
    ending: "lost",
    culprit: "ours",
    type: "missed",
  });
  t.end();
});

t.test("ids and names", (t) => {
  t.equal(callIdOf("dz-1.0"), callIdOf("dz-1.0"));
  t.not(callIdOf("dz-1.0"), callIdOf("dz-1.1"));
  t.match(callIdOf("x"), /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  t.equal(phoneOfChannel("PJSIP/a101-k3f9-0000002a"), "a101-k3f9");
  t.equal(phoneOfChannel("Local/x@y-00000001;1"), undefined);
  t.equal(parseJournalLine('{"kind":"CallArrived","at":1,"ca', "o"), undefined, "half a line of a crash");
  t.end();
});
