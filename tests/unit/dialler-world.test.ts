/**
 * The dialler's world against figures that were not measured with it: an independent study's simulator for the
 * usual policies, the exact optimum for the Markovian day, and arithmetic for its laws.
 */
import t from "tap";
import type { PacedAgent, PacedCall, Pacer, PacingView, Resolution } from "../../apps/core/dialling/pacer.ts";
import { sfc32 } from "../../apps/core/dialling/world/chance.ts";
import { type Duration, draw, meanOf, overBy } from "../../apps/core/dialling/world/duration.ts";
import { markovOptimum } from "../../apps/core/dialling/world/markov-optimum.ts";
import { ExpectedValue } from "../../apps/core/dialling/world/policies/expected-value.ts";
import { Oracle } from "../../apps/core/dialling/world/policies/oracle.ts";
import { FixedRatio, Progressive, SimplePacer } from "../../apps/core/dialling/world/policies/simple.ts";
import { Vicidial } from "../../apps/core/dialling/world/policies/vicidial.ts";
import { type AnswerRate, DRIFT, markovDay, standardDay } from "../../apps/core/dialling/world/scenario.ts";
import type { DayResult } from "../../apps/core/dialling/world/tally.ts";
import { type MakePacer, simulateDay } from "../../apps/core/dialling/world/world.ts";

t.setTimeout(60_000);
const SEEDS = [1001, 1002, 1003, 1004];

/** Utilisation and abandonment in percent, pooled over days. */
function pooled(agents: number, p: number | AnswerRate, make: MakePacer, seeds = SEEDS) {
  const days = seeds.map((seed) => simulateDay(standardDay(agents, p), seed, make));
  const sum = (of: (day: DayResult) => number): number => days.reduce((total, day) => total + of(day), 0);
  return {
    utilisation: (100 * sum((day) => day.utilisation)) / days.length,
    abandoned: (100 * sum((day) => day.abandoned)) / sum((day) => day.answered),
  };
}

/** A pacer that does what a test says, and remembers what it was told. */
class Told extends SimplePacer {
  readonly heard: string[] = [];
  readonly #decide: Pacer["decide"];

  constructor(decide: Pacer["decide"]) {
    super();
    this.#decide = decide;
  }

  override onResolved(_call: PacedCall, kind: Resolution): void {
    this.heard.push(kind);
  }

  override decide(view: PacingView) {
    return this.#decide(view) as { dial: number };
  }
}

t.test("usual policies come out as in the study's table", async (t) => {
  const expected: readonly [string, number, number | AnswerRate, MakePacer, number, number][] = [
    ["progressive", 20, 0.15, () => new Progressive(), 53.7, 0],
    ["progressive", 20, 0.3, () => new Progressive(), 71.2, 0],
    ["progressive", 20, 0.5, () => new Progressive(), 81.9, 0],
    ["progressive", 20, DRIFT, () => new Progressive(), 69.0, 0],
    ["progressive", 5, 0.3, () => new Progressive(), 71.2, 0],
    ["ratio 1.5", 20, 0.3, () => new FixedRatio(1.5), 78.5, 0.1],
    ["ratio 2", 20, 0.3, () => new FixedRatio(2), 83.9, 1.03],
    ["ratio 3", 20, 0.3, () => new FixedRatio(3), 89.3, 5.75],
    ["VICIdial-like", 20, 0.3, () => new Vicidial(), 71.1, 3.17],
    [
      "the same, per free agent",
      20,
      0.3,
      () => new Vicidial({ maxLevel: 10, availableOnly: true, limit: 0.03 }),
      74.0,
      3.06,
    ],
    ["expected value", 20, 0.3, () => new ExpectedValue(), 84.5, 2.81],
  ];
  for (const [name, agents, p, make, utilisation, abandoned] of expected) {
    const found = pooled(agents, p, make);
    const what = `${name} N=${agents} p=${typeof p === "number" ? p : "drift"}`;
    t.ok(
      Math.abs(found.utilisation - utilisation) < (agents < 20 ? 1.2 : 0.8),
      `${what}: ${found.utilisation.toFixed(1)} % busy, ${utilisation} expected`,
    );
    t.ok(
      Math.abs(found.abandoned - abandoned) < 0.05 + 0.1 * abandoned,
      `${what}: ${found.abandoned.toFixed(2)} % lost, ${abandoned} expected`,
    );
  }
  const blind = pooled(20, 0.3, () => new ExpectedValue({ target: undefined }), [1001]);
  t.ok(blind.abandoned > 25, "expected value without feedback loses more than a quarter");
});

t.test("oracles are where the study's table has them, and nobody is above everything known", async (t) => {
  const calls = pooled(20, 0.3, (knowledge, day) => new Oracle("calls", knowledge, day), [1001]);
  t.ok(Math.abs(calls.utilisation - 94.2) < 0.8, `outcomes known: ${calls.utilisation.toFixed(1)}`);
  t.ok(calls.abandoned < 3.0);
  const all = pooled(5, 0.3, (knowledge, day) => new Oracle("everything", knowledge, day), [1001]);
  t.ok(all.utilisation > 99 && all.utilisation <= 100, `all known: ${all.utilisation.toFixed(1)}`);
  t.ok(all.abandoned < 0.1);
});

t.test("the Markovian day's optimum is the one computed elsewhere, and the world reaches it", async (t) => {
  const table: readonly [number, number, number][] = [
    [5, 0.15, 77.6],
    [5, 0.3, 82.9],
    [5, 0.5, 87.1],
    [10, 0.15, 83.5],
    [10, 0.3, 85.9],
    [10, 0.5, 88.45],
    [20, 0.3, 89.6],
    [20, 0.5, 90.9],
  ];
  for (const [agents, p, utilisation] of table) {
    const found = markovOptimum({ agents, p, abandoned: 0.03 });
    t.ok(Math.abs(100 * found.utilisation - utilisation) < 0.06, `N=${agents} p=${p}: ${found.utilisation}`);
    t.ok(Math.abs(found.abandoned - 0.03) < 1e-6);
  }
  const { targets } = markovOptimum({ agents: 20, p: 0.3, abandoned: 0.03 });
  t.same(targets.slice(0, 8), [0, 1, 4, 6, 10, 13, 16, 19]);
  t.ok(
    markovOptimum({ agents: 5, p: 0.3, abandoned: 0.01 }).utilisation < 0.829 - 0.01,
    "a stricter limit costs",
  );
  const best = markovOptimum({ agents: 5, p: 0.3, abandoned: 0.03 });
  const days = [1, 2].map((seed) =>
    simulateDay(
      markovDay(5, 0.3, 48),
      seed,
      () => new Told((view) => ({ dial: (best.targets[view.idle] ?? 0) - [...view.inFlight].length })),
    ),
  );
  const busy = days.reduce((sum, day) => sum + day.utilisation, 0) / days.length;
  t.ok(Math.abs(busy - best.utilisation) < 0.012, `simulated ${busy}, computed ${best.utilisation}`);
});

t.test("laws are what they say", async (t) => {
  const laws: readonly Duration[] = [
    { law: "uniform", from: 1, to: 4 },
    { law: "exponential", mean: 12 },
    { law: "lognormal", mean: 120, cv: 1 },
    {
      law: "either",
      share: 0.4,
      one: { law: "constant", seconds: 20 },
      other: { law: "lognormal", mean: 187, cv: 0.3 },
    },
  ];
  for (const duration of laws) {
    const chance = sfc32(7);
    const drawn = Array.from({ length: 40_000 }, () => draw(duration, chance));
    const mean = drawn.reduce((sum, one) => sum + one, 0) / drawn.length;
    t.ok(Math.abs(mean / meanOf(duration) - 1) < 0.02, `${duration.law}: mean ${mean}`);
    for (const at of [0.5, 1, 2].map((factor) => factor * meanOf(duration))) {
      const share = drawn.filter((one) => one <= at).length / drawn.length;
      t.ok(Math.abs(share - overBy(duration, at)) < 0.01, `${duration.law}: over by ${at}`);
    }
  }
  const others = [sfc32(1), sfc32(2)].map((chance) => Array.from({ length: 5 }, chance));
  t.notSame(others[0], others[1]);
});

t.test("a seed is a day, and another policy meets the same numbers", async (t) => {
  const listening = (ratio: number) => {
    const pacer = new FixedRatio(ratio);
    const fates = new Map<unknown, string>();
    let ringing = 0;
    const told = Object.assign(pacer, {
      onResolved: (call: PacedCall, kind: Resolution, age: number) => {
        ringing += age;
        fates.set(call.id, `${kind} ${age.toFixed(6)}`);
      },
    });
    const day = simulateDay(standardDay(5, 0.3), 1001, () => told);
    return { fates, day, ringing };
  };
  const [one, same, other] = [listening(1), listening(1), listening(2)];
  t.same(one.day, same.day);
  t.not(one.day.utilisation, other.day.utilisation);
  const others = [...one.fates].filter(([id, fate]) => (other.fates.get(id) ?? fate) !== fate);
  t.same(others, [], "every number comes to the same");
  t.ok(one.fates.size > 1000);
  const { answered, connected, abandoned } = other.day;
  t.ok(answered - connected - abandoned >= 0 && answered - connected - abandoned <= 2, "nobody disappears");
  const mean = other.ringing / (8 * 3600);
  t.ok(
    Math.abs(other.day.ringingMean - mean) < 0.01,
    "Little's law: calls in flight are dials times their age",
  );
  const minutes = other.day.minutes.reduce((sum, minute) => sum + minute.abandoned, 0);
  t.equal(minutes, abandoned, "minutes add up to the day");
});

t.test("trunks and the rate of calls are limits, whatever a pacer wants", async (t) => {
  const greedy: MakePacer = () => new Told(() => ({ dial: 50 }));
  const lines = simulateDay({ ...standardDay(10, 0.3), hours: 1, mostLines: 25 }, 1, greedy);
  t.equal(lines.linesPeak, 25);
  t.ok(lines.beyondRoom > 0);
  const rate = simulateDay({ ...standardDay(10, 0.3), hours: 1, callsPerSecond: 2 }, 1, greedy);
  t.ok(rate.dialled <= 7202 && rate.dialled > 6900, `${rate.dialled} dials in an hour at 2 per second`);
  const told: (number | undefined)[] = [];
  const polite = new Told((view) => {
    told.push(view.room);
    return { dial: view.room ?? 0 };
  });
  const day = simulateDay({ ...standardDay(10, 0.3), hours: 1, callsPerSecond: 2 }, 1, () => polite);
  t.equal(day.beyondRoom, 0);
  t.ok(told.every((room) => room !== undefined && room <= 2));
});

t.test("a call that has rung for less than 15 s is not hung up", async (t) => {
  let seen: PacedCall | undefined;
  const pacer = new Told((view) => {
    const calls = [...view.inFlight];
    const old = calls.find((call) => view.now - call.t0 >= 15);
    seen ??= old;
    return { dial: 3 - calls.length, shed: old ? [old.id] : calls.map(({ id }) => id) };
  });
  const day = simulateDay({ ...standardDay(5, 0.3), hours: 0.5 }, 3, () => pacer);
  t.ok(seen && day.shed > 0 && day.shedTooEarly > 0);
  t.equal(pacer.heard.filter((kind) => kind === "shed").length, day.shed);
});

t.test("carriers fail, machines come in bursts, answers double, talks last longer", async (t) => {
  const during = { at: 600, until: 3000 };
  const run = (change: object) => {
    const heard: string[] = [];
    const pacer = Object.assign(new FixedRatio(2), {
      onResolved: (call: PacedCall, kind: Resolution) => {
        if (call.t0 >= during.at && call.t0 < during.until) heard.push(kind);
      },
    });
    const day = { ...standardDay(60, 0.3), hours: 1, changes: [{ ...during, ...change }] };
    const result = simulateDay(day, 5, () => pacer);
    const share = (kind: string): number => heard.filter((one) => one === kind).length / heard.length;
    return { result, share };
  };
  t.equal(run({ failing: 1 }).share("fail"), 1, "the carrier is down");
  t.ok(run({ machines: 0.9 }).share("machine") > 0.5, "a burst of machines");
  const [usual, doubled] = [run({}).share("live"), run({ answer: 2 }).share("live")];
  t.ok(usual > 0.25 && usual < 0.36 && doubled > 0.53 && doubled < 0.68, `${usual} → ${doubled}`);
  const connected = (talk: number): number => run({ talk }).result.connected;
  t.ok(connected(4) < connected(1) && connected(1) < connected(0.25));
});

t.test("half of the agents leave and come back; only an announcement is known before", async (t) => {
  const run = (announced: boolean, as: "off" | "break") => {
    const seen = { least: 99, pending: 0, after: 0, onBreak: 0 };
    const pacer = new Told((view) => {
      const agents: PacedAgent[] = [...view.agents];
      if (view.now > 1800 && view.now < 3600) {
        seen.least = Math.min(seen.least, agents.length);
        seen.onBreak = Math.max(seen.onBreak, agents.filter(({ state }) => state === "break").length);
      }
      seen.pending = Math.max(seen.pending, agents.filter(({ pausePending }) => pausePending).length);
      if (view.now > 3600) seen.after = agents.length;
      return { dial: 2 * view.idle - [...view.inFlight].length };
    });
    const changes = [{ at: 1800, until: 3600, leave: { share: 0.5, announced, as } }];
    const quiet = { ...standardDay(20, 0.3).service, breaks: 0 };
    const day = simulateDay({ ...standardDay(20, 0.3), hours: 1.5, changes, service: quiet }, 2, () => pacer);
    return { ...seen, day };
  };
  const off = run(false, "off");
  t.equal(off.least, 10, "signed out");
  t.equal(off.pending, 0, "nobody knew");
  t.equal(off.after, 20, "they are back");
  t.equal(run(false, "break").onBreak, 10, "or shown on a break");
  t.ok(run(true, "off").pending > 0);
  const present = off.day.minutes.map((minute) => minute.present);
  t.ok((present[25] ?? 0) > 1199 && Math.abs((present[55] ?? 0) - 600) < 1, "time away is not idle time");
});

t.test(
  "a number is dialled later by the origination's latency, and classes are told if they are scored",
  async (t) => {
    const ages = (origination?: Duration): number => {
      let sum = 0;
      const pacer = Object.assign(new Progressive(), {
        onResolved: (_call: PacedCall, _kind: Resolution, age: number) => {
          sum += age;
        },
      });
      const day = { ...standardDay(10, 0.3), hours: 1, ...(origination ? { origination } : {}) };
      const { dialled } = simulateDay(day, 4, () => pacer);
      return sum / dialled;
    };
    const later = ages({ law: "constant", seconds: 2 }) - ages();
    t.ok(Math.abs(later - 2) < 0.5, `${later} s later`);
    const classes = [
      { p: 0.1, share: 0.5 },
      { p: 0.5, share: 0.5 },
    ];
    for (const scored of [true, false]) {
      const answered = [0, 0];
      const dialled = [0, 0];
      let told: readonly number[] | undefined;
      const pacer = Object.assign(new Progressive(), {
        tick: (view: PacingView) => {
          told = view.next;
        },
        onResolved: (call: PacedCall, kind: Resolution) => {
          dialled[call.cls ?? 0] = (dialled[call.cls ?? 0] ?? 0) + 1;
          if (kind === "live") answered[call.cls ?? 0] = (answered[call.cls ?? 0] ?? 0) + 1;
        },
      });
      simulateDay({ ...standardDay(10, { kind: "classes", classes, scored }), hours: 2 }, 4, () => pacer);
      t.equal(told !== undefined, scored);
      if (!scored) t.equal(dialled[1], 0);
      else {
        const [low, high] = answered.map((count, cls) => count / (dialled[cls] ?? 1));
        t.ok((low ?? 1) < 0.16 && (high ?? 0) > 0.42, `${low} and ${high}`);
        t.ok((told ?? []).length >= 64);
      }
    }
  },
);

t.test(
  "a known list is dialled in its order, and an agent is taken but not busy while being connected",
  (t) => {
    const fate = { kind: "live", after: 1, who: "person" } as const;
    const list = Array.from({ length: 2000 }, () => ({ fate, talk: 18 }));
    const service = { ...standardDay(1, 0.3).service, breaks: 0 };
    const wrapUp = { law: "constant", seconds: 0 } as const;
    const connection = { law: "constant", seconds: 2 } as const;
    const day = { ...standardDay(1, 0.3), hours: 1, list, connection, service: { ...service, wrapUp } };
    const talks: number[] = [];
    const pacer = Object.assign(new Progressive(), { onTalkEnd: (seconds: number) => talks.push(seconds) });
    const { answered, dialled, utilisation } = simulateDay(day, 1, () => pacer);
    t.ok(dialled - answered <= 1, "everybody answers");
    t.ok(
      talks.every((seconds) => Math.abs(seconds - 16) < 1e-6),
      "they hang up so long after their answer as the list says",
    );
    // One second of ringing, two of connecting, 16 of talking, and up to a second until the pacer is asked again.
    t.ok(utilisation > 16 / 20 - 0.01 && utilisation < 16 / 19 + 0.01, `${utilisation}`);
    t.throws(() => simulateDay({ ...day, list: list.slice(0, 3) }, 1, () => new Progressive()), /list ended/);
    t.end();
  },
);
