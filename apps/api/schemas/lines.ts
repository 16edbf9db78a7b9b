/** Lines. */
import { Type } from "typebox";
import type { Hours } from "../../core/routing/hours.ts";
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
  hours: null,
  language: "ru",
  recording: "stereo",
  announceRecording: false,
  responsibleId: null,
} as const;

const Weekday = Type.Union(([1, 2, 3, 4, 5, 6, 7] as const).map((day) => Type.Literal(day)));
const HoursShape = Type.Unsafe<Hours>(
  Type.Object(
    {
      zone: Type.String({
        maxLength: 50,
        examples: ["Europe/Moscow"],
        description: "IANA zone of the line.",
      }),
      week: Type.Array(
        Type.Object(
          {
            days: Type.Array(Weekday, {
              minItems: 1,
              maxItems: 7,
              uniqueItems: true,
              description: "1 = Monday … 7 = Sunday.",
            }),
            from: Type.String({ pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$", examples: ["09:00"] }),
            to: Type.String({ pattern: "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", examples: ["18:00"] }),
          },
          Closed,
        ),
        { maxItems: 50 },
      ),
    },
    { ...Closed, description: "Open ranges in the line's own zone (ROUTE-07, D-07)." },
  ),
);

const settings = {
  queueId: Id("The queue whose agents take the line's calls."),
  ownerFirst: Type.Boolean({ description: "A known client goes to their own agent first (ROUTE-05)." }),
  hours: Nullable(HoursShape),
  language: Type.Enum(["ru", "en"]),
  recording: Type.Enum(["off", "stereo", "mixed"]),
  announceRecording: Type.Boolean({ description: "Say «the call is recorded» first." }),
  responsibleId: Nullable(
    Id("The agent who is told of calls missed out of hours or offered to nobody (MISS-01, D-43)."),
  ),
};
const name = Name("Shown to the agent when it rings (LINE-15).");
const fields = { number: PhoneText, name, ...settings };

const view = {
  id: Id(),
  number: PhoneView,
  name: Type.String(),
  ...settings,
  createdAt: Instant(),
};

export const NewLine = Type.Object(
  {
    number: PhoneText,
    name,
    queueId: settings.queueId,
    ownerFirst: Type.Optional(settings.ownerFirst),
    hours: Type.Optional(settings.hours),
    language: Type.Optional(settings.language),
    recording: Type.Optional(settings.recording),
    announceRecording: Type.Optional(settings.announceRecording),
    responsibleId: Type.Optional(settings.responsibleId),
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
export const OpenQuery = Type.Object({ at: Type.Optional(Instant("Default: now.")) }, Closed);
export const OpenView = Type.Object({
  open: Type.Boolean(),
  zone: Nullable(Type.String({ description: "null: the line has no hours and is always open." })),
  localTime: Nullable(Type.String({ examples: ["2026-03-02T09:30"] })),
});
