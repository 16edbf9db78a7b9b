/** Calls for later. */
import { Type } from "typebox";
import { REFUSALS } from "../../core/dialling/verdict.ts";
import {
  Closed,
  Id,
  Instant,
  Nullable,
  NumberWarnings,
  PageOf,
  Paging,
  PhoneText,
  PhoneView,
} from "./common.ts";

const State = Type.Enum(["waiting", "due", "done", "cancelled"]);
const comment = Type.String({ maxLength: 4000 });
const when = {
  dueAt: Type.Optional(Instant("For a date (DEFER-01).")),
  inMinutes: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 527_040, description: "For a time from now (DEFER-01)." }),
  ),
};

/** Part of a completion (WRAP-04). */
export const Defer = Type.Object({ ...when, comment: Type.Optional(comment) }, Closed);
export const NewDeferred = Type.Object(
  {
    number: Type.Optional(PhoneText),
    contactId: Type.Optional(Id()),
    callId: Type.Optional(Id("Calls the customer of this call back; also during the talk (DEFER-06).")),
    orderId: Type.Optional(
      Id("The order that it is about; known already when the call was placed from one (DEFER-05)."),
    ),
    agentId: Type.Optional(Id("Whose; an agent defers only to itself.")),
    comment: Type.Optional(comment),
    ...when,
  },
  Closed,
);
export const DeferredChange = Type.Object(
  {
    ...when,
    comment: Type.Optional(comment),
    state: Type.Optional(Type.Enum(["done", "cancelled"])),
  },
  { ...Closed, minProperties: 1 },
);
export const DeferredQuery = Type.Object(
  {
    state: Type.Optional(State),
    agentId: Type.Optional(Id()),
    contactId: Type.Optional(Id("The client's.")),
    ...Paging,
  },
  Closed,
);
const view = {
  id: Id(),
  agentId: Id(),
  contactId: Nullable(Id()),
  number: PhoneView,
  dueAt: Instant(),
  comment: Type.String(),
  state: State,
  overdue: Type.Boolean({ description: "Its time has come and nobody has called yet." }),
  putOffUntil: Nullable(
    Instant("The compliance gate did not let it be placed by itself; this is when it is asked again."),
  ),
  putOffReason: Nullable(
    Type.Enum([...REFUSALS], { description: "What the gate said. The agent may call by hand all the same." }),
  ),
  orderId: Nullable(Id("Its number stays in the comment (DEFER-05).")),
  fromCallId: Nullable(Id("In which it was agreed.")),
  callId: Nullable(Id("Which was placed for it.")),
  createdAt: Instant(),
};
export const DeferredView = Type.Object(view);
export const DeferredMade = Type.Object({ ...view, warnings: NumberWarnings });
export const DeferredPage = PageOf(DeferredView);
