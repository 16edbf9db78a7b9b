/** Many contacts at once, tags and histories. */
import { Type } from "typebox";
import { HISTORY_KINDS } from "../../store/reads/history.ts";
import { Closed, Id, Instant, ListOf, Nullable, PageOf, Paging } from "./common.ts";
import { ContactFilter } from "./contact-filter.ts";
import { TagNames } from "./contacts.ts";

export const Selection = Type.Union(
  [
    Type.Object({ ids: Type.Array(Id(), { minItems: 1, maxItems: 10_000, uniqueItems: true }) }, Closed),
    Type.Object({ filter: ContactFilter }, Closed),
  ],
  { description: "These contacts, or all that match; an agent's key reaches those it owns." },
);
const Confirm = (must: boolean) => {
  const count = Type.Integer({
    minimum: 0,
    description: "How many contacts are meant; 409 when there are more or fewer, and nothing is changed.",
  });
  return must ? count : Type.Optional(count);
};

export const Tagging = Type.Object(
  {
    contacts: Selection,
    tags: Type.Optional(TagNames),
    tagIds: Type.Optional(Type.Array(Id(), { maxItems: 100 })),
    confirm: Confirm(false),
  },
  Closed,
);
export const Tagged = Type.Object({
  contacts: Type.Integer(),
  assigned: Type.Integer({ description: "Tags that were new on their contact." }),
  tagIds: Type.Array(Id()),
});
export const TagQuery = Type.Object(
  { ownerId: Type.Optional(Id("An agent: its own tags, and those on its contacts (TAG-05).")) },
  Closed,
);
export const TagList = ListOf(
  Type.Object({
    id: Id(),
    name: Type.String(),
    ownerId: Nullable(Id("The agent who made it; null: the administrator's, or of an agent who is gone.")),
    creator: Type.Enum(["admin", "agent"]),
    contacts: Type.Integer({ description: "On how many of the contacts that were asked about." }),
  }),
);
export const TagRemoved = Type.Object({
  contacts: Type.Integer({ description: "Off how many it was taken." }),
});

export const Passing = Type.Object(
  { contacts: Selection, ownerId: Nullable(Id("null: nobody.")), confirm: Confirm(false) },
  Closed,
);
export const Passed = Type.Object({
  contacts: Type.Integer({ description: "How many were meant." }),
  passed: Type.Integer({ description: "How many have another owner now, without people in organisations." }),
  nested: Type.Integer({
    description: "People whose organisation was not among them; they stay with it (OWN-04).",
  }),
});
export const Deleting = Type.Object({ contacts: Selection, confirm: Confirm(true) }, Closed);
export const Deleted = Type.Object({
  deleted: Type.Integer({ description: "Contacts that are gone, people of organisations among them." }),
});

export const HistoryPage = PageOf(
  Type.Object({
    id: Id(),
    kind: Type.Enum([...HISTORY_KINDS]),
    at: Instant(),
    agentId: Nullable(Id("Who talked, wrote or did it; null: the administrator, or nobody.")),
    callId: Nullable(Id()),
    text: Nullable(Type.String({ description: "Of a comment, a letter, a survey or a completion." })),
    data: Type.Record(Type.String(), Type.Unknown(), {
      description: "What else is known, such as `from` and `to` of a change of owner.",
    }),
    editedAt: Nullable(Instant()),
  }),
);
export const HistoryQuery = Type.Object(
  { kind: Type.Optional(Type.Enum([...HISTORY_KINDS], { description: "All by default." })), ...Paging },
  Closed,
);
export const Written = Type.Object(
  { text: Type.String({ minLength: 1, maxLength: 5000, pattern: "\\S" }) },
  Closed,
);
export const EntryParams = Type.Object({ id: Id(), entryId: Id() }, Closed);
export const Commented = Type.Object({ id: Id() });
