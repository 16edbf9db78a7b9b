/** Searches for duplicates. */
import { Type } from "typebox";
import { DUPLICATE_FIELDS } from "../../core/contacts/contact.ts";
import { Closed, Id, Instant, Nullable } from "./common.ts";
import { Kind } from "./contact-filter.ts";

const Base = Type.Enum(["oldest", "newest", "most-filled", "most-active"], {
  default: "oldest",
  description:
    "Which record survives: the oldest, the newest, the one with most fields filled, or the one with most calls and history.",
});

export const Question = Type.Object(
  {
    scope: Type.Optional(
      Type.Union(
        [
          Type.Enum(["own", "all"]),
          Type.Object({ ownerIds: Type.Array(Nullable(Id()), { minItems: 1, maxItems: 200 }) }, Closed),
        ],
        {
          default: "own",
          description:
            "Whose records: the asker's own (an administrator's are nobody's), all, or these agents'.",
        },
      ),
    ),
    what: Type.Optional(
      Type.Enum(["contacts", "organisations", "both"], {
        default: "both",
        description: "Contacts are compared with contacts and organisations with organisations.",
      }),
    ),
    fields: Type.Optional(
      Type.Array(Type.Enum([...DUPLICATE_FIELDS]), {
        minItems: 1,
        uniqueItems: true,
        default: ["phone", "email"],
        description: "Records that are equal in one of them are the same. Nothing is compared in part.",
      }),
    ),
    base: Type.Optional(Base),
  },
  Closed,
);
export const Found = Type.Object({
  id: Id(),
  base: Base,
  createdAt: Instant(),
  done: Nullable(Type.Enum(["deleted", "merged"])),
  kinds: Type.Array(
    Type.Object({
      kind: Kind,
      groups: Type.Integer(),
      duplicates: Type.Integer({ description: "Without the bases." }),
      selected: Type.Integer({ description: "What `confirm` has to say, over all kinds." }),
    }),
  ),
});
export const Group = Type.Object({
  number: Type.Integer(),
  kind: Kind,
  records: Type.Array(
    Type.Object({
      id: Id(),
      name: Type.String(),
      ownerId: Nullable(Id()),
      createdAt: Instant(),
      base: Type.Boolean({ description: "It survives; it is the first." }),
      selected: Type.Boolean({ description: "Of the others: goes, or is merged into the base." }),
      matched: Type.Array(Type.Object({ field: Type.String(), value: Type.String() }), {
        description: "What is repeated.",
      }),
    }),
  ),
});
export const Groups = Type.Object({
  items: Type.Array(Group),
  next: Nullable(Type.Integer({ description: "`after` of the next page; null on the last one." })),
});
export const GroupQuery = Type.Object(
  {
    kind: Type.Optional(Kind),
    after: Type.Integer({ minimum: 0, maximum: 2_147_483_647, default: 0 }),
    limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
  },
  Closed,
);
export const GroupParams = Type.Object(
  { id: Id(), number: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) },
  Closed,
);
export const Choice = Type.Object(
  {
    baseId: Type.Optional(Id("This record becomes the base.")),
    selectedIds: Type.Optional(
      Type.Array(Id(), { maxItems: 10_000, description: "The records that go; all others stay." }),
    ),
  },
  { ...Closed, minProperties: 1 },
);
export const Confirmed = Type.Object(
  {
    confirm: Type.Integer({
      minimum: 1,
      description: "How many records go: `selected`. 409 when that is not so any more.",
    }),
  },
  Closed,
);
export const Deleted = Type.Object({
  deleted: Type.Integer(),
  recordingsHeld: Type.Integer({ description: "Recordings that a legal hold keeps." }),
});
export const Merged = Type.Object({ merged: Type.Integer() });
