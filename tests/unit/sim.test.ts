/** The simulator against textbooks and against common sense; nothing here was measured with the simulator itself. */
import t from "tap";
import { ENDINGS } from "../../apps/core/ending.ts";
import type { Agent, Queue } from "../../apps/core/floor.ts";
import type { DayCall, DayWrapUp, RecordedDay, StateAt } from "../../apps/core/records/day.ts";
import { boundsOf } from "../../apps/core/sim/assumptions.ts";
import { type Figures, figuresOf } from "../../apps/core/sim/figures.ts";
import { Patience } from "../../apps/core/sim/patience.ts";
import { People } from "../../apps/core/sim/people.ts";
import type { Rows } from "../../apps/core/sim/rows.ts";
import { simulate } from "../../apps/core/sim/simulate.ts";
import { ASTERISK_TIMING } from "../../apps/core/sim/virtual-switch.ts";
import { type Answer, whatIf } from "../../apps/core/sim/what-if.ts";
import { OUTCOMES } from "../../apps/core/statistics/outcomes.ts";
import { agent, line, queue, T0 } from "../support/floor.ts";

t.setTimeout(120_000);
const HOUR = 3_600_000;
const AT_ONCE = { ...ASTERISK_TIMING, recheckMs: 0, nudgeMs: 0 };
const SEED = 20_261_121;

interface Made {
  readonly day: RecordedDay;
  readonly rows: Rows;
}

/** Poisson arrivals and exponential talk times, ordered by an own generator (Lehmer's). */
function madeDay(options: {
  agents: number;
  hours: number;
  perHour: number;
  talkMs: number;
  ringMs?: number;
  patienceMs?: number;
  seed?: number;
}): Made {
  const { agents: count, hours, perHour, talkMs, ringMs = 0, patienceMs } = options;
  const agents = Array.from({ length: count }, (_, n) => agent(`a${n}`));
  const draw = lehmer(options.seed ?? SEED);
  const exponential = (mean: number): number => -mean * Math.log(1 - draw());
  const calls: DayCall[] = [];
  for (let at = T0 + exponential(HOUR / perHour); at < T0 + hours * HOUR; at += exponential(HOUR / perHour)) {
    const patience = patienceMs === undefined ? undefined : exponential(patienceMs);
    const talk = exponential(talkMs);
    calls.push({
      ...{ id: `c${calls.length}`, lineId: "l", arrivedAt: at, vain: [] },
      // With a patience: as if all had been abandoned, so that the simulator takes it as it is.
      ...(patience === undefined
        ? {
            waitMs: 0,
            ending: "answered" as const,
            answer: { agentId: undefined, ringMs, talkMs: talk },
          }
        : {
            waitMs: patience,
            ending: "abandoned" as const,
            answer: { agentId: undefined, ringMs, talkMs: talk },
          }),
    });
  }
  const rows = { agents, queues: [queue(agents, { maxWaitSeconds: 7200 })], lines: [line()], trunks: [] };
  return { day: { from: T0, to: T0 + hours * HOUR, calls, occupied: [], states: onShift(agents) }, rows };
}

function onShift(agents: readonly Agent[]): StateAt[] {
  return agents.map(({ id }) => ({ agentId: id, state: "inbound", at: T0 - 1 }));
}

function lehmer(seed: number): () => number {
  let state = seed % 2_147_483_647;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Erlang's C: the probability of waiting, and the mean wait in units of the mean talk. */
function erlangC(servers: number, load: number): { waits: number; meanWait: number } {
  let blocked = 1; // Erlang's B by its recursion.
  for (let n = 1; n <= servers; n++) blocked = (load * blocked) / (n + load * blocked);
  const waits = (servers * blocked) / (servers - load * (1 - blocked));
  return { waits, meanWait: waits / (servers - load) };
}

t.test("M/M/c: the simulator waits as Erlang's C says", async (t) => {
  const [agents, perHour, talkMs] = [5, 70, 180_000];
  // 70 % load: with more, neighbours resemble each other for hours and the mean settles late.
  const { day, rows } = madeDay({ agents, hours: 450, perHour, talkMs });
  const outcomes = simulate(day, rows, { seed: 1, timing: AT_ONCE });
  const waited = outcomes.filter(({ waitMs }) => waitMs > 0).length / outcomes.length;
  const mean = outcomes.reduce((total, { waitMs }) => total + waitMs, 0) / outcomes.length / talkMs;
  const book = erlangC(agents, (perHour * talkMs) / HOUR);
  t.ok(Math.abs(waited - book.waits) < 0.02, `${waited.toFixed(3)} wait, book ${book.waits.toFixed(3)}`);
  t.ok(Math.abs(mean / book.meanWait - 1) < 0.1, `mean ${mean.toFixed(4)}, book ${book.meanWait.toFixed(4)}`);
});

t.test("G/G/c: every single wait is the one of Kiefer and Wolfowitz", async (t) => {
  for (const { agents, perHour } of [
    { agents: 1, perHour: 16 },
    { agents: 12, perHour: 230 },
  ]) {
    const { day, rows } = madeDay({ agents, hours: Math.round(4000 / perHour), perHour, talkMs: 180_000 });
    const outcomes = simulate(day, rows, { seed: 1, timing: AT_ONCE });
    const waits = new Map(outcomes.map(({ arrivedAt, waitMs }) => [arrivedAt, waitMs]));
    const free = Array.from({ length: agents }, () => T0);
    const off = day.calls.map(({ arrivedAt, answer }) => {
      const first = free.indexOf(Math.min(...free));
      const start = Math.max(arrivedAt, free[first] ?? 0);
      free[first] = start + (answer?.talkMs ?? 0);
      return Math.abs((waits.get(arrivedAt) ?? Number.NaN) - (start - arrivedAt));
    });
    t.ok(day.calls.length > 3000);
    t.ok(Math.max(...off) < 0.01, `c=${agents}: at most ${Math.max(...off)} ms off`);
  }
});

/** Erlang's A by its birth and death: who gives up, and the mean wait in units of the mean talk. */
function erlangA(servers: number, load: number, patience: number): { leaves: number; meanWait: number } {
  const weights = [1];
  for (let n = 1; n < 2000; n++)
    weights.push(
      ((weights[n - 1] as number) * load) / (Math.min(n, servers) + Math.max(0, n - servers) / patience),
    );
  const all = weights.reduce((total, weight) => total + weight, 0);
  const waiting = weights.reduce((total, weight, n) => total + Math.max(0, n - servers) * weight, 0) / all;
  return { leaves: waiting / patience / load, meanWait: waiting / load };
}

t.test(
  "M/M/c with impatient callers: as Erlang's A says, also when there is more work than agents",
  async (t) => {
    for (const { agents, perHour } of [
      { agents: 4, perHour: 70 },
      { agents: 8, perHour: 190 },
    ]) {
      const [talkMs, patienceMs] = [180_000, 90_000];
      const { day, rows } = madeDay({ agents, hours: 120, perHour, talkMs, patienceMs });
      const outcomes = simulate(day, rows, { seed: 1, timing: AT_ONCE });
      const left = outcomes.filter(({ ending }) => ending === "abandoned").length / outcomes.length;
      const mean = outcomes.reduce((total, { waitMs }) => total + waitMs, 0) / outcomes.length / talkMs;
      const book = erlangA(agents, (perHour * talkMs) / HOUR, patienceMs / talkMs);
      t.ok(
        Math.abs(left - book.leaves) < 0.01,
        `c=${agents}: ${left.toFixed(3)} leave, book ${book.leaves.toFixed(3)}`,
      );
      t.ok(
        Math.abs(mean / book.meanWait - 1) < 0.08,
        `c=${agents}: ${mean.toFixed(4)}, book ${book.meanWait.toFixed(4)}`,
      );
      t.equal(outcomes.length, day.calls.length, "every call has one outcome");
    }
  },
);

function ask(made: Made, change: Parameters<typeof whatIf>[0]["change"], timing = ASTERISK_TIMING): Answer {
  return whatIf({ ...made, queueId: "q", change, targetSeconds: 20, seed: 7, timing });
}

t.test("more agents never make callers wait longer; the same seed gives the same day", async (t) => {
  const made = madeDay({ agents: 8, hours: 5, perHour: 170, talkMs: 180_000, ringMs: 2000 });
  let before = Number.POSITIVE_INFINITY;
  for (const add of [0, 1, 2, 3, 5, 30]) {
    const { simulated } = ask(made, { agents: { add } }, AT_ONCE);
    t.ok(simulated.wait.meanSeconds <= before, `${8 + add} agents: ${simulated.wait.meanSeconds} s`);
    t.equal(simulated.agents, 8 + add);
    before = simulated.wait.meanSeconds;
  }
  t.equal(before, 2, "with plenty, all that is left is the ringing");
  const removed = ask(made, { agents: { remove: ["a0", "a1"] } }, AT_ONCE);
  t.ok(removed.simulated.wait.meanSeconds > removed.unchanged.wait.meanSeconds);
  t.equal(removed.simulated.agents, 6);
  t.same(ask(made, { strategy: "random" }), ask(made, { strategy: "random" }));
});

t.test("changed hours turn callers away, and only those outside", async (t) => {
  const made = madeDay({ agents: 10, hours: 4, perHour: 60, talkMs: 60_000 });
  const hours = { zone: "Europe/Moscow", week: [{ days: [1] as const, from: "13:00", to: "14:00" }] };
  const inside = made.day.calls.filter(
    ({ arrivedAt }) => arrivedAt >= T0 + HOUR && arrivedAt < T0 + 2 * HOUR,
  );
  const { unchanged, simulated } = ask(made, { hours });
  t.equal(unchanged.outOfHours, 0);
  t.equal(simulated.offered, inside.length);
  t.equal(simulated.outOfHours, made.day.calls.length - inside.length);
  const closed = { ...made, rows: { ...made.rows, lines: [line({ hours })] } };
  t.equal(ask(closed, { hours: null }).simulated.outOfHours, 0, "and back");
});

t.test(
  "a caller in Queue() is handed a freed agent at the engine's nudge, or else at their own next look",
  async (t) => {
    const calls = [
      { at: 0, talkMs: 10_300 },
      { at: 500, talkMs: 4000 },
    ];
    t.same(oneAgent(calls).simulated[1], { waitMs: 9815, ending: "answered" }, "15 ms after the freeing");
    // Looks come a whole number of seconds after joining: the first one after 10.3 s is at 10.5 s.
    const late = { ...ASTERISK_TIMING, nudgeMs: 5000 };
    t.same(
      oneAgent(calls, {}, late).simulated[1],
      { waitMs: 10_000, ending: "answered" },
      "the nudge is late",
    );
    const newcomer = oneAgent([...calls, { at: 10_400, talkMs: 1000 }], {}, late).simulated;
    t.same(
      newcomer[1],
      { waitMs: 10_000, ending: "answered" },
      "a newcomer does not take the agent in between",
    );
    t.same(newcomer[2]?.ending, "answered");
    t.ok((newcomer[2]?.waitMs ?? 0) > 4000);
  },
);

t.test("the longest wait ends a wait, to the second; a ring in vain is followed by another", async (t) => {
  const late = oneAgent(
    [
      { at: 0, talkMs: 60_000 },
      { at: 1000, talkMs: 4000 },
    ],
    { maxWaitSeconds: 30 },
  );
  t.same(late.simulated[0], { waitMs: 0, ending: "answered" });
  t.same(late.simulated[1], { waitMs: 30_000, ending: "no_answer" });
  const agents = [agent("lazy"), agent("keen")];
  const vain = [{ agentId: "lazy", ringMs: 20_000, refused: false }];
  const answer = { agentId: "keen", ringMs: 1500, talkMs: 5000 };
  const call = {
    id: "c",
    lineId: "l",
    arrivedAt: T0,
    waitMs: 21_500,
    ending: "answered" as const,
    answer,
    vain,
  };
  const day = { from: T0, to: T0 + HOUR, calls: [call], occupied: [], states: onShift(agents) };
  const rows = { agents, queues: [queue(agents)], lines: [line()], trunks: [] };
  const [outcome] = simulate(day, rows, { seed: 1, timing: ASTERISK_TIMING });
  t.match(outcome, { waitMs: 21_500, agentId: "keen", ending: "answered" });
  const quick = applied(day, rows, { answerSeconds: 10 });
  t.equal(quick[0]?.waitMs, 11_500, "a shorter ring comes to the other sooner");
  const refusing = {
    ...day,
    calls: [{ ...call, vain: [{ agentId: "lazy", ringMs: 700, refused: true }] }],
  };
  t.equal(applied(refusing, rows, {})[0]?.waitMs, 2200, "who refuses is left at once");
});

function applied(day: RecordedDay, rows: Rows, change: { answerSeconds?: number }) {
  const queues = rows.queues.map((each) => ({ ...each, ...change }));
  return simulate(day, { ...rows, queues }, { seed: 1, timing: ASTERISK_TIMING });
}

function oneAgent(
  calls: readonly { at: number; talkMs: number }[],
  change: { maxWaitSeconds?: number } = {},
  timing = ASTERISK_TIMING,
) {
  const agents = [agent("a")];
  const rows = { agents, queues: [queue(agents, change)], lines: [line()], trunks: [] };
  const recorded = calls.map(
    ({ at, talkMs }, n): DayCall => ({
      ...{ id: `c${n}`, lineId: "l", arrivedAt: T0 + at, waitMs: 0, ending: "answered", vain: [] },
      answer: { agentId: "a", ringMs: 0, talkMs },
    }),
  );
  const day = { from: T0, to: T0 + HOUR, calls: recorded, occupied: [], states: onShift(agents) };
  const outcomes = simulate(day, rows, { seed: 1, timing });
  const ordered = [...outcomes].sort((a, b) => a.arrivedAt - b.arrivedAt);
  return { simulated: ordered.map(({ waitMs, ending }) => ({ waitMs, ending })) };
}

t.test("agents' states and other uses of their phones are those of the day", async (t) => {
  const agents = [agent("a")];
  const rows = { agents, queues: [queue(agents)], lines: [line()], trunks: [] };
  const answer = { agentId: "a", ringMs: 0, talkMs: 1000 };
  const at = (minutes: number): DayCall => ({
    ...{ id: `c${minutes}`, lineId: "l", arrivedAt: T0 + minutes * 60_000, waitMs: 0, ending: "answered" },
    ...{ answer, vain: [] },
  });
  const states: StateAt[] = [
    { agentId: "a", state: "inbound", at: T0 + 10 * 60_000 },
    { agentId: "a", state: "break", at: T0 + 30 * 60_000 },
  ];
  const occupied = [{ agentId: "a", from: T0 + 20 * 60_000, to: T0 + 21 * 60_000 }];
  const day = { from: T0, to: T0 + HOUR, calls: [at(5), at(15), at(20.5), at(40)], occupied, states };
  const outcomes = simulate(day, rows, { seed: 1, timing: ASTERISK_TIMING });
  t.same(
    outcomes.map(({ ending, waitMs }) => [ending, waitMs]),
    [
      ["no_answer", 0],
      ["answered", 0],
      ["answered", 30_000],
      ["no_answer", 0],
    ],
  );
  const scope = { lines: new Set(["l"]), agents: ["a"], targetMs: 20_000 };
  t.match(figuresOf(outcomes, day, scope), {
    ...{ offered: 4, answered: 2, noAnswer: 2, serviceLevelPercent: 25, agents: 1 },
    ...{ occupancyPercent: 0.17, answerSpeedSeconds: 15, wait: { longestSeconds: 30, p50Seconds: 0 } },
  });
});

t.test("patience: Kaplan and Meier's own steps, and beyond what was seen", async (t) => {
  // 1 gave up, 2 was answered, 3 gave up, 4 was answered: S = 3/4 after 1 s, 3/8 after 3 s.
  const patience = new Patience([
    { ms: 3000, gaveUp: true },
    { ms: 2000, gaveUp: false },
    { ms: 1000, gaveUp: true },
    { ms: 4000, gaveUp: false },
  ]);
  t.equal(patience.draw(0.2), 1000);
  t.equal(patience.draw(0.26), 3000);
  t.equal(patience.draw(0.62), 3000);
  t.ok(patience.draw(0.63) > 3000, "the tail");
  t.equal(patience.draw(0.4, 1500), 3000, "of those who waited 1.5 s half leave at 3 s");
  t.ok(patience.draw(0.6, 1500) > 3000);
  t.ok(patience.draw(0.1, 9000) > 9000);
  t.equal(new Patience([{ ms: 5, gaveUp: false }]).draw(0.99), Number.POSITIVE_INFINITY);
});

t.test("an agent's wrap-up is replayed: completed when it was, or ended by the limit of now", async (t) => {
  const agents = [agent("a")];
  const answer = { agentId: "a", ringMs: 0, talkMs: 10_000 };
  const call = (n: number, wrapUp?: DayWrapUp): DayCall => ({
    ...{ id: `c${n}`, lineId: "l", arrivedAt: T0 + n * 1000, waitMs: 0, ending: "answered", vain: [] },
    answer: { ...answer, wrapUp },
  });
  const day = (...calls: DayCall[]): RecordedDay => ({
    ...{ from: T0, to: T0 + HOUR, calls, occupied: [], states: onShift(agents) },
  });
  const waitsOfSecond = (calls: RecordedDay, wrapUp: Queue["wrapUp"]): (number | undefined)[] => {
    const rows = { agents, queues: [queue(agents, { wrapUp })], lines: [line()], trunks: [] };
    const [first, second] = simulate(calls, rows, { seed: 1, timing: AT_ONCE });
    return [first?.wrapUpMs, second?.waitMs];
  };
  const completed = { ms: 4000, completed: true };
  const limit = { mode: "limit", seconds: 30 } as const;
  t.same(waitsOfSecond(day(call(0), call(1)), undefined), [0, 9000], "none");
  t.same(waitsOfSecond(day(call(0, completed), call(1)), limit), [4000, 13_000], "completed");
  const ran = { ms: 20_000, completed: false };
  t.same(
    waitsOfSecond(day(call(0, ran), call(1)), limit),
    [30_000, 39_000],
    "left to the limit, which is longer now",
  );
  t.same(waitsOfSecond(day(call(0, ran), call(1)), { mode: "until-completed" }), [20_000, 29_000]);
  t.same(waitsOfSecond(day(call(0), call(1)), limit), [30_000, 39_000], "a day without wrap-ups");
});

t.test(
  "a day is counted as statistics count it: by outcome, and without calls that are not ours",
  async (t) => {
    const { day } = madeDay({ agents: 1, hours: 1, perHour: 1, talkMs: 1000 });
    const ended = ENDINGS.map((ending, n) => ({
      ...{ lineId: "l", arrivedAt: T0 + n, waitMs: 10_000, ending },
      ...{ talkMs: 0, wrapUpMs: 0 },
    }));
    const count = (outcome: string) => ENDINGS.filter((ending) => OUTCOMES[ending] === outcome).length;
    const ours = ENDINGS.length - count("not-ours") - count("out-of-hours");
    t.match(figuresOf(ended, day, { lines: new Set(["l"]), agents: [], targetMs: 20_000 }), {
      ...{ offered: ours, answered: 1, abandoned: 1, calledBack: 1, outOfHours: 1 },
      noAnswer: count("no-answer") + count("failed"),
      // Who kept the place is called: neither for nor against us.
      serviceLevelPercent: Math.round(10_000 / (ours - 1)) / 100,
    });
    const served = {
      ...(day.calls[0] as DayCall),
      ending: "self_service" as const,
      waitMs: 0,
      answer: undefined,
    };
    const left = { ...served, ending: "abandoned" as const, waitMs: 20_000 };
    const stayed = { ...left, id: "stayed", ending: "no_answer" as const, waitMs: 25_000 };
    const patience = (calls: DayCall[]) => new People({ ...day, calls }, SEED).patience(stayed);
    t.equal(patience([left, stayed]), patience([left, stayed, served, { ...served, waitMs: 90_000 }]));
  },
);

t.test("the bounds of a day leave room for chance where calls are few, and only there", async (t) => {
  const day = (offered: number, serviceLevelPercent: number) =>
    boundsOf({ offered, serviceLevelPercent } as Figures).serviceLevelPoints;
  t.equal(day(80, 75), 14.7);
  t.equal(day(20_000, 75), 5.6);
  t.equal(day(80, 100), 5, "nobody was late: chance moves nothing");
  t.equal(day(0, 100), 5);
});
