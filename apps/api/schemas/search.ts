/** The search field. */
import { Type } from "typebox";
import { Closed, Id, Nullable, PhoneView } from "./common.ts";
import { ContactView } from "./contacts.ts";

export const SearchQuery = Type.Object(
  {
    q: Type.String({
      minLength: 1,
      maxLength: 100,
      pattern: "^[^\\u0000]*$",
      description:
        "Part of a name, or of a number. A leading asterisk looks among employees only; `*` alone lists them.",
    }),
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 20, description: "Of each kind." }),
  },
  Closed,
);

const Employee = Type.Object({
  id: Id(),
  name: Type.String(),
  shortNumber: Type.String(),
  status: Nullable(Type.String({ description: "As in `/v1/agents`; null while the engine is away." })),
});

const TypedNumber = Type.Object({
  ...PhoneView.properties,
  known: Type.Boolean({
    description: "Whether a contact has it; else offer to call it or to create a client.",
  }),
});

export const Found = Type.Object({
  employees: Type.Array(Employee),
  contacts: Type.Array(ContactView),
  number: Nullable(TypedNumber),
});
