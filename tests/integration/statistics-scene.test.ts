/** A handful of real calls on a real Asterisk: what the API says of them must be exactly what happened. */
import t from "tap";
import { openScene, type Scene, type TestAgent, type TestLine } from "../support/scene.ts";
import { until } from "../support/until.ts";

t.jobs = 1;
t.setTimeout(180_000);

const scene: Scene = await openScene();
t.teardown(() => scene.close());

/** Where it is the middle of the day now, so that no midnight comes in between. */
const zone = Math.abs(new Date().getUTCHours() - 12) < 6 ? "UTC" : "Pacific/Auckland";

/** Figures of one queue, line or agent; undefined when it is not in the answer. */
async function figuresOf(what: "queues" | "lines" | "agents", id: string) {
  const { items } = await scene.get(`/v1/statistics/${what}?id=${id}&zone=${zone}`);
  return items[0]?.figures;
}

async function liveOf(line: TestLine) {
  const { queues } = await scene.get(`/v1/statistics/live?zone=${zone}`);
  return queues.find((queue: { id: string }) => queue.id === line.queueId);
}

t.test(
  "AGENT-11, AGENT-12, MISS-04, ROUTE-12 figures of real calls: answered, given up before and after 5 s, out of hours",
  async (t) => {
    const [quick, silent] = [await scene.agent("Quick"), await scene.agent("Silent")] as [
      TestAgent,
      TestAgent,
    ];
    const line = await scene.line([quick]);
    const slow = await scene.line([silent], { queue: { answerSeconds: 60 } });
    // Open on the day before yesterday's weekday alone.
    const week = [{ days: [((new Date().getUTCDay() + 4) % 7) + 1], from: "00:00", to: "24:00" }];
    const closed = await scene.line([quick], { line: { hours: { zone: "UTC", week } } });

    const before = await scene.get(`/v1/agents/${quick.id}`);
    t.match(before, { shortNumber: quick.shortNumber, console: { state: "inactive" } });
    await scene.onShift(quick, { answerAfterMs: 300 });
    await scene.onShift(silent, { answerAfterMs: "never" });
    const { console: inbound } = await scene.get(`/v1/agents/${quick.id}`);
    t.equal(inbound.state, "inbound");
    t.ok(inbound.forMs >= 0 && inbound.forMs < 60_000, "AGENT-12 how long it has been so");

    const [hit, other, short, long, late] = ["1", "2", "3", "4", "5"].map((n) => `+7916777000${n}`) as [
      string,
      string,
      string,
      string,
      string,
    ];
    await scene.contact("Quick's client", hit, quick);
    await scene.contact("Silent's client", other, silent);
    t.equal(await scene.customer(line.number, { from: hit, hangUpAfterMs: 1500 }).done, 0);
    await scene.record(hit);
    await scene.must("PUT", `/v1/agents/${silent.id}/state`, { state: "break" });
    t.equal(await scene.customer(line.number, { from: other, hangUpAfterMs: 700 }).done, 0);
    await scene.record(other);
    await scene.must("PUT", `/v1/agents/${silent.id}/state`, { state: "inbound" });
    scene.customer(slow.number, { from: short, cancelAfterMs: 1500 });
    await scene.record(short);
    scene.customer(slow.number, { from: long, cancelAfterMs: 5600 });
    const waiting = await until("the live figures know the one who waits", async () => {
      const live = await liveOf(slow);
      return live.last15Minutes.waiting === 1 ? live : undefined;
    });
    t.match(waiting, {
      target: { seconds: 20, percent: 80 },
      last15Minutes: { offered: 2, answered: 0, abandoned: 1, missed: 1, serviceLevelPercent: null },
      now: { agents: { ringing: 1, available: 0 } },
    });
    await scene.record(long);
    scene.customer(closed.number, { from: late });
    await scene.record(late);

    const records = new Map<string, { waitMs: number; talkMs: number; endedAt: string }>();
    for (const from of [hit, other, short, long, late]) records.set(from, await scene.record(from));
    const wait = (from: string) => records.get(from)?.waitMs as number;
    const talk = (from: string) => records.get(from)?.talkMs as number;
    t.ok(wait(short) < 5000 && wait(long) >= 5000, `waited ${wait(short)} and ${wait(long)} ms`);

    const answeredFigures = {
      ...{
        offered: 2,
        answered: 2,
        waiting: 0,
        abandoned: 0,
        noAnswer: 0,
        failed: 0,
        outOfHours: 0,
        missed: 0,
      },
      ...{ answeredInTime: 2, serviceLevelPercent: 100, transfers: 0 },
      ...{ averageAnswerMs: Math.round((wait(hit) + wait(other)) / 2) },
      ...{ longestAnswerMs: Math.max(wait(hit), wait(other)), talkMs: talk(hit) + talk(other) },
      ...{ ownerCalls: 2, ownerAnswered: 1, ownerHitPercent: 50 },
      ...{ averageOwnerAnswerMs: wait(hit), averageOtherAnswerMs: wait(other) },
    };
    const abandonedFigures = {
      ...{ offered: 2, answered: 0, abandoned: 2, shortAbandoned: 1, missed: 2, serviceLevelPercent: 0 },
      abandonedByWait: {
        under5: 1,
        from5to10: 1,
        from10to20: 0,
        from20to30: 0,
        from30to60: 0,
        from60to120: 0,
      },
      ...{
        averageAnswerMs: null,
        longestWaitMs: wait(long),
        averageWaitMs: Math.round((wait(short) + wait(long)) / 2),
      },
    };
    for (const [kind, of] of [
      ["queues", "queueId"],
      ["lines", "id"],
    ] as const) {
      t.match(await figuresOf(kind, line[of]), answeredFigures, kind);
      t.match(await figuresOf(kind, slow[of]), abandonedFigures, kind);
      t.match(await figuresOf(kind, closed[of]), {
        offered: 0,
        outOfHours: 1,
        missed: 1,
        serviceLevelPercent: null,
      });
    }
    for (const window of ["last15Minutes", "last30Minutes", "today"]) {
      t.match((await liveOf(line))[window], answeredFigures, window);
      t.match((await liveOf(slow))[window], abandonedFigures, window);
    }
    const { total } = await scene.get(`/v1/statistics/live?zone=${zone}`);
    t.match(total.last15Minutes, {
      offered: 4,
      answered: 2,
      abandoned: 2,
      outOfHours: 1,
      serviceLevelPercent: 66.67,
    });
    t.match(total.now, { waiting: 0, longestWaitMs: null, agents: { available: 2, ringing: 0, talking: 0 } });

    t.match(await figuresOf("agents", quick.id), {
      ...{ offered: 2, answered: 2, notAnswered: 0, missed: 0, internal: 0, talkMs: talk(hit) + talk(other) },
      ...{ ownerCalls: 1, ownerAnswered: 1, ownerHitPercent: 100 },
    });
    await scene.must("PUT", `/v1/agents/${silent.id}/state`, { state: "break" });
    const home = await scene.get(`/v1/agents/${silent.id}/home?zone=${zone}`);
    t.match(home.figures, {
      answered: 0,
      outbound: 0,
      missed: 2,
      offered: 2,
      talkMs: 0,
      averageTalkMs: null,
    });
    const journal = await scene.get(`/v1/agents/${silent.id}/calls`);
    const missed = journal.items.filter((call: { type: string }) => call.type === "missed");
    t.equal(missed.length, home.figures.missed, "MISS-04 the count is what the agent's journal shows");
    const { items: states } = await scene.get(`/v1/statistics/agents?id=${silent.id}&zone=${zone}`);
    const { onLineMs, breakMs, workingMs, busyMs } = states[0].figures;
    t.ok(onLineMs >= wait(short) + wait(long), `on line ${onLineMs} ms`);
    t.ok(breakMs > 0 && workingMs === onLineMs + breakMs, "AGENT-11 the states add up to the working time");
    t.equal(busyMs, 0, "a phone that only rings is not busy");
    t.match((await scene.get(`/v1/agents/${silent.id}`)).console, { state: "break" });
  },
);
