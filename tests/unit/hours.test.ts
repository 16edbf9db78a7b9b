/** Working hours: what a wall clock shows, when a line opens next, and that the fallback keeps the same hours. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { openingView } from "../../apps/confgen/opening.ts";
import { fill, templateFolder } from "../../apps/confgen/templates.ts";
import { type Hours, isOpen } from "../../apps/core/routing/hours.ts";
import { hoursProblems } from "../../apps/core/routing/hours-problems.ts";
import { nextTimes, openTimes } from "../../apps/core/routing/opening-times.ts";
import { localText, localTime } from "../../apps/core/routing/wall-clock.ts";
import { fallbackOpens } from "../support/rendered-hours.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
const workdays = { days: [1, 2, 3, 4, 5] as const, from: "09:00", to: "18:00" };
const moscow: Hours = { zone: "Europe/Moscow", week: [workdays] };
const at = (text: string) => Date.parse(text);
const said = (time: number | undefined) => time && new Date(time).toISOString();

t.test("ROUTE-07 a date's exception outranks a yearly holiday, which outranks the week", (t) => {
  const hours: Hours = {
    ...moscow,
    holidays: [{ monthDay: "01-01" }, { monthDay: "05-08" }],
    exceptions: [
      { date: "2026-05-08", name: "Short day", open: [{ from: "09:00", to: "14:00" }] },
      { date: "2026-05-11", open: [] },
      { date: "2026-05-16", open: [{ from: "10:00", to: "12:00" }] },
    ],
  };
  const open = (text: string) => isOpen(hours, at(`${text}+03:00`));
  t.equal(open("2026-01-01T12:00"), false, "a holiday");
  t.equal(open("2027-05-08T12:00"), false, "the holiday of another year");
  t.equal(open("2026-05-08T13:59"), true, "worked after all");
  t.equal(open("2026-05-08T14:00"), false);
  t.equal(open("2026-05-11T12:00"), false, "a Monday off");
  t.equal(open("2027-05-10T12:00"), true, "an exception is of one year");
  t.equal(open("2026-05-16T11:00"), true, "a Saturday of work");
  t.equal(open("2026-05-12T12:00"), true);
  t.end();
});

t.test("ROUTE-07 when next: through the night, the weekend and the holidays", (t) => {
  const hours: Hours = { ...moscow, holidays: [{ monthDay: "01-01" }, { monthDay: "01-02" }] };
  const next = (text: string) => nextTimes(hours, at(text));
  t.match(next("2026-01-05T12:00+03:00"), { open: true, nextOpenAt: undefined });
  t.equal(said(next("2026-01-05T12:00+03:00").nextChangeAt), "2026-01-05T15:00:00.000Z");
  t.equal(
    said(next("2025-12-31T18:00+03:00").nextOpenAt),
    "2026-01-05T06:00:00.000Z",
    "two holidays and a weekend",
  );
  t.strictSame(nextTimes(undefined, 0), { open: true, nextChangeAt: undefined, nextOpenAt: undefined });
  const daily = { days: [1, 2, 3, 4, 5, 6, 7] as const, from: "00:00", to: "24:00" };
  t.strictSame(nextTimes({ zone: "Etc/UTC", week: [daily] }, 0), {
    open: true,
    nextChangeAt: undefined,
    nextOpenAt: undefined,
  });
  const once: Hours = {
    zone: "Europe/Moscow",
    week: [],
    exceptions: [{ date: "2029-03-01", open: [{ from: "10:00", to: "11:00" }] }],
  };
  t.equal(said(nextTimes(once, at("2026-01-01T00:00Z")).nextOpenAt), "2029-03-01T07:00:00.000Z");
  t.strictSame(nextTimes(once, at("2030-01-01T00:00Z")), {
    open: false,
    nextChangeAt: undefined,
    nextOpenAt: undefined,
  });
  t.end();
});

t.test("D-07 when clocks are moved, the wall clock rules", (t) => {
  const berlin: Hours = { zone: "Europe/Berlin", week: [{ days: [7], from: "02:30", to: "03:30" }] };
  const spring = openTimes(berlin, at("2026-03-29T00:00Z"), at("2026-03-29T12:00Z"));
  t.strictSame(
    spring.map(({ from, to }) => [said(from), said(to)]),
    [["2026-03-29T01:00:00.000Z", "2026-03-29T01:30:00.000Z"]],
    "02:30 does not exist: it opens at 03:00",
  );
  const autumn = openTimes(berlin, at("2026-10-25T00:00Z"), at("2026-10-25T12:00Z"));
  t.strictSame(
    autumn.map(({ from, to }) => [said(from), said(to)]),
    [
      ["2026-10-25T00:30:00.000Z", "2026-10-25T01:00:00.000Z"],
      ["2026-10-25T01:30:00.000Z", "2026-10-25T02:30:00.000Z"],
    ],
    "the hour that comes twice",
  );
  t.equal(localText("Asia/Kathmandu", at("2026-01-01T00:00Z")), "2026-01-01T05:45");
  t.end();
});

t.test("hours that cannot be meant are named: never open, impossible days, days named twice", (t) => {
  const fields = (hours: Hours) => hoursProblems(hours).map(({ field }) => field);
  t.strictSame(fields({ zone: "Europe/Moscow", week: [] }), ["hours.week"]);
  t.match(hoursProblems({ zone: "Europe/Moscow", week: [] }), [{ message: /never open/ }]);
  t.strictSame(
    fields({ zone: "Europe/Moscow", week: [], exceptions: [{ date: "2026-05-08", open: [{ from: "09:00", to: "10:00" }] }] }), // biome-ignore format: one case per line.
    [],
    "exceptions may open it",
  );
  t.strictSame(
    fields({
      ...moscow,
      exceptions: [
        { date: "2026-02-29", open: [] },
        { date: "2026-05-08", open: [{ from: "10:00", to: "09:00" }] },
        { date: "2026-05-08", open: [] },
      ],
      holidays: [{ monthDay: "02-29" }, { monthDay: "02-30" }, { monthDay: "02-29" }],
    }),
    [
      "hours.exceptions.1.open.0.to",
      "hours.exceptions.0.date",
      "hours.exceptions.2.date",
      "hours.holidays.1.monthDay",
      "hours.holidays.2.monthDay",
    ],
  );
  t.end();
});

const zones = ["Europe/Moscow", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe"];
const time = fc.integer({ min: 0, max: 1440 });
const clock = (minute: number) =>
  `${`${Math.floor(minute / 60)}`.padStart(2, "0")}:${`${minute % 60}`.padStart(2, "0")}`;
const range = fc
  .tuple(time, time)
  .filter(([from, to]) => from !== to)
  .map(([a, b]) => ({ from: clock(Math.min(a, b)), to: clock(Math.max(a, b)) }));
const days = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 });
const date = fc.integer({ min: 0, max: 365 }).map((day) => new Date(at("2026-01-01") + day * DAY).toISOString()); // biome-ignore format: one generator per line.
const anyHours: fc.Arbitrary<Hours> = fc.record({
  zone: fc.constantFrom(...zones),
  week: fc.array(
    fc.tuple(range, days).map(([each, on]) => ({ ...each, days: on as [1] })),
    { maxLength: 4 },
  ),
  exceptions: fc.uniqueArray(
    fc.record({ date: date.map((day) => day.slice(0, 10)), open: fc.array(range, { maxLength: 2 }) }),
    { selector: (each) => each.date, maxLength: 30 },
  ),
  holidays: fc.array(fc.record({ monthDay: date.map((day) => day.slice(5, 10)) }), { maxLength: 30 }),
});
const anyInstant = fc.integer({ min: at("2025-12-25") / 1000, max: at("2027-01-07") / 1000 }).map((s) => s * 1000); // biome-ignore format: one generator per line.

t.test("ROUTE-07, D-07 the fallback's lines open and close exactly as the core does", (t) => {
  // Whatever else lines have is not looked at here.
  const template = readFileSync(join(templateFolder, "generated/lines.conf.mustache"), "utf8");
  const names = [...template.matchAll(/\{\{[#^]?(\w+)\}\}/g)].map(([, name = ""]) => [name, ""]);
  const line = (hours: Hours) => ({ ...Object.fromEntries(names), key: "l1", ...openingView(hours) });
  fc.assert(
    fc.property(anyHours, fc.array(anyInstant, { minLength: 5, maxLength: 20 }), (hours, instants) => {
      const view = { ...Object.fromEntries(names), lines: [line(hours)] };
      const text = fill("generated/lines.conf.mustache", view);
      const dates = hours.exceptions?.map((each) => at(`${each.date}T12:00Z`)) ?? [];
      for (const moment of [...instants, ...dates])
        if (fallbackOpens(text, "l1", moment) !== isOpen(hours, moment))
          throw new Error(`${new Date(moment).toISOString()}: ${JSON.stringify(hours)}\n${text}`);
    }),
    { numRuns: 120 },
  );
  t.pass("every instant tried");
  t.end();
});

t.test("ROUTE-07, ROUTE-08 what is said to come next is what a minute-by-minute look finds", (t) => {
  fc.assert(
    fc.property(anyHours, anyInstant, (hours, from) => {
      const { open, nextChangeAt } = nextTimes(hours, from);
      let found: number | undefined;
      const first = Math.floor(from / MINUTE) * MINUTE;
      for (let moment = first + MINUTE; moment < from + 3 * DAY; moment += MINUTE)
        if (isOpen(hours, moment) !== open) {
          found = moment;
          break;
        }
      const expected = nextChangeAt !== undefined && nextChangeAt < from + 3 * DAY ? nextChangeAt : undefined;
      if (found !== expected)
        throw new Error(
          `${said(from)}: said ${said(expected)}, found ${said(found)} ${JSON.stringify(hours)}`,
        );
    }),
    { numRuns: 25 },
  );
  t.match(localTime("Europe/Moscow", at("2026-01-05T09:00Z")), {
    date: "2026-01-05",
    weekday: 1,
    minute: 720,
  });
  t.end();
});
