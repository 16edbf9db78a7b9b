/** Who is on a campaign's list, and what was tried. */
import { Type } from "typebox";
import { ATTEMPT_ENDINGS, CONTACT_STATES } from "../../core/dialling/campaign.ts";
import { Warnings } from "./campaigns.ts";
import { Closed, Id, Instant, Nullable, PageOf, Paging, PhoneText, PhoneView } from "./common.ts";
import { filterFields } from "./contact-filter.ts";

/** In one request. */
export const MOST_ROWS = 30_000;

export const Ending = Type.Enum([...ATTEMPT_ENDINGS], { description: "How an attempt ended." });
const ListState = Type.Enum([...CONTACT_STATES], {
  description:
    "`waiting` for the time in `nextAt`; `taken`: being called, or shown to an agent; `refused`: must not be called; `cancelled`: taken off.",
});
export const Zone = Type.String({ maxLength: 50, examples: ["Asia/Omsk"], description: "IANA zone." });
const Label = Type.String({ maxLength: 200, pattern: "^[^\\u0000-\\u001f\\u007f]*$" });

const options = {
  zone: Type.Optional(Zone),
  priority: Type.Optional(Type.Integer({ minimum: 0, maximum: 9, description: "9 goes first." })),
  nextAt: Type.Optional(Instant("Not before.")),
  agentId: Type.Optional(Id("Only this agent is given the call.")),
  score: Type.Optional(
    Type.Number({ minimum: 0, maximum: 1, description: "How likely a person answers: pacing uses it." }),
  ),
};
const Phones = Type.Array(PhoneText, { minItems: 1, maxItems: 10, description: "In the order of trying." });
const Row = Type.Object(
  {
    contactId: Type.Optional(Id("A contact of ours, with its name, its numbers and its zone.")),
    phones: Type.Optional(Phones),
    name: Type.Optional(Label),
    ...options,
  },
  { ...Closed, minProperties: 1 },
);

export const ListRequest = Type.Object(
  {
    contacts: Type.Optional(
      Type.Array(Type.Union([PhoneText, Row]), {
        maxItems: MOST_ROWS,
        description: "Numbers, or objects with a contact or numbers.",
      }),
    ),
    filter: Type.Optional(
      Type.Object(filterFields, {
        ...Closed,
        description: "All contacts that match all of it; {}: everybody.",
      }),
    ),
    ...options,
  },
  {
    ...Closed,
    minProperties: 1,
    description: "What is said beside `contacts` holds for rows that say nothing.",
  },
);
export const ListReport = Type.Object({
  added: Type.Integer(),
  notAllowed: Type.Integer({
    description:
      "Numbers that were added and may not be called: DOZVON_DIAL_ALLOW does not name their country.",
  }),
  rows: Type.Array(
    Type.Object({
      row: Type.Integer({
        description: "Place in `contacts`, from 0; with a filter the order of the contacts.",
      }),
      result: Type.Enum(["added", "duplicate", "unknown-contact", "no-number", "refused", "not-a-number"], {
        description: "`duplicate`: on the list already; `refused`: on the refusal list.",
      }),
      left: Type.Optional(
        Type.Array(Type.String(), { description: "Numbers of the row that were left out." }),
      ),
      notAllowed: Type.Optional(
        Type.Array(Type.String(), { description: "Numbers that were added and may not be called." }),
      ),
    }),
    {
      description:
        "Rows that were not added, or not with all their numbers, or with some that may not be called.",
    },
  ),
  warnings: Warnings,
});
export const UnlistRequest = Type.Object(
  { ids: Type.Optional(Type.Array(Id(), { maxItems: MOST_ROWS, description: "Left out: all who wait." })) },
  Closed,
);
export const Unlisted = Type.Object({ cancelled: Type.Integer() });

export const ListQuery = Type.Object(
  {
    state: Type.Optional(ListState),
    ending: Type.Optional(Ending),
    q: Type.Optional(Type.String({ maxLength: 100, description: "Part of the name." })),
    phone: Type.Optional(PhoneText),
    ...Paging,
  },
  Closed,
);
export const ListPage = PageOf(
  Type.Object({
    id: Id(),
    contactId: Nullable(Id()),
    name: Type.String(),
    state: ListState,
    priority: Type.Integer(),
    nextAt: Instant(),
    attempts: Type.Integer(),
    agentId: Nullable(Id()),
    lastEnding: Nullable(Ending),
    reason: Nullable(Type.String({ description: "Why it is done, refused or was put off." })),
    takenAt: Nullable(Instant()),
    endedAt: Nullable(Instant()),
    numbers: Type.Array(
      Type.Object({
        phone: PhoneView,
        attempts: Type.Integer(),
        zone: Nullable(Type.String()),
        score: Nullable(Type.Number()),
        lastEnding: Nullable(Ending),
      }),
    ),
  }),
);

export const AttemptQuery = Type.Object(
  {
    ending: Type.Optional(Ending),
    open: Type.Optional(Type.Boolean({ description: "Only those in flight." })),
    phone: Type.Optional(PhoneText),
    ...Paging,
  },
  Closed,
);
export const AttemptPage = PageOf(
  Type.Object({
    id: Type.String({ description: "Also the name of its channel." }),
    callId: Id(),
    phone: PhoneView,
    listedId: Nullable(Id("Of the list's entry.")),
    contactId: Nullable(Id()),
    agentId: Nullable(Id()),
    trunkKey: Nullable(
      Type.String({
        description: "In flight: through which it was dialled first; then: the one that carried it.",
      }),
    ),
    callerNumber: Nullable(PhoneView),
    state: Type.Enum(["placing", "placed", "refused", "not-placed"]),
    ending: Nullable(Ending),
    cause: Nullable(Type.Integer({ description: "Q.850." })),
    dialledAt: Instant(),
    answeredAt: Nullable(
      Instant("By Asterisk's record, in flight too, as soon as that was taken in (a moment later)."),
    ),
    greetingEndedAt: Nullable(Instant()),
    connectedAt: Nullable(Instant()),
    abandonedAt: Nullable(Instant()),
    messagePlayedAt: Nullable(Instant()),
    endedAt: Nullable(Instant()),
    amd: Nullable(
      Type.Unsafe<object>(
        Type.Object(
          {
            verdict: Type.Enum(["person", "machine", "unsure"]),
            cause: Type.String({ description: "AMDCAUSE." }),
            ms: Type.Number({ description: "How long it took." }),
            corrected: Type.Optional(
              Type.Object({ verdict: Type.Enum(["person", "machine"]), by: Type.String(), at: Instant() }),
            ),
          },
          { description: "What app_amd thought, and what somebody knew better." },
        ),
      ),
    ),
    pressed: Nullable(Type.String()),
    because: Nullable(
      Type.Unsafe<object>(
        Type.Record(Type.String(), Type.Unknown(), { description: "Why the number might be dialled." }),
      ),
    ),
  }),
);
export const AttemptParams = Type.Object({ id: Id(), attemptId: Type.String({ maxLength: 100 }) }, Closed);
export const AmdCorrection = Type.Object({ verdict: Type.Enum(["person", "machine"]) }, Closed);
