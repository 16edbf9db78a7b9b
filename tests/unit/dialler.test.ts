/** The dialler without a database and without Asterisk: what it keeps, and what it leaves alone. */
import t from "tap";
import type { Campaign } from "../../apps/core/dialling/campaign.ts";
import { Limit } from "../../apps/engine/dialler/limit.ts";
import type { DiallerPorts, DiallerStore } from "../../apps/engine/dialler/ports.ts";
import { QuietTrunks } from "../../apps/engine/dialler/quiet-trunks.ts";
import { CampaignRun } from "../../apps/engine/dialler/run.ts";
import { createSettling } from "../../apps/engine/dialler/settling.ts";
import { Teams } from "../../apps/engine/dialler/teams.ts";
import { Dialler } from "../../apps/engine/dialler.ts";
import type { OpenAttempt } from "../../apps/store/open-attempts.ts";
import { CARRIER, campaign, dialled, POLICY, taken } from "../support/campaign.ts";
import { agent, type House, house, line, queue } from "../support/floor.ts";
import { until } from "../support/until.ts";

const team = [agent("anna", { state: "outbound" })];

function running(): House {
  const made = house(team, [queue(team)], [line()], [CARRIER]);
  made.hear({ kind: "campaignsLoaded", at: Date.now(), campaigns: [campaign(team)] });
  return made;
}

function portsOf(made: House, store: Partial<DiallerStore>, more: Partial<DiallerPorts> = {}): DiallerPorts {
  const fake: Partial<DiallerPorts> = {
    floor: () => made.floor,
    hear: (input) => void made.hear(input),
    store: { placed: async () => {}, ...store } as DiallerStore,
    ready: () => true,
    alive: async () => false,
    spoken: async () => true,
    caughtUp: async () => true,
    callIdOf: (channel) => channel,
    live: { push: () => {} },
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    ...more,
  };
  return fake as DiallerPorts;
}

t.test("N8 an attempt whose dial begins while it is looked for is not given an ending", async (t) => {
  const made = running();
  const { id, call: callId, number: phone } = taken("late");
  const open: OpenAttempt = {
    ...{ id, callId, phone, campaignId: "k", campaignContactId: null, contactId: null, agentId: null },
    ...{ trunkKey: null, createdAt: Date.now() - 60_000, recorded: undefined },
    ...{ answeredAt: undefined, connectedAt: undefined, abandonedAt: undefined, leaving: undefined },
  };
  const settled: string[] = [];
  const store = {
    openAttempts: async () => [open],
    settle: async (_: string, { ending }: { ending: string }) => void settled.push(ending),
  };
  let begins = () => {};
  const alive = async () => {
    begins();
    return false;
  };
  const settling = createSettling(portsOf(made, store, { alive }));
  begins = () => void dialled(made, [taken("late")], Date.now());
  await settling.sweep();
  t.strictSame(settled, [], "it is on its way");
  const left = createSettling(portsOf(running(), store));
  await left.sweep();
  t.strictSame(settled, ["not_placed"], "one that was left behind is resolved");
});

t.test(
  "L8 each trunk's longest dial without any answer is asked about once, and not before its time",
  async (t) => {
    const made = running();
    dialled(made, [taken("one"), taken("two", { number: "+79160000002" })], Date.now());
    const asked: string[] = [];
    const heard: unknown[] = [];
    let speaks = true;
    const quiet = new QuietTrunks({
      ...portsOf(made, {}),
      hear: (input) => void heard.push(input),
      spoken: async (channel) => {
        asked.push(channel);
        return speaks;
      },
    });
    const from = Date.now();
    await quiet.look(from);
    await quiet.look(from + 3999);
    t.same(asked, [], "it has time to answer");
    await quiet.look(from + 4000);
    t.same([asked, heard], [["campaign-1.one"], []], "it has");
    speaks = false;
    await quiet.look(from + 5000);
    t.same(asked, ["campaign-1.one", "campaign-1.two"]);
    t.match(heard, [{ kind: "carrierQuiet", attempt: "campaign-1.two", trunkKey: "t1" }]);
    await quiet.look(from + 6000);
    t.equal(asked.length, 2, "once each");
  },
);

t.test("DIAL-15 a campaign that is stopped and started again has not forgotten what it learnt", async (t) => {
  const made = running();
  let campaigns: readonly Campaign[] = [campaign(team)];
  const kept: unknown[] = [];
  const dialler = new Dialler(
    portsOf(made, {
      campaigns: async () => campaigns,
      saveSnapshot: async (_, snapshot) => void kept.push(JSON.parse(JSON.stringify(snapshot))),
    }),
  );
  await dialler.changed();
  await dialler.stop();
  const { events } = dialled(made, [taken("one")], Date.now());
  for (const event of events) dialler.heard(event);
  const attempt = { at: Date.now(), call: "call-one", campaign: "k", attempt: "campaign-1.one" };
  dialler.heard({ kind: "AttemptAnswered", ...attempt, deadlineAt: Date.now() + 2000 });
  dialler.heard({ kind: "CustomerAbandoned", ...attempt, because: { rule: "campaign", text: "nobody" } });
  await dialler.stop();
  campaigns = [];
  await dialler.changed();
  campaigns = [campaign(team)];
  await dialler.changed();
  await dialler.stop();
  const [new_, learnt, again] = kept;
  t.notSame(learnt, new_, "it has learnt something");
  t.strictSame(again, learnt);
});

t.test(
  "DIAL-15 what is hung up early has rung for the minimum time, not only been dialled so long ago",
  (t) => {
    const run = new CampaignRun(
      campaign(team, { mode: "predictive", shedding: true, ringSeconds: 40 }),
      undefined,
    );
    const shed = (age: number) => {
      const now = 10_000;
      const inFlight = Array.from({ length: 60 }, (_, id) => ({ id, t0: now - age }));
      const agents = [{ state: "talk" as const, since: now - 1 }];
      const view = { now, idle: 0, waiting: 3, agents, inFlight, windowEnd: now + 3600, room: 100 };
      for (const call of inFlight) run.pacer.onDial(call);
      run.pacer.tick(view);
      return run.decide(view, now * 1000, false).shed.length;
    };
    t.equal(shed(16), 0, "the carrier needed some of it before anything rang");
    t.ok(shed(21) > 0, "later it is hung up");
    t.end();
  },
);

t.test("P1 a limit of 0 % is one for one from the first call on, whatever the mode", (t) => {
  const wanted = (limitPercent: number, mode: "power" | "predictive") => {
    const policy = { ...POLICY, abandonment: { ...POLICY.abandonment, limitPercent } };
    const run = new CampaignRun(
      campaign(team, { mode, ratio: mode === "power" ? 3 : undefined, policy }),
      undefined,
    );
    const agents = Array.from({ length: 4 }, () => ({ state: "idle" as const, since: 9000 }));
    const inFlight = [{ id: 1, t0: 9999 }];
    const view = { now: 10_000, idle: 4, waiting: 1, agents, inFlight, windowEnd: 20_000, room: 100 };
    return run.decide(view, 10_000_000, false).dial;
  };
  t.ok(wanted(3, "power") > 2);
  t.equal(wanted(0, "power"), 2, "four are free, one customer waits, one call rings");
  t.ok(wanted(0, "predictive") <= 2);
  t.end();
});

t.test(
  "P1 after a restart beyond the limit it is one for one from the first decision on, until it is made up for",
  async (t) => {
    const counted = { live: 20, lost: 0 };
    const air: Partial<OpenAttempt>[] = [{ campaignId: "k", leaving: "ABANDONED" }, { campaignId: "k" }];
    const store = {
      abandonment: async () => counted,
      openAttempts: async () => air as OpenAttempt[],
    };
    const campaigns = [campaign(team, { mode: "predictive" })];
    const fresh = new Limit(store);
    await fresh.measure(campaigns, Date.now());
    t.equal(fresh.isOver("k"), false, "one of twenty-one may be chance");
    const back = new Limit(store);
    await back.recover(campaigns, Date.now());
    t.equal(back.isOver("k"), true, "who hears the message at this moment counts already");
    Object.assign(counted, { live: 33, lost: 1 });
    air.length = 0;
    await back.measure(campaigns, Date.now());
    t.equal(back.isOver("k"), true, "one of thirty-three is more than 3 %");
    counted.live = 34;
    await back.measure(campaigns, Date.now());
    t.equal(back.isOver("k"), false, "made up for");
    counted.lost = 2;
    await back.measure(campaigns, Date.now());
    t.equal(back.isOver("k"), false, "from then on few losses are chance again");
    Object.assign(counted, { live: 120, lost: 4 });
    await fresh.measure(campaigns, Date.now());
    t.equal(fresh.isOver("k"), true, "four of 120 are not");
  },
);

t.test(
  "L2 Asterisk is told whom it may ring: what changed, and all of it when it is there again",
  async (t) => {
    const made = running();
    const told: string[] = [];
    let up = true;
    const teams = new Teams({
      ...portsOf(made, {}),
      ready: () => up,
      tell: async (name, value) => void told.push(`${name} ${value.replace(/^\d+&/, "since&")}`),
    });
    const next = async (what: string) => {
      await until(what, () => told.length > 0);
      return told.splice(0);
    };
    teams.changed();
    t.strictSame(await next("the first"), ["DZ_TEAM_c1 since&a-anna"]);
    const choose = (state: "break" | "outbound") =>
      made.hear({ kind: "stateChosen", at: Date.now(), agent: "anna", state });
    choose("break");
    teams.changed();
    t.strictSame(await next("on a break"), ["DZ_TEAM_c1 "]);
    up = false;
    choose("outbound");
    teams.changed();
    up = true;
    teams.connected();
    t.strictSame(await next("it is there again"), ["DZ_TEAM_c1 since&a-anna"], "and not twice");
    choose("break");
    teams.changed();
    await teams.stop();
    t.strictSame(told, ["DZ_TEAM_c1 "], "the last word before we go");
  },
);

t.test("P1 an engine that comes back beyond the limit begins one for one", async (t) => {
  const two = ["anna", "boris"].map((name) => agent(name, { state: "outbound" }));
  const made = house(two, [queue(two)], [line()], [CARRIER]);
  const asked: number[] = [];
  const store: Partial<DiallerStore> = {
    snapshots: async () => new Map(),
    campaigns: async () => [campaign(two, { mode: "power", ratio: 3, callsPerSecond: 100 })],
    openAttempts: async () => [],
    abandonment: async () => ({ live: 20, lost: 1 }),
    take: async ({ most }) => {
      asked.push(most);
      return [];
    },
    decided: async () => {},
    saveSnapshot: async () => {},
    listBlocked: async () => undefined,
  };
  const previews = { open: async () => [] } as unknown as DiallerPorts["previews"];
  const first = async (comesBack: boolean) => {
    const dialler = new Dialler(portsOf(made, store, { previews, tell: async () => {} }));
    await (comesBack ? dialler.recover() : dialler.changed());
    dialler.start();
    await until("somebody is taken", () => asked.length > 0);
    await dialler.stop();
    return asked.splice(0)[0];
  };
  t.equal(await first(true), 2, "two are free");
  t.equal(await first(false), 6, "one of twenty may be chance otherwise");
});
