/** Call lists. */
import { Type } from "typebox";
import { PURPOSES } from "../../core/dialling/campaign.ts";
import { PRESET_NAMES } from "../../core/dialling/presets.ts";
import { ChangeOf, Closed, Id, Instant, ListOf, Name, Nullable, PhoneView } from "./common.ts";
import { Source } from "./dial-tasks.ts";
import { Week } from "./lines.ts";
import { ScenarioView } from "./scenarios.ts";

const fields = {
  name: Name(),
  scenarioId: Id(
    "An outbound one: its script, its results, whether the next one is dialled by itself (SCEN-11).",
  ),
  lineId: Nullable(
    Id("The line that its calls count for, and whose number is shown; null: the agent's first."),
  ),
  purpose: Type.Enum([...PURPOSES], {
    description:
      "What the calls are for. Advertising in Russia may be dialled by a person only (38-FZ art. 18).",
  }),
  preset: Type.Enum([...PRESET_NAMES], {
    description: "Hours, attempts and consent that the gate keeps to.",
  }),
  week: Nullable(Week),
  agentIds: Type.Array(Id(), {
    maxItems: 1000,
    uniqueItems: true,
    description: "Who works it: nobody else gets a card of it. An agent who makes a list works it alone.",
  }),
  state: Type.Enum(["open", "closed"], { description: "closed: nobody gets a next one." }),
};
export const NewCallList = Type.Object(
  {
    name: fields.name,
    scenarioId: fields.scenarioId,
    source: Source,
    lineId: Type.Optional(fields.lineId),
    purpose: Type.Optional(fields.purpose),
    preset: Type.Optional(fields.preset),
    week: Type.Optional(fields.week),
    agentIds: Type.Optional(fields.agentIds),
  },
  Closed,
);
export const CallListChange = ChangeOf(fields);
export const Adding = Type.Object({ source: Source }, Closed);
const added = {
  added: Type.Integer(),
  skipped: Type.Array(
    Type.Object({ contactId: Id(), code: Type.Enum(["no-number", "not-allowed", "listed"]) }),
  ),
};
export const AddedView = Type.Object(added);

const count = (description: string) => Type.Integer({ description });
const view = {
  id: Id(),
  ...fields,
  name: Type.String(),
  createdAt: Instant(),
  waiting: count("Not worked yet."),
  open: count("Before an agent now."),
  done: count("Saved with a result."),
  skipped: count("Left without a result."),
  refused: count("Whom nobody may call."),
};
export const CallListView = Type.Object(view);
export const CallLists = ListOf(CallListView);
export const CallListCreated = Type.Object({
  ...view,
  ...added,
  warnings: Type.Array(Type.Object({ code: Type.String(), text: Type.String(), field: Type.String() }), {
    description: "`unserved`: nobody is named who works it.",
  }),
});

const State = Type.Enum(["waiting", "open", "done", "skipped", "refused"]);
const item = {
  id: Id(),
  listId: Id(),
  position: Type.Integer(),
  contact: Type.Object({ id: Id(), name: Type.String(), phones: Type.Array(PhoneView) }),
  state: State,
  agentId: Nullable(Id("Who has it, or had it.")),
  number: Nullable(PhoneView),
  openedAt: Nullable(Instant()),
  closedAt: Nullable(Instant()),
  nextAt: Nullable(Instant("Nobody may call before.")),
  reason: Nullable(Type.String({ description: "What the gate says: `closed`, `refused`, `too-many` …" })),
  dialPending: Type.Boolean({
    description: "It is dialled by itself as soon as the agent is free (DIAL-09).",
  }),
  calls: Type.Integer(),
  callId: Nullable(Id("The last call.")),
  resultId: Nullable(Id()),
  comment: Type.String(),
};
export const ItemQuery = Type.Object(
  {
    state: Type.Optional(State),
    after: Type.Optional(Type.Integer({ minimum: 0, description: "`next` of the page before." })),
    limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
  },
  Closed,
);
export const ItemPage = Type.Object({
  items: Type.Array(Type.Object(item)),
  next: Nullable(Type.Integer({ description: "null on the last page." })),
});
export const CardView = Type.Object({
  ...item,
  scenario: ScenarioView,
  saves: Type.Array(
    Type.Object({
      at: Instant(),
      agentId: Nullable(Id()),
      callId: Nullable(Id()),
      resultId: Nullable(Id()),
      comment: Type.String(),
    }),
  ),
});
const who = { agentId: Type.Optional(Id("For whom; an agent's key works for itself.")) };
export const Who = Type.Object(who, Closed);
export const NextView = Type.Object({
  item: Nullable(CardView),
  nextAt: Nullable(
    Instant("When somebody may be called who may not be now; null with a card, or nobody is left."),
  ),
});
export const Saving = Type.Object(
  {
    resultId: Type.Optional(Id("One of the scenario's results.")),
    comment: Type.Optional(Type.String({ maxLength: 4000 })),
    topicIds: Type.Optional(
      Type.Array(Id(), {
        ...{ maxItems: 50, uniqueItems: true },
        description: "For the completion of the call's service, which is part of saving.",
      }),
    ),
    after: Type.Optional(
      Type.Enum(["next", "stay", "leave"], {
        description:
          "next, unless it is said: the next contact opens, and is dialled if the scenario says so (DIAL-06). stay: the card stays open, a talk goes on (DIAL-07). leave: no further one.",
      }),
    ),
    ...who,
  },
  Closed,
);
