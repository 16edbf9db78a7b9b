/** What a campaign may do. */
import { Type } from "typebox";
import { CAMPAIGN_MODES, PURPOSES } from "../../core/dialling/campaign.ts";
import { LEAST_RING_SECONDS, type Policy, RETRIED } from "../../core/dialling/policy.ts";
import { PRESET_NAMES, type PresetName } from "../../core/dialling/presets.ts";
import type { PolicyChange } from "../../core/dialling/wished-policy.ts";
import { Closed, Name, Nullable } from "./common.ts";
import { Day, dayRange, Weekday } from "./lines.ts";

export const Mode = Type.Enum([...CAMPAIGN_MODES], {
  description:
    "`preview`: an agent sees the contact and decides; `progressive`: one dial for each free agent; `power`: a fixed ratio; `predictive`: the pacer decides; `agentless`: an announcement.",
});
export const PurposeOf = Type.Enum([...PURPOSES], {
  description: "The law asks it first: advertising may not be dialled by machines in Russia (38-FZ art. 18).",
});
const Preset = Type.Enum([...PRESET_NAMES] as PresetName[], { description: "Where the policy begins." });

const count = (maximum: number, description: string) =>
  Nullable(Type.Integer({ minimum: 1, maximum, description }));
const hours = (maximum: number, description: string) => Type.Integer({ minimum: 0, maximum, description });

const abandonment = {
  limitPercent: Type.Number({
    minimum: 0,
    maximum: 100,
    description: "Abandoned calls in per cent of those answered by a person.",
  }),
  windowHours: Type.Integer({
    minimum: 1,
    maximum: 8760,
    description: "Over how long they are counted, backwards from now: 24, 720 (30 days), or any other.",
  }),
  countFalsePositives: Type.Boolean({
    description: "Persons whom AMD took for machines are added to the abandoned ones.",
  }),
  connectSeconds: Type.Number({
    minimum: 0.5,
    maximum: 10,
    description: "An agent has to be there within so many seconds.",
  }),
  clock: Type.Enum(["answer", "greeting-end"], { description: "From when those seconds count." }),
  message: Type.Boolean({ description: "Who called is said when no agent is there." }),
  refusalKey: Nullable(
    Type.String({
      pattern: "^[0-9*#]$",
      description: "Puts the number on the refusal list while the message plays.",
    }),
  ),
};
const redial = {
  abandonedHours: hours(744, "After an abandoned call, unless an agent is sure to be there."),
  machineHours: hours(744, "After AMD took somebody for a machine, unless an agent is sure to be there."),
};
const attempts = {
  per: Type.Enum(["number", "person"], { description: "Whose attempts are counted." }),
  day: count(50, "In any 24 hours, by all campaigns and agents; null: any number."),
  week: count(200, "In any 7 days."),
  month: count(500, "In any 31 days."),
  total: count(100, "By this campaign, for one contact."),
};
const retryRule = Type.Object(
  {
    minutes: Type.Integer({ minimum: 1, maximum: 100_000, description: "Called again after so long." }),
    most: Type.Integer({
      minimum: 1,
      maximum: 50,
      description: "After so many such endings the contact is done.",
    }),
  },
  Closed,
);
const retry = Type.Object(Object.fromEntries(RETRIED.map((ending) => [ending, Type.Optional(retryRule)])), {
  ...Closed,
  description: "By ending; after endings that are not named the contact is done.",
});
const ranges = Type.Array(Type.Object(dayRange, Closed), { maxItems: 20 });
const calendar = Type.Object(
  {
    week: Type.Array(
      Type.Object(
        { days: Type.Array(Weekday, { minItems: 1, maxItems: 7, uniqueItems: true }), ...dayRange },
        Closed,
      ),
      { maxItems: 50 },
    ),
    holidays: Type.Optional(
      Type.Array(
        Type.Object(
          {
            monthDay: Day("^[01][0-9]-[0-3][0-9]$", "05-01"),
            name: Type.Optional(Name()),
            open: Type.Optional(ranges),
          },
          Closed,
        ),
        { maxItems: 366 },
      ),
    ),
    exceptions: Type.Optional(
      Type.Array(
        Type.Object(
          {
            date: Day("^[0-9]{4}-[01][0-9]-[0-3][0-9]$", "2027-01-04"),
            name: Type.Optional(Name()),
            open: ranges,
          },
          Closed,
        ),
        { maxItems: 1000, description: "They outrank holidays, which outrank the week." },
      ),
    ),
  },
  {
    ...Closed,
    description:
      "When people may be called, by the clock on their own wall. A number whose zone nobody knows is called when all zones of its country allow it.",
  },
);
const modes = Object.fromEntries(
  PURPOSES.map((purpose) => [purpose, Type.Array(Type.Enum([...CAMPAIGN_MODES]), { uniqueItems: true })]),
);
const consentFor = Type.Array(Type.Enum([...PURPOSES]), {
  uniqueItems: true,
  description: "For these purposes there has to be evidence of consent (`/v1/consents`).",
});
const minRingSeconds = Type.Integer({
  minimum: LEAST_RING_SECONDS,
  maximum: 60,
  description: "Nobody's phone is let ring for less before we hang up.",
});

const section = { ...Closed, minProperties: 1 };

export const PolicyWish = Type.Unsafe<PolicyChange>(
  Type.Partial(
    Type.Object({
      preset: Preset,
      abandonment: Type.Partial(Type.Object(abandonment), section),
      minRingSeconds,
      redial: Type.Partial(Type.Object(redial), section),
      attempts: Type.Partial(Type.Object(attempts), section),
      retry,
      calendar,
      modes: Type.Partial(Type.Object(modes), section),
      consentFor,
    }),
    {
      ...section,
      description:
        "A preset, and what is to be different. Figures are completed from what there is; retry rules, calendar and lists are taken whole.",
    },
  ),
);

export const PolicyView = Type.Unsafe<Policy>(
  Type.Object({
    preset: Type.String(),
    abandonment: Type.Object(abandonment),
    minRingSeconds,
    redial: Type.Object(redial),
    attempts: Type.Object(attempts),
    retry,
    calendar,
    modes: Type.Object(modes),
    consentFor,
  }),
);
