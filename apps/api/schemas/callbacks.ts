/** Kept places. */
import { Type } from "typebox";
import { Closed, Id, Instant, ListOf, Nullable, PhoneView } from "./common.ts";

const State = Type.Enum(["waiting", "calling", "connected", "failed", "cancelled", "expired"]);

export const CallbackQuery = Type.Object(
  { queueId: Type.Optional(Id()), state: Type.Optional(State) },
  Closed,
);
export const CallbackView = Type.Object({
  id: Id(),
  callId: Id("In which it was asked for."),
  queueId: Id(),
  lineId: Id(),
  number: PhoneView,
  contactId: Nullable(Id()),
  keptAt: Instant("When the wait began: the place among those who wait."),
  state: State,
  attempts: Type.Integer({ description: "How often the customer has been called." }),
  nextAt: Instant("Not before."),
  dialledCallId: Nullable(Id("The last call to the customer.")),
  reason: Nullable(Type.String({ description: "Why it is in this state." })),
  endedAt: Nullable(Instant()),
});
export const CallbackList = ListOf(CallbackView);
