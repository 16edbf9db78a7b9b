import fc from "fast-check";
import t from "tap";
import { cannotTake } from "../../apps/core/agents/eligible.ts";
import { statusOf } from "../../apps/core/agents/status.ts";
import { CULPRITS, ENDINGS, endingOf } from "../../apps/core/ending.ts";
import type { Agent } from "../../apps/core/floor.ts";
import type { Input } from "../../apps/core/inputs.ts";
import { isOpen } from "../../apps/core/routing/hours.ts";
import { hoursProblems } from "../../apps/core/routing/hours-problems.ts";
import { choose } from "../../apps/core/routing/strategy.ts";
import { agent, house, line, queue, T0 } from "../support/floor.ts";

t.test("owner first", (t) => {
  t.test("ROUTE-05, OWN-10 the owner is offered the call before anybody the strategy would choose", (t) => {
    const { goes, because } = house([agent("Anna"), agent("Boris")]).arrive("1", { owner: "boris" });
    t.equal(goes, "offer a-boris");
    t.match(because, { rule: "ROUTE-05", text: /Boris owns this caller/ });
    t.end();
  });
  t.test("the owner need not serve the line's queue", (t) => {
    const people = [agent("Anna"), agent("Vera")];
    t.equal(house(people, [queue([agent("Anna")])]).arrive("1", { owner: "vera" }).goes, "offer a-vera");
    t.end();
  });
  for (const [why, change] of Object.entries({
    "on a break": { state: "break" },
    "signed out": { state: "offline" },
    "in outbound state": { state: "outbound" },
    "phone not reachable": { device: "unreachable" },
    "phone busy": { device: "busy" },
  } as const)) {
    t.test(`ROUTE-11 an owner who is ${why} is not offered the call, and the reason says so`, (t) => {
      const heard = house([agent("Anna"), agent("Boris", change)]).arrive("1", { owner: "boris" });
      t.equal(heard.goes, "offer a-anna");
      t.match(heard.because, {
        considered: [
          { name: "Anna", verdict: "free" },
          { name: "Boris", verdict: why },
        ],
      });
      t.end();
    });
  }
  t.test("D-41 after the owner let it ring, the line's strategy goes on without the owner", (t) => {
    const scene = house([agent("Anna"), agent("Boris")]);
    scene.arrive("1", { owner: "anna" });
    t.equal(scene.ringOut("1", "anna").goes, "offer a-boris");
    t.end();
  });
  t.test("a line may ask owners last", (t) => {
    const people = [agent("Anna"), agent("Boris")];
    const scene = house(people, [queue(people)], [line({ ownerFirst: false })]);
    t.equal(scene.arrive("1", { owner: "boris" }).goes, "offer a-anna");
    t.end();
  });
  t.end();
});

t.test("strategies", (t) => {
  const people = [
    agent("Anna", { lastTalkEndedAt: T0 - 1000 }),
    agent("Boris", { lastTalkEndedAt: T0 - 9000 }),
    agent("Vera", { stateSince: T0 - 5000 }),
  ];
  t.test("ROUTE-04 sequential takes the configured order, from the first each time (D-40)", (t) => {
    const scene = house(people, [queue([...people].reverse())]);
    t.equal(scene.arrive("1").goes, "offer a-vera");
    t.equal(scene.arrive("2").goes, "offer a-boris");
    scene.ringOut("1", "vera");
    t.equal(scene.arrive("3").goes, "offer a-vera", "free again: the first again");
    t.end();
  });
  t.test(
    "ROUTE-03 most idle takes the longest since the last conversation; without one, since inbound (D-42)",
    (t) => {
      t.equal(choose("most-idle", people, 0).agent.name, "Boris");
      t.equal(choose("most-idle", people.slice(0, 1).concat(people.slice(2)), 0).agent.name, "Vera");
      t.end();
    },
  );
  t.test("ROUTE-02 random gives every free agent the same chance, and nobody who is not free", (t) => {
    const counts = new Map<string, number>();
    for (let draw = 0; draw < 1; draw += 1 / 300) {
      const { name } = choose("random", people, draw).agent;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    t.strictSame(
      [...counts.values()].map((count) => Math.round(count / 10)),
      [10, 10, 10],
    );
    const scene = house(
      [agent("Anna", { state: "break" }), agent("Boris")],
      [queue([agent("Anna"), agent("Boris")], { strategy: "random" })],
    );
    for (const draw of [0, 0.5, 0.999])
      t.equal(scene.arrive(`d${draw}`, { draw }).goes, draw === 0 ? "offer a-boris" : "queue q1");
    t.end();
  });
  t.end();
});

t.test("rounds and waiting", (t) => {
  t.test("ROUTE-06 when the answer time runs out the next agent is offered; everyone once (D-44)", (t) => {
    const scene = house([agent("Anna"), agent("Boris")]);
    t.match(scene.arrive("1").effects, [{ step: { seconds: 20 } }]);
    t.equal(scene.ringOut("1", "anna").goes, "offer a-boris");
    const last = scene.ringOut("1", "boris");
    t.equal(last.goes, "ending no-answer");
    t.match(last.because, { rule: "D-44" });
    t.end();
  });
  t.test("everyone busy: the call waits; nobody there: it ends (D-10)", (t) => {
    const busy = house([agent("Anna", { device: "busy" }), agent("Boris", { state: "offline" })]).arrive("1");
    t.equal(busy.goes, "queue q1");
    const nobody = house([agent("Anna", { state: "break" }), agent("Boris", { state: "offline" })]).arrive(
      "1",
    );
    t.equal(nobody.goes, "ending no-answer");
    t.end();
  });
  t.test("ROUTE-12 a new caller does not overtake those who wait", (t) => {
    const scene = house([agent("Anna"), agent("Boris", { device: "busy" })]);
    scene.arrive("1");
    scene.arrive("2");
    scene.hear({ kind: "deviceChanged", at: T0, phone: "a-boris", device: "idle" });
    const third = scene.arrive("3");
    t.equal(third.goes, "queue q1");
    t.match(third.because, { rule: "ROUTE-12", text: /1 waiting/ });
    t.end();
  });
  t.test("a queue that gives a call back ends it; it is not offered again", (t) => {
    const scene = house([agent("Anna", { device: "busy" })]);
    scene.arrive("1");
    const { effects } = scene.hear({
      kind: "queueLeft",
      at: T0,
      call: "1",
      channel: "ch-1",
      lineKey: "l1",
      queueKey: "q1",
      result: "TIMEOUT",
      draw: 0,
    });
    t.match(effects, [{ step: { kind: "ending", name: "no-answer" } }]);
    t.end();
  });
  t.test("REC-01 recording starts with the first step and never twice", (t) => {
    const scene = house([agent("Anna"), agent("Boris")]);
    t.match(scene.arrive("1").effects, [{ step: { record: "stereo" } }]);
    t.match(scene.ringOut("1", "anna").effects, [{ step: { record: "off" } }]);
    const announced = house([agent("Anna")], undefined, [
      line({ recording: "mixed", announceRecording: true }),
    ]);
    t.match(announced.arrive("1").effects, [{ step: { record: "mixed", announce: true } }]);
    const silent = house([agent("Anna")], undefined, [line({ recording: "off", announceRecording: true })]);
    t.match(silent.arrive("1").effects, [{ step: { record: "off", announce: false } }]);
    t.end();
  });
  t.test("a number that is no line of ours is not in service", (t) => {
    t.equal(house([agent("Anna")]).arrive("1", { lineKey: "l9" }).goes, "ending not-in-service");
    t.end();
  });
  t.end();
});

t.test("queues that are tuned", (t) => {
  const busy = { device: "busy" } as const;
  t.test("agents of a lower penalty are asked first, whatever the strategy", (t) => {
    const [anna, boris] = [agent("Anna"), agent("Boris")];
    const team = queue([anna, boris], { penalties: new Map([["anna", 2]]) });
    const scene = house([anna, boris], [team]);
    t.equal(scene.arrive("1").goes, "offer a-boris");
    t.equal(scene.arrive("2").goes, "offer a-anna", "and then the others");
    t.end();
  });
  t.test(
    "a full queue: the overflow queue, whose own agents are asked; nobody waits in the full one",
    (t) => {
      const [anna, boris] = [agent("Anna", busy), agent("Boris")];
      const team = queue([anna], { maxLength: 1, overflow: { queueId: "r" } });
      const reserve = queue([boris], { id: "r", key: "q2", name: "Reserve" });
      const scene = house([anna, boris], [team, reserve]);
      t.equal(scene.arrive("1").goes, "queue q1");
      const second = scene.arrive("2");
      t.equal(second.goes, "offer a-boris");
      t.match(second.because, { text: /«Sales» is full: on to «Reserve»/ });
      t.equal(scene.ringOut("2", "boris").goes, "ending no-answer", "it stays in the reserve's hands");
      t.end();
    },
  );
  t.test("a full queue without an overflow ends the call with the no-answer prompt", (t) => {
    const anna = agent("Anna", busy);
    const scene = house([anna], [queue([anna], { maxLength: 1 })]);
    scene.arrive("1");
    t.equal(scene.arrive("2").goes, "ending no-answer");
    t.end();
  });
  t.test("nobody signed in: the no-answer prompt, the overflow, or waiting, as the queue says", (t) => {
    const anna = agent("Anna", { state: "offline" });
    const trunk = { id: "t", key: "t1", name: "Carrier", dials: true };
    const goes = (change: object) =>
      house([anna], [queue([anna], change)], [line()], [trunk]).arrive("1").goes;
    t.equal(goes({}), "ending no-answer");
    t.equal(goes({ joinWhenEmpty: true }), "queue q1");
    t.equal(goes({ overflow: { number: "+79161112233" } }), "external +79161112233 by t1");
    t.end();
  });
  t.test("the longest wait is over: the overflow; without one the no-answer prompt (D-44)", (t) => {
    const [anna, boris] = [agent("Anna", busy), agent("Boris", busy)];
    const reserve = queue([boris], { id: "r", key: "q2", name: "Reserve" });
    const waited = (change: object) => {
      const scene = house([anna, boris], [queue([anna], change), reserve]);
      scene.arrive("1");
      const { effects } = scene.hear({
        ...{ kind: "queueLeft", at: T0 + 300_000, call: "1", channel: "ch-1", lineKey: "l1" },
        ...{ queueKey: "q1", result: "TIMEOUT", draw: 0 },
      });
      return effects[0];
    };
    t.match(waited({ overflow: { queueId: "r" } }), { step: { kind: "queue", key: "q2" } });
    t.match(waited({}), { step: { kind: "ending", name: "no-answer" } });
    t.end();
  });
  t.test("a line's priority goes with the call into the queue", (t) => {
    const anna = agent("Anna", busy);
    const scene = house([anna], [queue([anna])], [line({ priority: 7 })]);
    t.match(scene.arrive("1").effects, [{ step: { kind: "queue", priority: 7 } }]);
    t.end();
  });
  t.end();
});

t.test("ROUTE-05 waiting for an owner who talks", (t) => {
  const seconds = (...lengths: number[]) => new Map([["anna", lengths.map((length) => length * 1000)]]);
  const busyOwner = (talks: ReadonlyMap<string, readonly number[]>, change: object = {}) => {
    const scene = house([agent("Anna"), agent("Boris")], undefined, [
      line({ ownerWaitSeconds: 60, ...change }),
    ]);
    scene.hear({ kind: "talksSeen", at: T0, talks });
    scene.hear({ kind: "talkStarted", at: T0, call: "0", phone: "a-anna" });
    scene.hear({ kind: "deviceChanged", at: T0, phone: "a-anna", device: "busy" });
    return scene;
  };
  const short = seconds(30, 40, 50, 55, 20);
  t.test("when such talks end in time", (t) => {
    const scene = busyOwner(short);
    const asked = scene.arrive("1", { owner: "anna", at: T0 + 5000 });
    t.equal(asked.goes, "await-owner");
    t.match(asked.because, { rule: "ROUTE-05", text: /free within 60 s in 100 %/ });
    t.test("the owner gets the call the moment both phone and record say free, and not before", (t) => {
      const idle = scene.hear({ kind: "deviceChanged", at: T0 + 9000, phone: "a-anna", device: "idle" });
      t.notOk(
        idle.effects.some((effect) => effect.kind === "continue"),
        "the record does not say so yet",
      );
      const { effects } = scene.hear({ kind: "talkEnded", at: T0 + 9010, call: "0", phone: "a-anna" });
      t.match(effects, [
        { kind: "continue", call: "1", elsewhere: true, step: { kind: "offer", phone: "a-anna" } },
      ]);
      t.end();
    });
    t.end();
  });
  t.test("not when they are too long, too few were seen, the line has no limit, or the owner left", (t) => {
    t.equal(busyOwner(seconds(300, 400, 500, 600, 700)).arrive("1", { owner: "anna" }).goes, "offer a-boris");
    t.equal(busyOwner(seconds(30, 40)).arrive("1", { owner: "anna" }).goes, "offer a-boris");
    t.equal(busyOwner(short, { ownerWaitSeconds: 0 }).arrive("1", { owner: "anna" }).goes, "offer a-boris");
    const left = busyOwner(short);
    left.hear({ kind: "stateChosen", at: T0, agent: "anna", state: "break" });
    t.equal(left.arrive("1", { owner: "anna" }).goes, "offer a-boris");
    t.end();
  });
  t.test("once: after the limit the queue is next", (t) => {
    const scene = busyOwner(short);
    scene.arrive("1", { owner: "anna" });
    const { effects } = scene.hear({
      ...{ kind: "ownerAwaited", at: T0 + 60_000, call: "1", channel: "ch-1", lineKey: "l1", draw: 0 },
    });
    t.match(effects, [{ step: { kind: "offer", phone: "a-boris" } }]);
    t.end();
  });
  t.end();
});

t.test("decisions that do not arrive", (t) => {
  const queued = (call: string) =>
    ({ kind: "queueJoined", at: T0, call, channel: `ch-${call}`, queueKey: "q1" }) as const;
  t.test("a refused step frees the agent; the call is where the dialplan took it", (t) => {
    const scene = house([agent("Anna"), agent("Boris")]);
    scene.arrive("1", { owner: "anna" });
    scene.hear({ kind: "stepRefused", at: T0, call: "1" });
    t.equal(scene.floor.agents.get("anna")?.call, undefined);
    scene.hear(queued("1"));
    t.equal(scene.floor.calls.get("1")?.phase, "queued");
    t.equal(scene.arrive("2").goes, "queue q1", "a newcomer goes behind it");
    t.end();
  });
  t.test("an agent who was offered a call that another one takes is free again", (t) => {
    const scene = house([agent("Anna"), agent("Boris")]);
    scene.arrive("1", { owner: "anna" });
    scene.hear({ kind: "talkStarted", at: T0, call: "1", phone: "a-boris" });
    t.equal(scene.floor.agents.get("anna")?.call, undefined);
    t.match(scene.floor.agents.get("boris")?.call, { id: "1", phase: "talking" });
    t.end();
  });
  t.test("ROUTE-12 an agent whose phone is free again: the queue looks for its first caller at once", (t) => {
    const scene = house([
      agent("Anna", { device: "busy" }),
      agent("Boris", { device: "busy", state: "break" }),
    ]);
    const nudged = (input: Input): string[] =>
      scene.hear(input).effects.flatMap((effect) => (effect.kind === "nudge" ? [effect.call] : []));
    const idle = (phone: string): Input => ({ kind: "deviceChanged", at: T0 + 9, phone, device: "idle" });
    t.same(nudged(idle("a-anna")), [], "nobody waits");
    scene.hear({ kind: "deviceChanged", at: T0, phone: "a-anna", device: "busy" });
    scene.arrive("1", { at: T0 });
    scene.arrive("2", { at: T0 + 1 });
    t.same(nudged(idle("a-boris")), [], "not for an agent on a break");
    t.same(nudged(idle("a-anna")), ["1"], "the first one, and only that one");
    t.same(
      nudged({ kind: "stateChosen", at: T0 + 10, agent: "boris", state: "inbound" }),
      ["1", "2"],
      "two agents are free",
    );
    t.end();
  });
  t.test("a caller whom the dialplan queued without us is waiting, for us too", (t) => {
    const scene = house([agent("Anna")]);
    scene.hear(queued("9"));
    t.match(scene.floor.calls.get("9"), { phase: "queued", queueId: "q" });
    t.equal(scene.arrive("2").goes, "queue q1");
    t.end();
  });
  t.test("a question asked twice is answered once", (t) => {
    const scene = house([agent("Anna"), agent("Boris")]);
    t.equal(scene.arrive("1").goes, "offer a-anna");
    t.equal(scene.arrive("1").goes, "nowhere");
    t.equal(scene.floor.agents.get("boris")?.call, undefined);
    t.end();
  });
  t.test("an agent who speaks in a second call is still in the first", (t) => {
    const scene = house([agent("Anna")]);
    scene.hear({ kind: "talkStarted", at: T0, call: "1", phone: "a-anna" });
    scene.hear({ kind: "talkStarted", at: T0 + 1, call: "2", phone: "a-anna" });
    scene.hear({ kind: "talkEnded", at: T0 + 2, call: "2", phone: "a-anna" });
    t.match(scene.floor.agents.get("anna")?.call, { id: "1", phase: "talking" });
    t.end();
  });
  t.end();
});

t.test("hours", (t) => {
  const hours = {
    zone: "Europe/Moscow",
    week: [{ days: [1, 2, 3, 4, 5] as const, from: "09:00", to: "18:00" }],
  };
  const moscow = (text: string) => Date.parse(`${text}+03:00`);
  t.test("ROUTE-07 outside its hours a line refuses the call before anybody's phone rings", (t) => {
    const scene = house([agent("Anna")], undefined, [line({ hours })]);
    const late = scene.arrive("1", { owner: "anna", at: moscow("2026-01-05T18:00:00") });
    t.equal(late.goes, "ending out-of-hours");
    t.notOk(late.events.some((event) => event.kind === "AgentOffered"));
    t.equal(scene.arrive("2", { at: moscow("2026-01-05T17:59:59") }).goes, "offer a-anna");
    t.end();
  });
  t.test("D-07 hours are those of the line's zone", (t) => {
    const vladivostok = { ...hours, zone: "Asia/Vladivostok" };
    t.equal(isOpen(vladivostok, moscow("2026-01-05T12:00:00")), false);
    t.equal(isOpen(vladivostok, moscow("2026-01-05T02:00:00")), true);
    t.equal(isOpen(hours, moscow("2026-01-04T12:00:00")), false, "Sunday");
    t.end();
  });
  t.test("hours that overlap, end before they begin, or have no such zone are named", (t) => {
    const week = [
      { days: [1, 2], from: "09:00", to: "18:00" },
      { days: [2], from: "17:00", to: "20:00" },
      { days: [3], from: "10:00", to: "09:00" },
    ] as const;
    const problems = hoursProblems({ zone: "Europe/Atlantis", week });
    t.strictSame(
      problems.map((problem) => problem.field),
      ["hours.zone", "hours.week.1", "hours.week.2.to"],
    );
    t.strictSame(hoursProblems(hours), []);
    t.end();
  });
  t.end();
});

t.test("colleagues", (t) => {
  const anna = agent("Anna", { shortNumber: "101" });
  const call = (scene: ReturnType<typeof house>, shortNumber: string) =>
    scene.hear({
      kind: "colleagueDialled",
      at: T0,
      call: "i",
      channel: "ch-i",
      shortNumber,
      byPhone: "a-boris",
    }).effects;
  t.test("SOFT-08 a short number rings the colleague", (t) => {
    t.match(call(house([anna, agent("Boris")]), "101"), [
      { step: { kind: "offer", phone: "a-anna", record: "off" } },
    ]);
    t.end();
  });
  t.test("AGENT-13 only an available colleague can be called", (t) => {
    for (const change of [
      { state: "break" },
      { state: "outbound" },
      { state: "offline" },
      { device: "busy" },
      { device: "unreachable" },
    ] as const) {
      const effects = call(house([{ ...anna, ...change }, agent("Boris")]), "101");
      t.match(effects, [{ step: { kind: "ending", name: "unavailable" } }], JSON.stringify(change));
    }
    t.match(call(house([anna, agent("Boris")]), "999"), [{ step: { name: "unavailable" } }]);
    t.end();
  });
  t.end();
});

t.test("statuses", (t) => {
  t.test("AGENT-01 the four statuses follow from state, phone and call (D-01)", (t) => {
    const rows: [Partial<Agent>, string][] = [
      [{}, "available"],
      [{ state: "break" }, "do-not-disturb"],
      [{ state: "outbound" }, "do-not-disturb"],
      [{ state: "offline" }, "offline"],
      [{ device: "unreachable" }, "offline"],
      [{ device: "busy" }, "talking"],
      [{ call: { id: "1", phase: "talking", since: T0 } }, "talking"],
      [{ call: { id: "1", phase: "offered", since: T0 } }, "ringing"],
    ];
    for (const [change, status] of rows)
      t.equal(statusOf(agent("Anna", change)), status, JSON.stringify(change));
    t.end();
  });
  t.test(
    "choosing a state pauses or unpauses the agent in Asterisk's queues; choosing the same does nothing",
    (t) => {
      const scene = house([agent("Anna", { state: "break" })]);
      const choose = (state: Agent["state"]) =>
        scene.hear({ kind: "stateChosen", at: T0, agent: "anna", state });
      t.match(choose("inbound").effects, [{ kind: "pauseMember", phone: "a-anna", paused: false }]);
      t.strictSame(choose("inbound").effects, []);
      t.match(choose("outbound").effects, [{ paused: true, reason: "outbound" }]);
      t.end();
    },
  );
  t.end();
});

t.test("endings", (t) => {
  t.equal(endingOf(true, "no_answer", 16), "answered", "who talked was answered, whatever came after");
  t.equal(endingOf(false, "out_of_hours", 16), "out_of_hours");
  t.equal(endingOf(false, undefined, 16), "abandoned");
  t.equal(endingOf(false, undefined, 17), "busy");
  t.equal(endingOf(false, undefined, undefined), "abandoned");
  t.ok(
    ENDINGS.every((ending) => CULPRITS[ending]),
    "every ending has a culprit (law L8)",
  );
  t.end();
});

t.test(
  "law L7: whatever happens in whatever order, nobody has two calls and no call is offered to two",
  (t) => {
    const names = ["anna", "boris", "vera"];
    const calls = ["1", "2", "3", "4", "5"];
    const anyInput = fc.oneof(
      fc.record({
        do: fc.constant("arrive" as const),
        call: fc.constantFrom(...calls),
        owner: fc.option(fc.constantFrom(...names), { nil: undefined }),
        draw: fc.double({ min: 0, max: 0.999, noNaN: true }),
      }),
      fc.record({
        do: fc.constant("ringOut" as const),
        call: fc.constantFrom(...calls),
        name: fc.constantFrom(...names),
      }),
      fc.record({
        do: fc.constantFrom("talkStarted" as const, "talkEnded" as const),
        call: fc.constantFrom(...calls),
        name: fc.constantFrom(...names),
      }),
      fc.record({ do: fc.constant("callGone" as const), call: fc.constantFrom(...calls) }),
      fc.record({
        do: fc.constant("device" as const),
        name: fc.constantFrom(...names),
        device: fc.constantFrom("idle" as const, "busy" as const, "ringing" as const, "unreachable" as const),
      }),
      fc.record({
        do: fc.constant("state" as const),
        name: fc.constantFrom(...names),
        state: fc.constantFrom("inbound" as const, "break" as const),
      }),
    );
    fc.assert(
      fc.property(fc.array(anyInput, { maxLength: 60 }), (inputs) => {
        const scene = house(names.map((name) => agent(name[0]?.toUpperCase() + name.slice(1))));
        const seen = new Set<string>();
        for (const input of inputs) {
          if (input.do === "arrive" && seen.has(input.call)) continue; // Ids are never used twice.
          if (input.do === "arrive") seen.add(input.call);
          const before = new Map(
            [...scene.floor.agents.values()].map((each) => [each.phone, cannotTake(each)]),
          );
          const { effects } = scene.hear(toInput(input));
          for (const effect of effects) {
            if (effect.kind !== "continue" || effect.step.kind !== "offer") continue;
            const { phone } = effect.step;
            const holder = [...scene.floor.agents.values()].find((each) => each.phone === phone);
            const freed = input.do === "ringOut" && `a-${input.name}` === phone;
            if (before.get(phone) && !freed) return false;
            if (holder?.call?.id !== effect.call) return false;
          }
        }
        return true;
      }),
      { numRuns: 2000 },
    );
    t.end();

    function toInput(input: ReturnType<typeof pick>): Input {
      switch (input.do) {
        case "arrive":
          return {
            kind: "callerArrived",
            at: T0,
            call: input.call,
            channel: `ch-${input.call}`,
            lineKey: "l1",
            from: "+79160000001",
            contact: input.owner ? { id: "c", ownerId: input.owner } : undefined,
            draw: input.draw,
          };
        case "ringOut":
          return {
            kind: "offerEnded",
            at: T0,
            call: input.call,
            channel: `ch-${input.call}`,
            lineKey: "l1",
            phone: `a-${input.name}`,
            result: "NOANSWER",
            draw: 0,
          };
        case "talkStarted":
        case "talkEnded":
          return { kind: input.do, at: T0, call: input.call, phone: `a-${input.name}` };
        case "callGone":
          return { kind: "callGone", at: T0, call: input.call };
        case "device":
          return { kind: "deviceChanged", at: T0, phone: `a-${input.name}`, device: input.device };
        case "state":
          return { kind: "stateChosen", at: T0, agent: input.name, state: input.state };
      }
    }
    function pick(value: typeof anyInput extends fc.Arbitrary<infer Value> ? Value : never) {
      return value;
    }
  },
);
