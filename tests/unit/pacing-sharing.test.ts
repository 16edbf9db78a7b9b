/** Agents of several campaigns, agents who also take queue calls, and classes of numbers. */
import t from "tap";
import {
  createPacer,
  type PacedAgent,
  SCORE_CLASSES,
  scoreClass,
  shareAgents,
  viewOf,
} from "../../apps/core/dialling/pacing.ts";
import { agents, chance, play, playShared } from "../support/pacing.ts";

interface Named extends PacedAgent {
  readonly name: string;
}
const STATES = ["idle", "talk", "wrap", "break"] as const;

t.test("shared agents: over random floors nobody is given twice, nor to a campaign not theirs", async (t) => {
  const random = chance(1);
  for (let round = 0; round < 200; round++) {
    const claims = Array.from({ length: 1 + Math.floor(4 * random()) }, () => ({
      waiting: Math.floor(3 * random()),
      expected: 4 * random(),
      weight: random() < 0.5 ? undefined : 1 + Math.floor(5 * random()),
    }));
    const floor = Array.from({ length: Math.floor(30 * random()) }, (_, index) => ({
      agent: {
        name: `a${index}`,
        state: STATES[Math.floor(4 * random())] ?? "idle",
        since: 0,
      } satisfies Named,
      serves: claims.map((_, place) => place).filter(() => random() < 0.6),
    }));
    const shares = shareAgents(floor, claims);
    const given = shares.flat().map(({ name }) => name);
    if (new Set(given).size !== given.length) t.fail(`round ${round}: an agent twice`);
    if (given.length !== floor.filter(({ serves }) => serves.length > 0).length)
      t.fail("an agent for nobody");
    for (const [campaign, share] of shares.entries())
      for (const { name } of share)
        if (!floor.find(({ agent }) => agent.name === name)?.serves.includes(campaign)) t.fail("not theirs");
    if (JSON.stringify(shares) !== JSON.stringify(shareAgents(floor, claims))) t.fail("not the same again");
  }
  t.pass("200 floors");
});

t.test("shared agents: first who has customers, then who expects answers, then by weight", async (t) => {
  const both = (state: PacedAgent["state"], count: number) =>
    agents(count, state).map((agent) => ({ agent, serves: [0, 1] }));
  const idleOf = (shares: PacedAgent[][]): number[] =>
    shares.map((share) => share.filter(({ state }) => state === "idle").length);
  const none = { waiting: 0, expected: 0 };
  t.same(idleOf(shareAgents(both("idle", 3), [none, { waiting: 3, expected: 0 }])), [0, 3]);
  t.same(idleOf(shareAgents(both("idle", 4), [{ waiting: 0, expected: 2.5 }, none])), [3, 1]);
  t.same(idleOf(shareAgents(both("idle", 6), [none, none])), [3, 3]);
  t.same(idleOf(shareAgents(both("idle", 6), [{ ...none, weight: 2 }, none])), [4, 2]);
  const only = { agent: { state: "idle", since: 0 } as const, serves: [0] };
  t.same(
    idleOf(
      shareAgents(
        [...both("idle", 1), only],
        [
          { waiting: 1, expected: 0 },
          { waiting: 1, expected: 0 },
        ],
      ),
    ),
    [1, 1],
  );
  t.same(shareAgents(both("idle", 2), []), []);
});

t.test("blending: the queue's callers and arrivals count against the campaign's agents", async (t) => {
  const floor = {
    now: 3600,
    waiting: 0,
    inFlight: [],
    windowEnd: 28_800,
    agents: [
      ...agents(4, "idle", { takesQueue: true } as object),
      ...agents(16, "talk", { takesQueue: true } as object),
    ],
  };
  const queue = { waiting: 0, arrivals: 0, othersIdle: 0, others: 0 };
  t.equal(viewOf(floor).idle, 4);
  t.equal(viewOf({ ...floor, queue }).waiting, 0);
  t.equal(viewOf({ ...floor, queue: { ...queue, waiting: 3 } }).waiting, 3);
  t.equal(viewOf({ ...floor, queue: { ...queue, waiting: 3, othersIdle: 2, others: 5 } }).waiting, 1);
  t.equal(viewOf({ ...floor, queue: { ...queue, waiting: 90 } }).waiting, 20, "no more than take its calls");
  t.equal(viewOf({ ...floor, queue: { ...queue, arrivals: 0.5, others: 20 } }).arrivals, 0.25);
  const apart = { ...floor, agents: agents(4, "idle") };
  t.equal(
    viewOf({ ...apart, queue: { ...queue, waiting: 5, arrivals: 1 } }).waiting,
    0,
    "they take no queue calls",
  );
  t.equal(viewOf({ ...floor, agents: agents(4, "idle", { pausePending: true }) }).idle, 0);

  const pacer = createPacer();
  play(pacer, { random: chance(1), seconds: 3600, team: 20, answerRate: () => 0.3 });
  const dials = (more: Partial<typeof queue>): number =>
    pacer.decide(viewOf({ ...floor, queue: { ...queue, ...more } })).dial;
  t.ok(dials({}) > dials({ waiting: 2 }), "callers in the queue");
  t.ok(dials({}) > dials({ arrivals: 0.1 }), "calls that are expected");
  t.ok(dials({ arrivals: 0.05 }) >= dials({ arrivals: 0.1 }));
  t.ok(dials({ arrivals: 1 }) < 4, "even one for one: the queue would take the agent while it rings");
  t.equal(dials({ waiting: 4 }), 0);
});

t.test(
  "two campaigns with one team: each within the limit, and the team busier than one for one",
  async (t) => {
    const given = { seconds: 7200, team: 10, answerRate: () => 0.3 };
    const both = playShared([createPacer(), createPacer()], { ...given, random: chance(2) });
    for (const { live, lost } of both) {
      t.ok(live > 100, `${live} answers`);
      t.ok(lost <= 0.03 * live, `${lost} lost of ${live}`);
    }
    const one = play(createPacer({ mode: "progressive" }), { ...given, random: chance(2) });
    const busy = both.reduce((sum, counted) => sum + counted.busy, 0);
    t.ok(busy > 1.1 * one.busy, `${busy} busy seconds for ${one.busy}`);
  },
);

t.test("classes by attempt, part of the day and score: few, and each number has one", async (t) => {
  const seen = new Set<number>();
  for (let attempt = 1; attempt < 9; attempt++)
    for (let hour = 0; hour < 24; hour++) seen.add(scoreClass({ attempt, hour }));
  t.equal(seen.size, 12);
  for (let score = 0; score <= 1.001; score += 0.01) seen.add(scoreClass({ attempt: 1, hour: 12, score }));
  t.equal(seen.size, SCORE_CLASSES);
  t.ok([...seen].every((cls) => cls >= 0 && cls < SCORE_CLASSES));
  t.not(scoreClass({ attempt: 1, hour: 9 }), scoreClass({ attempt: 2, hour: 9 }));
  t.not(scoreClass({ attempt: 1, hour: 9 }), scoreClass({ attempt: 1, hour: 19 }));
  t.equal(scoreClass({ attempt: 3, hour: 12 }), scoreClass({ attempt: 8, hour: 12 }));
  t.equal(scoreClass({ attempt: Number.NaN, hour: Number.NaN }), 0);
});
