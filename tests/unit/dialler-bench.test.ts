/** The arithmetic of the dialler's benches: intervals, pooled shares, cells, goals, and a pacer that is restarted. */
import t from "tap";
import { Progressive } from "../../apps/core/dialling/world/policies/simple.ts";
import { standardDay } from "../../apps/core/dialling/world/scenario.ts";
import { simulateDay } from "../../apps/core/dialling/world/world.ts";
import { cellOf } from "../../bench/dialling/cells.ts";
import { Goals } from "../../bench/dialling/goals.ts";
import { pacerOf } from "../../bench/dialling/policies.ts";
import { meanOf, pooledShare } from "../../bench/dialling/statistics.ts";

t.test("a mean's interval is Student's, and one day says nothing of its own spread", async (t) => {
  // 1 to 5: standard deviation sqrt(2.5), t(4) = 2.776.
  const { mean, plusMinus } = meanOf([1, 2, 3, 4, 5]);
  t.equal(mean, 3);
  t.ok(Math.abs(plusMinus - 2.776 * Math.sqrt(2.5 / 5)) < 1e-9);
  t.equal(meanOf([7]).plusMinus, Number.POSITIVE_INFINITY);
  t.ok(
    meanOf(Array.from({ length: 31 }, (_, n) => n)).plusMinus > 1.96 * Math.sqrt(82.6 / 31),
    "wider than the normal law's",
  );
});

t.test("a pooled share weighs days by their calls, and its bound is that of their spread", async (t) => {
  const even = pooledShare([
    { part: 3, whole: 100 },
    { part: 6, whole: 200 },
  ]);
  t.equal(even.share, 0.03);
  t.ok(Math.abs(even.upper - 0.03) < 1e-12, "days that agree leave no doubt");
  const apart = pooledShare([
    { part: 2, whole: 100 },
    { part: 4, whole: 100 },
    { part: 3, whole: 100 },
  ]);
  // Residuals -1, 1, 0: standard error 100 * sqrt(1 / 3) / 100, t(2) = 4.303.
  t.ok(Math.abs(apart.upper - (0.03 + 4.303 * Math.sqrt(1 / 3) * 0.01)) < 1e-9);
  t.equal(pooledShare([{ part: 0, whole: 0 }]).share, 0, "nobody answered");
});

t.test("a cell says what its days came to", async (t) => {
  const scenario = { ...standardDay(5, 0.3), hours: 2 };
  const done = [1, 2, 3].map((seed) => ({
    job: { policy: "ratio 2" as const, scenario, seed },
    day: simulateDay(scenario, seed, () => new Progressive()),
  }));
  const cell = cellOf(done);
  t.match(cell, { policy: "ratio 2", n: 5, p: 0.3, seeds: 3, daysOver: 0, abandoned: 0, shed: 0 });
  t.ok(cell.utilisation > 60 && cell.utilisation < 80 && (cell.utilisationPlusMinus ?? 0) > 0);
  const bad = done.map(({ job, day }) => ({ job, day: { ...day, abandoned: day.answered / 20 } }));
  t.match(cellOf(bad), { abandoned: 5, daysOver: 3, worstDay: 5 });
});

t.test("goals are met or missed as they stand", async (t) => {
  const goals = new Goals();
  goals.atLeast("busy", 87, 86.99);
  goals.atMost("lost", 3, 3);
  t.same(goals.missed, ["busy"]);
  t.match(goals.all[1], { id: "lost", goal: "<= 3", found: 3, met: true });
});

t.test("a restarted pacer is made of its own snapshot, through JSON, once", async (t) => {
  const snapshots: unknown[] = [];
  const createPacer = (_options: object, snapshot?: unknown) => {
    snapshots.push(snapshot);
    return Object.assign(new Progressive(), { snapshot: () => ({ learned: [1, undefined] }) });
  };
  const scenario = { ...standardDay(5, 0.3), hours: 1 };
  const job = { policy: "product" as const, scenario, seed: 1 };
  const restarted = simulateDay(scenario, 1, pacerOf({ ...job, restartAt: 1800 }, createPacer));
  t.same(snapshots, [undefined, { learned: [1, null] }]);
  t.same(restarted, simulateDay(scenario, 1, pacerOf(job, createPacer)), "progressive has nothing to forget");
});
