/** The arithmetic of pacing: distributions of counts, the risk, answers and agents as they are learned, the budget. */
import t from "tap";
import { Agents } from "../../apps/core/dialling/pacing/agents.ts";
import { Answers } from "../../apps/core/dialling/pacing/answers.ts";
import { Budget } from "../../apps/core/dialling/pacing/budget.ts";
import { Counts } from "../../apps/core/dialling/pacing/counts.ts";
import { CELLS, GRID } from "../../apps/core/dialling/pacing/grid.ts";
import { policyOf } from "../../apps/core/dialling/pacing/options.ts";
import { Risk } from "../../apps/core/dialling/pacing/risk.ts";
import { agents, chance } from "../support/pacing.ts";

/** Chances at each instant of the grid that grow with it. */
function growing(random: () => number): Float64Array {
  const scale = random();
  return Float64Array.from(GRID, (at) => scale * (at / 26));
}

/** The distribution of how many happen, by looking at every subset. */
function byBruteForce(chances: readonly number[]): number[] {
  const mass = new Array<number>(chances.length + 1).fill(0);
  for (let subset = 0; subset < 2 ** chances.length; subset++) {
    let probability = 1;
    let count = 0;
    for (const [index, one] of chances.entries()) {
      const happens = (subset >> index) & 1;
      probability *= happens ? one : 1 - one;
      count += happens;
    }
    mass[count] = (mass[count] ?? 0) + probability;
  }
  return mass;
}

t.test("the distribution of a count is the one that every subset gives", async (t) => {
  const random = chance(1);
  for (let round = 0; round < 20; round++) {
    const things = Array.from({ length: 1 + Math.floor(12 * random()) }, () => growing(random));
    const counts = new Counts();
    for (const thing of things) counts.add(thing);
    for (let cell = 0; cell < CELLS; cell++) {
      const expected = byBruteForce(things.map((thing) => thing[cell] as number));
      const worst = Math.max(...expected.map((mass, count) => Math.abs(mass - counts.massOf(cell, count))));
      t.ok(worst < 1e-7, `round ${round}, cell ${cell}: off by ${worst}`);
    }
  }
});

t.test("a certain thing always counts, an impossible one never, and 500 do not overflow", async (t) => {
  const counts = new Counts();
  counts.add(new Float64Array(CELLS).fill(1));
  counts.add(new Float64Array(CELLS));
  t.equal(counts.massOf(0, 1), 1);
  t.equal(counts.massOf(0, 0), 0);
  for (let index = 0; index < 500; index++) counts.add(new Float64Array(CELLS).fill(0.5));
  let sum = 0;
  let mean = 0;
  for (let count = 0; count <= 501; count++) {
    sum += counts.massOf(3, count);
    mean += count * counts.massOf(3, count);
  }
  t.ok(Math.abs(sum - 1) < 1e-5, `mass ${sum}`);
  t.ok(Math.abs(mean - 251) < 0.01, `mean ${mean}`);
});

t.test("many things alike count as they do one by one", async (t) => {
  const random = chance(4);
  for (const times of [0, 1, 3, 12, 85, 400, 1200]) {
    const [chances, other] = [growing(random), growing(random)];
    chances[CELLS - 1] = 1;
    const [atOnce, oneByOne] = [new Counts(), new Counts()];
    atOnce.addAlike(chances, times);
    atOnce.addAlike(other, 3);
    for (let time = 0; time < times; time++) oneByOne.add(chances);
    for (let time = 0; time < 3; time++) oneByOne.add(other);
    let worst = 0;
    for (let cell = 0; cell < CELLS; cell++)
      for (let count = 0; count <= times + 3; count++)
        worst = Math.max(worst, Math.abs(atOnce.massOf(cell, count) - oneByOne.massOf(cell, count)));
    t.ok(worst < 1e-6, `${times} at once: off by ${worst}`);
  }
});

t.test("arrivals of a queue count as a Poisson number", async (t) => {
  const counts = new Counts();
  counts.startPoisson(new Float64Array(CELLS).fill(3));
  t.ok(Math.abs(counts.massOf(0, 2) - Math.exp(-3) * 4.5) < 1e-9);
  counts.startPoisson(new Float64Array(CELLS).fill(90));
  let mean = 0;
  for (let count = 0; count < 200; count++) mean += count * counts.massOf(5, count);
  t.ok(Math.abs(mean - 90) < 0.001, `mean ${mean}`);
});

t.test("more answers than agents: as two distributions say", async (t) => {
  const random = chance(2);
  for (let round = 0; round < 20; round++) {
    const answers = new Counts();
    const free = new Counts();
    const one = Array.from({ length: 6 }, () => growing(random));
    const other = Array.from({ length: 5 }, () => growing(random));
    for (const chances of one) answers.add(chances);
    for (const chances of other) free.add(chances);
    for (const ahead of [-2, 0, 1, 3]) {
      const cell = Math.floor(CELLS * random());
      const answered = byBruteForce(one.map((chances) => chances[cell] as number));
      const freed = byBruteForce(other.map((chances) => chances[cell] as number));
      let expected = 0;
      for (const [a, mass] of answered.entries())
        for (const [f, weight] of freed.entries()) if (a >= ahead + f) expected += mass * weight;
      const found = answers.reaches(cell, ahead, free);
      t.ok(Math.abs(found - expected) < 1e-6, `${found} for ${expected}`);
    }
  }
});

t.test(
  "the risk grows with each call, falls with each agent, and is nil while calls are fewer than idle",
  async (t) => {
    const random = chance(3);
    const risk = new Risk();
    const fresh = growing(random);
    for (let round = 0; round < 30; round++) {
      const inFlight = Array.from({ length: Math.floor(15 * random()) }, () => growing(random));
      const busy = Array.from({ length: Math.floor(15 * random()) }, () => growing(random));
      const idle = Math.floor(6 * random());
      const q = (idleAgents: number, callsIn: number, busyAgents: number): number => {
        risk.start(idleAgents, 0);
        for (const chances of busy.slice(0, busyAgents)) risk.addAgents(chances, 1);
        for (const chances of inFlight.slice(0, callsIn)) risk.addCall(chances, 0);
        return risk.of(fresh, 0);
      };
      const all = q(idle, inFlight.length, busy.length);
      t.ok(all >= 0 && all <= 1);
      for (let less = inFlight.length; less > 0; less--)
        t.ok(q(idle, less, busy.length) >= q(idle, less - 1, busy.length) - 1e-7, "one more call");
      for (let less = busy.length; less > 0; less--)
        t.ok(
          q(idle, inFlight.length, less) <= q(idle, inFlight.length, less - 1) + 1e-7,
          "one more busy agent",
        );
      t.ok(q(idle + 1, inFlight.length, busy.length) <= all + 1e-7, "one more idle agent");
      t.equal(q(inFlight.length + 1, inFlight.length, busy.length), 0, "calls fewer than idle agents");
    }
  },
);

t.test(
  "answers: what was learned is the share that answered, at its age; what rings still counts",
  async (t) => {
    const policy = policyOf({});
    const answers = new Answers(policy);
    const believed = answers.rate();
    t.ok(Math.abs(believed - 0.25) < 0.02, `at first ${believed}`);
    for (let round = 0; round < 3000; round++) {
      const live = round % 5 < 2;
      for (let age = 0; age <= (live ? 8 : 25); age++) answers.reached(0, age);
      answers.resolved(0, live ? 8.4 : 25, live);
      if (round % 10 === 0) answers.pass(20);
    }
    t.ok(Math.abs(answers.rate() - 0.4) < 0.02, `learned ${answers.rate()}`);
    const at = (age: number, cell: number): number =>
      answers.table[answers.chancesAt(0, age) + cell] as number;
    t.ok(at(0, GRID.indexOf(8)) < 0.02, "not before the eighth second");
    t.ok(at(0, GRID.indexOf(10)) > 0.35, "after it");
    t.ok(at(9, CELLS - 1) < 0.02, "who has rung longer does not answer any more");
    const before = answers.rate();
    for (let round = 0; round < 200; round++) for (let age = 0; age <= 20; age++) answers.reached(0, age);
    t.ok(answers.rate() < before - 0.01, "calls that ring on and on lower the rate before they have ended");
  },
);

t.test("classes: each learns its own rate, an unknown one has the common rate", async (t) => {
  const answers = new Answers(policyOf({}));
  const random = chance(4);
  for (let round = 0; round < 3000; round++) {
    const cls = round % 2;
    const live = random() < (cls ? 0.5 : 0.1);
    for (let age = 0; age <= (live ? 8 : 25); age++) answers.reached(cls, age);
    answers.resolved(cls, live ? 8.4 : 25, live);
    if (round % 10 === 0) answers.pass(20);
  }
  t.ok(Math.abs(answers.rate(0) - 0.1) < 0.04, `class 0: ${answers.rate(0)}`);
  t.ok(Math.abs(answers.rate(1) - 0.5) < 0.06, `class 1: ${answers.rate(1)}`);
  t.ok(Math.abs(answers.rate(7) - answers.rate()) < 0.02, `class 7: ${answers.rate(7)}`);
});

t.test("agents: rates from ended and running talks, none below zero, equal rates included", async (t) => {
  const learned = new Agents(policyOf({ expected: { talk: 30, wrap: 30 } }));
  learned.work(2);
  for (let cell = 0; cell < CELLS; cell++) {
    const ahead = ((GRID[cell] as number) + 2) / 30;
    const gamma = 1 - Math.exp(-ahead) * (1 + ahead);
    t.ok((learned.talker[cell] as number) > 0 && (learned.talker[cell] as number) < gamma);
    t.ok(
      (learned.wrapper[cell] as number) > (learned.talker[cell] as number),
      "wrap-up is nearer to the end",
    );
  }
  const before = learned.talkRate();
  learned.pass(0, 0, agents(10, "talk", { since: -600 }));
  t.ok(
    learned.talkRate() < before / 3,
    "ten talks that have run for ten minutes count though they have not ended",
  );
  for (let round = 0; round < 2000; round++) {
    learned.talkEnded(90);
    learned.wrapEnded(15, round % 4 > 0);
  }
  learned.pass(1, 0, []);
  t.ok(Math.abs(1 / learned.talkRate() - 90) < 5);
  learned.work(10_000);
  t.ok(Math.abs((learned.wrapper[CELLS - 1] as number) - 0.75) < 0.02, "a quarter never comes back");
});

t.test("agents: breaks that end are seen as agents who are no longer on one", async (t) => {
  const learned = new Agents(policyOf({}));
  for (let second = 1; second < 3000; second++)
    learned.pass(second, second - 1, [
      { state: "break", since: second - (second % 60) },
      { state: "idle", since: 0 },
    ]);
  learned.work(0);
  const byTwentySix = learned.pauser[CELLS - 1] as number;
  t.ok(byTwentySix > 0.25, `breaks of a minute: ${byTwentySix}`);
});

t.test(
  "the budget: the sum of the threshold's steps is allowance less loss, so the losses follow",
  async (t) => {
    const random = chance(5);
    const budget = new Budget(policyOf({}));
    budget.pass(0, 28_800);
    const start = budget.saved().logTheta;
    let allowed = 0;
    let lost = 0;
    for (let answer = 1; answer <= 1000; answer++) {
      budget.pass(answer * 10, 28_800);
      const { logTheta } = budget.saved();
      const loss = random() < Math.min(0.9, 1.5 * Math.exp(logTheta));
      budget.answered(loss);
      // The step uses the allowance after the answer is counted.
      allowed += budget.allowance();
      lost += loss ? 1 : 0;
      const bounds = [Math.log(0.002), Math.log(0.6)];
      if (bounds.includes(budget.saved().logTheta)) t.fail("the clip was not to be touched");
      const moved = (budget.saved().logTheta - start) / 0.12;
      if (Math.abs(moved - (allowed - lost)) > 1e-9)
        t.fail(`answer ${answer}: ${moved} for ${allowed - lost}`);
    }
    t.ok(Math.abs(lost / 1000 - 0.028) < 48 / 1000, `lost ${lost} of 1000`);
  },
);

t.test("the guard: beyond the limit, however much is still to come", async (t) => {
  const after = (kept: number, lost: number): boolean => {
    const budget = new Budget(policyOf({ limit: 0.03 }));
    budget.pass(0, 28_800);
    budget.pass(600, 28_800);
    for (let answer = 0; answer < kept; answer++) budget.answered(false);
    for (let answer = 0; answer < lost; answer++) budget.answered(true);
    return budget.guard();
  };
  t.equal(after(300, 9), false, "9 of 309");
  t.equal(after(300, 10), true, "10 of 310");
  t.equal(after(19, 1), false, "the first loss is not yet a share");
  t.equal(after(18, 2), false);
  t.equal(after(16, 4), true, "4 of 20 is");
  const month = new Budget(policyOf({ limit: 0.03 }));
  month.pass(0, 30 * 86_400);
  month.pass(3600, 30 * 86_400);
  for (let answer = 0; answer < 100; answer++) month.answered(answer < 3);
  t.ok(month.allowance() < 0.0281, "a month's window gives no more than a day's");
});

t.test("the guard: no further loss when it could break the limit; a new window counts anew", async (t) => {
  const budget = new Budget(policyOf({ limit: 0.03 }));
  budget.pass(0, 3600);
  budget.pass(1800, 3600);
  for (let answer = 0; answer < 100; answer++) budget.answered(answer < 3);
  // 100 answers in the first half, 85 are sure to come: 0.03 * 185 = 5.55.
  t.equal(budget.guard(), false, "a fourth loss is within");
  budget.answered(true);
  budget.answered(true);
  t.equal(budget.guard(), true, "a sixth is not");
  t.ok(budget.allowance() < 0.02);
  budget.pass(3599, 3600);
  t.equal(budget.guard(), true);
  budget.pass(3600, 7200);
  t.equal(budget.live, 0, "the next window");
  t.equal(budget.lost, 0);
  budget.pass(5000, 9000);
  budget.answered(false);
  budget.pass(5001, 9500);
  t.equal(budget.live, 1, "a window that is made longer goes on");
});
