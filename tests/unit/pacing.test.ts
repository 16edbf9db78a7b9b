/** The pacer as a whole: when it dials, how many, what it hangs up, what it explains, and how it goes on. */
import t from "tap";
import { createPacer, type PacingOptions, type RiskPace } from "../../apps/core/dialling/pacing.ts";
import { agents, calls, chance, play, view } from "../support/pacing.ts";

/** A pacer that has worked for an hour with 20 agents and answers at 0.3. */
function seasoned(options: PacingOptions = {}, seed = 1): RiskPace {
  const pacer = createPacer(options);
  play(pacer, { random: chance(seed), seconds: 3600, team: 20, answerRate: () => 0.3 });
  return pacer;
}

t.test("without history: one for one until 30 dials are resolved, or two per agent", async (t) => {
  const pacer = createPacer();
  const idle = agents(4, "idle");
  t.equal(pacer.decide(view(0, { idle: 4, agents: idle })).dial, 4);
  t.equal(pacer.explain().bound, "probe");
  t.equal(pacer.decide(view(0, { idle: 4, agents: idle, inFlight: calls(4, 0) })).dial, 0);
  for (const call of calls(8, 1)) {
    pacer.onDial(call);
    pacer.onResolved(call, "noanswer", 25);
  }
  for (const live of [false, false, false, false]) pacer.onLive(live);
  t.ok(pacer.decide(view(26, { idle: 4, agents: idle })).dial > 4, "two per agent are resolved");
  t.equal(pacer.explain().bound, "risk");
});

t.test("where everybody answers at once it is one for one", async (t) => {
  const pacer = createPacer();
  let beyond = 0;
  const { live, lost } = play(pacer, {
    random: chance(1),
    seconds: 3600,
    team: 10,
    answerRate: () => 1,
    ring: () => 0.5,
    seen: ({ idle, now }, { dial }) => {
      if (now > 600 && dial > idle) beyond++;
    },
  });
  t.ok(live > 400, `${live} talks`);
  t.ok(lost / live < 0.03, `${lost} lost of ${live}`);
  t.ok(beyond < 90, `${beyond} of 3000 decisions dialled more than there were idle agents`);
});

t.test("it keeps agents busier than one for one, and losses within the limit", async (t) => {
  const random = chance(7);
  const day = { random, seconds: 14_400, team: 10, answerRate: () => 0.3 };
  const best = play(createPacer(), day);
  const one = play(createPacer({ mode: "progressive" }), { ...day, random: chance(7) });
  t.ok(best.lost / best.live <= 0.03, `${best.lost} lost of ${best.live}`);
  t.ok(best.busy > 1.15 * one.busy, `${best.busy} busy seconds for ${one.busy}`);
  t.equal(one.lost, 0);
});

t.test(
  "the risk decides: q is above theta where it stopped, and nil while calls are fewer than idle",
  async (t) => {
    const pacer = seasoned();
    const team = [...agents(3, "idle"), ...agents(17, "talk")];
    const { dial } = pacer.decide(view(3600, { idle: 3, agents: team }));
    const { q, theta, pHat, bound } = pacer.explain();
    t.ok(dial > 3);
    t.equal(bound, "risk");
    t.ok(q > theta);
    t.ok(Math.abs(pHat - 0.3) < 0.05, `pHat ${pHat}`);
    pacer.decide(view(3600, { idle: 3, agents: team, inFlight: calls(1, 3600), room: 2 }));
    t.equal(pacer.explain().q, 0);
    for (const [name, value] of Object.entries(pacer.explain()))
      t.ok(["number", "boolean"].includes(typeof value) || name === "bound", `${name}: ${value}`);
  },
);

t.test("more agents, younger calls, more calls in flight", async (t) => {
  const pacer = seasoned();
  const dials = (idle: number, talking: number, inFlight = calls(0, 0)): number =>
    pacer.decide(
      view(3600, { idle, agents: [...agents(idle, "idle"), ...agents(talking, "talk")], inFlight }),
    ).dial;
  for (let idle = 1; idle < 8; idle++) t.ok(dials(idle + 1, 20) >= dials(idle, 20), `${idle} idle`);
  t.ok(dials(2, 60) >= dials(2, 10), "talks that end soon enough count");
  const total = (t0: number): number => 10 + dials(4, 16, calls(10, t0));
  t.ok(total(3600 - 20) > total(3600 - 5), "calls that have rung for 20 s hardly answer any more");
});

t.test("announced breaks: who will not come back is not counted on", async (t) => {
  const pacer = seasoned();
  const team = (pausePending: boolean) => [...agents(2, "idle"), ...agents(40, "wrap", { pausePending })];
  const coming = pacer.decide(view(3600, { idle: 2, agents: team(false) })).dial;
  const leaving = pacer.decide(view(3600, { idle: 2, agents: team(true) })).dial;
  const alone = pacer.decide(view(3600, { idle: 2, agents: agents(2, "idle") })).dial;
  t.ok(coming > leaving, `${coming} for ${leaving}`);
  t.equal(leaving, alone);
});

t.test("room: never more lines than there are, whatever the mode", async (t) => {
  for (const mode of ["predictive", "power", "progressive"] as const) {
    const pacer = seasoned({ mode, ratio: 3 });
    const floor = { idle: 5, agents: agents(5, "idle") };
    t.equal(pacer.decide(view(3600, { ...floor, room: 2 })).dial, 2, mode);
    t.equal(pacer.explain().bound, "room");
    t.equal(pacer.decide(view(3600, { ...floor, room: 0 })).dial, 0);
    t.equal(pacer.decide(view(3600, { ...floor, room: -3 })).dial, 0);
    t.ok(pacer.decide(view(3600, floor)).dial >= 5);
  }
});

t.test("the modes: a ratio per idle agent, one for one, and waiting customers come first", async (t) => {
  const floor = { idle: 5, agents: agents(5, "idle") };
  const power = seasoned({ mode: "power", ratio: 2.5 });
  t.equal(power.decide(view(3600, floor)).dial, 12);
  t.equal(power.decide(view(3600, { ...floor, inFlight: calls(4, 3599) })).dial, 8);
  t.equal(power.decide(view(3600, { ...floor, waiting: 5 })).dial, 0);
  const one = seasoned({ mode: "progressive" });
  t.equal(one.decide(view(3600, { ...floor, inFlight: calls(4, 3599), waiting: 0 })).dial, 1);
  t.equal(one.decide(view(3600, { ...floor, waiting: 2 })).dial, 3);
  t.equal(one.decide(view(3600, { ...floor, waiting: 9 })).dial, 0);
});

t.test(
  "the guard: beyond the limit one for one, in every mode, and again more when it is safe",
  async (t) => {
    for (const mode of ["predictive", "power"] as const) {
      const pacer = createPacer({ mode, ratio: 3 });
      play(pacer, { random: chance(1), seconds: 1800, team: 20, answerRate: () => 0.3 });
      const floor = { idle: 5, agents: [...agents(5, "idle"), ...agents(15, "talk")], windowEnd: 1801 };
      for (let lost = 0; lost < 20; lost++) pacer.onLive(true);
      t.equal(pacer.decide(view(1800, floor)).dial, 5, mode);
      t.equal(pacer.explain().guard, true);
      t.equal(pacer.explain().bound, "guard");
      t.equal(pacer.decide(view(1800, { ...floor, inFlight: calls(9, 1795) })).dial, 0);
      for (let kept = 0; kept < 2000; kept++) pacer.onLive(false);
      t.ok(pacer.decide(view(1800, floor)).dial > 5);
      t.equal(pacer.explain().guard, false);
    }
  },
);

t.test("shedding: only calls that have rung 15 s, oldest first, never below one for one", async (t) => {
  const random = chance(3);
  const pacer = createPacer({ shedding: true });
  let hungUp = 0;
  play(pacer, {
    random,
    seconds: 7200,
    team: 10,
    answerRate: (cls) => (cls ? 0.6 : 0.1),
    ring: () => 8 + 16 * random(),
    classOf: () => (random() < 0.5 ? 1 : 0),
    seen: ({ now, idle, waiting, inFlight }, { shed = [] }) => {
      if (shed.length === 0) return;
      hungUp += shed.length;
      const flight = [...inFlight].sort((one, other) => one.t0 - other.t0);
      t.same(
        [...shed],
        flight.slice(0, shed.length).map(({ id }) => id),
        "the oldest",
      );
      for (const { t0 } of flight.slice(0, shed.length)) t.ok(now - t0 >= 15, `rang ${now - t0} s`);
      t.ok(
        flight.length - shed.length >= Math.min(flight.length, idle - waiting),
        "each idle agent keeps a call",
      );
    },
  });
  t.ok(hungUp > 20, `${hungUp} calls`);
  const never = createPacer();
  let shed = 0;
  play(never, {
    random: chance(3),
    seconds: 3600,
    team: 10,
    answerRate: () => 0.3,
    seen: (_, decision) => {
      shed += decision.shed?.length ?? 0;
    },
  });
  t.equal(shed, 0, "not unless the policy says so");
});

t.test("shedding never before 15 s even if the policy asks for it", async (t) => {
  const pacer = seasoned({ shedding: true, shedAfter: 5 });
  const floor = { agents: agents(20, "talk"), idle: 0 };
  t.same(pacer.decide(view(3600, { ...floor, inFlight: calls(40, 3586) })).shed ?? [], []);
  t.ok((pacer.decide(view(3601, { ...floor, inFlight: calls(40, 3586) })).shed ?? []).length > 0);
});

t.test("classes: numbers that hardly answer are dialled in greater number", async (t) => {
  const random = chance(11);
  const pacer = createPacer();
  play(pacer, {
    random,
    seconds: 10_800,
    team: 20,
    answerRate: (cls) => (cls ? 0.5 : 0.1),
    classOf: () => (random() < 0.5 ? 1 : 0),
  });
  const floor = { idle: 4, agents: [...agents(4, "idle"), ...agents(16, "talk")] };
  const dials = (cls: number): number =>
    pacer.decide(view(10_800, { ...floor, next: new Array<number>(100).fill(cls) })).dial;
  t.ok(dials(0) > 1.8 * dials(1), `${dials(0)} for ${dials(1)}`);
});

t.test("connect latency: what the system needs is taken off what a customer can wait", async (t) => {
  const pacer = seasoned();
  const floor = { idle: 2, agents: [...agents(2, "idle"), ...agents(60, "wrap")] };
  const before = pacer.decide(view(3600, floor)).dial;
  for (let time = 0; time < 500; time++) pacer.onConnect(1.5 + (time % 3) / 10);
  const after = pacer.decide(view(3600, floor)).dial;
  const { patience } = pacer.explain();
  t.ok(Number(patience) < 0.35 && Number(patience) > 0, `patience ${patience}`);
  t.ok(after < before, `${after} for ${before}`);
});

t.test("an outage: failures in a row are one for one and teach nothing", async (t) => {
  const pacer = seasoned();
  const floor = { idle: 5, agents: [...agents(5, "idle"), ...agents(15, "talk")] };
  const before = pacer.decide(view(3600, floor)).dial;
  const { pHat } = pacer.explain();
  for (const call of calls(1000, 3600)) {
    pacer.onDial(call);
    pacer.onResolved(call, "fail", 0.2);
  }
  t.equal(pacer.decide(view(3601, floor)).dial, 5);
  t.equal(pacer.explain().bound, "outage");
  t.ok(pacer.explain().pHat > 0.7 * pHat, "the answer rate is what it was");
  const [call] = calls(1, 3601);
  if (call) pacer.onResolved(call, "noanswer", 25);
  const after = pacer.decide(view(3627, floor)).dial;
  t.ok(after > 5 && after <= 1.5 * before, `${after} for ${before}`);
});

t.test("a snapshot goes through JSON, and its pacer decides as the first would have", async (t) => {
  const options: PacingOptions = { shedding: true };
  const first = seasoned(options);
  const snapshot = first.snapshot();
  const second = createPacer(options, JSON.parse(JSON.stringify(snapshot)));
  t.same(second.snapshot(), snapshot, "nothing is lost");
  const decided = [first, second].map((pacer) => {
    const decisions: unknown[] = [];
    const seen = (_: unknown, decision: unknown): number => decisions.push(decision, pacer.explain());
    play(pacer, { random: chance(9), seconds: 1800, team: 20, answerRate: () => 0.3, from: 3600, seen });
    return decisions;
  });
  t.ok((decided[0] ?? []).length > 3000);
  t.same(decided[0], decided[1]);
  t.same(first.snapshot(), second.snapshot());
});

t.test("a snapshot that is none: it begins with a probe", async (t) => {
  const good = seasoned().snapshot() as Record<string, unknown>;
  const bad = [null, 7, "x", {}, { ...good, format: 0 }, { ...good, budget: { live: Number.NaN } }];
  for (const snapshot of bad) {
    const pacer = createPacer({}, snapshot);
    t.equal(pacer.decide(view(0, { idle: 2, agents: agents(2, "idle") })).dial, 2);
    t.equal(pacer.explain().bound, "probe");
  }
});

t.test("odd views: nobody there, a clock that stands, a window that is over, calls unknown", async (t) => {
  const pacer = seasoned();
  t.equal(pacer.decide(view(3600)).dial, 0);
  t.equal(pacer.decide(view(3000, { idle: 1, agents: agents(1, "idle"), windowEnd: 10 })).dial >= 0, true);
  t.ok(pacer.decide(view(3700, { idle: 1, agents: agents(1, "idle"), windowEnd: Infinity })).dial >= 1);
  pacer.onResolved({ id: "x", t0: 3699 }, "live", 400);
  pacer.onTalkEnd(Number.NaN);
  pacer.onWrapEnd(-1, "off");
  pacer.onConnect(Number.NaN);
  const { q, theta, pHat } = pacer.explain();
  for (const number of [q, theta, pHat]) t.ok(Number.isFinite(number));
  t.ok(JSON.stringify(pacer.snapshot()).includes("null") === false, "no number is lost on the way to JSON");
});
