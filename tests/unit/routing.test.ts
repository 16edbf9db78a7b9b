/** Who is offered a call: the owner, the strategies, the rounds of a queue, and the wait for an owner who talks. */
import t from "tap";
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
  t.test(
    "L7 the owner is free as the music ends: the call is on its way to them, and its question is old",
    (t) => {
      const scene = busyOwner(short);
      scene.arrive("1", { owner: "anna" });
      scene.hear({ kind: "deviceChanged", at: T0 + 9000, phone: "a-anna", device: "idle" });
      scene.hear({ kind: "talkEnded", at: T0 + 9010, call: "0", phone: "a-anna" });
      const asks = { kind: "ownerAwaited", call: "1", channel: "ch-1", lineKey: "l1", draw: 0 } as const;
      const { effects } = scene.hear({ ...asks, at: T0 + 9011 });
      t.same(effects, [], "nobody else is offered it");
      t.match(scene.floor.agents.get("anna")?.call, { id: "1", phase: "offered" });
      t.equal(scene.floor.agents.get("boris")?.call, undefined);
      scene.hear({ kind: "stepRefused", at: T0 + 9020, call: "1" });
      t.equal(scene.floor.agents.get("anna")?.call, undefined, "it did not reach them: they are free again");
      const again = scene.hear({ ...asks, at: T0 + 60_000 });
      t.match(
        again.effects,
        [{ step: { kind: "offer", phone: "a-anna" } }],
        "and the next question is answered",
      );
      t.end();
    },
  );
  t.end();
});
