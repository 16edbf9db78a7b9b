/** Queues. */
import { Type } from "typebox";
import { AppliedView, ChangeOf, Closed, Id, Instant, ListOf, Name, Nullable } from "./common.ts";

/** What a new queue is when nothing else is said. */
export const NEW_QUEUE = {
  strategy: "most-idle",
  answerSeconds: 20,
  maxWaitSeconds: 300,
  wrapUp: { mode: "none" },
  serviceLevelSeconds: 20,
  serviceLevelPercent: 80,
} as const;

const strategy = (options: { default?: string } = {}) =>
  Type.Enum(["random", "most-idle", "sequential"], {
    description: "How the next agent is chosen (ROUTE-02…04, D-40).",
    ...options,
  });
const answerSeconds = (options: { default?: number } = {}) =>
  Type.Integer({
    minimum: 3,
    maximum: 300,
    description: "How long one agent's phone rings (ROUTE-06).",
    ...options,
  });
const maxWaitSeconds = (options: { default?: number } = {}) =>
  Type.Integer({ minimum: 5, maximum: 7200, description: "The longest wait of a caller.", ...options });
const wrapUp = Type.Object(
  {
    mode: Type.Enum(["none", "limit", "until-completed"]),
    seconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 3600, description: "Needed in mode limit." })),
  },
  {
    ...Closed,
    description:
      "What follows an agent's talk (AGENT-08): nothing, a time at most, or until the service is completed.",
  },
);
const serviceLevelSeconds = (options: { default?: number } = {}) =>
  Type.Integer({
    minimum: 1,
    maximum: 3600,
    description: "A caller answered within so many seconds is answered in time; statistics count by it.",
    ...options,
  });
const serviceLevelPercent = (options: { default?: number } = {}) =>
  Type.Integer({
    minimum: 1,
    maximum: 100,
    description: "The share of callers who should be answered in time, in per cent.",
    ...options,
  });
const agents = Type.Union([Type.Literal("all"), Type.Array(Id(), { maxItems: 1000, uniqueItems: true })], {
  description: "Everybody, or the ticked ones in the order of offers (ROUTE-01, ROUTE-04).",
});
const fields = {
  name: Name(),
  strategy: strategy(),
  answerSeconds: answerSeconds(),
  maxWaitSeconds: maxWaitSeconds(),
  wrapUp,
  serviceLevelSeconds: serviceLevelSeconds(),
  serviceLevelPercent: serviceLevelPercent(),
  agents,
};

const view = {
  id: Id(),
  ...fields,
  name: Type.String(),
  version: Type.Integer(),
  live: Nullable(
    Type.Object(
      {
        waiting: Type.Integer({ description: "Callers waiting now (ROUTE-12)." }),
        longestWaitMs: Nullable(Type.Integer({ description: "null when nobody waits." })),
        freeAgents: Type.Integer(),
      },
      { description: "null while the engine is away." },
    ),
  ),
  createdAt: Instant(),
};

export const NewQueue = Type.Object(
  {
    name: Name(),
    strategy: Type.Optional(strategy({ default: NEW_QUEUE.strategy })),
    answerSeconds: Type.Optional(answerSeconds({ default: NEW_QUEUE.answerSeconds })),
    maxWaitSeconds: Type.Optional(maxWaitSeconds({ default: NEW_QUEUE.maxWaitSeconds })),
    wrapUp: Type.Optional(wrapUp),
    serviceLevelSeconds: Type.Optional(serviceLevelSeconds({ default: NEW_QUEUE.serviceLevelSeconds })),
    serviceLevelPercent: Type.Optional(serviceLevelPercent({ default: NEW_QUEUE.serviceLevelPercent })),
    agents: Type.Optional(agents),
  },
  Closed,
);
export const QueueChange = ChangeOf(fields);
export const QueueView = Type.Object(view);
export const QueueList = ListOf(QueueView);
export const QueueApplied = Type.Object({ ...view, applied: AppliedView });
