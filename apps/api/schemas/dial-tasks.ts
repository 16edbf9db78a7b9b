/** Dial tasks. */
import { Type } from "typebox";
import {
  ChangeOf,
  Closed,
  Id,
  Instant,
  Nullable,
  NumberWarnings,
  Paging,
  PhoneText,
  PhoneView,
} from "./common.ts";
import { ContactQuery } from "./contacts.ts";

const Line = (description: string) =>
  Type.String({
    minLength: 1,
    maxLength: 200,
    pattern: "^(?=.*\\S)[^\\u0000-\\u001f\\u007f]*$",
    description,
  });
const topic = Line("What the call is about.");
const comment = Type.String({ maxLength: 4000, description: "For whoever calls." });
const name = Type.String({
  maxLength: 200,
  pattern: "^[^\\u0000-\\u001f\\u007f]*$",
  description: "The subscriber's.",
});
const agentId = Nullable(Id("Who is to call; null: nobody yet."));
const lineId = Nullable(
  Id("The line that its calls count for, and whose number is shown; null: the agent's first."),
);

/** Which contacts: named ones, or all that a filter of `GET /v1/contacts` finds now. */
export const Source = Type.Union([
  Type.Object(
    { contactIds: Type.Array(Id(), { minItems: 1, maxItems: 10_000, description: "In this order." }) },
    Closed,
  ),
  Type.Object(
    {
      filter: Type.Omit(ContactQuery, ["cursor", "limit"], {
        ...Closed,
        description: "As in `GET /v1/contacts`: 10,000 contacts at most.",
      }),
    },
    Closed,
  ),
]);

export const NewDialTask = Type.Object(
  {
    number: Type.Optional(PhoneText),
    contactId: Type.Optional(Id("Without a number the contact's first one is called.")),
    name: Type.Optional(name),
    topic,
    comment: Type.Optional(comment),
    agentId: Type.Optional(agentId),
    lineId: Type.Optional(lineId),
  },
  Closed,
);
export const NewDialTasks = Type.Object(
  {
    source: Source,
    topic,
    comment: Type.Optional(comment),
    agentIds: Type.Optional(
      Type.Array(Id(), {
        minItems: 1,
        maxItems: 1000,
        uniqueItems: true,
        description: "The tasks are given to them in turn; without it, to the contacts' owners.",
      }),
    ),
    lineId: Type.Optional(lineId),
  },
  Closed,
);
export const NewDialTasksView = Type.Object({
  created: Type.Integer(),
  skipped: Type.Array(Type.Object({ contactId: Id(), code: Type.Enum(["no-number", "not-allowed"]) }), {
    description: "Contacts who cannot be called.",
  }),
});
export const DialTaskChange = ChangeOf({ name, number: PhoneText, topic, comment, agentId, lineId });
export const DialTaskQuery = Type.Object(
  {
    agentId: Type.Optional(Id()),
    contactId: Type.Optional(Id()),
    unassigned: Type.Optional(Type.Boolean({ description: "Only those that nobody has yet." })),
    completed: Type.Boolean({ default: false, description: "Show closed ones too (DIAL-12)." }),
    ...Paging,
  },
  Closed,
);

const view = {
  id: Id(),
  agentId,
  agentName: Nullable(Type.String()),
  contactId: Nullable(Id()),
  name: Type.String(),
  number: PhoneView,
  lineId,
  topic: Type.String(),
  comment: Type.String(),
  state: Type.Enum(["open", "in_work", "successful", "unsuccessful"], {
    description: "in_work: a call was placed, and nobody has closed it yet.",
  }),
  calls: Type.Integer({ description: "How often the subscriber was dialled." }),
  callId: Nullable(Id("The last call.")),
  result: Type.String({ description: "What was written when it was closed." }),
  createdAt: Instant(),
  closedAt: Nullable(Instant()),
};
export const DialTaskView = Type.Object(view);
export const DialTaskMade = Type.Object({ ...view, warnings: NumberWarnings });
export const DialTaskPage = Type.Object({
  items: Type.Array(DialTaskView),
  next: Nullable(Type.String({ description: "Cursor of the next page; null on the last one." })),
  open: Type.Integer({
    description:
      "How many wait: the number beside the agent's name (DIAL-11). `task.assigned`, `task.changed`, `task.removed` and `task.closed` on the live stream (topic agents) carry it too.",
  }),
});
/** The details of a selected task (DIAL-10). */
export const DialTaskDetails = Type.Object({
  ...view,
  attempts: Type.Array(
    Type.Object({
      callId: Id(),
      agentId: Nullable(Id()),
      at: Instant(),
      ending: Nullable(Type.String({ description: "null while it goes on." })),
      talkMs: Nullable(Type.Integer()),
    }),
    { description: "The calls that were placed for it, newest first." },
  ),
});
export const DialTaskCall = Type.Object(
  {
    agentId: Type.Optional(
      Id("Whose phone is called; a supervisor's own, for example. Default: the task's agent."),
    ),
  },
  Closed,
);
export const DialTaskClosing = Type.Object(
  {
    outcome: Type.Enum(["successful", "unsuccessful", "cancel"], {
      description: "cancel closes nothing: the answer is the task as it is, back to its card (DIAL-14).",
    }),
    comment: Type.Optional(Type.String({ maxLength: 4000 })),
  },
  Closed,
);
