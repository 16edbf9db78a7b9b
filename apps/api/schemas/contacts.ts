/** Contacts. */
import { Type } from "typebox";
import {
  ChangeOf,
  Closed,
  Id,
  Instant,
  Name,
  Nullable,
  PageOf,
  Paging,
  PhoneText,
  PhoneView,
} from "./common.ts";

const fields = {
  name: Name(),
  position: Nullable(Type.String({ maxLength: 200 })),
  phones: Type.Array(PhoneText, { maxItems: 20 }),
  ownerId: Nullable(Id("The agent who is asked first when this contact calls (ROUTE-05).")),
};

export const NewContact = Type.Object(
  {
    name: fields.name,
    position: Type.Optional(fields.position),
    phones: Type.Optional(fields.phones),
    ownerId: Type.Optional(fields.ownerId),
  },
  Closed,
);
export const ContactChange = ChangeOf(fields);
export const ContactView = Type.Object({
  id: Id(),
  name: Type.String(),
  position: Nullable(Type.String()),
  phones: Type.Array(PhoneView),
  ownerId: Nullable(Id()),
  createdAt: Instant(),
  updatedAt: Instant(),
});
export const ContactPage = PageOf(ContactView);
export const ContactQuery = Type.Object(
  {
    phone: Type.Optional(PhoneText),
    ownerId: Type.Optional(Id()),
    q: Type.Optional(
      Type.String({ minLength: 1, maxLength: 100, description: "Part of the name or of a number." }),
    ),
    ...Paging,
  },
  Closed,
);
