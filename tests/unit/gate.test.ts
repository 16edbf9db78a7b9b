/** The compliance gate: each rule by example, and all of them against a second opinion. */
import fc from "fast-check";
import t from "tap";
import { CAMPAIGN_MODES, PURPOSES } from "../../apps/core/dialling/campaign.ts";
import { type Asking, type Callee, createGate, mayDial } from "../../apps/core/dialling/gate.ts";
import type { Policy } from "../../apps/core/dialling/policy.ts";
import { policyProblems } from "../../apps/core/dialling/policy-problems.ts";
import { PRESET_NAMES, PRESETS } from "../../apps/core/dialling/presets.ts";
import { zonesOf } from "../../apps/core/dialling/zones.ts";
import {
  NORTH_AMERICA,
  NORTH_AMERICA_ZONES,
  RUSSIA,
  RUSSIA_ZONES,
} from "../../apps/core/dialling/zones-data.ts";
import { WORLD } from "../../apps/core/dialling/zones-world.ts";
import { offsetAt, zoneExists } from "../../apps/core/routing/wall-clock.ts";
import { campaignCases } from "../support/gate-cases.ts";
import { forbidden, openOnTheWall } from "../support/gate-oracle.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Tuesday, noon in Moscow. */
const NOON = Date.parse("2026-03-03T12:00+03:00");
const MOSCOW = "+74951234567";

const asking = (change: Partial<Asking> = {}): Asking => ({
  ...{ state: "running", mode: "predictive", purpose: "service", policy: PRESETS["russia-service"] },
  ...{ agentKept: false, at: NOON },
  ...change,
});
const callee = (change: Partial<Callee> = {}): Callee => ({
  ...{ phone: MOSCOW, zones: zonesOf(change.phone ?? MOSCOW), refusal: null, consent: false },
  ...{ past: [], attempts: 0, inCall: false },
  ...change,
});
const code = (ask: Partial<Asking>, who: Partial<Callee> = {}) => {
  const verdict = mayDial(asking(ask), callee(who));
  return verdict.allowed ? "allowed" : verdict.code;
};
const ended = (
  at: number,
  ending: "no_answer" | "abandoned" | "machine" | "not_placed",
  number = MOSCOW,
) => ({
  ...{ number, at, ending, endedAt: at + 30_000, open: false },
});
const when = (ask: Partial<Asking>, who: Partial<Callee> = {}) => {
  const verdict = mayDial(asking(ask), callee(who));
  return verdict.allowed || verdict.notBefore === undefined
    ? undefined
    : new Date(verdict.notBefore).toISOString();
};

t.test(
  "advertising to numbers in Russia is dialled by a person only, whatever the policy says (38-FZ art. 18)",
  (t) => {
    const policy = PRESETS["russia-advertising"];
    const who = { consent: true };
    for (const mode of CAMPAIGN_MODES) {
      const expected = mode === "preview" ? "allowed" : "mode-forbidden";
      t.equal(code({ policy, purpose: "advertising", mode }, who), expected, `by the policy: ${mode}`);
      const lax = { policy: PRESETS["us-tsr"], purpose: "advertising" as const, mode };
      const own = mode === "preview" ? "allowed" : "machine-dialling";
      t.equal(code(lax, who), own, `under a policy that allows it: ${mode}`);
      t.equal(
        code({ ...lax, at: Date.parse("2026-03-03T12:00-05:00") }, { ...who, phone: "+12125550123" }),
        "allowed",
        `${mode}, outside Russia`,
      );
    }
    t.equal(
      code({ policy, purpose: "advertising", mode: "preview" }),
      "no-consent",
      "and never without consent",
    );
    t.end();
  },
);

t.test("a number on the refusal list is not dialled by any campaign", (t) => {
  for (const purpose of PURPOSES)
    t.equal(code({ purpose, mode: "preview" }, { refusal: {}, consent: true }), "refused", purpose);
  t.equal(when({}, { refusal: { until: NOON + HOUR } }), "2026-03-03T10:00:00.000Z", "for a time");
  t.equal(code({}, { refusal: { until: NOON } }), "allowed", "and not after it");
  t.end();
});

t.test(
  "debt: once in 24 hours, twice in 7 days, eight times in 31, all numbers of the person together (230-FZ)",
  (t) => {
    const debt = { policy: PRESETS["russia-debt"], purpose: "debt" as const };
    const other = "+74957654321";
    t.equal(code(debt, { past: [ended(NOON - DAY + 1000, "no_answer", other)] }), "too-many");
    t.equal(when(debt, { past: [ended(NOON - DAY + 1000, "no_answer")] }), "2026-03-03T09:00:01.000Z");
    t.equal(code(debt, { past: [ended(NOON - DAY, "no_answer")] }), "allowed");
    const twice = [ended(NOON - 3 * DAY, "no_answer", other), ended(NOON - 6 * DAY, "no_answer")];
    t.equal(when(debt, { past: twice }), "2026-03-04T09:00:00.000Z", "the older one leaves the week");
    const spread = [2, 6, 9, 13, 16, 20, 23, 27].map((days) => ended(NOON - days * DAY, "no_answer"));
    t.equal(code(debt, { past: spread }), "too-many", "the ninth in a month");
    t.equal(code(debt, { past: spread.slice(0, 1) }), "allowed");
    t.equal(
      code(debt, { past: [ended(NOON - HOUR, "not_placed")] }),
      "allowed",
      "what never rang does not count",
    );
    t.equal(
      code(
        { policy: PRESETS["russia-service"] },
        { past: [1, 2, 3].map((h) => ended(NOON - h * HOUR, "no_answer", other)) },
      ),
      "allowed",
      "where the law speaks of no person, another number's attempts do not count",
    );
    t.end();
  },
);

t.test(
  "debt: workdays 8-22, days off 9-20, by the debtor's clock; holidays that move are days off (230-FZ)",
  (t) => {
    const at = (text: string, phone = MOSCOW) =>
      code({ policy: PRESETS["russia-debt"], purpose: "debt", at: Date.parse(text) }, { phone });
    const vladivostok = "+74232123456";
    t.equal(at("2026-03-03T07:59+03:00"), "closed");
    t.equal(at("2026-03-03T08:00+03:00"), "allowed");
    t.equal(at("2026-03-03T21:59+03:00"), "allowed");
    t.equal(at("2026-03-03T22:00+03:00"), "closed");
    t.equal(at("2026-03-07T08:30+03:00"), "closed", "a Saturday");
    t.equal(at("2026-03-07T09:00+03:00"), "allowed");
    t.equal(at("2026-03-07T20:00+03:00"), "closed");
    t.equal(at("2026-06-12T08:30+03:00"), "closed", "a holiday on a Friday");
    t.equal(at("2026-06-12T09:30+03:00"), "allowed");
    t.equal(at("2026-03-09T08:30+03:00"), "closed", "8 March is a Sunday: the Monday after is off");
    t.equal(at("2026-01-09T08:30+03:00"), "closed", "moved by decree");
    t.equal(at("2026-03-03T15:00+03:00", vladivostok), "closed", "22:00 in Vladivostok");
    t.equal(at("2026-03-03T01:00+03:00", vladivostok), "allowed", "8:00 in Vladivostok");
    t.end();
  },
);

t.test(
  "an unknown zone is called when all zones it may be in allow it, and the address outranks the number (D-37)",
  (t) => {
    const phone = "+79161234567";
    const policy = PRESETS["russia-debt"];
    const at = (text: string, known?: string) =>
      code({ policy, purpose: "debt", at: Date.parse(text) }, { phone, zones: zonesOf(phone, known) });
    t.equal(at("2026-03-03T08:59+03:00"), "closed", "7:59 in Kaliningrad");
    t.equal(at("2026-03-03T09:00+03:00"), "allowed", "8:00 in Kaliningrad, 18:00 in Kamchatka");
    t.equal(at("2026-03-03T12:59+03:00"), "allowed");
    t.equal(at("2026-03-03T13:00+03:00"), "closed", "22:00 in Kamchatka");
    t.equal(at("2026-03-03T21:00+03:00", "Europe/Moscow"), "allowed", "somebody whose address is known");
    const verdict = when({ policy, purpose: "debt", at: Date.parse("2026-03-06T13:00+03:00") }, { phone });
    t.equal(verdict, "2026-03-07T07:00:00.000Z", "on Saturday from 9 in Kaliningrad to 20 in Kamchatka");
    t.equal(code({}, { phone: "+99912345678" }), "zone-unknown", "a number of no country is never called");
    t.end();
  },
);

t.test(
  "72 hours after an abandoned call and 24 after a machine, unless an agent is sure to be there (Ofcom)",
  (t) => {
    const policy = PRESETS.uk;
    const london = { phone: "+442079460000" };
    const at = Date.parse("2026-03-05T12:00Z");
    const past = (ending: "abandoned" | "machine", hours: number) => [
      { ...ended(at - hours * HOUR, ending, london.phone), endedAt: at - hours * HOUR },
    ];
    for (const [ending, hours, expected] of [
      ["abandoned", 71, "after-abandoned"],
      ["abandoned", 72, "allowed"],
      ["machine", 23, "after-machine"],
      ["machine", 24, "allowed"],
    ] as const) {
      t.equal(code({ policy, at }, { ...london, past: past(ending, hours) }), expected);
      t.equal(
        code({ policy, at, mode: "preview" }, { ...london, past: past(ending, hours) }),
        "allowed",
        "preview",
      );
      t.equal(
        code({ policy, at, agentKept: true }, { ...london, past: past(ending, hours) }),
        "allowed",
        "kept",
      );
    }
    t.equal(
      code({ policy, at }, { ...london, past: [ended(at - HOUR, "abandoned", "+442079460001")] }),
      "allowed",
      "it is the number that is left alone",
    );
    t.end();
  },
);

t.test("nobody is rung twice at once, nor while talking to us (law L4)", (t) => {
  const ringing = [{ number: "+74950000000", at: NOON - 5000, open: true }];
  t.equal(code({}, { past: ringing }), "in-flight");
  t.equal(when({}, { past: ringing }), "2026-03-03T09:01:00.000Z");
  t.equal(code({}, { inCall: true }), "in-call");
  for (const state of ["draft", "paused", "draining", "stopped", "finished"] as const)
    t.equal(code({ state }), "not-running", state);
  t.equal(code({}, { attempts: 6 }), "exhausted");
  t.end();
});

t.test("every preset is sound, and says so of a campaign that it does not fit", (t) => {
  for (const name of PRESET_NAMES) {
    const ruled = { mode: "preview", purpose: "service", ringSeconds: 20 } as const;
    t.strictSame(policyProblems(PRESETS[name], ruled), [], name);
    t.equal(PRESETS[name].preset, name);
    t.ok(PRESETS[name].minRingSeconds >= 15);
  }
  const fields = (policy: Policy, change: object = {}) =>
    policyProblems(policy, { mode: "predictive", purpose: "service", ringSeconds: 20, ...change }).map(
      ({ field }) => field,
    );
  const policy: Policy = PRESETS["russia-service"];
  t.strictSame(fields(policy, { purpose: "advertising" }), ["mode"]);
  t.strictSame(fields(policy, { ringSeconds: 10 }), ["ringSeconds"]);
  t.strictSame(fields({ ...policy, minRingSeconds: 14 }), ["policy.minRingSeconds"]);
  t.strictSame(fields({ ...policy, attempts: { ...policy.attempts, day: 3, week: 2, month: 1 } }), [
    "policy.attempts.week",
    "policy.attempts.month",
  ]);
  t.strictSame(fields({ ...policy, calendar: { week: [] } }), ["policy.calendar.week"]);
  const holidays = [{ monthDay: "05-01", open: [{ from: "20:00", to: "09:00" }] }];
  t.strictSame(fields({ ...policy, calendar: { ...policy.calendar, holidays } }), [
    "policy.calendar.holidays.0.open.0.to",
  ]);
  t.end();
});

t.test("zones: a geographic number says one, a mobile may be anywhere in its country", (t) => {
  for (const [phone, zone] of [
    ["+74951234567", "Europe/Moscow"],
    ["+74011234567", "Europe/Kaliningrad"],
    ["+78452123456", "Europe/Saratov"],
    ["+73822123456", "Asia/Tomsk"],
    ["+73431234567", "Asia/Yekaterinburg"],
    ["+74152123456", "Asia/Kamchatka"],
    ["+74112123456", "Asia/Yakutsk"],
    ["+77272123456", "Asia/Almaty"],
    ["+375171234567", "Europe/Minsk"],
    ["+4930123456", "Europe/Berlin"],
    ["+12125550123", "America/New_York"],
  ] as const)
    t.strictSame(zonesOf(phone), [zone], phone);
  t.strictSame(zonesOf("+79161234567"), RUSSIA_ZONES, "a Russian mobile");
  t.strictSame(zonesOf("+78001234567"), RUSSIA_ZONES, "a service number");
  t.strictSame(zonesOf("+18005550123"), NORTH_AMERICA_ZONES);
  t.equal(zonesOf("+74115512345").length, 3, "Yakutia outside Yakutsk has three");
  t.strictSame(zonesOf("+79161234567", "Asia/Omsk"), ["Asia/Omsk"], "the address is believed");
  t.strictSame(zonesOf("+74951234567", "Mars/Base"), ["Europe/Moscow"], "if there is such a place");
  const seen = new Set<string>();
  for (const line of [RUSSIA, NORTH_AMERICA, WORLD].flatMap((list) => list.trim().split("\n"))) {
    const [zones = "", ...codes] = line.split(" ");
    for (const zone of zones.split("+")) t.ok(zoneExists(zone), zone);
    for (const one of codes) {
      const key = `${[RUSSIA, NORTH_AMERICA].findIndex((list) => list.includes(line))} ${one}`;
      t.notOk(seen.has(key), `${one} is said once`);
      seen.add(key);
    }
  }
  const offsets = RUSSIA_ZONES.map((zone) => offsetAt(zone, NOON) / HOUR);
  t.strictSame(offsets, [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], "every offset of Russia is among them");
  t.end();
});

t.test(
  "no forbidden attempt is ever allowed, and none is refused without a reason: against a second opinion",
  (t) => {
    let [allowed, refused] = [0, 0];
    fc.assert(
      fc.property(campaignCases(), ({ ask, who, later }) => {
        const verdict = createGate(ask)(who);
        const why = forbidden(ask, who);
        if (verdict.allowed) allowed++;
        else refused++;
        if (verdict.allowed !== (why.length === 0))
          throw new Error(`${JSON.stringify(verdict)} but ${JSON.stringify(why)}`);
        if (verdict.allowed || verdict.notBefore === undefined) return;
        // Nothing else happens meanwhile: before that time it stays forbidden.
        const between = ask.at + Math.floor(later * (verdict.notBefore - ask.at));
        if (between >= verdict.notBefore) return;
        const waiting = verdict.code === "in-flight" || verdict.code === "in-call";
        const still = forbidden({ ...ask, at: between }, who);
        if (still.length === 0 && !waiting)
          throw new Error(`allowed at ${new Date(between).toISOString()}, before ${JSON.stringify(verdict)}`);
        const then = mayDial({ ...ask, at: verdict.notBefore }, who);
        if (!then.allowed && !waiting && !["in-flight", "in-call"].includes(then.code))
          throw new Error(`put off to a time at which it is forbidden: ${JSON.stringify([verdict, then])}`);
      }),
      { seed: 20261122, numRuns: 4000 },
    );
    t.ok(allowed > 250, `${allowed} were allowed`);
    t.ok(refused > 1000, `${refused} were refused`);
    t.end();
  },
);

t.test("the calendars of the presets say the same as a clock on the wall, through a year", (t) => {
  const zones = ["Europe/Moscow", "America/New_York", "Europe/London", "America/St_Johns", "Asia/Kamchatka"];
  let checked = 0;
  for (const name of PRESET_NAMES)
    for (const zone of zones)
      for (
        let at = Date.parse("2026-01-01T00:29Z");
        at < Date.parse("2027-01-03T00:00Z");
        at += 739 * 60_000
      ) {
        const policy = { ...PRESETS[name], consentFor: [] };
        const verdict = mayDial(asking({ policy, at }), callee({ zones: [zone] }));
        checked++;
        if (verdict.allowed === openOnTheWall(policy.calendar, zone, at)) continue;
        t.fail(`${name} in ${zone} at ${new Date(at).toISOString()}`);
      }
  t.ok(checked > 15_000);
  t.end();
});
