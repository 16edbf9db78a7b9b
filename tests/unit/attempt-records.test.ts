/**
 * What a campaign's dial came to, out of Asterisk's record: each ending, with its evidence (law L5, L8).
 */
import t from "tap";
import type { AttemptEnding } from "../../apps/core/dialling/campaign.ts";
import { CALL_ENDINGS, isCarriersFault, unansweredEnding } from "../../apps/core/dialling/endings.ts";
import type { Fact } from "../../apps/core/records/facts.ts";
import { foldCall } from "../../apps/core/records/fold.ts";

const CHANNEL = "campaign-1700000000.1";
const AGENT = "dozvon-1700000008.2";
const names = {
  agentByPhone: (phone: string) => (phone === "a101" ? "anna" : undefined),
  lineByKey: (key: string) => key,
  queueByKey: (key: string) => key,
};

let line = 0;
const cel = (at: number, kind: string, more: object = {}): Fact => ({
  origin: `cel:1:${line++}`,
  at,
  source: "cel",
  kind,
  data: { uniqueId: CHANNEL, channel: "PJSIP/t1-00000001", ...more },
});
const said = (at: number, userEvent: string, text = "") =>
  cel(at, "USER_DEFINED", { userEvent, extra: { extra: text } });
const decided = (at: number, kind: string, more: object = {}): Fact => ({
  origin: `engine:1:${line++}`,
  at,
  source: "engine",
  kind,
  data: { kind, at, ...more },
});
const begun = (): Fact[] => [
  decided(0, "CallArrived", { type: "outbound", from: "+74950000101", to: "+79160000001" }),
  cel(1, "CHAN_START"),
];
const over = (at: number, cause: number): Fact[] => [
  cel(at, "HANGUP", { extra: { hangupcause: cause } }),
  cel(at + 1, "LINKEDID_END"),
];
const fold = (facts: readonly Fact[]) => foldCall(CHANNEL, [...begun(), ...facts], names);

t.test("L8 unanswered: the cause is the ending, and whose doing it was", (t) => {
  for (const [cause, ending, culprit] of [
    [17, "busy", "theirs"],
    [18, "no_answer", "theirs"],
    [19, "no_answer", "theirs"],
    [21, "rejected", "theirs"],
    [1, "not_in_service", "theirs"],
    [28, "not_in_service", "theirs"],
    [20, "unreachable", "carrier"],
    [27, "unreachable", "carrier"],
    [34, "failed", "carrier"],
    [127, "failed", "carrier"],
  ] as const) {
    const record = fold(over(20_000, cause));
    t.match(record?.attempt, { ending, cause, answeredAt: undefined, endedAt: 20_000 });
    t.match(record, { type: "outbound", ending, culprit });
  }
  t.equal(unansweredEnding(undefined), "no_answer");
  t.equal(unansweredEnding(99), "failed", "what is not in the table");
  t.same([isCarriersFault(34), isCarriersFault(17), isCarriersFault(undefined)], [true, false, false]);
  t.end();
});

t.test("an agent was there: answered, with the moments", (t) => {
  const agent = { uniqueId: AGENT, channel: "PJSIP/a101-00000002" };
  const bridge = { extra: { bridge_id: "b" } };
  const record = fold([
    cel(8000, "ANSWER"),
    cel(8050, "CHAN_START", agent),
    cel(8200, "ANSWER", agent),
    cel(8210, "BRIDGE_ENTER", { ...agent, ...bridge }),
    cel(8215, "BRIDGE_ENTER", bridge),
    cel(20_000, "BRIDGE_EXIT", bridge),
    cel(20_001, "HANGUP", { ...agent, extra: { hangupcause: 16 } }),
    ...over(20_002, 16),
  ]);
  t.match(record?.attempt, {
    ending: "answered",
    answeredAt: 8000,
    connectedAt: 8215,
    abandonedAt: undefined,
  });
  t.match(record, { ending: "answered", agentId: "anna", toNumber: "+79160000001" });
  t.match(record?.connections, [{ number: "+79160000001", trunk: "t1", answeredAt: 8000 }], "it is charged");
  t.end();
});

t.test("P1 nobody was there: abandoned, with the evidence of the message", (t) => {
  const record = fold([
    cel(8000, "ANSWER"),
    said(9850, "ABANDONED", "engine"),
    said(9851, "MESSAGE", "abandoned"),
    said(12_000, "PRESSED", "9"),
    ...over(14_000, 16),
  ]);
  t.match(record?.attempt, {
    ending: "abandoned",
    answeredAt: 8000,
    abandonedAt: 9850,
    messagePlayedAt: 9851,
    pressed: "9",
  });
  t.match(record, { ending: "abandoned", culprit: "ours" });
  t.match(fold([cel(8000, "ANSWER"), ...over(9000, 16)]), {
    ending: "abandoned",
    culprit: "theirs",
    attempt: { ending: "hung_up", abandonedAt: undefined },
  });
  t.end();
});

t.test("a machine, a person, and who could not be told", (t) => {
  const machine = fold([
    cel(8000, "ANSWER"),
    said(10_500, "AMD", "MACHINE_MAXWORDS-6-5"),
    said(10_501, "MACHINE", "MAXWORDS-6-5"),
    ...over(10_600, 16),
  ]);
  t.match(machine, {
    ending: "machine",
    attempt: {
      ending: "machine",
      amd: { verdict: "machine", cause: "MAXWORDS-6-5", ms: 2500 },
      greetingEndedAt: undefined,
    },
  });
  const person = fold([cel(8000, "ANSWER"), said(10_000, "AMD", "HUMAN_HUMAN-800-800"), ...over(11_000, 16)]);
  t.match(person?.attempt, {
    ending: "hung_up",
    amd: { verdict: "person", ms: 2000 },
    greetingEndedAt: 9200,
  });
  const unsure = fold([
    cel(8000, "ANSWER"),
    said(13_000, "AMD", "NOTSURE_TOOLONG-5000"),
    ...over(13_100, 16),
  ]);
  t.match(unsure?.attempt, { ending: "hung_up", amd: { verdict: "unsure" }, greetingEndedAt: undefined });
  t.end();
});

t.test("L8 a carrier that said nothing at all is no customer who did not answer", (t) => {
  const silent = said(25_000, "SILENT", "t1");
  t.match(fold([silent, ...over(25_001, 16)]), { ending: "failed", answeredAt: undefined });
  t.match(fold(over(25_001, 16)), { ending: "no_answer" });
  t.end();
});

t.test("we hung up: shed or cancelled; on somebody who had just answered it is an abandoned call", (t) => {
  const shed = decided(17_000, "AttemptHungUp", { why: "shed" });
  t.match(fold([shed, ...over(17_010, 16)])?.attempt, { ending: "shed" });
  t.match(fold([decided(5000, "AttemptHungUp", { why: "cancelled" }), ...over(5010, 16)]), {
    ending: "cancelled",
    culprit: "ours",
    attempt: { ending: "cancelled" },
  });
  t.match(fold([cel(16_990, "ANSWER"), shed, ...over(17_010, 16)])?.attempt, { ending: "abandoned" });
  t.end();
});

t.test("an announcement that was heard, and a record that Asterisk could not complete", (t) => {
  const heard = fold([
    cel(8000, "ANSWER"),
    said(8001, "ANNOUNCED", "c1"),
    said(9000, "PRESSED", "1"),
    ...over(9500, 16),
  ]);
  t.match(heard, { ending: "self_service", attempt: { ending: "self_service", pressed: "1" } });
  const lost = fold([cel(8000, "ANSWER"), decided(30_000, "CallLost")]);
  t.match(lost, { ending: "lost", attempt: { ending: "lost" } });
  t.equal(fold([cel(8000, "ANSWER")])?.attempt, undefined, "open until the call is over");
  t.end();
});

t.test("every ending of an attempt is one of a call", (t) => {
  const endings: AttemptEnding[] = ["answered", "abandoned", "machine", "shed", "not_placed"];
  t.same(
    endings.map((ending) => CALL_ENDINGS[ending]),
    ["answered", "abandoned", "machine", "cancelled", "failed"],
  );
  t.end();
});
