/**
 * Campaigns as rules: what is dialled, who gets the customer, what becomes of those whom nobody takes.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { NEW_AMD } from "../../apps/api/schemas/campaigns.ts";
import { teamAlone } from "../../apps/core/dialling/alone.ts";
import type { Campaign } from "../../apps/core/dialling/campaign.ts";
import { fill, roomIn, spend } from "../../apps/core/dialling/limits.ts";
import { viewsOf } from "../../apps/core/dialling/view.ts";
import type { Agent } from "../../apps/core/floor.ts";
import { home } from "../../apps/home.ts";
import { answered, CARRIER, campaign, dialled, gone, POLICY, taken } from "../support/campaign.ts";
import { agent, type House, house, line, queue, T0 } from "../support/floor.ts";

function running(
  names: readonly string[],
  change: Partial<Campaign> = {},
  states: Partial<Agent> = {},
): House {
  const team = names.map((name, index) =>
    agent(name, { state: "outbound", stateSince: T0 - 60_000 + index, ...states }),
  );
  const made = house(
    team,
    [queue(team)],
    [line()],
    [CARRIER, { ...CARRIER, id: "t2", key: "t2", name: "Second" }],
  );
  made.hear({ kind: "campaignsLoaded", at: T0, campaigns: [campaign(team, change)] });
  return made;
}

const goes = (effects: readonly { kind: string; step?: { kind: string; phone?: string } }[]): string[] =>
  effects.flatMap(({ kind, step }) =>
    kind === "continue" ? [`${step?.kind} ${step?.phone ?? ""}`.trim()] : [],
  );

t.test("N8 an attempt that is written down is dialled once, with what the dialplan needs alone", (t) => {
  const made = running(["anna"], {
    callerNumbers: ["+74950000201", "+74950000202"],
    policy: { ...POLICY, abandonment: { ...POLICY.abandonment, refusalKey: "9" } },
  });
  const { effects } = dialled(made, [taken("one", { turn: 1 })]);
  t.match(effects, [
    {
      kind: "originate",
      channel: "campaign-1.one",
      phone: "+79160000001@t1",
      callerId: "+74950000202",
      seconds: 25,
      place: { context: "campaign", extension: "l1_c1" },
      variables: {
        DZ_NUMBER: "+79160000001",
        DZ_DEADLINE: "1.94",
        DZ_CLOCK: "answer",
        DZ_REFUSAL: "9",
        DZ_SAY: "1",
      },
    },
  ]);
  t.equal(effects.length, 1);
  t.same(dialled(made, [taken("one", { turn: 1 })]).effects, [], "twice is once");
  t.end();
});

t.test("what a campaign tells the dialplan is not overwritten by the line's settings", (t) => {
  const amd = { ...NEW_AMD, machine: "message", machineSoundId: "s" } as const;
  const announcement = { times: 1, waitSeconds: 2, keys: { 1: { name: "Yes", does: "answer" } } } as const;
  const made = running(["anna"], { mode: "agentless", amd, announcement, announcementSoundId: "a" });
  made.hear({
    kind: "campaignsLoaded",
    at: T0,
    campaigns: [...made.floor.campaigns.values()].map((each) => ({
      ...each,
      wrapUp: { mode: "until-completed" },
    })),
  });
  const [effect] = dialled(made, [taken("one")]).effects;
  const told = effect?.kind === "originate" ? Object.keys(effect.variables ?? {}) : [];
  const folder = join(home, "asterisk-conf", "generated");
  const set = readdirSync(folder).flatMap((name) =>
    [...readFileSync(join(folder, name), "utf8").matchAll(/\b(DZ_[A-Z_]+) ?=/g)].map(
      ([, variable]) => variable,
    ),
  );
  t.ok(told.length > 15 && set.length > 10);
  t.same(
    told.filter((variable) => set.includes(variable)),
    [],
  );
  t.end();
});

t.test("a campaign that was paused while the attempts were written down dials nobody", (t) => {
  const made = running(["anna"], { state: "paused" });
  const { effects } = dialled(made, [taken("one")]);
  t.match(effects, [{ kind: "settleAttempt", attempt: "campaign-1.one", ending: "not_placed" }]);
  t.equal(made.floor.attempts.size, 0);
  t.end();
});

t.test("a live answer goes to the agent who has been idle longest, by a phone that answers itself", (t) => {
  const made = running(["anna", "boris"]);
  dialled(made, [taken("one")]);
  const { effects } = answered(made, "one");
  t.same(goes(effects), ["connect a-anna"]);
  const step = effects.find(({ kind }) => kind === "continue");
  t.equal(
    step?.kind === "continue" && step.step.kind === "connect" && step.step.seconds,
    1.3,
    "somebody else is free, so this phone is not waited for to the end",
  );
  made.hear({ kind: "talkStarted", at: T0 + 8500, call: "call-one", phone: "a-anna" });
  t.equal(made.floor.attempts.get("campaign-1.one")?.stage, "talking");
  t.equal(made.floor.agents.get("anna")?.call?.phase, "talking");
  t.end();
});

t.test("agents in inbound state take a campaign's customers only with blending", (t) => {
  const without = running(["anna"], {}, { state: "inbound" });
  dialled(without, [taken("one")]);
  t.same(goes(answered(without, "one").effects), []);
  const blended = running(["anna"], { blending: true }, { state: "inbound" });
  dialled(blended, [taken("one")]);
  t.same(goes(answered(blended, "one").effects), ["connect a-anna"]);
  const away = running(["anna"], { blending: true }, { state: "break" });
  dialled(away, [taken("one")]);
  t.same(goes(answered(away, "one").effects), []);
  t.end();
});

t.test("P1 nobody is free: a freed agent within the deadline, else the message, once", (t) => {
  const made = running(["anna"], {}, { device: "busy" });
  dialled(made, [taken("one"), taken("two", { number: "+79160000002" })]);
  t.match(answered(made, "one").events.at(-1), { kind: "CustomerWaits" });
  answered(made, "two", T0 + 8100);
  const freed = made.hear({ kind: "deviceChanged", at: T0 + 9000, phone: "a-anna", device: "idle" });
  t.same(goes(freed.effects), ["connect a-anna"], "who answered first");
  t.equal(made.floor.calls.get("call-one")?.agentId, "anna");
  const early = made.hear({ kind: "connectDeadline", at: T0 + 9500, attempt: "campaign-1.two" });
  t.same(early.effects, [], "not before its time");
  const late = made.hear({ kind: "connectDeadline", at: T0 + 10_030, attempt: "campaign-1.two" });
  t.same(goes(late.effects), ["abandon"]);
  made.hear({ kind: "talkStarted", at: T0 + 10_035, call: "call-one", phone: "a-anna" });
  t.same(
    made.hear({ kind: "connectDeadline", at: T0 + 12_000, attempt: "campaign-1.one" }).effects,
    [],
    "talks",
  );
  const again = made.hear({ kind: "abandonHeard", at: T0 + 10_040, call: "call-two" });
  t.same(again.events, [], "counted once");
  t.match(gone(made, "two", 16).events, [{ kind: "AttemptOver", ending: "abandoned" }]);
  t.end();
});

t.test("L2 the dialplan's own word counts when it was faster than we", (t) => {
  const made = running(["anna"]);
  dialled(made, [taken("one")]);
  t.same(goes(answered(made, "one").effects), ["connect a-anna"]);
  made.hear({ kind: "abandonHeard", at: T0 + 10_000, call: "call-one" });
  made.hear({ kind: "stepRefused", at: T0 + 10_001, call: "call-one" });
  t.equal(made.floor.agents.get("anna")?.call, undefined, "the agent is free");
  t.match(gone(made, "one", 16).events.at(0), { kind: "AttemptOver", ending: "abandoned" });
  t.end();
});

t.test("F13 an agent who goes away during the connect: another one, then the message", (t) => {
  const made = running(["anna", "boris"]);
  dialled(made, [taken("one")]);
  answered(made, "one");
  const ended = (phone: string, at: number) =>
    made.hear({
      kind: "offerEnded",
      at,
      call: "call-one",
      channel: "campaign-1.one",
      lineKey: "l1",
      phone,
      result: "CONGESTION",
      draw: 0,
    });
  t.same(goes(ended("a-anna", T0 + 8300).effects), ["connect a-boris"]);
  t.same(goes(ended("a-boris", T0 + 8600).effects), [], "nobody is left to try");
  t.same(goes(made.hear({ kind: "connectDeadline", at: T0 + 9930, attempt: "campaign-1.one" }).effects), [
    "abandon",
  ]);
  t.end();
});

t.test("F13 an agent who chooses a break while their phone rings for a campaign: it stops at once", (t) => {
  const made = running(["anna", "boris"]);
  dialled(made, [taken("one")]);
  answered(made, "one");
  const rings = { kind: "phoneCalled", call: "call-one", phone: "a-anna", channel: "leg-1" } as const;
  made.hear({ ...rings, at: T0 + 8050 });
  const left = made.hear({ kind: "stateChosen", at: T0 + 8100, agent: "anna", state: "break" });
  t.match(
    left.effects.filter(({ kind }) => kind === "hangUp"),
    [{ kind: "hangUp", channel: "leg-1" }],
  );
  const again = made.hear({
    kind: "offerEnded",
    at: T0 + 8150,
    call: "call-one",
    channel: "campaign-1.one",
    lineKey: "l1",
    phone: "a-anna",
    result: "CHANUNAVAIL",
    draw: 0,
  });
  t.same(goes(again.effects), ["connect a-boris"]);
  const boris = { ...rings, phone: "a-boris", channel: "leg-2" };
  const before = made.hear({ kind: "stateChosen", at: T0 + 8200, agent: "boris", state: "break" });
  t.notOk(before.effects.some(({ kind }) => kind === "hangUp"));
  const seen = made.hear({ ...boris, at: T0 + 8210 });
  t.match(
    seen.effects.filter(({ kind }) => kind === "hangUp"),
    [{ kind: "hangUp", channel: "leg-2" }],
    "as soon as its channel is known",
  );
  t.end();
});

t.test(
  "a phone that does not answer by itself is asked whether it is there, and another agent is tried",
  (t) => {
    const made = running(["anna", "boris"]);
    dialled(made, [taken("one")]);
    answered(made, "one");
    const { effects } = made.hear({
      kind: "offerEnded",
      at: T0 + 9350,
      call: "call-one",
      channel: "campaign-1.one",
      lineKey: "l1",
      phone: "a-anna",
      result: "NOANSWER",
      draw: 0,
    });
    t.same(goes(effects), ["connect a-boris"]);
    t.match(
      effects.filter(({ kind }) => kind === "probePhone"),
      [{ kind: "probePhone", phone: "a-anna" }],
    );
    t.end();
  },
);

t.test("who hangs up before the deadline is no abandoned call", (t) => {
  const made = running(["anna"], {}, { device: "busy" });
  dialled(made, [taken("one")]);
  answered(made, "one");
  t.match(gone(made, "one", 16).events, [{ kind: "AttemptOver", ending: "hung_up" }]);
  t.equal(made.floor.attempts.size, 0);
  t.end();
});

t.test("a dial that nobody answered ends by its cause, and a machine as one", (t) => {
  for (const [cause, ending] of [
    [17, "busy"],
    [19, "no_answer"],
    [21, "rejected"],
    [1, "not_in_service"],
    [20, "unreachable"],
    [34, "failed"],
  ] as const) {
    const made = running(["anna"]);
    dialled(made, [taken("one")]);
    t.match(gone(made, "one", cause).events, [{ kind: "AttemptOver", ending, cause }]);
  }
  const made = running(["anna"]);
  dialled(made, [taken("one")]);
  made.hear({ kind: "machineHeard", at: T0 + 9000, call: "call-one", cause: "MAXWORDS-6-5" });
  t.match(gone(made, "one", 16).events, [{ kind: "AttemptOver", ending: "machine" }]);
  t.end();
});

t.test(
  "L4 a trunk that refuses gives way to the next; one whose answer did not come is not asked twice",
  (t) => {
    const refuse = (made: House, unsure?: true) =>
      made.hear({
        kind: "originateFailed",
        at: T0 + 10,
        call: "call-one",
        channel: "campaign-1.one",
        unsure,
      });
    const made = running(["anna"], { trunkIds: ["t2", "t"] });
    t.match(dialled(made, [taken("one")]).effects, [{ phone: "+79160000001@t2" }], "in the group's order");
    t.same(refuse(made, true).effects, [], "there may be a channel");
    t.match(refuse(made).effects, [
      { kind: "originate", channel: "campaign-1.one", phone: "+79160000001@t1" },
    ]);
    t.match(refuse(made).effects, [{ kind: "settleAttempt", ending: "not_placed" }]);
    t.equal(made.floor.calls.size, 0);
    t.end();
  },
);

t.test("a trunk that fails three times is left alone, and used again after it carried a call", (t) => {
  const made = running(["anna"], { trunkIds: ["t2", "t"] });
  const dial = (name: string, at: number) => {
    const first = dialled(made, [taken(name)], at).effects[0];
    return first?.kind === "originate" ? first.phone : "";
  };
  for (const name of ["a", "b", "c"]) {
    t.equal(dial(name, T0), "+79160000001@t2");
    gone(made, name, 34, T0 + 100);
  }
  t.equal(dial("d", T0 + 200), "+79160000001@t1");
  gone(made, "d", 17, T0 + 300);
  t.equal(dial("e", T0 + 60_000), "+79160000001@t2", "its rest is over");
  t.equal(dial("f", T0 + 60_100), "+79160000001@t1", "one call tries it, the others go elsewhere");
  gone(made, "e", 34, T0 + 60_200);
  t.equal(dial("g", T0 + 60_300), "+79160000001@t1", "it rests again");
  t.equal(dial("h", T0 + 120_000), "+79160000001@t2");
  gone(made, "h", 17, T0 + 120_100);
  t.equal(dial("i", T0 + 120_200), "+79160000001@t2", "it has carried one");
  t.equal(dial("j", T0 + 120_300), "+79160000001@t2", "and carries all");
  t.end();
});

t.test("a call that a trunk carried before it failed says nothing of how it is now", (t) => {
  const made = running(["anna"], { trunkIds: ["t2", "t"] });
  dialled(made, [taken("old"), taken("dead", { number: "+79160000002" })]);
  made.hear({ kind: "carrierSilent", at: T0 + 25_000, call: "call-dead" });
  gone(made, "dead", 16, T0 + 25_001);
  gone(made, "old", 17, T0 + 26_000);
  const { effects } = dialled(made, [taken("new")], T0 + 27_000);
  t.match(effects, [{ kind: "originate", phone: "+79160000001@t1" }]);
  t.end();
});

t.test("a carrier that says nothing at all: its failure, nobody's, and it is left alone at once", (t) => {
  const made = running(["anna"], { trunkIds: ["t", "t2"] });
  dialled(made, [taken("one")]);
  made.hear({ kind: "carrierSilent", at: T0 + 25_000, call: "call-one" });
  const { events } = gone(made, "one", 16, T0 + 25_001);
  t.match(events, [{ kind: "AttemptOver", ending: "failed" }], "not that nobody answered");
  const { effects } = dialled(made, [taken("two")], T0 + 26_000);
  t.match(effects, [{ kind: "originate", phone: "+79160000001@t2" }], "the next trunk");
  t.end();
});

t.test(
  "a carrier that has said nothing yet: the next dials go elsewhere, who is dialled is left alone",
  (t) => {
    const made = running(["anna", "boris"], { trunkIds: ["t", "t2"] });
    dialled(made, [taken("one")]);
    const quiet = { kind: "carrierQuiet", at: T0 + 5000, attempt: "campaign-1.one" } as const;
    t.same(made.hear({ ...quiet, trunkKey: "t2" }).events, [], "another trunk's silence is not this one's");
    const { events, effects } = made.hear({ ...quiet, trunkKey: "t1" });
    t.match(events, [{ kind: "CarrierQuiet", trunkKey: "t1" }]);
    t.same(effects, [], "neither hung up nor dialled again: nobody is dialled twice at once");
    t.match(dialled(made, [taken("two", { number: "+79160000002" })], T0 + 6000).effects, [
      { kind: "originate", phone: "+79160000002@t2" },
    ]);
    t.match(
      gone(made, "one", 17, T0 + 7000).events,
      [{ kind: "AttemptOver", ending: "busy" }],
      "late is not never",
    );
    answered(made, "two");
    t.same(
      made.hear({ ...quiet, at: T0 + 9000, attempt: "campaign-1.two", trunkKey: "t2" }).events,
      [],
      "who has answered was reached",
    );
    t.end();
  },
);

t.test("stopped: what rings is hung up, who has answered is not", (t) => {
  const made = running(["anna"]);
  dialled(made, [taken("one"), taken("two", { number: "+79160000002" })]);
  answered(made, "one");
  const { effects, events } = made.hear({
    kind: "campaignsLoaded",
    at: T0 + 8500,
    campaigns: [campaign([...made.floor.agents.values()], { state: "stopped" })],
  });
  t.same(effects, [{ kind: "hangUp", call: "call-two", channel: "campaign-1.two" }]);
  t.match(events.at(-1), { kind: "AttemptHungUp", why: "cancelled" });
  t.match(gone(made, "two", 16).events, [{ kind: "AttemptOver", ending: "cancelled" }]);
  t.end();
});

t.test("a wrap-up follows as the campaign, or its queue, has it", (t) => {
  for (const [wrapUp, seconds] of [
    [{ mode: "limit", seconds: 7 } as const, 7],
    [undefined, undefined],
  ] as const) {
    const made = running(["anna"], { wrapUp });
    dialled(made, [taken("one")]);
    answered(made, "one");
    made.hear({ kind: "talkStarted", at: T0 + 8500, call: "call-one", phone: "a-anna" });
    made.hear({ kind: "talkEnded", at: T0 + 20_000, call: "call-one", phone: "a-anna" });
    const until = made.floor.agents.get("anna")?.call?.until;
    t.equal(until, seconds === undefined ? undefined : T0 + 20_000 + seconds * 1000);
  }
  t.end();
});

t.test("the pacer sees agents, waits and rings in seconds; an agent of two campaigns counts for one", (t) => {
  const made = running(["anna", "boris", "vera"]);
  const team = [...made.floor.agents.values()];
  const other = campaign(team, { id: "k2", key: "c2", name: "Winter", weight: 2 });
  made.hear({ kind: "campaignsLoaded", at: T0, campaigns: [campaign(team), other] });
  dialled(made, [taken("one"), taken("two", { number: "+79160000002" })]);
  answered(made, "one");
  made.hear({ kind: "talkStarted", at: T0 + 8400, call: "call-one", phone: "a-anna" });
  const outlooks = [...made.floor.campaigns.values()].map((each) => ({
    ...{ campaign: each, pHat: 0.3, windowEnd: T0 + 3_600_000, room: 4 },
  }));
  const [first, second] = viewsOf(made.floor, outlooks, T0 + 9000, () => 0);
  t.match(first, {
    now: (T0 + 9000) / 1000,
    waiting: 0,
    inFlight: [{ id: "campaign-1.two", t0: T0 / 1000 }],
    windowEnd: (T0 + 3_600_000) / 1000,
    room: 4,
  });
  const states = [first, second].flatMap((view) => [...(view?.agents ?? [])].map(({ state }) => state));
  t.same(states.sort(), ["idle", "idle", "talk"], "each of them once");
  t.equal((first?.idle ?? 0) + (second?.idle ?? 0), 2);
  t.end();
});

t.test(
  "an agent who is shown somebody is free for no other campaign, and a preview campaign has no other agents",
  (t) => {
    const made = running(["anna", "boris", "vera"]);
    const team = [...made.floor.agents.values()];
    const preview = campaign(team, { id: "k2", key: "c2", name: "Seen first", mode: "preview", weight: 9 });
    made.hear({ kind: "campaignsLoaded", at: T0, campaigns: [campaign(team), preview] });
    const outlooks = [...made.floor.campaigns.values()].map((each) => ({
      ...{ campaign: each, pHat: 0.3, windowEnd: T0 + 3_600_000, room: 4 },
    }));
    const idle = (looking: [string, string][]) =>
      viewsOf(made.floor, outlooks, T0, () => 0, new Map(looking)).map((view) => view.idle);
    t.same(idle([]), [3, 0]);
    t.same(idle([["boris", "k2"]]), [2, 1]);
    t.end();
  },
);

t.test("no agent is kept for a campaign with nobody to call, but for the calls that it has", (t) => {
  const made = running(["anna", "boris", "vera"]);
  const team = [...made.floor.agents.values()];
  made.hear({
    kind: "campaignsLoaded",
    at: T0,
    campaigns: [campaign(team), campaign(team, { id: "k2", key: "c2" })],
  });
  const idle = () =>
    viewsOf(
      made.floor,
      [...made.floor.campaigns.values()].map((each, place) => ({
        ...{ campaign: each, pHat: 0.3, windowEnd: T0 + 3_600_000, room: 4, listEmpty: place === 0 },
      })),
      T0,
      () => 0,
    ).map((view) => view.idle);
  t.same(idle(), [0, 3]);
  dialled(made, [taken("one")]);
  t.ok((idle()[0] ?? 0) > 0, "who answers needs somebody");
  t.end();
});

t.test("so many calls a second, and no more", (t) => {
  let bucket = fill(undefined, 3, T0);
  t.equal(roomIn(bucket), 3);
  bucket = spend(bucket, 3);
  t.equal(roomIn(fill(bucket, 3, T0 + 300)), 0);
  t.equal(roomIn(fill(bucket, 3, T0 + 400)), 1);
  t.equal(roomIn(fill(bucket, 3, T0 + 60_000)), 3, "what was not used is not saved up");
  t.equal(roomIn(fill(bucket, 3, T0 - 60_000)), 0, "a clock that went back gives nothing");
  t.end();
});

t.test("L2 whom Asterisk may ring without the engine: nobody whom only the engine knows to be taken", (t) => {
  const names = ["Busy", "Break", "Leaving", "Wraps", "Writes", "Inbound", "Lost", "Kept", "Line", "Dials"];
  names.push("Forwarded", "Mobile");
  const talk = { id: "x", phase: "talking", since: T0 } as const;
  const states: Record<string, Partial<Agent>> = {
    Busy: { device: "busy", call: talk },
    Break: { state: "break" },
    Leaving: { call: talk, pendingState: "break" },
    Wraps: { call: { ...talk, wrapUp: { mode: "until-completed" } } },
    Writes: { call: { ...talk, phase: "wrap-up" } },
    Inbound: { state: "inbound" },
    Lost: { phoneLost: true },
    Kept: { keptFor: "c" },
    Line: { openLine: "open-line-1" },
    Dials: { call: { ...talk, phase: "dialling" } },
    // Their phones lie idle while they talk on their own numbers outside.
    Forwarded: { call: { ...talk, id: "outside", phase: "offered" } },
    Mobile: { callMode: "external", call: talk },
  };
  const team = names.map((name) => agent(name, { state: "outbound", ...states[name] }));
  const { floor } = house(team, [queue(team)]);
  const forwarded = { id: "outside", channel: "c", kind: "inbound", phase: "external" } as const;
  floor.calls.set("outside", {
    ...forwarded,
    ...{ arrivedAt: T0, phaseSince: T0, tried: [], welcomed: false, recorded: false },
  });
  const alone = (change: Partial<Campaign> = {}) => teamAlone(floor, campaign(team, change));
  t.same(alone(), ["a-busy", "a-line.line"], "that a phone is in use, Asterisk knows itself");
  t.same(alone({ blending: true }), ["a-busy", "a-inbound", "a-line.line"]);
  t.same(alone({ connect: "open-line" }), ["a-line.line"]);
  t.same(alone({ agents: [], queueId: "q" }), ["a-busy", "a-line.line"], "the queue's agents");
  const many = Array.from({ length: 300 }, (_, place) => agent(`Many${place}`, { state: "outbound" }));
  t.equal(teamAlone(house(many, [queue(many)]).floor, campaign(many)).length, 200);
  const lines = many.map((each) => ({ ...each, phone: `agent-${each.phone}`, openLine: "open-line-1" }));
  const longest = teamAlone(house(lines, [queue(lines)]).floor, campaign(lines)).join("&").length;
  t.ok(longest > 3000 && longest <= 3500, "Asterisk's expressions take 4096 characters");
  t.end();
});

t.test(
  "L2 an agent whom the dialplan rings itself is this attempt's; what we decide too late moves nothing",
  (t) => {
    const made = running(["anna", "boris"], {}, { device: "busy" });
    dialled(made, [taken("one")]);
    answered(made, "one");
    const attempt = () => made.floor.attempts.get("campaign-1.one");
    t.equal(attempt()?.stage, "waiting");
    const again = answered(made, "one", T0 + 8700);
    t.same([again.events, again.effects], [[], []], "asked again: it is known that they wait");
    const ring = { at: T0 + 8800, call: "call-one", phone: "a-anna", channel: "anna-1" };
    made.hear({ kind: "phoneCalled", ...ring });
    t.equal(attempt()?.stage, "connecting");
    t.same(made.hear({ kind: "connectDeadline", at: T0 + 10_000, attempt: "campaign-1.one" }).effects, []);
    made.hear({ kind: "talkEnded", ...ring, gone: true });
    t.equal(attempt()?.stage, "waiting", "it rang in vain");
    made.hear({ kind: "connectDeadline", at: T0 + 10_000, attempt: "campaign-1.one" });
    t.equal(attempt()?.stage, "leaving");
    made.hear({ kind: "talkStarted", ...ring, at: T0 + 10_010 });
    t.equal(attempt()?.stage, "talking", "Asterisk's word counts");
    const { events } = gone(made, "one", 16, T0 + 20_000);
    t.match(
      events.find(({ kind }) => kind === "AttemptOver"),
      { ending: "answered" },
    );
    t.end();
  },
);

t.test("L5 a decision that came too late does not undo the talk to which the dialplan came alone", (t) => {
  const made = running(["anna"]);
  dialled(made, [taken("one")]);
  answered(made, "one");
  const leg = { at: T0 + 8100, call: "call-one", phone: "a-anna", channel: "anna-1" };
  made.hear({ kind: "phoneCalled", ...leg });
  made.hear({ kind: "talkStarted", ...leg });
  const talking = { phase: "talking", agentId: "anna" };
  t.match(made.floor.calls.get("call-one"), talking);
  made.hear({ kind: "stepRefused", at: T0 + 8200, call: "call-one" });
  t.match(made.floor.calls.get("call-one"), talking);
  t.match(made.floor.agents.get("anna")?.call, { id: "call-one", phase: "talking" });
  t.end();
});

t.test("L2 wherever a campaign's customer is moved to, the clock of the question may end there", (t) => {
  const text = readFileSync(join(home, "dialplan/68-campaign.conf"), "utf8");
  const contexts = new Map(text.split(/^\[/m).map((part) => [part.slice(0, part.indexOf("]")), part]));
  const moved = ["stereo", "mixed", "off"].map((record) => `connect-${record}`);
  for (const name of [...moved, "campaign-abandoned", "campaign-again", "campaign-alone", "campaign-clock"])
    t.match(contexts.get(name), /^exten => T,1,(Goto|GotoIf)\(/m, `Asterisk hangs up on nobody in ${name}`);
  t.end();
});

t.test("N8 who asks again while our answer is refused is not forgotten", (t) => {
  const made = running(["anna"]);
  dialled(made, [taken("one")]);
  answered(made, "one");
  const asked = answered(made, "one", T0 + 9000, 1000);
  t.same(goes(asked.effects), [], "the answer may still arrive");
  const wake = asked.effects.flatMap((effect) => (effect.kind === "wake" ? effect : []));
  t.equal(wake.length, 1);
  const input = wake[0]?.input;
  if (!input) throw new Error("nobody looks again");
  t.same(goes(made.hear(input).effects), [], "it has arrived");
  made.hear({ kind: "stepRefused", at: T0 + 9010, call: "call-one" });
  t.same(goes(made.hear(input).effects), ["connect a-anna"], "it has not");
  t.end();
});

t.test(
  "REC-01 a decision that did not reach Asterisk begins no recording: the next one asks for it again",
  (t) => {
    const made = running(["anna"]);
    made.floor.lines.set("l", line({ recording: "stereo", announceRecording: true }));
    dialled(made, [taken("one")]);
    const recorded = { record: "stereo", announce: true };
    const first = answered(made, "one");
    t.match(first.effects.at(-1), { kind: "continue", step: { kind: "connect", ...recorded } });
    made.hear({ kind: "stepRefused", at: T0 + 8050, call: "call-one" });
    const again = answered(made, "one", T0 + 8100, 1000);
    t.match(again.effects.at(-1), { kind: "continue", step: { kind: "connect", ...recorded } });
    t.end();
  },
);

t.test("after a restart a campaign's talk is followed by the campaign's wrap-up", (t) => {
  const made = running(["anna"], { wrapUp: { mode: "limit", seconds: 30 } });
  dialled(made, [taken("one")]);
  const attempt = made.floor.attempts.get("campaign-1.one");
  const call = made.floor.calls.get("call-one");
  if (!attempt || !call) throw new Error("it was not dialled");
  made.floor.attempts.clear();
  const talking = { ...call, phase: "talking", phaseSince: T0 + 9000, agentId: "anna" } as const;
  made.hear({ kind: "callsRecovered", at: T0 + 20_000, calls: [talking] });
  made.hear({ kind: "attemptsRecovered", at: T0 + 20_000, attempts: [{ ...attempt, stage: "talking" }] });
  made.hear({ kind: "talkEnded", at: T0 + 30_000, call: "call-one", phone: "a-anna", gone: true });
  t.match(made.floor.agents.get("anna")?.call, { phase: "wrap-up", until: T0 + 60_000 });
  t.end();
});
