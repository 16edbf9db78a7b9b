/**
 * A restart in the middle of calls: the floor out of the record is the floor that was lost.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Call } from "../../apps/core/floor.ts";
import type { Fact } from "../../apps/core/records/facts.ts";
import { inOrder } from "../../apps/core/records/fold.ts";
import { foldOpenCall, type OpenLeg, type OpenRow } from "../../apps/core/records/open-call.ts";
import { openJournal, parseJournalLine } from "../../apps/engine/journal.ts";
import { agent, type House, house, T0 } from "../support/floor.ts";

let offset = 0;
const at = (seconds: number) => T0 + seconds * 1000;
const cel = (kind: string, seconds: number, uniqueId: string, bridge?: string): Fact => ({
  origin: `cel:f:${offset++}`,
  at: at(seconds),
  source: "cel",
  kind,
  data: { uniqueId, ...(bridge && { extra: { bridge_id: bridge } }) },
});
const said = (kind: string, seconds: number, data: object = {}): Fact => ({
  origin: `engine:f:${offset++}`,
  at: at(seconds),
  source: "engine",
  kind,
  data: { ...data },
});
const entered = (seconds: number): Fact => ({
  origin: `queue:f:${offset++}`,
  at: at(seconds),
  source: "queue",
  kind: "ENTERQUEUE",
  data: {},
});
const leg = (agentId: string, channel: string, answered = true): OpenLeg => ({
  agentId,
  channel,
  answered,
  startedAt: at(1),
});
const talk = (who: string, seconds: number): Fact[] => [
  said("AgentOffered", seconds - 1, { agent: who }),
  cel("BRIDGE_ENTER", seconds, `ch-${who}`, `b-${seconds}`),
  cel("BRIDGE_ENTER", seconds, "ch-1", `b-${seconds}`),
];
const apart = (who: string, seconds: number): Fact[] => [
  cel("BRIDGE_EXIT", seconds, `ch-${who}`),
  cel("BRIDGE_EXIT", seconds, "ch-1"),
  cel("HANGUP", seconds, `ch-${who}`),
];
const row: OpenRow = { kind: "inbound", main: "ch-1", arrivedAt: T0, agentId: undefined };
const fold = (facts: Fact[], legs: OpenLeg[] = [], change: Partial<OpenRow> = {}) =>
  foldOpenCall({ ...row, ...change }, inOrder(facts), legs);

/** A house after its restart. */
function restarted(
  call: ReturnType<typeof fold>,
  made: House = house([agent("Anna"), agent("Boris")]),
): House {
  const known: Pick<
    Call,
    "id" | "channel" | "kind" | "lineId" | "arrivedAt" | "welcomed" | "recorded" | "queueId"
  > = {
    id: "1",
    channel: "ch-1",
    kind: "inbound",
    lineId: "l",
    queueId: "q",
    arrivedAt: T0,
    welcomed: true,
    recorded: true,
  };
  made.hear({ kind: "callsRecovered", at: at(100), calls: [{ ...known, ...call }] });
  return made;
}

t.test("N1, F11 a caller who is back in the queue after a talk waits there, after a restart too", (t) => {
  const facts = [
    ...talk("anna", 10),
    ...apart("anna", 20),
    said("PhoneLost", 20, { agent: "anna" }),
    said("OfferEnded", 20, { agent: "anna", result: "PHONELOST" }),
    said("CallQueued", 20, { queue: "q" }),
    entered(21),
  ];
  const call = fold(facts, [], { agentId: "anna" });
  t.match(call, { phase: "queued", phaseSince: at(20), agentId: undefined, urgent: true, tried: ["anna"] });
  const made = restarted(call);
  t.equal(made.floor.agents.get("anna")?.call, undefined, "the earlier agent does not talk");
  t.match(made.arrive("2", { at: at(101) }).goes, "queue q1", "a newcomer goes behind");
  const boris = (device: "busy" | "idle") =>
    made.hear({ kind: "deviceChanged", at: at(102), phone: "a-boris", device });
  boris("busy");
  t.match(boris("idle").effects, [{ kind: "nudge", call: "1" }], "the queue is woken for it");
  t.end();
});

t.test("N1 a talk that goes on is one, with the agent of now", (t) => {
  const facts = [
    ...talk("anna", 10),
    ...apart("anna", 20),
    said("PhoneLost", 20, { agent: "anna" }),
    said("OfferEnded", 20, { agent: "anna", result: "PHONELOST" }),
    ...talk("boris", 30),
  ];
  const call = fold(facts, [leg("boris", "ch-boris")], { agentId: "boris" });
  t.match(call, {
    phase: "talking",
    agentId: "boris",
    agentChannel: "ch-boris",
    phaseSince: at(30),
    urgent: true,
  });
  t.match(restarted(call).floor.agents.get("boris")?.call, {
    id: "1",
    phase: "talking",
    channel: "ch-boris",
  });
  t.equal(
    fold([...talk("anna", 10), ...apart("anna", 20)], [], { agentId: "anna" }).phase,
    "talking",
    "nothing else was said yet",
  );
  t.end();
});

t.test("N1 a second offer after a talk, a blind transfer, and a call outside are what they are", (t) => {
  const before = [...talk("anna", 10), ...apart("anna", 20)];
  t.match(
    fold([...before, said("CallReturned", 21), said("AgentOffered", 21, { agent: "boris" })], [], {
      agentId: "anna",
    }),
    {
      phase: "offered",
      agentId: "boris",
    },
  );
  const target = { kind: "agent", id: "boris", phone: "a-boris" };
  const regroup = { kind: "transferring", by: "anna", since: at(15), target };
  t.match(
    fold(
      [...talk("anna", 10), said("CallTransferred", 15, { agent: "anna", regroup }), ...apart("anna", 16)],
      [],
      {
        agentId: "anna",
      },
    ),
    { phase: "offered", agentId: "boris" },
  );
  const outside = [
    said("ExternalDialled", 22, { number: "+74950000000" }),
    cel("BRIDGE_ENTER", 25, "out", "b-out"),
    cel("BRIDGE_ENTER", 25, "ch-1", "b-out"),
  ];
  t.match(fold([...before, said("CallReturned", 21), ...outside], [], { agentId: "anna" }), {
    phase: "talking",
    agentId: undefined,
  });
  t.end();
});

t.test("D-44 whose phone rang in vain is counted in this round only; who was called back is known", (t) => {
  const rang = (who: string, seconds: number) =>
    said("OfferEnded", seconds, { agent: who, result: "NOANSWER" });
  t.strictSame(fold([rang("anna", 1), rang("boris", 2)]).tried, ["anna", "boris"]);
  t.strictSame(fold([rang("anna", 1), said("CallReturned", 2), rang("boris", 3)]).tried, ["boris"]);
  t.equal(fold([said("CallArrived", 0, { calledBack: true })]).calledBack, true);
  const regroup = {
    kind: "transferring",
    by: "anna",
    since: at(2),
    target: { kind: "line", id: "l2", key: "l2" },
  };
  const lost = said("OfferEnded", 1, { agent: "anna", result: "PHONELOST" });
  const handed = fold([
    ...[said("CallArrived", 0, { calledBack: true }), said("PhoneLost", 1, { agent: "anna" }), lost],
    ...[said("CallTransferred", 2, { agent: "anna", regroup }), rang("boris", 3)],
  ]);
  t.match(handed, {
    tried: ["boris"],
    urgent: undefined,
    cutOff: undefined,
    calledBack: undefined,
    regroup: undefined,
  });
  t.equal(fold([said("CallArrived", 0)]).calledBack, undefined);
  t.end();
});

t.test("XFER-03, XFER-14 a consultation goes on after a restart: it can be completed, and accepted", (t) => {
  const target = { kind: "agent", id: "boris", phone: "a-boris" };
  const common = {
    kind: "consulting",
    by: "anna",
    since: at(20),
    target,
    acceptanceNeeded: false,
    thenConference: false,
  };
  const facts = [
    ...talk("anna", 10),
    said("ConsultationStarted", 20, { agent: "anna", regroup: { ...common, answered: false } }),
    cel("BRIDGE_EXIT", 20, "ch-1"),
    cel("BRIDGE_EXIT", 20, "ch-anna"),
    cel("BRIDGE_ENTER", 25, "ch-boris", "b-25"),
    cel("BRIDGE_ENTER", 25, "ch-anna", "b-25"),
    said("ConsultationAnswered", 25, { agent: "anna", regroup: { ...common, answered: true } }),
  ];
  const legs = [leg("anna", "ch-anna"), leg("boris", "ch-boris")];
  for (const by of ["anna", "boris"] as const) {
    const made = restarted(fold(facts, legs, { agentId: "anna" }));
    t.match(made.floor.agents.get("boris")?.call, {
      id: "1",
      phase: "talking",
      as: "consultant",
      channel: "ch-boris",
    });
    const ask = { do: by === "anna" ? "complete" : "accept" } as const;
    const { effects } = made.hear({ kind: "conversationAsked", at: at(101), call: "1", by, ask });
    t.match(effects, [{ kind: "redirect", channel: "ch-boris", other: { channel: "ch-anna" } }], ask.do);
  }
  const ringing = fold(facts.slice(0, -3), [leg("anna", "ch-anna"), leg("boris", "ch-boris", false)], {
    agentId: "anna",
  });
  t.match(restarted(ringing).floor.agents.get("boris")?.call, { phase: "offered", as: "consultant" });
  t.end();
});

t.test("a supervisor is still there after a restart, as what they became; one who left is not", (t) => {
  const facts = [
    ...talk("anna", 10),
    said("SupervisionStarted", 12, { agent: "boris", mode: "listen", channel: "ch-boris" }),
    said("SupervisionChanged", 13, { agent: "boris", mode: "whisper" }),
  ];
  const legs = [leg("anna", "ch-anna"), leg("boris", "ch-boris")];
  const made = restarted(fold(facts, legs, { agentId: "anna" }));
  t.match(made.floor.agents.get("boris")?.call, { as: "supervisor", mode: "whisper", channel: "ch-boris" });
  t.match(made.floor.agents.get("anna")?.call, { phase: "talking", as: undefined });
  t.strictSame(fold(facts, [leg("anna", "ch-anna")], { agentId: "anna" }).parts, []);
  t.end();
});

t.test("F11 a lost phone is written down, for after a restart", (t) => {
  const path = join(t.testdir(), "decisions.ndjson");
  const journal = openJournal(path);
  journal.append([{ kind: "PhoneLost", at: T0, call: "1", agent: "anna" }]);
  journal.close();
  t.match(parseJournalLine(readFileSync(path, "utf8").trim(), "o"), {
    kind: "PhoneLost",
    data: { agent: "anna" },
  });
  t.end();
});
