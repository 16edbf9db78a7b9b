/**
 * Virtual hold as a rule: who is next, how many calls are in flight, when and how often a customer is tried.
 */
import t from "tap";
import type { Callback } from "../../apps/core/floor.ts";
import type { Input } from "../../apps/core/inputs.ts";
import type { Hours } from "../../apps/core/routing/hours.ts";
import { agent, type House, house, line, queue, T0 } from "../support/floor.ts";

const trunk = { id: "t", key: "t1", name: "Carrier", dials: true };
const rule = { afterSeconds: 45, digit: "1", attempts: 2, retryMinutes: 15, withinHoursOnly: true };
const CLOSED_AT_NOON: Hours = { zone: "UTC", week: [{ days: [1, 2], from: "09:00", to: "12:00" }] };

/** A house whose agents talk, and callers who wait since so many seconds after T0. */
function busy(names: readonly string[], waiting: Record<string, number>, hours?: Hours): House {
  const team = names.map((name) => agent(name));
  const made = house(team, [queue(team, { callback: rule })], [line({ ownerFirst: false, hours })], [trunk]);
  for (const [index, { phone }] of team.entries()) {
    made.arrive(`talk-${index}`, { from: `+7916000010${index}` });
    made.hear({ kind: "talkStarted", at: T0, call: `talk-${index}`, phone });
    made.hear({ kind: "deviceChanged", at: T0, phone, device: "busy" });
  }
  for (const [call, seconds] of Object.entries(waiting)) made.arrive(call, { at: T0 + seconds * 1000 });
  return made;
}

/** The caller presses the key, hears that the place is kept, and leaves. */
function keep(made: House, call: string, number: string, at = T0 + 60_000): Callback {
  const ask: Input = {
    kind: "callbackAsked",
    at,
    call,
    channel: `ch-${call}`,
    lineKey: "l1",
    queueKey: "q1",
    from: number,
    allowed: true,
    id: `cb-${call}`,
  };
  const written = made.hear(ask).effects.find((effect) => effect.kind === "keepPlace");
  if (written?.kind !== "keepPlace") throw new Error("not kept");
  made.hear({ kind: "callbackKept", at, callback: written.callback });
  made.hear({ kind: "callGone", at, call });
  return written.callback;
}

/** The agent's talk is over. */
function free(made: House, index: number, name: string, at = T0 + 90_000) {
  const phone = `a-${name}`;
  const over = made.hear({ kind: "talkEnded", at, call: `talk-${index}`, phone });
  const idle = made.hear({ kind: "deviceChanged", at, phone, device: "idle" });
  return [...over.effects, ...idle.effects];
}

const commits = (effects: readonly { kind: string }[]): number =>
  effects.filter(({ kind }) => kind === "commitCallback").length;

/** Asterisk's word that the first caller waits in the queue, so many ms after the beginning. */
function joinedAt(ms: number): Extract<Input, { kind: "queueJoined" }> {
  return { kind: "queueJoined", at: T0 + ms, call: "one", channel: "ch-one", queueKey: "q1" };
}

/** The first caller asks to be called back, so many ms after the beginning. */
function keyPressedAt(ms: number): Extract<Input, { kind: "callbackAsked" }> {
  const call = { call: "one", channel: "ch-one", lineKey: "l1", queueKey: "q1" };
  return { kind: "callbackAsked", at: T0 + ms, ...call, from: "+79160000001", allowed: true, id: "cb" };
}

t.test(
  "the place: nothing is said before it is written down, and it counts from the beginning of the wait",
  (t) => {
    const made = busy(["anna"], { one: 10 });
    const asked = made.hear({
      kind: "callbackAsked",
      at: T0 + 60_000,
      call: "one",
      channel: "ch-one",
      lineKey: "l1",
      queueKey: "q1",
      from: "+79160000001",
      allowed: true,
      id: "cb",
    });
    t.same(
      asked.effects.map(({ kind }) => kind),
      ["keepPlace"],
    );
    const written = asked.effects[0];
    t.equal(written?.kind === "keepPlace" && written.callback.keptAt, T0 + 10_000);
    t.end();
  },
);

t.test(
  "a place that is written down too late: the caller waits on, counted and nudged, and is told next time",
  (t) => {
    const made = busy(["anna"], { one: 10 });
    const joined: Input = joinedAt(10_100);
    made.hear(joined);
    const ask: Input = keyPressedAt(60_000);
    const written = made.hear(ask).effects[0];
    if (written?.kind !== "keepPlace") throw new Error("not kept");
    made.hear({ ...joined, at: T0 + 65_100 });
    const late = made.hear({ kind: "callbackKept", at: T0 + 65_200, callback: written.callback });
    t.notOk(
      late.effects.some(({ kind }) => kind === "continue"),
      "the caller is not in Stasis any more",
    );
    t.match(made.floor.calls.get("one"), { phase: "queued", phaseSince: T0 + 10_000 });
    t.ok(
      free(made, 0, "anna").some((effect) => effect.kind === "nudge" && effect.call === "one"),
      "served like others who wait",
    );
    const again = made.hear({ ...ask, at: T0 + 91_000, id: "cb-2" });
    t.match(
      again.effects,
      [{ kind: "continue", step: { kind: "ending", name: "callback" } }],
      "told at once",
    );
    t.same([...made.floor.callbacks.keys()], ["cb"], "one place");
    t.end();
  },
);

t.test(
  "a place that the database refuses too late, and an answer that comes too late, leave the caller in the queue",
  (t) => {
    const joined: Input = joinedAt(65_100);
    const asked = () => {
      const made = busy(["anna"], { one: 10 });
      const [effect] = made.hear(keyPressedAt(60_000)).effects;
      if (effect?.kind !== "keepPlace") throw new Error("not kept");
      return { made, callback: effect.callback };
    };
    const refused = asked();
    refused.made.hear(joined);
    const late = refused.made.hear({ kind: "callbackNotKept", at: T0 + 65_200, callback: refused.callback });
    t.same(late.effects, []);
    t.equal(refused.made.floor.calls.get("one")?.phase, "queued");

    const crossed = asked();
    crossed.made.hear({ kind: "callbackKept", at: T0 + 65_000, callback: crossed.callback });
    crossed.made.hear(joined);
    crossed.made.hear({ kind: "stepRefused", at: T0 + 65_200, call: "one" });
    t.equal(crossed.made.floor.calls.get("one")?.phase, "queued", "whichever is heard first");
    t.end();
  },
);

t.test("a number that may not be called goes back to the same place", (t) => {
  const made = busy(["anna"], { one: 10, two: 20, three: 30 });
  const { effects } = made.hear({
    kind: "callbackAsked",
    at: T0 + 60_000,
    call: "two",
    channel: "ch-two",
    lineKey: "l1",
    queueKey: "q1",
    from: undefined,
    allowed: false,
    id: "cb",
  });
  const [going] = effects;
  t.match(going, { kind: "continue", step: { kind: "queue", key: "q1", position: 2 } });
  t.equal(made.floor.calls.get("two")?.phaseSince, T0 + 20_000, "the wait goes on");
  t.equal(made.floor.callbacks.size, 0);
  t.end();
});

t.test("ROUTE-12, F11 who goes back waits only what is left of the longest wait, and stays urgent", (t) => {
  const made = busy(["anna"], { one: 10, two: 20 });
  const call = made.floor.calls.get("two");
  const longest = made.floor.queues.get("q")?.maxWaitSeconds ?? 0;
  if (call) made.floor.calls.set("two", { ...call, urgent: true });
  const ask = {
    kind: "callbackAsked",
    call: "two",
    channel: "ch-two",
    lineKey: "l1",
    queueKey: "q1",
  } as const;
  const press = (seconds: number) =>
    made.hear({
      ...ask,
      at: T0 + 20_000 + seconds * 1000,
      from: undefined,
      allowed: false,
      id: `cb-${seconds}`,
    }).effects;
  const left = (seconds: number) => ({ kind: "queue", priority: 1000, position: 1, seconds });
  t.match(press(40), [{ kind: "continue", step: left(longest - 40) }]);
  t.match(press(50), [{ kind: "continue", step: left(longest - 50) }], "a second press wins nothing");
  t.match(press(longest + 5), [{ kind: "continue", step: left(1) }]);
  t.end();
});

t.test("the order: after who came earlier, before who came later", (t) => {
  const made = busy(["anna", "boris"], { early: 5, keeper: 10, late: 15 });
  keep(made, "keeper", "+79160000002");
  const first = free(made, 0, "anna");
  t.equal(commits(first), 0, "the early one is first");
  made.hear({ kind: "phoneCalled", at: T0 + 90_100, call: "early", phone: "a-anna" });
  made.hear({ kind: "talkStarted", at: T0 + 91_000, call: "early", phone: "a-anna" });
  const second = free(made, 1, "boris");
  t.equal(commits(second), 1, "then the kept place");
  t.equal(made.floor.agents.get("boris")?.keptFor, "cb-keeper");
  t.ok(
    second.some((effect) => effect.kind === "pauseMember" && effect.phone === "a-boris" && effect.paused),
    "Asterisk's queue does not ring the agent who is kept",
  );
  t.notOk(
    second.some((effect) => effect.kind === "nudge"),
    "the late one is not served before",
  );
  t.end();
});

t.test("never more in flight than agents kept free, and a newcomer does not take them", (t) => {
  const made = busy(["anna", "boris"], { one: 5, two: 6 });
  keep(made, "one", "+79160000002");
  keep(made, "two", "+79160000003");
  t.equal(commits(free(made, 0, "anna")), 1, "one agent, one call");
  const newcomer = made.arrive("new", { at: T0 + 95_000, from: "+79160000009" });
  t.equal(newcomer.goes, "queue q1", "the agent is kept");
  t.equal(commits(free(made, 1, "boris")), 1, "the second with the second agent");
  t.end();
});

t.test("dialled after the commit, offered to the agent who was kept; answered: over", (t) => {
  const made = busy(["anna"], { one: 5 });
  keep(made, "one", "+79160000002");
  const started = free(made, 0, "anna");
  t.notOk(
    started.some(({ kind }) => kind === "originate"),
    "nothing rings before the commit",
  );
  const at = T0 + 100_000;
  const committed = made.hear({ kind: "callbackCommitted", at, id: "cb-one", call: "back", channel: "c-1" });
  t.match(
    committed.effects.find(({ kind }) => kind === "originate"),
    { phone: "+79160000002@t1", channel: "c-1", callerId: "+74950000101" },
  );
  const again = made.hear({ kind: "callbackCommitted", at, id: "cb-one", call: "back2", channel: "c-2" });
  t.same(again.effects, [], "once");
  const answered = made.hear({
    kind: "calledBack",
    at,
    call: "back",
    channel: "c-1",
    lineKey: "l1",
    draw: 0,
  });
  t.match(
    answered.effects.find(({ kind }) => kind === "continue"),
    { step: { kind: "offer", phone: "a-anna" } },
  );
  const talk = made.hear({ kind: "talkStarted", at, call: "back", phone: "a-anna" });
  t.match(
    talk.effects.find(({ kind }) => kind === "settleCallback"),
    { state: "connected" },
  );
  t.equal(made.floor.callbacks.size, 0);
  t.end();
});

t.test("no answer: again after retryMinutes, then given up; the agent is free at once", (t) => {
  const made = busy(["anna"], { one: 5 });
  keep(made, "one", "+79160000002");
  free(made, 0, "anna");
  let at = T0 + 100_000;
  made.hear({ kind: "callbackCommitted", at, id: "cb-one", call: "b1", channel: "c-1" });
  const first = made.hear({ kind: "callGone", at, call: "b1" });
  t.match(
    first.effects.find(({ kind }) => kind === "settleCallback"),
    { state: "waiting", callback: { attempts: 1, nextAt: at + 15 * 60_000 } },
  );
  t.equal(made.floor.agents.get("anna")?.keptFor, undefined);
  t.equal(commits(made.hear({ kind: "callbackDue", at: at + 60_000, id: "cb-one" }).effects), 0, "too early");
  at += 15 * 60_000;
  t.equal(commits(made.hear({ kind: "callbackDue", at, id: "cb-one" }).effects), 1);
  made.hear({ kind: "callbackCommitted", at, id: "cb-one", call: "b2", channel: "c-2" });
  const second = made.hear({ kind: "callGone", at, call: "b2" });
  t.match(
    second.effects.find(({ kind }) => kind === "settleCallback"),
    { state: "failed" },
  );
  t.equal(made.floor.callbacks.size, 0);
  t.end();
});

t.test(
  "ROUTE-12 an attempt that the database never takes: the agent is free, and it comes to an end",
  (t) => {
    const made = busy(["anna"], { one: 5 });
    keep(made, "one", "+79160000002");
    free(made, 0, "anna");
    let at = T0 + 100_000;
    made.hear({ kind: "callbackNotCommitted", at, id: "cb-one", refused: false });
    t.match(made.floor.callbacks.get("cb-one"), { state: "later", attempts: 0 }, "away: it does not count");
    for (const attempts of [1, 2]) {
      at += 15 * 60_000;
      made.hear({ kind: "callbackDue", at, id: "cb-one" });
      t.equal(made.floor.agents.get("anna")?.keptFor, "cb-one");
      made.hear({ kind: "callbackNotCommitted", at, id: "cb-one", refused: true });
      t.equal(made.floor.agents.get("anna")?.keptFor, undefined);
      t.equal(made.floor.callbacks.get("cb-one")?.attempts, attempts === 1 ? 1 : undefined);
    }
    t.end();
  },
);

t.test("out of hours nobody is called: at the next opening", (t) => {
  const made = busy(["anna"], { one: 5 }, CLOSED_AT_NOON);
  keep(made, "one", "+79160000002");
  const evening = T0 + 5 * 3_600_000;
  const effects = free(made, 0, "anna", evening);
  t.equal(commits(effects), 0);
  t.match(
    effects.find(({ kind }) => kind === "settleCallback"),
    { state: "waiting", callback: { nextAt: T0 + 24 * 3_600_000 } },
  );
  t.end();
});

t.test("an attempt that was committed before a restart is not dialled again", (t) => {
  const team = [agent("anna")];
  const made = house(team, [queue(team, { callback: rule })], [line()], [trunk]);
  const callback: Callback = {
    id: "cb",
    call: "gone",
    queueId: "q",
    lineId: "l",
    number: "+79160000002",
    keptAt: T0 - 60_000,
    state: "calling",
    attempts: 1,
    nextAt: T0 - 60_000,
    dialled: { call: "b1", channel: "c-1" },
  };
  made.hear({ kind: "callbacksRecovered", at: T0, callbacks: [callback] });
  made.hear({ kind: "deviceChanged", at: T0, phone: "a-anna", device: "busy" });
  const idle = made.hear({ kind: "deviceChanged", at: T0, phone: "a-anna", device: "idle" });
  t.equal(commits(idle.effects), 0);
  const lost = made.hear({ kind: "callbackLost", at: T0, id: "cb", talked: false });
  t.equal(commits(lost.effects), 0, "not at once");
  t.equal(made.floor.callbacks.get("cb")?.state, "later");
  t.end();
});

t.test("the customer calls again and is answered: not called back", (t) => {
  const made = busy(["anna"], { one: 5, again: 50 });
  keep(made, "one", "+79160000001");
  made.hear({ kind: "talkEnded", at: T0 + 99_000, call: "talk-0", phone: "a-anna" });
  const talk = made.hear({ kind: "talkStarted", at: T0 + 99_500, call: "again", phone: "a-anna" });
  t.match(
    talk.effects.find(({ kind }) => kind === "settleCallback"),
    { state: "cancelled" },
  );
  t.end();
});
