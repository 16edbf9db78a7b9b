/** What-if: a day again, with something changed. */
import { Type } from "typebox";
import { Closed, Id, Instant } from "./common.ts";
import { LineChange } from "./lines.ts";
import { QueueChange } from "./queues.ts";

const { strategy, answerSeconds, maxWaitSeconds } = QueueChange.properties;
const { hours, ownerFirst } = LineChange.properties;

const agents = Type.Union(
  [
    Type.Literal("all"),
    Type.Array(Id(), { maxItems: 1000, uniqueItems: true }),
    Type.Object(
      {
        add: Type.Optional(
          Type.Integer({
            minimum: 1,
            maximum: 200,
            description: "So many more, with the shifts of those who worked longest that day.",
          }),
        ),
        remove: Type.Optional(Type.Array(Id(), { maxItems: 1000, uniqueItems: true })),
      },
      { ...Closed, minProperties: 1 },
    ),
  ],
  { description: "Everybody; exactly these, in the order of offers; or some more and without some." },
);

export const SimulationRequest = Type.Object(
  {
    day: Type.String({ format: "date", description: "A day with calls.", examples: ["2026-11-20"] }),
    zone: Type.Optional(
      Type.String({
        maxLength: 50,
        examples: ["Europe/Moscow"],
        description:
          "Whose midnights are meant; default: that of the queue's first line with hours, else UTC.",
      }),
    ),
    changes: Type.Optional(
      Type.Object(
        {
          agents: Type.Optional(agents),
          ...{ strategy, answerSeconds, maxWaitSeconds },
          ...{ hours, ownerFirst },
        },
        {
          ...Closed,
          description:
            "What is left out stays as it is now. `hours` and `ownerFirst`: of every line that leads to the queue.",
        },
      ),
    ),
    targetSeconds: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 3600,
        description: "Answered within this counts for the service level; default: the queue's own.",
      }),
    ),
    seed: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 2_147_483_647,
        default: 1,
        description: "For what is drawn by chance; the same seed gives the same answer.",
      }),
    ),
  },
  Closed,
);

const Seconds = (description: string) => Type.Number({ description });
const Percent = (description: string) => Type.Number({ description });
const Figures = (description: string) =>
  Type.Object(
    {
      offered: Type.Integer({ description: "Calls that arrived while the line was open." }),
      answered: Type.Integer(),
      abandoned: Type.Integer({ description: "The caller hung up before an agent answered." }),
      calledBack: Type.Integer({ description: "The caller kept the place to be called back." }),
      noAnswer: Type.Integer({
        description: "Nobody answered within the longest wait, nobody could, or the call failed.",
      }),
      outOfHours: Type.Integer(),
      serviceLevelPercent: Percent(
        "Answered within `targetSeconds`, of those offered without those who were called back or gave up within 5 seconds.",
      ),
      abandonmentPercent: Percent("Abandoned, of those offered."),
      wait: Type.Object(
        {
          meanSeconds: Type.Number(),
          p50Seconds: Type.Number(),
          p90Seconds: Type.Number(),
          longestSeconds: Type.Number(),
        },
        { description: "Of all offered calls: until an agent's voice, or until the wait ended without one." },
      ),
      answerSpeedSeconds: Seconds("The mean wait of those who were answered."),
      occupancyPercent: Percent(
        "Agents' time with callers and in wrap-up, of their time in the inbound state.",
      ),
      agents: Type.Integer({ description: "The queue's agents who were in the inbound state that day." }),
    },
    { description },
  );

/** Any setting's value; `items` keeps lists whole when the answer is cut to its schema. */
const Setting = (description: string) => Type.Unsafe<unknown>({ items: {}, description });

export const SimulationView = Type.Object({
  queueId: Id(),
  day: Type.String(),
  zone: Type.String(),
  from: Instant(),
  to: Instant("The day's calls arrived before this."),
  calls: Type.Integer({ description: "Of all queues: they share agents, so all of them are replayed." }),
  targetSeconds: Type.Integer({ description: "What the service level of all three counts by." }),
  seed: Type.Integer(),
  real: Figures("What was recorded."),
  unchanged: Figures(
    "The day simulated with nothing changed. Its distance from `real` is the model's own error.",
  ),
  simulated: Figures("The day simulated with the changes."),
  changed: Type.Array(
    Type.Object({
      setting: Type.String(),
      before: Setting("null: nothing. Of several lines one value each."),
      after: Setting("The same for all lines."),
    }),
  ),
  assumptions: Type.Array(Type.String(), { description: "What the simulation takes for granted." }),
  bounds: Type.Object(
    { serviceLevelPoints: Type.Number(), meanWaitPercent: Type.Number(), meanWaitSeconds: Type.Number() },
    {
      description:
        "How near `unchanged` is to come to `real`: the service level in points (more of them where calls are few); the mean wait in per cent plus seconds. A day that is further off is no ground for a decision.",
    },
  ),
  withinBounds: Type.Boolean({ description: "Whether it does on this day." }),
  tookMs: Type.Integer(),
});
