/**
 * Ready policies. A preset is where a campaign's policy begins; every field can be changed afterwards, within what
 * policy-problems.ts lets pass. Where no law gives a figure, the product's own is said to be one.
 */
import type { DayRange, Holiday, HoursException, Weekday } from "../routing/hours.ts";
import { CAMPAIGN_MODES, type CampaignMode, type Purpose } from "./campaign.ts";
import type { AbandonmentPolicy, Calendar, Policy } from "./policy.ts";

const WORKDAYS: readonly Weekday[] = [1, 2, 3, 4, 5];
const WEEKEND: readonly Weekday[] = [6, 7];
const ALL = CAMPAIGN_MODES;

/**
 * 3 % is the US limit (16 CFR 310.4(b)(4)(i)) and was Ofcom's until 2017; Russia has none, and the product keeps it all
 * the same. Two seconds from the answer, because the end of a greeting is later than that.
 */
const ABANDONMENT: AbandonmentPolicy = {
  limitPercent: 3,
  windowHours: 24,
  countFalsePositives: true,
  connectSeconds: 2,
  clock: "answer",
  message: true,
  refusalKey: "9",
};

/** The product's own: the same person is not tried for ever, and not twice within minutes. */
const RETRY: Policy["retry"] = {
  no_answer: { minutes: 180, most: 3 },
  busy: { minutes: 20, most: 4 },
  machine: { minutes: 24 * 60, most: 2 },
  abandoned: { minutes: 72 * 60, most: 2 },
  unreachable: { minutes: 120, most: 3 },
  failed: { minutes: 30, most: 3 },
  shed: { minutes: 60, most: 3 },
  cancelled: { minutes: 30, most: 3 },
  lost: { minutes: 60, most: 2 },
};

/** Ofcom's for all, because it is the strictest: 72 hours after an abandoned call, 24 after a machine. */
const REDIAL = { abandonedHours: 72, machineHours: 24 };

const BASE = { minRingSeconds: 15, redial: REDIAL, retry: RETRY, abandonment: ABANDONMENT } as const;

function everyPurpose(modes: readonly CampaignMode[]): Record<Purpose, readonly CampaignMode[]> {
  return { service: modes, advertising: modes, survey: modes, reminder: modes, debt: modes };
}

/**
 * 38-FZ art. 18(2): no advertising by dialling without a person who dials, so an agent sees the contact and decides.
 * 38-FZ art. 18(1): no advertising without consent, and whoever calls has to prove it.
 */
const RUSSIAN = {
  modes: { ...everyPurpose(ALL), advertising: ["preview"] },
  consentFor: ["advertising"],
} as const;

/** 1 to 8 January, 23 February, 8 March, 1 and 9 May, 12 June, 4 November: Labour code of Russia, art. 112. */
const HOLIDAYS = [
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((day) => `01-0${day}`),
  ...["02-23", "03-08", "05-01", "05-09", "06-12", "11-04"],
];
/** How far ahead days off that move are written out. */
const YEARS = [2026, 2027, 2028, 2029, 2030, 2031, 2032, 2033, 2034, 2035];
/** Days off that the government moved to workdays by its yearly decree; those of later years have to be added. */
const DECREED = ["2026-01-09", "2026-12-31"];

/** Every day of the week, and other hours on weekends and on Russia's holidays and days off. */
function russianCalendar(workday: DayRange, dayOff: DayRange): Calendar {
  const holidays: Holiday[] = HOLIDAYS.map((monthDay) => ({ monthDay, open: [dayOff] }));
  const exceptions: HoursException[] = [...movedDaysOff(), ...DECREED]
    .sort()
    .map((date) => ({ date, open: [dayOff] }));
  return { ...week(workday, dayOff), holidays, exceptions };
}

function week(workday: DayRange, dayOff: DayRange): Pick<Calendar, "week"> {
  return {
    week: [
      { days: WORKDAYS, ...workday },
      { days: WEEKEND, ...dayOff },
    ],
  };
}

/** Labour code, art. 112(2): a holiday on a weekend, January's apart, makes the next workday a day off. */
function movedDaysOff(): string[] {
  return YEARS.flatMap((year) =>
    HOLIDAYS.filter((day) => !day.startsWith("01-")).flatMap((day) => {
      const date = new Date(`${year}-${day}T00:00:00Z`);
      const after = { 6: 2, 0: 1 }[date.getUTCDay()];
      if (after === undefined) return [];
      date.setUTCDate(date.getUTCDate() + after);
      return [date.toISOString().slice(0, 10)];
    }),
  );
}

export const PRESETS = {
  /** Hours and attempts are the product's own: no federal law gives any for calls that people expect. */
  "russia-service": {
    ...BASE,
    ...RUSSIAN,
    preset: "russia-service",
    attempts: { per: "number", day: 3, week: 7, month: 15, total: 6 },
    calendar: russianCalendar({ from: "09:00", to: "21:00" }, { from: "10:00", to: "20:00" }),
  },
  /** 38-FZ art. 18; hours and attempts are the product's own. */
  "russia-advertising": {
    ...BASE,
    ...RUSSIAN,
    preset: "russia-advertising",
    attempts: { per: "number", day: 1, week: 2, month: 4, total: 3 },
    calendar: russianCalendar({ from: "09:00", to: "20:00" }, { from: "10:00", to: "18:00" }),
  },
  /**
   * 230-FZ art. 7(3): by phone at most once in 24 hours, twice in a week and eight times in a month with one debtor, on
   * workdays between 8 and 22, on days off between 9 and 20 of the debtor's time; since 1 February 2024 (467-FZ) calls by
   * machines count. Attempts that nobody answered are counted as well.
   */
  "russia-debt": {
    ...BASE,
    ...RUSSIAN,
    preset: "russia-debt",
    attempts: { per: "person", day: 1, week: 2, month: 8, total: null },
    calendar: russianCalendar({ from: "08:00", to: "22:00" }, { from: "09:00", to: "20:00" }),
  },
  /**
   * FTC Telemarketing Sales Rule, 16 CFR 310.4: 3 % over 30 days or the campaign, two seconds after the greeting, 15 s of
   * ringing, 8 to 21 of the called person's time (310.4(c)). TCPA, 47 CFR 64.1200(a): consent for autodialled sales calls.
   */
  "us-tsr": {
    ...BASE,
    preset: "us-tsr",
    abandonment: {
      ...ABANDONMENT,
      windowHours: 30 * 24,
      clock: "greeting-end",
    },
    attempts: { per: "number", day: 3, week: 8, month: 20, total: 8 },
    calendar: week({ from: "08:00", to: "21:00" }, { from: "08:00", to: "21:00" }),
    modes: everyPurpose(ALL),
    consentFor: ["advertising"],
  },
  /**
   * Ofcom's persistent misuse statement: any abandoned call may be misuse since 1 March 2017; 3 % in 24 hours with a
   * reasoned estimate of AMD's false positives stays the internal ceiling. Hours are the product's own. PECR reg. 21:
   * no sales calls to who has objected; reg. 19: none by machines alone without consent.
   */
  uk: {
    ...BASE,
    preset: "uk",
    attempts: { per: "number", day: 3, week: 8, month: 20, total: 8 },
    calendar: week({ from: "08:00", to: "21:00" }, { from: "09:00", to: "20:00" }),
    modes: { ...everyPurpose(ALL), advertising: ["preview", "progressive", "power", "predictive"] },
    consentFor: ["advertising"],
  },
} as const satisfies Readonly<Record<string, Policy>>;

export type PresetName = keyof typeof PRESETS;
export const PRESET_NAMES = Object.keys(PRESETS) as readonly PresetName[];
