/** The refusal list, and consents. */
import { Type } from "typebox";
import { Closed, Id, Instant, Nullable, PageOf, Paging, PhoneText, PhoneView } from "./common.ts";
import { PurposeOf } from "./policy.ts";

const MOST = 10_000;
const Line = (maxLength: number, description: string) =>
  Type.String({ maxLength, pattern: "^[^\\u0000-\\u001f\\u007f]*$", description });
const Until = Nullable(Instant("null: for ever."));

const refusal = {
  phone: PhoneText,
  reason: Type.Optional(Line(200, "In a few words.")),
  until: Type.Optional(Until),
};
export const NewRefusals = Type.Object(
  {
    refusals: Type.Array(Type.Union([PhoneText, Type.Object(refusal, Closed)]), {
      minItems: 1,
      maxItems: MOST,
    }),
    source: Type.Optional(
      Type.Enum(["api", "import"], {
        description: "Where they come from; an agent's key is its own source.",
      }),
    ),
  },
  Closed,
);
export const RefusalsAdded = Type.Object({
  added: Type.Integer({ description: "That were not on the list before." }),
  wrong: Type.Array(Type.Object({ row: Type.Integer(), text: Type.String() }), {
    description: "Rows that are no telephone numbers; the others were added.",
  }),
});
export const RefusalQuery = Type.Object({ phone: Type.Optional(PhoneText), ...Paging }, Closed);
export const RefusalPage = PageOf(
  Type.Object({
    phone: PhoneView,
    reason: Type.String(),
    source: Type.Enum(["api", "import", "key", "agent"], {
      description: "`key`: pressed during our message; `agent`: said to one of ours.",
    }),
    at: Instant(),
    until: Until,
    attemptId: Nullable(Type.String()),
  }),
);
export const RefusalParams = Type.Object({ phone: PhoneText }, Closed);

const consent = {
  phone: PhoneText,
  contactId: Type.Optional(Nullable(Id())),
  purpose: PurposeOf,
  how: Line(200, "The form, the recorded call, the paper."),
  givenAt: Instant(),
  takenBy: Line(200, "Who took it."),
  reference: Type.Optional(Line(500, "Where the evidence is.")),
  until: Type.Optional(Nullable(Instant("null: until it is withdrawn."))),
};
export const NewConsents = Type.Object(
  { consents: Type.Array(Type.Object(consent, Closed), { minItems: 1, maxItems: 1000 }) },
  Closed,
);
export const ConsentsAdded = Type.Object({ ids: Type.Array(Id()) });
export const ConsentQuery = Type.Object(
  {
    phone: Type.Optional(PhoneText),
    contactId: Type.Optional(Id()),
    purpose: Type.Optional(PurposeOf),
    ...Paging,
  },
  Closed,
);
export const ConsentPage = PageOf(
  Type.Object({
    id: Id(),
    phone: PhoneView,
    contactId: Nullable(Id()),
    purpose: PurposeOf,
    how: Type.String(),
    givenAt: Instant(),
    takenBy: Type.String(),
    reference: Type.String(),
    until: Nullable(Instant()),
    withdrawnAt: Nullable(Instant()),
    createdAt: Instant(),
  }),
);
