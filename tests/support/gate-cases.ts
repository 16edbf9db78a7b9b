/** Random campaigns, callees and moments, with everything near its limits more often than chance would have it. */
import fc from "fast-check";
import { ATTEMPT_ENDINGS, CAMPAIGN_MODES, PURPOSES } from "../../apps/core/dialling/campaign.ts";
import type { Asking, Callee, PastAttempt } from "../../apps/core/dialling/gate.ts";
import type { Calendar, Policy } from "../../apps/core/dialling/policy.ts";
import { PRESETS } from "../../apps/core/dialling/presets.ts";
import { zonesOf } from "../../apps/core/dialling/zones.ts";
import type { Weekday } from "../../apps/core/routing/hours.ts";

const HOUR = 3_600_000;
const PHONES = [
  "+74951234567",
  "+79161234567",
  "+74232123456",
  "+12125550123",
  "+77011234567",
  "+442079460000",
  "+4930123456",
  "+18005550123",
  "+99912345678",
];
const ZONES = [
  "Europe/Moscow",
  "Asia/Kamchatka",
  "Europe/Kaliningrad",
  "America/New_York",
  "Europe/London",
  "America/St_Johns",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "Pacific/Apia",
  "Africa/Casablanca",
  "America/Havana",
];

const clock = (text: number) =>
  `${String(Math.floor(text / 60)).padStart(2, "0")}:${String(text % 60).padStart(2, "0")}`;
const range = fc
  .tuple(fc.integer({ min: 0, max: 47 }), fc.integer({ min: 1, max: 48 }))
  .filter(([from, length]) => from + length <= 48)
  .map(([from, length]) => ({ from: clock(from * 30), to: clock((from + length) * 30) }));
const days = fc.subarray([1, 2, 3, 4, 5, 6, 7] as Weekday[], { minLength: 1 });
const dayOf = fc.date({ min: new Date("2026-01-01"), max: new Date("2027-03-31"), noInvalidDate: true });

/** Random weeks, holidays with and without hours, and exceptions. */
export const calendars: fc.Arbitrary<Calendar> = fc.record({
  week: fc.array(
    fc.tuple(days, range).map(([on, hours]) => ({ days: on, ...hours })),
    { minLength: 1, maxLength: 4 },
  ),
  holidays: fc.uniqueArray(
    fc
      .tuple(dayOf, fc.option(fc.array(range, { maxLength: 2 }), { nil: undefined }))
      .map(([date, open]) => ({ monthDay: date.toISOString().slice(5, 10), open })),
    { maxLength: 20, selector: ({ monthDay }) => monthDay },
  ),
  exceptions: fc.uniqueArray(
    fc
      .tuple(dayOf, fc.array(range, { maxLength: 2 }))
      .map(([date, open]) => ({ date: date.toISOString().slice(0, 10), open })),
    { maxLength: 20, selector: ({ date }) => date },
  ),
});

const limit = (max: number) => fc.option(fc.integer({ min: 1, max }), { nil: null, freq: 3 });
const modes = fc.subarray([...CAMPAIGN_MODES], { minLength: 3 });

/** Random policies: presets' parts and random ones. */
export const policies: fc.Arbitrary<Policy> = fc
  .record({
    base: fc.constantFrom(...Object.values<Policy>(PRESETS)),
    calendar: fc.oneof(calendars, fc.constant(undefined)),
    attempts: fc.option(
      fc.record({
        per: fc.constantFrom("number", "person"),
        day: limit(3),
        week: limit(5),
        month: limit(9),
        total: limit(5),
      }),
      { nil: undefined },
    ),
    redial: fc.record({
      abandonedHours: fc.constantFrom(0, 24, 72),
      machineHours: fc.constantFrom(0, 1, 24),
    }),
    modes: fc.option(
      fc.record({ service: modes, advertising: modes, survey: modes, reminder: modes, debt: modes }),
      { nil: undefined },
    ),
    consentFor: fc.subarray([...PURPOSES], { maxLength: 2 }),
  })
  .map(({ base, calendar, attempts, redial, modes: own, consentFor }) => ({
    ...base,
    calendar: calendar ?? base.calendar,
    attempts: attempts ?? base.attempts,
    redial,
    modes: own ?? base.modes,
    consentFor,
  }));

/** Moments of fifteen months, every second one on a full quarter of an hour, as limits are. */
export const moments = fc
  .tuple(fc.integer({ min: Date.parse("2026-01-01Z"), max: Date.parse("2027-03-31Z") }), fc.boolean())
  .map(([at, full]) => (full ? Math.round(at / (HOUR / 4)) * (HOUR / 4) : at));

/** How long ago: anywhere in 40 days, or around the limits of a day, 72 hours, a week and a month. */
const ago = fc.oneof(
  fc.integer({ min: 1, max: 40 * 24 * HOUR }),
  fc
    .tuple(fc.constantFrom(24, 72, 168, 744), fc.integer({ min: -2, max: 2 }))
    .map(([hours, ms]) => hours * HOUR + ms),
  fc.integer({ min: 1, max: 26 * HOUR }),
);

const past = (phone: string, at: number) =>
  fc
    .array(
      fc.record({
        own: fc.boolean(),
        ago,
        ending: fc.option(fc.constantFrom(...ATTEMPT_ENDINGS, "abandoned" as const, "machine" as const), {
          nil: undefined,
          freq: 8,
        }),
        lasted: fc.integer({ min: 0, max: 120_000 }),
        open: fc.integer({ min: 0, max: 19 }).map((dice) => dice === 0),
      }),
      { maxLength: 5 },
    )
    .map((list): PastAttempt[] =>
      list.map((one) => {
        const began = at - one.ago;
        const over =
          one.ending === undefined ? {} : { ending: one.ending, endedAt: Math.min(at, began + one.lasted) };
        return {
          number: one.own ? phone : "+74950000000",
          at: began,
          ...over,
          open: one.open && one.ending === undefined,
        };
      }),
    );

/** One question to the gate, and a share of the time that it says to wait. */
export function campaignCases(): fc.Arbitrary<{ ask: Asking; who: Callee; later: number }> {
  return fc
    .record({
      policy: policies,
      at: moments,
      phone: fc.constantFrom(...PHONES),
      known: fc.option(fc.constantFrom(...ZONES), { nil: undefined, freq: 3 }),
      mode: fc.constantFrom(...CAMPAIGN_MODES),
      purpose: fc.constantFrom(...PURPOSES),
      state: fc.constantFrom(
        "running",
        "running",
        "running",
        "running",
        "running",
        "running",
        "paused",
        "draining",
      ) as fc.Arbitrary<Asking["state"]>,
      agentKept: fc.integer({ min: 0, max: 5 }).map((dice) => dice === 0),
      consent: fc.integer({ min: 0, max: 2 }).map((dice) => dice > 0),
      refusal: fc.integer({ min: 0, max: 15 }),
      attempts: fc.integer({ min: 0, max: 5 }),
      inCall: fc.integer({ min: 0, max: 19 }).map((dice) => dice === 0),
      later: fc.double({ min: 0, max: 0.999999, noNaN: true }),
    })
    .chain((one) =>
      past(one.phone, one.at).map((history) => ({
        ask: {
          state: one.state,
          mode: one.mode,
          purpose: one.purpose,
          policy: one.policy,
          agentKept: one.agentKept,
          at: one.at,
        },
        who: {
          phone: one.phone,
          zones: zonesOf(one.phone, one.known),
          refusal:
            one.refusal > 1 ? null : one.refusal === 0 ? {} : { until: one.at + (one.attempts - 2) * HOUR },
          consent: one.consent,
          past: history,
          attempts: one.attempts,
          inCall: one.inCall,
        },
        later: one.later,
      })),
    );
}
