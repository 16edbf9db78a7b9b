/** Topics, the completion of a call's service, and the company's settings. */
import { Type } from "typebox";
import { ChangeOf, Closed, Id, Instant, ListOf, Name, Nullable } from "./common.ts";
import { Defer } from "./deferred.ts";

const topic = {
  nameRu: Name("In Russian."),
  nameEn: Name("In English."),
  position: Type.Integer({ minimum: 0, maximum: 10_000, description: "The order in the window." }),
  archived: Type.Boolean({ description: "No longer to be chosen; calls that have it keep it." }),
};
export const NewTopic = Type.Object(
  {
    nameRu: topic.nameRu,
    nameEn: topic.nameEn,
    position: Type.Optional(topic.position),
    archived: Type.Optional(topic.archived),
  },
  Closed,
);
export const TopicChange = ChangeOf(topic);
export const TopicView = Type.Object({
  id: Id(),
  ...topic,
  nameRu: Type.String(),
  nameEn: Type.String(),
});
export const TopicList = ListOf(TopicView);

const settings = {
  wrapUpTopicRequired: Type.Boolean({
    description: "Whether a call needs at least one topic to be completed (D-14); true unless changed.",
  }),
  deferredAutoCall: Type.Boolean({
    description:
      "Whether calls for later are placed by themselves when they are due and their agent is free; an agent may choose otherwise. false unless changed.",
  }),
  zone: Type.String({
    maxLength: 64,
    description: "IANA zone of the company's day, by which orders go from tab to tab (ORDQ-02 … ORDQ-07).",
    examples: ["Europe/Moscow"],
  }),
  quickRedialAfterSeconds: Type.Integer({
    ...{ minimum: 30, maximum: 3600 },
    description: "An order is not redialled earlier after a failed call (D-18).",
  }),
  quickRedialBySeconds: Type.Integer({
    ...{ minimum: 30, maximum: 7200 },
    description: "By when it should be (D-18); not less than the pause.",
  }),
};
export const CompanyView = Type.Object(settings);
export const CompanyChange = ChangeOf(settings);

const After = Type.Enum(["continue", "break"], {
  description: "Continue work, or go on a break (WRAP-03).",
});
const comment = Type.String({ maxLength: 4000, description: "Optional." });

/** The completion window. */
export const NewCompletion = Type.Object(
  {
    topicIds: Type.Optional(
      Type.Array(Id(), { maxItems: 50, uniqueItems: true, description: "Several may be chosen (WRAP-02)." }),
    ),
    comment: Type.Optional(comment),
    after: Type.Optional(After),
    resultId: Type.Optional(Id("One of the results of the call's script (SCEN-12).")),
    outcome: Type.Optional(
      Type.Enum(["successful", "unsuccessful"], {
        description:
          "What came of the task that the call was placed for; needed for those calls alone (D-13).",
      }),
    ),
    deferred: Type.Optional(Defer),
    agentId: Type.Optional(Id("Whose service; needed by a supervisor when several agents served the call.")),
  },
  Closed,
);

/** What the agents of a call wrote down, and how long it took them. */
export const ServiceView = Type.Object({
  completions: Type.Array(
    Type.Object({
      agentId: Id(),
      topics: Type.Array(Type.Object({ id: Id(), nameRu: Type.String(), nameEn: Type.String() })),
      comment: Type.String(),
      after: After,
      resultId: Nullable(Id()),
      completedAt: Instant(),
    }),
  ),
  wrapUps: Type.Array(
    Type.Object({
      agentId: Id(),
      startedAt: Instant(),
      endedAt: Nullable(Instant("null while it is going on.")),
      endedBy: Nullable(Type.Enum(["completed", "limit"])),
      wrapUpMs: Nullable(
        Type.Integer({ description: "How long the call kept its agent after the talk (WRAP-07)." }),
      ),
    }),
  ),
});
