/** Lines. */
import { Type } from "typebox";
import { REFUSED_CALLS } from "../../core/dialling/by-hand.ts";
import { PRESET_NAMES } from "../../core/dialling/presets.ts";
import type { Hours } from "../../core/routing/hours.ts";
import { STANDARD_PROMPTS } from "../../core/routing/prompts.ts";
import {
  AppliedView,
  ChangeOf,
  Closed,
  Id,
  Instant,
  ListOf,
  Name,
  Nullable,
  PhoneText,
  PhoneView,
} from "./common.ts";

/** What a new line is when nothing else is said. */
export const NEW_LINE = {
  ownerFirst: true,
  priority: 0,
  ownerWaitSeconds: 0,
  hours: null,
  language: "ru",
  recording: "stereo",
  announceRecording: false,
  retentionDays: null,
  voicemail: "off",
  voicemailSeconds: 120,
  responsibleId: null,
  project: null,
  city: null,
  prompts: STANDARD_PROMPTS,
  shortNumber: null,
  consultationOnly: false,
  blindNoAnswer: "end",
  dialPreset: "russia-service",
  dialWeek: null,
  dialRefused: "never",
} as const;

export const Weekday = Type.Union(([1, 2, 3, 4, 5, 6, 7] as const).map((day) => Type.Literal(day)));
export const Day = (pattern: string, example: string) => Type.String({ pattern, examples: [example] });
export const dayRange = {
  from: Type.String({ pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$", examples: ["09:00"] }),
  to: Type.String({ pattern: "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", examples: ["18:00"] }),
};
/** Open ranges of ordinary days. */
export const Week = Type.Unsafe<Hours["week"]>(
  Type.Array(
    Type.Object(
      {
        days: Type.Array(Weekday, {
          minItems: 1,
          maxItems: 7,
          uniqueItems: true,
          description: "1 = Monday … 7 = Sunday.",
        }),
        ...dayRange,
      },
      Closed,
    ),
    { maxItems: 50 },
  ),
);
const HoursShape = Type.Unsafe<Hours>(
  Type.Object(
    {
      zone: Type.String({
        maxLength: 50,
        examples: ["Europe/Moscow"],
        description: "IANA zone of the line.",
      }),
      week: Week,
      exceptions: Type.Optional(
        Type.Array(
          Type.Object(
            {
              date: Day("^[0-9]{4}-[01][0-9]-[0-3][0-9]$", "2026-05-08"),
              name: Type.Optional(Name()),
              open: Type.Array(Type.Object(dayRange, Closed), {
                maxItems: 20,
                description: "Empty: closed all day.",
              }),
            },
            Closed,
          ),
          { maxItems: 400, description: "Single days that are not as their weekday; they outrank holidays." },
        ),
      ),
      holidays: Type.Optional(
        Type.Array(
          Type.Object(
            { monthDay: Day("^[01][0-9]-[0-3][0-9]$", "01-01"), name: Type.Optional(Name()) },
            Closed,
          ),
          { maxItems: 366, description: "Days on which the line is closed every year." },
        ),
      ),
    },
    { ...Closed, description: "Open ranges in the line's own zone (ROUTE-07, D-07)." },
  ),
);

const SOUND = "«standard», or the id of an uploaded sound.";
const Spoken = (description: string) =>
  Type.Union([Type.Literal("standard"), Id()], { description: `${description} ${SOUND}` });
const Optional = (description: string) =>
  Type.Union([Type.Literal("standard"), Type.Literal("none"), Id()], { description });
const slots = {
  arrival: Optional(`Once, before an agent is looked for (PROMPT-03, PROMPT-07). «none», ${SOUND}`),
  waiting: Optional(
    `Over and over while a phone rings, and by turns with \`busy\` (PROMPT-03, PROMPT-04). «none»: ringing tone, and music in the queue. ${SOUND}`,
  ),
  busy: Spoken("While everybody is busy, by turns with `waiting` (PROMPT-04)."),
  "no-answer": Spoken("Nobody can answer; then the call ends (PROMPT-05)."),
  "out-of-hours": Spoken("Then the call ends (PROMPT-06)."),
};
const SlotsShape = Type.Object(slots, { ...Closed, description: "What the line says (PROMPT-01)." });
const SomeSlots = Type.Partial(SlotsShape, { ...Closed, minProperties: 1 });

const settings = {
  queueId: Id("The queue whose agents take the line's calls."),
  ownerFirst: Type.Boolean({ description: "A known client goes to their own agent first (ROUTE-05)." }),
  priority: Type.Integer({
    minimum: 0,
    maximum: 20,
    description: "Callers of a higher priority go before those of a lower one who wait already.",
  }),
  ownerWaitSeconds: Type.Integer({
    minimum: 0,
    maximum: 600,
    description:
      "How long a caller may wait for the owner who is in a talk, if such talks are likely to end in that time (ROUTE-05); 0: not at all.",
  }),
  hours: Nullable(HoursShape),
  language: Type.Enum(["ru", "en"]),
  recording: Type.Enum(["off", "stereo", "mixed"]),
  announceRecording: Type.Boolean({ description: "Say «the call is recorded» first." }),
  retentionDays: Nullable(
    Type.Integer({
      minimum: 1,
      maximum: 36_500,
      description: "Recordings older than this are deleted every night; null: never (REC-03).",
    }),
  ),
  voicemail: Type.Enum(["off", "no-answer", "out-of-hours", "both"], {
    description: "At which endings a caller may leave a message (D-39).",
  }),
  voicemailSeconds: Type.Integer({ minimum: 10, maximum: 600, description: "A message's greatest length." }),
  consultationOnly: Type.Boolean({ description: "No customer may be handed to this line (XFER-05)." }),
  blindNoAnswer: Type.Enum(["end", "return"], {
    description:
      "A call of this line that was handed over without a consultation and not taken within 30 s: it ends, or returns to the agent (D-04).",
  }),
  project: Nullable(Name("The project that its calls belong to, such as «01_Заказ» (LINE-19).")),
  city: Nullable(Name("The city of the number (LINE-19).")),
  dialPreset: Type.Enum([...PRESET_NAMES], {
    description:
      "By whose hours and attempts the gate lets calls for later be placed by themselves (DEFER-01); those that it refuses are put off.",
  }),
  dialWeek: Nullable(Week),
  dialRefused: Type.Enum([...REFUSED_CALLS], {
    description:
      "Whether agents may call numbers on the refusal list: never, or when the customer asked for the call (a call for later, an order, `askedFor`).",
  }),
  responsibleId: Nullable(
    Id("The agent who is told of calls missed out of hours or offered to nobody (MISS-01, D-43)."),
  ),
};
const shortNumber = Nullable(
  Type.String({
    pattern: "^[0-9]{2,6}$",
    description: "For colleagues: a target of calls and transfers (LINE-20).",
    examples: ["4401"],
  }),
);
const routing = {
  menuId: Nullable(Id("null: the main menu, which is the first that was made (IVR-01).")),
  menuWhen: Type.Enum(["always", "open", "closed", "never"], {
    description:
      "When the menu is played: at any time, in the working hours, outside of them, never (IVR-02).",
  }),
  trunkId: Nullable(Id("Through which trunk numbers outside are called; null: the first that can.")),
  forwardMode: Type.Enum(["off", "number", "agents"], {
    description: "Where calls go that nobody took: nowhere, to one number, to agents' own numbers (FWD-01).",
  }),
  forwardSeconds: Type.Integer({ minimum: 5, maximum: 120, description: "How long it rings (FWD-04)." }),
  forwardAttempts: Type.Integer({
    minimum: 1,
    maximum: 5,
    description: "How often each is called (FWD-04).",
  }),
  forwardCallerId: Type.Enum(["caller", "line"], { description: "Whose number is shown there (FWD-05)." }),
};
const forwardNumber = Nullable(PhoneText);
const name = Name("Shown to the agent when it rings (LINE-15).");
const fields = {
  ...{ number: PhoneText, name, shortNumber, ...settings },
  ...{ prompts: SomeSlots, ...routing, forwardNumber },
};

const view = {
  id: Id(),
  number: PhoneView,
  name: Type.String(),
  shortNumber,
  ...settings,
  ...routing,
  forwardNumber: Nullable(PhoneView),
  forwardVerifiedAt: Nullable(Instant("null: nothing is forwarded to it yet (FWD-02).")),
  openNow: Type.Boolean({ description: "Whether it is open at this moment; see /open for when next." }),
  prompts: SlotsShape,
  createdAt: Instant(),
};

export const NewLine = Type.Object(
  {
    number: PhoneText,
    name,
    queueId: settings.queueId,
    ownerFirst: Type.Optional(settings.ownerFirst),
    priority: Type.Optional(settings.priority),
    ownerWaitSeconds: Type.Optional(settings.ownerWaitSeconds),
    hours: Type.Optional(settings.hours),
    language: Type.Optional(settings.language),
    recording: Type.Optional(settings.recording),
    announceRecording: Type.Optional(settings.announceRecording),
    prompts: Type.Optional(SomeSlots),
    retentionDays: Type.Optional(settings.retentionDays),
    voicemail: Type.Optional(settings.voicemail),
    voicemailSeconds: Type.Optional(settings.voicemailSeconds),
    project: Type.Optional(settings.project),
    city: Type.Optional(settings.city),
    responsibleId: Type.Optional(settings.responsibleId),
    shortNumber: Type.Optional(shortNumber),
    consultationOnly: Type.Optional(settings.consultationOnly),
    blindNoAnswer: Type.Optional(settings.blindNoAnswer),
    dialPreset: Type.Optional(settings.dialPreset),
    dialWeek: Type.Optional(settings.dialWeek),
    dialRefused: Type.Optional(settings.dialRefused),
    ...Type.Partial(Type.Object(routing)).properties,
    forwardNumber: Type.Optional(forwardNumber),
  },
  { ...Closed, description: `Left out: ${JSON.stringify(NEW_LINE)}.` },
);
export const LineChange = ChangeOf(fields);
export const LineView = Type.Object(view);
export const LineList = ListOf(LineView);
export const LineApplied = Type.Object({ ...view, applied: AppliedView });
export const LineScope = Type.Object(
  {
    scope: Type.Enum(["this", "all"], {
      default: "this",
      description: "`all` saves these settings for every line (LINE-14).",
    }),
  },
  Closed,
);
export const OpenQuery = Type.Object(
  {
    at: Type.Optional(Instant("Default: now.")),
    zone: Type.Optional(
      Type.String({
        maxLength: 50,
        examples: ["Asia/Vladivostok"],
        description: "The reader's own IANA zone; default: the line's (ROUTE-08).",
      }),
    ),
  },
  Closed,
);
const Local = (description: string) => Type.String({ examples: ["2026-03-02T09:30"], description });
export const OpenView = Type.Object({
  open: Type.Boolean(),
  zone: Nullable(Type.String({ description: "null: the line has no hours and is always open." })),
  localTime: Nullable(Local("The line's wall clock.")),
  nextChangeAt: Nullable(Instant("When it opens or closes next; null: never.")),
  nextOpenAt: Nullable(Instant("When it opens next; null: it is open, or never will be.")),
  shown: Type.Object(
    {
      zone: Type.String(),
      localTime: Local("The reader's wall clock."),
      nextChange: Nullable(Local("The next change on the reader's wall clock.")),
      openTimes: Type.Array(Type.Object({ from: Local("Opens."), to: Local("Closes.") }), {
        description: "The next seven days, cut off at both ends.",
      }),
    },
    { description: "The same on the reader's wall clock: `zone` of the query (ROUTE-08)." },
  ),
});
