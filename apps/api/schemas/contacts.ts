/** Contacts. */
import { Type } from "typebox";
import { LONGEST_TEXT } from "../../core/contacts/contact.ts";
import { ChangeOf, Closed, Id, Instant, Nullable, PageOf, Paging, PhoneText, PhoneView } from "./common.ts";
import { filterFields, Kind } from "./contact-filter.ts";

const Text = (description: string) =>
  Type.String({ maxLength: LONGEST_TEXT, pattern: "^[^\\u0000-\\u001f\\u007f]*$", description });

const fields = {
  name: Type.String({
    minLength: 1,
    maxLength: LONGEST_TEXT,
    pattern: "^(?=.*\\S)[^\\u0000-\\u001f\\u007f]*$",
    description: "An organisation's name, or a person's full name.",
  }),
  position: Nullable(Text("What this person is there.")),
  phones: Type.Array(PhoneText, { maxItems: 20, description: "In the order in which they are called." }),
  ownerId: Nullable(
    Id(
      "The agent who is asked first when this contact calls (ROUTE-05). People have their organisation's (OWN-04).",
    ),
  ),
  organisationId: Nullable(Id("The organisation whose person this is; null: nobody's.")),
  emails: Type.Array(Type.String({ minLength: 3, maxLength: 254 }), { maxItems: 20 }),
  city: Nullable(Text("Where it is; the time zone follows from it (D-37).")),
  zone: Nullable(
    Type.String({
      maxLength: 64,
      description: "IANA time zone; null: the city's, else as the number's region says.",
      examples: ["Asia/Yekaterinburg"],
    }),
  ),
  industry: Nullable(Text("Field of activity.")),
  site: Nullable(Text("Web site.")),
  inn: Nullable(Text("Taxpayer's number.")),
  kpp: Nullable(Text("Code of the reason of registration.")),
  description: Nullable(Type.String({ maxLength: 5000, description: "In free words, also in lines." })),
};

export const TagNames = Type.Array(
  Type.String({ minLength: 1, maxLength: 100, pattern: "^(?=.*\\S)[^;\\u0000-\\u001f\\u007f]*$" }),
  { maxItems: 100, description: "Names; those that are not there yet are made. Replaces all of them." },
);

export const NewContact = Type.Object(
  {
    kind: Type.Optional(Kind),
    name: fields.name,
    position: Type.Optional(fields.position),
    phones: Type.Optional(fields.phones),
    ownerId: Type.Optional(fields.ownerId),
    organisationId: Type.Optional(fields.organisationId),
    emails: Type.Optional(fields.emails),
    city: Type.Optional(fields.city),
    zone: Type.Optional(fields.zone),
    industry: Type.Optional(fields.industry),
    site: Type.Optional(fields.site),
    inn: Type.Optional(fields.inn),
    kpp: Type.Optional(fields.kpp),
    description: Type.Optional(fields.description),
    tags: Type.Optional(TagNames),
    checkDuplicates: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          "409 instead of a second record with a number or an address that one of the same kind has (DUP-13).",
      }),
    ),
  },
  Closed,
);
export const ContactChange = ChangeOf({ ...fields, tags: TagNames });
export const ContactView = Type.Object({
  id: Id(),
  kind: Kind,
  name: Type.String(),
  position: Nullable(Type.String()),
  organisationId: fields.organisationId,
  phones: Type.Array(PhoneView),
  emails: Type.Array(Type.String()),
  ownerId: fields.ownerId,
  city: fields.city,
  zone: fields.zone,
  industry: fields.industry,
  site: fields.site,
  inn: fields.inn,
  kpp: fields.kpp,
  description: Nullable(Type.String()),
  tags: Type.Array(Type.Object({ id: Id(), name: Type.String() })),
  createdAt: Instant(),
  updatedAt: Instant(),
});
export const ContactPage = PageOf(ContactView);
export const ContactQuery = Type.Object(
  {
    ...filterFields,
    ...Paging,
  },
  Closed,
);
