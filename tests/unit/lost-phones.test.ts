/** F11: a phone that vanishes in a talk. The caller is not sent away, and the agent's talk ends like any other. */
import t from "tap";
import type { Agent, Queue } from "../../apps/core/floor.ts";
import type { Fact } from "../../apps/core/records/facts.ts";
import { foldWrapUps } from "../../apps/core/records/wrap-ups.ts";
import { agent, house, line, queue, T0 } from "../support/floor.ts";

const WRAP_UP = { wrapUp: { mode: "until-completed" } } as const;

function team(names: readonly string[], change: Partial<Queue> = {}) {
  const agents: Agent[] = names.map((name) => agent(name));
  const made = house(agents, [queue(agents, change)], [line({ ownerFirst: false })]);
  const phone = (name: string) => `a-${name.toLowerCase()}`;
  const facts: Fact[] = [];
  const hear: typeof made.hear = (input) => {
    const turn = made.hear(input);
    for (const event of turn.events)
      facts.push({ origin: "o", source: "engine", kind: event.kind, at: event.at, data: { ...event } });
    return turn;
  };
  return {
    ...made,
    hear,
    facts,
    talks: (call: string, name: string) =>
      hear({ kind: "talkStarted", at: T0 + 30_000, call, phone: phone(name), channel: `ch-${name}` }),
    /** Asterisk's record: the agent's channel is gone. */
    ends: (call: string, name: string) =>
      hear({
        kind: "talkEnded",
        at: T0 + 60_000,
        call,
        phone: phone(name),
        channel: `ch-${name}`,
        gone: true,
      }),
    /** The dialplan asks for the caller. */
    vanishes: (call: string, name: string) => {
      const { effects } = hear({
        ...{ kind: "phoneVanished", at: T0 + 60_001, call, channel: `ch-${call}`, lineKey: "l1", draw: 0 },
        phone: phone(name),
      });
      const going = effects.find((effect) => effect.kind === "continue");
      return going?.kind === "continue" ? going.step : undefined;
    },
  };
}

t.test("F11 after a talk a new round begins: who let it ring before is asked again", (t) => {
  const made = team(["Anna", "Boris"], { joinWhenEmpty: true });
  made.arrive("1");
  made.ringOut("1", "anna");
  made.talks("1", "Boris");
  t.match(made.vanishes("1", "Boris"), { kind: "offer", phone: "a-anna" });
  t.strictSame(made.floor.calls.get("1")?.tried, ["boris"]);
  t.end();
});

t.test(
  "F11 nobody else is there, or the queue is full: the caller waits at the head, and is not sent away",
  (t) => {
    const alone = team(["Anna"]);
    alone.arrive("1");
    alone.talks("1", "Anna");
    t.match(alone.vanishes("1", "Anna"), { kind: "queue", key: "q1", priority: 1000 });

    const full = team(["Anna"], { maxLength: 1 });
    full.arrive("1");
    full.talks("1", "Anna");
    t.equal(full.arrive("2", { from: "+79160000002" }).goes, "queue q1");
    t.match(full.vanishes("1", "Anna"), { kind: "queue", key: "q1" });
    t.end();
  },
);

t.test("D-44 a phone that was silent before anybody answered does not lengthen the round", (t) => {
  const made = team(["Anna"]);
  made.arrive("1");
  made.hear({ kind: "phoneSilent", at: T0 + 2000, call: "1", phone: "a-anna" });
  t.equal(made.ringOut("1", "anna").goes, "ending no-answer");
  t.end();
});

for (const recordFirst of [true, false])
  t.test(
    `WRAP-07, F11 a lost phone's talk ends with its wrap-up, ${recordFirst ? "told before" : "told after"} the question`,
    (t) => {
      const made = team(["Anna", "Boris"], WRAP_UP);
      made.arrive("1");
      made.talks("1", "Anna");
      if (recordFirst) made.ends("1", "Anna");
      t.match(made.vanishes("1", "Anna"), { kind: "offer", phone: "a-boris" });
      if (!recordFirst) made.ends("1", "Anna");
      const said = made.facts.map(({ kind }) => kind);
      t.equal(said.filter((kind) => kind === "TalkEnded").length, 1, "one end of one talk");
      t.equal(said.filter((kind) => kind === "WrapUpStarted").length, 1);
      t.match(made.floor.agents.get("anna"), { phoneLost: true, call: { id: "1", phase: "wrap-up" } });
      t.ok(made.floor.agents.get("anna")?.lastTalkEndedAt);
      made.hear({ kind: "callGone", at: T0 + 70_000, call: "1" });
      const done = made.hear({ kind: "serviceCompleted", at: T0 + 80_000, call: "1", agent: "anna" });
      t.equal((done as { refused?: unknown }).refused, undefined);
      t.match(foldWrapUps(made.facts), [{ agentId: "anna", endedBy: "completed" }], "closed in the record");
      t.end();
    },
  );

t.test("F11 without a wrap-up the agent is out of the call, and is offered nothing", (t) => {
  const made = team(["Anna"]);
  made.arrive("1");
  made.talks("1", "Anna");
  made.vanishes("1", "Anna");
  made.ends("1", "Anna");
  t.match(made.floor.agents.get("anna"), { phoneLost: true, call: undefined });
  t.not(made.arrive("2", { from: "+79160000002" }).goes, "offer a-anna");
  t.end();
});
