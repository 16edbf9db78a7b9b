/** Calls that people start. */
import { Type } from "typebox";
import { Closed, Id, Nullable, PhoneText, PhoneView } from "./common.ts";

const target = (fields: Parameters<typeof Type.Object>[0]) => Type.Object(fields, Closed);

export const NewCall = Type.Object(
  {
    to: Type.Union(
      [
        target({ number: PhoneText }),
        target({ contactId: Id() }),
        target({ shortNumber: Type.String({ pattern: "^[0-9]{2,6}$" }) }),
        target({ agentId: Id() }),
      ],
      { description: "A number (SOFT-05, SOFT-07), a contact (SOFT-06), or a colleague (SOFT-08)." },
    ),
    lineId: Type.Optional(
      Id("The line that the call counts for, and whose number is shown; default: the agent's first."),
    ),
    agentId: Type.Optional(Id("Who calls; an agent's key calls only for itself.")),
    askedFor: Type.Optional(
      Type.Boolean({
        description:
          "The customer asked for this call: then a number on the refusal list may be called, if the line lets agents (`dialRefused`). It is written down with the attempt.",
      }),
    ),
  },
  Closed,
);
export const AnswerView = Type.Object({
  callId: Id(),
  agentId: Id("Whose phone is asked."),
  sent: Type.Literal("NOTIFY talk", { description: "What the phone is told; it may not know it." }),
});
export const PlacedView = Type.Object({
  callId: Id(),
  to: PhoneView,
  contactId: Nullable(Id("null: nobody we know has this number; offer to create a contact (SOFT-07).")),
});
