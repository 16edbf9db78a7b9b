/** The core beside its routing: lost decisions, hours, colleagues, statuses, endings, and law L7 over everything. */
import fc from "fast-check";
import t from "tap";
import { cannotTake } from "../../apps/core/agents/eligible.ts";
import { shownState } from "../../apps/core/agents/shown-state.ts";
import { statusOf } from "../../apps/core/agents/status.ts";
import { CULPRITS, ENDINGS, endingOf } from "../../apps/core/ending.ts";
import type { Agent } from "../../apps/core/floor.ts";
import type { Input } from "../../apps/core/inputs.ts";
import { isOpen } from "../../apps/core/routing/hours.ts";
import { hoursProblems } from "../../apps/core/routing/hours-problems.ts";
import { agent, house, line, queue, T0 } from "../support/floor.ts";

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
      [{ state: "outbound" }, "outbound"],
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
    "AGENT-03, AGENT-10 do not disturb is for who serves a line; a call's word comes before the state's",
    (t) => {
      const served = agent("Anna", { state: "break" });
      const other = agent("Boris", { state: "break" });
      const { floor } = house([served, other], [queue([served])]);
      t.match(
        [...floor.agents.values()].map((each) => statusOf(each)),
        ["do-not-disturb", "break"],
      );
      t.match(shownState("break", undefined), { state: "break", ru: "Перерыв" });
      t.match(shownState("break", "talking"), { state: "talking", ru: "Разговор" });
      t.end();
    },
  );
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
