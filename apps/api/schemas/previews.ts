/** Preview campaigns: who is shown to an agent, and what the agent does about it. */
import { Type } from "typebox";
import { ATTEMPT_ENDINGS, PREVIEW_TIMEOUTS } from "../../core/dialling/campaign.ts";
import { SKIP_REASONS } from "../../core/dialling/preview.ts";
import { HistoryPage } from "./book.ts";
import { Closed, Id, Instant, Nullable, PhoneText, PhoneView } from "./common.ts";
import { ContactView } from "./contacts.ts";
import { PurposeOf } from "./policy.ts";
import { ScenarioView } from "./scenarios.ts";

const Reason = Type.Enum([...SKIP_REASONS], {
  description: "`do-not-call`: its numbers go on the refusal list. `other`: the comment says why.",
});
const Ending = Nullable(Type.Enum([...ATTEMPT_ENDINGS]));

const Preview = Type.Object({
  id: Id("Of this showing: what POST /v1/previews/{id}/call and …/skip are about."),
  agentId: Id(),
  campaign: Type.Object({ id: Id(), name: Type.String(), purpose: PurposeOf }),
  shownAt: Instant(),
  until: Instant("The end of the time limit."),
  onTimeout: Type.Enum([...PREVIEW_TIMEOUTS]),
  name: Type.String({ description: "As it is on the list; the contact's own may be longer." }),
  contact: Nullable(ContactView),
  tried: Type.Integer({ description: "How often the campaign has called them." }),
  numbers: Type.Array(
    Type.Object({
      phone: PhoneView,
      attempts: Type.Integer(),
      lastAt: Nullable(Instant()),
      lastEnding: Ending,
      refused: Type.Boolean({ description: "Its owner does not want to be called." }),
    }),
    { description: "In the order in which they would be called." },
  ),
  attempts: Type.Array(
    Type.Object({ callId: Id(), phone: PhoneView, at: Instant(), ending: Ending, agentId: Nullable(Id()) }),
    { description: "The campaign's newest calls of this contact." },
  ),
  skips: Type.Array(
    Type.Object({ at: Instant(), agentId: Nullable(Id()), reason: Reason, comment: Type.String() }),
    { description: "Why agents have skipped this contact, the newest first." },
  ),
  history: Type.Array(HistoryPage.properties.items.items, {
    description: "The newest of the contact's history.",
  }),
  scenario: Nullable(ScenarioView),
  skipReasons: Type.Array(Type.Object({ reason: Reason, ru: Type.String(), en: Type.String() })),
});

export const PreviewAnswer = Type.Object({
  preview: Nullable(Preview),
});
export const PreviewCall = Type.Optional(
  Type.Object(
    { phone: Type.Optional(PhoneText) },
    { ...Closed, description: "Which of the numbers; the first that may be called now, if none is named." },
  ),
);
export const PreviewSkip = Type.Object(
  {
    reason: Reason,
    comment: Type.Optional(Type.String({ maxLength: 2000 })),
    next: Type.Enum(["end", "at", "finish"], {
      description: "Back to the end of the list, back at a time (`at`), or done with.",
    }),
    at: Type.Optional(Instant("With `next: at`, and only then.")),
  },
  Closed,
);
