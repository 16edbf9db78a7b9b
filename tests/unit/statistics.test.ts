/** Statistics, the pure part: borders of hours and days, time in states, figures from sums, and spreadsheets. */
import fc from "fast-check";
import t from "tap";
import { csvOf, tableOf } from "../../apps/api/csv.ts";
import { periodFrom } from "../../apps/api/periods.ts";
import { ENDINGS } from "../../apps/core/ending.ts";
import { agentFigures, NO_WORK } from "../../apps/core/statistics/agent-figures.ts";
import { type CallSums, callFigures, NO_CALLS } from "../../apps/core/statistics/call-figures.ts";
import { FIGURES } from "../../apps/core/statistics/definitions.ts";
import { bordersOf, startOfDay } from "../../apps/core/statistics/intervals.ts";
import { OUTCOMES, WAIT_BUCKETS } from "../../apps/core/statistics/outcomes.ts";
import { NO_TIME, stateTimes } from "../../apps/core/statistics/state-times.ts";

const at = (text: string): number => Date.parse(text);
const iso = (borders: readonly number[]) => borders.map((each) => new Date(each).toISOString().slice(0, 16));
const HOUR = 3_600_000;

t.test("days of a zone: 23 and 25 hours, no midnight, a day that never was", async (t) => {
  const berlin = bordersOf(at("2026-03-28T23:00Z"), at("2026-03-30T22:00Z"), "day", "Europe/Berlin");
  t.same(iso(berlin), ["2026-03-28T23:00", "2026-03-29T22:00", "2026-03-30T22:00"], "the 29th has 23 hours");
  const autumn = bordersOf(at("2026-10-24T22:00Z"), at("2026-10-26T23:00Z"), "day", "Europe/Berlin");
  t.same(iso(autumn), ["2026-10-24T22:00", "2026-10-25T23:00", "2026-10-26T23:00"], "the 25th has 25");
  t.equal(
    startOfDay(at("2026-04-24T12:00Z"), "Africa/Cairo"),
    at("2026-04-23T22:00Z"),
    "in Cairo that Friday began at one o'clock",
  );
  const samoa = bordersOf(at("2011-12-29T10:00Z"), at("2011-12-31T10:00Z"), "day", "Pacific/Apia");
  t.same(iso(samoa), ["2011-12-29T10:00", "2011-12-30T10:00", "2011-12-31T10:00"], "the 30th was left out");
  t.same(
    iso(bordersOf(at("2026-11-20T10:30Z"), at("2026-11-21T22:00Z"), "day", "Europe/Moscow")),
    ["2026-11-20T10:30", "2026-11-20T21:00", "2026-11-21T21:00", "2026-11-21T22:00"],
    "the first and the last are cut",
  );
});

t.test("hours of a zone: never twice the same, whatever the clock does", async (t) => {
  const twice = bordersOf(at("2026-10-25T00:00Z"), at("2026-10-25T03:00Z"), "hour", "Europe/Berlin");
  t.same(iso(twice).length, 4, "two o'clock comes twice and is two hours");
  const kolkata = bordersOf(at("2026-01-01T00:00Z"), at("2026-01-01T02:00Z"), "hour", "Asia/Kolkata");
  t.same(
    iso(kolkata),
    ["2026-01-01T00:00", "2026-01-01T00:30", "2026-01-01T01:30", "2026-01-01T02:00"],
    "full hours there",
  );
  for (const zone of [
    "Europe/Moscow",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Africa/Cairo",
    "Asia/Kathmandu",
  ])
    for (const interval of ["hour", "day"] as const)
      await fc.assert(
        fc.property(
          fc.integer({ min: at("2010-01-01"), max: at("2030-01-01") }),
          fc.integer({ min: 1, max: 9 * 24 * HOUR }),
          (since, length) => {
            const borders = bordersOf(since, since + length, interval, zone);
            const steps = borders.slice(1).map((to, index) => to - (borders[index] as number));
            const longest = (interval === "hour" ? 1 : 25) * HOUR;
            t.ok(
              steps.every((step) => step > 0 && step <= longest) || undefined,
              `${zone} ${interval} ${since}`,
            );
            return borders[0] === since && borders.at(-1) === since + length;
          },
        ),
        { numRuns: 60 },
      );
});

t.test("AGENT-11 time in each state is cut at the borders, and lasts no longer than until now", async (t) => {
  const borders = [1000, 2000, 3000, 4000];
  const day = [
    { state: "break", at: 400 },
    { state: "inbound", at: 1200 },
    { state: "outbound", at: 2900 },
    { state: "offline", at: 3100 },
  ] as const;
  t.same(stateTimes(day, borders, 9000), [
    { ...NO_TIME, break: 200, inbound: 800 },
    { ...NO_TIME, inbound: 900, outbound: 100 },
    { ...NO_TIME, outbound: 100, offline: 900 },
  ]);
  t.same(stateTimes(day.slice(0, 2), borders, 2500), [
    { ...NO_TIME, break: 200, inbound: 800 },
    { ...NO_TIME, inbound: 500 },
    NO_TIME,
  ]);
  t.same(stateTimes([], borders, 2500), [NO_TIME, NO_TIME, NO_TIME], "before the first state there is none");
  const figures = agentFigures(
    { ...NO_WORK, busyMs: 300 },
    { offline: 50, break: 400, inbound: 500, outbound: 100 },
  );
  t.match(figures, { onLineMs: 500, breakMs: 400, outboundMs: 100, workingMs: 1000, occupancyPercent: 50 });
  t.equal(agentFigures(NO_WORK, NO_TIME).occupancyPercent, null, "nothing to be divided by");
});

t.test(
  "figures: the service level's denominator leaves out short abandons and who still waits",
  async (t) => {
    const sums: CallSums = {
      ...NO_CALLS,
      offered: 20,
      answered: 9,
      waiting: 2,
      noAnswer: 1,
      failed: 1,
      abandoned: [4, 1, 0, 1, 0, 1, 0],
      answeredInTime: 7,
      answerMs: 90_001,
      waitMs: 180_000,
      ownerCalls: 3,
      ownerAnswered: 1,
    };
    const figures = callFigures(sums);
    t.match(figures, {
      abandoned: 7,
      shortAbandoned: 4,
      serviceLevelPercent: 50,
      averageAnswerMs: 10_000,
      averageWaitMs: 10_000,
      ownerHitPercent: 33.33,
      averageOtherAnswerMs: null,
      abandonedByWait: { under5: 4, from5to10: 1, from120: 0 },
    });
    t.same(callFigures(NO_CALLS).serviceLevelPercent, null);
    const kept = callFigures({ ...sums, offered: 25, calledBack: 5 });
    t.match(kept, { calledBack: 5, abandoned: 7, serviceLevelPercent: 50 }, "a kept place is not given up");
  },
);

t.test("every figure that is answered is defined, and every one that is defined is answered", async (t) => {
  t.same(Object.keys(callFigures(NO_CALLS)), Object.keys(FIGURES.calls));
  t.same(Object.keys(agentFigures(NO_WORK, NO_TIME)), Object.keys(FIGURES.agents));
  for (const group of Object.values(FIGURES))
    for (const [key, { name, definition }] of Object.entries<{ name: string; definition: string }>(group)) {
      t.match(definition, /^[A-Z].*\.$/, `${key} is a sentence`);
      t.ok(name.length > 2);
    }
  t.same(Object.keys(OUTCOMES).sort(), [...ENDINGS].sort(), "every ending counts somewhere");
  t.same(
    WAIT_BUCKETS.map(({ fromSeconds }) => fromSeconds),
    [0, ...WAIT_BUCKETS.slice(0, -1).map(({ toSeconds }) => toSeconds)],
    "buckets leave no gap",
  );
});

t.test("spreadsheets: quotes, nested columns, and no name becomes a formula", async (t) => {
  const { header, rows } = tableOf([
    { name: "=HYPERLINK(1)", figures: 1, by: { a: 2, b: null } },
    { name: 'Zoë "Q", Ltd', figures: 0.5, by: { a: 0, b: 1 } },
  ]);
  t.same(header, ["name", "figures", "by.a", "by.b"]);
  t.equal(
    csvOf(header, rows),
    '\ufeffname,figures,by.a,by.b\r\n\'=HYPERLINK(1),1,2,\r\n"Zoë ""Q"", Ltd",0.5,0,1\r\n',
  );
  for (const evil of ["+7495", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0"])
    t.match(csvOf(["n"], [[evil]]), /^\ufeffn\r\n"?'/, evil);
});

t.test("periods: today by default, and nonsense is refused by its field", async (t) => {
  const now = at("2026-11-21T20:00Z");
  const today = periodFrom({ interval: "total", zone: "Asia/Yekaterinburg" }, now);
  t.equal(today.since, at("2026-11-21T19:00Z"));
  t.equal(today.until, now);
  const bad = (query: Partial<Parameters<typeof periodFrom>[0]>) => {
    try {
      periodFrom({ interval: "total", ...query }, now);
    } catch (error) {
      return (error as { errors: { field: string }[] }).errors[0]?.field;
    }
    return "accepted";
  };
  t.equal(bad({ zone: "Mars/Olympus" }), "zone");
  t.equal(bad({ since: "2026-11-21T10:00:00Z", until: "2026-11-21T10:00:00Z" }), "until");
  t.equal(bad({ since: "0000-01-01T00:00:00Z" }), "since");
  t.equal(bad({ since: "2026-12-31T23:59:60Z" }), "since");
  t.equal(bad({ since: "2020-01-01T00:00:00Z", interval: "hour" }), "interval");
  t.equal(bad({ since: "2020-12-01T00:00:00Z", interval: "day" }), "accepted");
});
