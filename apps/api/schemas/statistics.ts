/** Statistics: shapes made from the figures' definitions, so that a page of the API says what each one means. */
import { type TSchema, Type } from "typebox";
import type { AgentFigures } from "../../core/statistics/agent-figures.ts";
import type { CallFigures } from "../../core/statistics/call-figures.ts";
import { FIGURES } from "../../core/statistics/definitions.ts";
import type { Figure } from "../../core/statistics/figure.ts";
import { WAIT_BUCKETS } from "../../core/statistics/outcomes.ts";
import { Closed, Id, Instant, ListOf, Nullable } from "./common.ts";

const Zone = () =>
  Type.String({ minLength: 1, maxLength: 60, description: "IANA time zone.", examples: ["Europe/Moscow"] });

/** Averages, shares and longest ones are null when there was nothing to take them of. */
function figure(key: string, { unit, definition, formula }: Figure): TSchema {
  const description = formula ? `${definition} = ${formula}` : definition;
  if (key === "abandonedByWait")
    return Type.Object(
      Object.fromEntries(WAIT_BUCKETS.map((bucket) => [bucket.key, Type.Integer({ minimum: 0 })])),
      { description },
    );
  if (unit === "percent") return Nullable(Type.Number({ description, minimum: 0 }));
  if (/^(average|longest)/.test(key)) return Nullable(Type.Integer({ description, minimum: 0 }));
  return Type.Integer({ description, minimum: 0 });
}

const figures = (group: Readonly<Record<string, Figure>>) =>
  Object.fromEntries(Object.entries(group).map(([key, each]) => [key, figure(key, each)]));

export const CallFiguresView = Type.Unsafe<CallFigures>(Type.Object(figures(FIGURES.calls)));
const AgentFiguresView = Type.Unsafe<AgentFigures>(Type.Object(figures(FIGURES.agents)));

export const StatisticsQuery = Type.Object(
  {
    since: Type.Optional(Instant("Arrived at this instant or later; default: the beginning of today.")),
    until: Type.Optional(Instant("Arrived before this instant; default: now.")),
    interval: Type.Enum(["hour", "day", "total"], {
      default: "total",
      description:
        "Hours and days of the zone's clock; the first and the last may be cut by since and until.",
    }),
    zone: Type.Optional(Zone()),
    id: Type.Optional(Id("Only this one.")),
    format: Type.Optional(
      Type.Enum(["json", "csv"], {
        description: "csv, or `Accept: text/csv`, answers a file for a spreadsheet.",
      }),
    ),
  },
  Closed,
);

const stretch = {
  from: Instant("Of this interval; included."),
  to: Instant("Excluded."),
};
const asked = {
  since: Instant(),
  until: Instant(),
  interval: Type.Enum(["hour", "day", "total"]),
  zone: Type.String(),
};
const tableOf = <Figures extends TSchema>(who: Record<string, TSchema>, view: Figures) =>
  Type.Object({
    ...asked,
    items: Type.Array(Type.Object({ id: Id(), name: Type.String(), ...who, ...stretch, figures: view }), {
      description: "For total everybody; for hours and days those intervals in which something happened.",
    }),
  });

export const QueueStatistics = tableOf({}, CallFiguresView);
export const LineStatistics = tableOf({ number: Type.String() }, CallFiguresView);
export const AgentStatistics = tableOf({ shortNumber: Type.String() }, AgentFiguresView);

export const Definitions = ListOf(
  Type.Object({
    group: Type.Enum(Object.keys(FIGURES) as (keyof typeof FIGURES)[]),
    key: Type.String(),
    name: Type.String(),
    unit: Type.String(),
    definition: Type.String(),
    formula: Nullable(Type.String()),
  }),
);

export const LiveQuery = Type.Object({ zone: Type.Optional(Zone()) }, Closed);

const { live } = FIGURES;
const windowed = (each: Figure) =>
  Type.Unsafe<CallFigures>({ ...CallFiguresView, description: each.definition });
const now = Nullable(
  Type.Object(
    {
      waiting: Type.Integer({ description: live.waiting.definition }),
      longestWaitMs: Nullable(Type.Integer({ description: live.longestWaitMs.definition })),
      agents: Type.Record(Type.String(), Type.Integer(), { description: live.agents.definition }),
    },
    { description: "null while the engine is away." },
  ),
);
const windows = {
  last15Minutes: windowed(live.last15Minutes),
  last30Minutes: windowed(live.last30Minutes),
  today: windowed(live.today),
};
const midnight = {
  zone: Type.String({ description: "Whose midnight begins today." }),
  todaySince: Instant(),
};

export const LiveStatistics = Type.Object({
  at: Instant(),
  total: Type.Object(
    { now, ...midnight, ...windows },
    { description: "All customers' calls, of any queue." },
  ),
  queues: Type.Array(
    Type.Object({
      id: Id(),
      name: Type.String(),
      target: Type.Object(
        { seconds: Type.Integer(), percent: Type.Integer() },
        { description: "The queue's serviceLevelSeconds and serviceLevelPercent." },
      ),
      now,
      ...midnight,
      ...windows,
    }),
  ),
});

export const HomeQuery = LiveQuery;
export const HomeView = Type.Object({
  agentId: Id(),
  zone: Type.String({
    description:
      "Whose midnight begins today: the one asked for, else that of the working hours of the agent's first line that has some, else UTC.",
  }),
  since: Instant(),
  at: Instant(),
  ...(figures(FIGURES.home) as Record<keyof typeof FIGURES.home, ReturnType<typeof Type.Integer>>),
  figures: AgentFiguresView,
});
