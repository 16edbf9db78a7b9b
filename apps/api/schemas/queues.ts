/** Queues. */
import { type TSchema, Type } from "typebox";
import { AppliedView, ChangeOf, Closed, Id, Instant, ListOf, Name, Nullable, PhoneText } from "./common.ts";

/** What a new queue is when nothing else is said. */
export const NEW_QUEUE = {
  strategy: "most-idle",
  answerSeconds: 20,
  maxWaitSeconds: 300,
  wrapUp: { mode: "none" },
  maxLength: null,
  joinWhenEmpty: false,
  overflow: null,
  weight: 0,
  announcePosition: false,
  announceWait: false,
  announceEverySeconds: 45,
  callback: {},
  penalties: {} as Record<string, number>,
  serviceLevelSeconds: 20,
  serviceLevelPercent: 80,
} as const;

const CallbackSettings = Type.Object(
  {
    offer: Type.Boolean(),
    afterSeconds: Type.Integer({
      minimum: 5,
      maximum: 600,
      description: "After so long it is said first; then again each time as long. New: 45.",
    }),
    digit: Type.String({ pattern: "^[0-9]$", description: "The key that keeps the place. New: 1." }),
    attempts: Type.Integer({
      minimum: 1,
      maximum: 10,
      description: "How often the customer is tried. New: 2.",
    }),
    retryMinutes: Type.Integer({
      minimum: 1,
      maximum: 1440,
      description: "How long after an attempt the next one comes. New: 15.",
    }),
    withinHoursOnly: Type.Boolean({ description: "Nobody is called outside the line's hours. New: true." }),
  },
  Closed,
);

const settings = {
  strategy: Type.Enum(["random", "most-idle", "sequential"], {
    description: "How the next agent is chosen (ROUTE-02…04, D-40).",
  }),
  answerSeconds: Type.Integer({
    minimum: 3,
    maximum: 300,
    description: "How long one agent's phone rings (ROUTE-06).",
  }),
  maxWaitSeconds: Type.Integer({
    minimum: 5,
    maximum: 7200,
    description: "The longest wait of a caller; then the overflow, or the no-answer prompt.",
  }),
  wrapUp: Type.Object(
    {
      mode: Type.Enum(["none", "limit", "until-completed"]),
      seconds: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 3600, description: "Needed in mode limit." }),
      ),
    },
    {
      ...Closed,
      description:
        "What follows an agent's talk (AGENT-08): nothing, a time at most, or until the service is completed.",
    },
  ),
  maxLength: Nullable(
    Type.Integer({ minimum: 1, maximum: 1000, description: "How many may wait; null: as many as come." }),
  ),
  joinWhenEmpty: Type.Boolean({ description: "Callers wait although nobody is signed in." }),
  overflow: Nullable(
    Type.Union([Type.Object({ queueId: Id() }, Closed), Type.Object({ number: PhoneText }, Closed)], {
      description: "Where callers go when the queue is full, empty, or they have waited their time.",
    }),
  ),
  weight: Type.Integer({
    minimum: 0,
    maximum: 100,
    description: "An agent of several queues serves the heavier one first.",
  }),
  announcePosition: Type.Boolean({ description: "Callers are told their position." }),
  announceWait: Type.Boolean({ description: "Callers are told the wait that Asterisk expects." }),
  announceEverySeconds: Type.Integer({ minimum: 15, maximum: 600 }),
  callback: Type.Partial(CallbackSettings, {
    ...Closed,
    description:
      "Virtual hold: a caller who waits may keep the place and be called back. Left out: unchanged.",
  }),
  penalties: Type.Record(Id(), Type.Integer({ minimum: 0, maximum: 10 }), {
    description: "Skills as penalties, by agent: those of a lower one are asked first. Not named: 0.",
  }),
  serviceLevelSeconds: Type.Integer({
    minimum: 1,
    maximum: 3600,
    description: "A caller answered within so many seconds is answered in time; statistics count by it.",
  }),
  serviceLevelPercent: Type.Integer({
    minimum: 1,
    maximum: 100,
    description: "The share of callers who should be answered in time, in per cent.",
  }),
  agents: Type.Union([Type.Literal("all"), Type.Array(Id(), { maxItems: 1000, uniqueItems: true })], {
    description: "Everybody, or the ticked ones in the order of offers (ROUTE-01, ROUTE-04).",
  }),
};

const view = {
  id: Id(),
  name: Type.String(),
  ...settings,
  callback: CallbackSettings,
  version: Type.Integer(),
  live: Nullable(
    Type.Object(
      {
        waiting: Type.Integer({ description: "Callers waiting now (ROUTE-12)." }),
        longestWaitMs: Nullable(Type.Integer({ description: "null when nobody waits." })),
        freeAgents: Type.Integer(),
        callbacksWaiting: Type.Integer({ description: "Kept places that are not served yet." }),
      },
      { description: "null while the engine is away." },
    ),
  ),
  createdAt: Instant(),
};

export const NewQueue = Type.Object(
  { name: Name(), ...optional(settings) },
  { ...Closed, description: `Left out: ${JSON.stringify({ ...NEW_QUEUE, agents: [] })}.` },
);
export const QueueChange = ChangeOf({ name: Name(), ...settings });
export const QueueView = Type.Object(view);
export const QueueList = ListOf(QueueView);
export const QueueApplied = Type.Object({ ...view, applied: AppliedView });

function optional<Shapes extends Record<string, TSchema>>(shapes: Shapes) {
  return Type.Partial(Type.Object(shapes)).properties;
}
