/**
 * What-if against a real Asterisk: eighty customers of SIPp call four agents' phones, for a while more than these can
 * take, and some give up. What was recorded is then simulated with nothing changed, and must come out nearly as it was.
 */
import { setTimeout as pause } from "node:timers/promises";
import t from "tap";
import { openScene, type Scene, type TestAgent } from "../support/scene.ts";
import { until } from "../support/until.ts";

t.jobs = 1;
t.setTimeout(420_000);

const scene: Scene = await openScene();
t.teardown(() => scene.close());

const CALLS = 80;
/** Mean time between two callers. */
const [CALM_MS, RUSH_MS] = [1150, 400];
/** A zone in which it is about noon, so that no midnight falls into the scene. */
const hoursEast = 12 - new Date().getUTCHours();
const zone = hoursEast === 0 ? "Etc/GMT" : `Etc/GMT${hoursEast > 0 ? "-" : "+"}${Math.abs(hoursEast)}`;
const day = new Date(Date.now() + hoursEast * 3_600_000).toISOString().slice(0, 10);

const agents: TestAgent[] = [];
for (const name of ["Anna", "Boris", "Vera", "Gleb"]) agents.push(await scene.agent(name));
const line = await scene.line(agents, {
  queue: { strategy: "most-idle", answerSeconds: 5, maxWaitSeconds: 60 },
  line: { recording: "off", ownerFirst: false },
});
const ask = (body: object, queue = line.queueId) =>
  scene.ask("POST", `/v1/queues/${queue}/simulate`, { day, zone, targetSeconds: 4, ...body });

t.test(
  "a day without calls, and wishes that make no sense, are refused by the name of the field",
  async (t) => {
    const refused = async (status: number, field: string, body: object): Promise<void> => {
      const answer = await ask(body);
      t.equal(answer.status, status, JSON.stringify(answer.body));
      t.equal(answer.body.errors[0]?.field, field);
    };
    await refused(422, "day", {});
    await refused(422, "day", { day: "1999-12-31" });
    await refused(400, "day", { day: "yesterday" });
    await refused(400, "day", { day: "2026-02-31" });
    await refused(422, "zone", { zone: "Mars/Olympus" });
    await refused(400, "changes.strategy", { changes: { strategy: "ringall" } });
    await refused(400, "changes.speed", { changes: { speed: 2 } });
    await refused(400, "seed", { seed: -1 });
    t.equal((await ask({}, "00000000-0000-4000-8000-000000000000")).status, 404);
  },
);

t.test("with nothing changed, the simulated day is the real one within the stated bounds", async (t) => {
  const phones = [];
  for (const [n, agent] of agents.entries())
    phones.push(await scene.onShift(agent, { answerAfterMs: 250 + 150 * n, hangUpAfterMs: 2600 + 700 * n }));
  const customers = [];
  const draw = lehmer(20_261_121);
  for (let n = 0; n < CALLS; n++) {
    const from = `+7916777${1000 + n}`;
    // Every third one has little patience: they leave the call so soon, whether they wait in it or talk.
    const behaviour = n % 3 === 0 ? { from, hangUpAfterMs: Math.round(2000 + 4000 * draw()) } : { from };
    customers.push(scene.customer(line.number, behaviour));
    await pause(-(n > 20 && n < 50 ? RUSH_MS : CALM_MS) * Math.log(draw()));
  }
  await Promise.all(customers.map((customer) => customer.done));
  await until("all records are closed", async () => {
    const { items } = await scene.get(`/v1/calls?limit=200&lineId=${line.id}`);
    return items.length === CALLS && items.every((call: { endedAt: string | null }) => call.endedAt);
  });
  const { items } = await scene.get(`/v1/calls?limit=200&lineId=${line.id}`);
  const targetSeconds = clearest(items.map(({ waitMs }: { waitMs: number }) => waitMs / 1000));
  t.comment(`target: ${targetSeconds} s`);
  const { status, body } = await ask({ targetSeconds });
  t.equal(status, 200, JSON.stringify(body));
  t.comment(JSON.stringify({ real: body.real, unchanged: body.unchanged }));
  const { real, unchanged, bounds } = body;
  const answers = phones.flatMap((phone) => phone.notes().filter(({ text }) => text.startsWith("answered")));
  t.equal(real.answered, answers.length, "as many were answered as SIPp's phones answered");
  t.equal(real.offered, CALLS);
  t.equal(unchanged.offered, CALLS);
  t.ok(real.abandoned >= 2 && real.wait.meanSeconds > 1, "the day was busy enough to say something");
  const points = Math.abs(unchanged.serviceLevelPercent - real.serviceLevelPercent);
  t.ok(points <= bounds.serviceLevelPoints, `service level: ${points} points off`);
  const seconds = Math.abs(unchanged.wait.meanSeconds - real.wait.meanSeconds);
  const most = (real.wait.meanSeconds * bounds.meanWaitPercent) / 100 + bounds.meanWaitSeconds;
  t.ok(seconds <= most, `mean wait: ${seconds.toFixed(2)} s off, ${most.toFixed(2)} allowed`);
  t.equal(body.withinBounds, true);
  t.ok(bounds.serviceLevelPoints < 17, "a bound that means something");
  t.same(body.simulated, unchanged, "nothing was changed");
  t.same(body.changed, []);
  t.equal(body.calls, CALLS);
  t.same(
    (await ask({ targetSeconds })).body.simulated,
    body.simulated,
    "the same question has the same answer",
  );
});

t.test("with changes, the day comes out as common sense says", async (t) => {
  const { body: more } = await ask({ changes: { agents: { add: 3 } } });
  t.ok(more.simulated.wait.meanSeconds < more.unchanged.wait.meanSeconds / 2, "three more agents");
  t.ok(more.simulated.occupancyPercent < more.unchanged.occupancyPercent);
  t.equal(more.simulated.agents, 7);
  t.equal(more.changed[0].setting, "agents");
  t.equal(more.changed[0].after.length, 7);
  const [anna] = agents;
  const { body: fewer } = await ask({ changes: { agents: { remove: [anna?.id] } } });
  t.ok(fewer.simulated.wait.meanSeconds > fewer.unchanged.wait.meanSeconds, "one agent less");
  const hours = {
    zone: "UTC",
    week: [{ days: [((new Date().getUTCDay() + 2) % 7) + 1], from: "00:00", to: "00:01" }],
  };
  const { body: closed } = await ask({ changes: { hours } });
  t.equal(closed.simulated.outOfHours, CALLS, "callers are turned away");
  t.match(closed.changed, [{ setting: "hours", before: null, after: hours }]);
  const { body: short } = await ask({ changes: { maxWaitSeconds: 5 } });
  t.ok(short.simulated.wait.longestSeconds < short.unchanged.wait.longestSeconds);
  const unknown = await ask({ changes: { agents: { remove: ["00000000-0000-4000-8000-000000000000"] } } });
  t.match(unknown, { status: 422, body: { errors: [{ field: "changes.agents.remove.0" }] } });
  const late = { zone: "UTC", week: [{ days: [1], from: "18:00", to: "09:00" }] };
  t.match(await ask({ changes: { hours: late } }), {
    status: 422,
    body: { errors: [{ field: "changes.hours.week.0.to" }] },
  });
  t.equal((await scene.get(`/v1/queues/${line.queueId}`)).agents.length, 4, "the queue itself is as it was");
});

t.test("one day at a time; meanwhile the API answers", async (t) => {
  const [first, second] = await Promise.all([ask({}), ask({}), scene.get("/v1/queues")]);
  t.same([first.status, second.status].sort(), [200, 503]);
  t.equal([first, second].find(({ status }) => status === 503)?.body.code, "simulator-busy");
  t.equal((await ask({})).status, 200, "and the next one is served");
});

/**
 * The target, in seconds, that fewest callers just met or just missed, of those that some missed: one call of eighty is
 * more than a point of the service level, and a busy machine moves each by a few tenths of a second.
 */
function clearest(waits: readonly number[]): number {
  const near = (target: number) => waits.filter((wait) => Math.abs(wait - target) < 0.75).length;
  const missed = (target: number) => waits.filter((wait) => wait > target).length / waits.length;
  const telling = [3, 4, 5, 6, 7, 8, 9, 10].filter((target) => missed(target) > 0.12 && missed(target) < 0.7);
  return telling.sort((a, b) => near(a) - near(b))[0] ?? 4;
}

function lehmer(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
