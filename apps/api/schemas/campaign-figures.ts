/** A campaign in figures, and whether a number may be dialled. */
import { Type } from "typebox";
import { CONTACT_STATES } from "../../core/dialling/campaign.ts";
import { REFUSALS } from "../../core/dialling/verdict.ts";
import { Zone } from "./campaign-list.ts";
import { StateOf, Warnings } from "./campaigns.ts";
import { Closed, Id, Instant, ListOf, Nullable, PhoneText, PhoneView } from "./common.ts";
import { Mode, PolicyView } from "./policy.ts";

const Decision = Type.Object({
  at: Instant(),
  dialled: Type.Integer({ description: "How many were dialled; 0 with the reason in `because`." }),
  shed: Type.Integer({ description: "How many that rang were hung up." }),
  because: Type.Unsafe<object>(
    Type.Record(Type.String(), Type.Unknown(), {
      description:
        "`code` and `text`: in plain words why nobody is dialled (`no-trunk`, `no-agents`, `nobody-due`, `calendar-closed`, `nobody-allowed`, `no-room`, `agents-busy`, `enough`), once it has stood for a while, or that only one call for each free agent is dialled because too many were abandoned (`one-for-one`). `q`: the risk that the next answer finds nobody; `theta`: how much of it is allowed; `pHat`: the share of dials that a person answers; `guard`: beyond the limit, only one for one.",
    }),
  ),
});
export const DecisionQuery = Type.Object(
  { limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }) },
  Closed,
);
export const DecisionList = ListOf(Decision);

const Counts = (description: string) => Type.Record(Type.String(), Type.Integer(), { description });
export const CampaignStatus = Type.Object({
  id: Id(),
  state: StateOf,
  mode: Mode,
  warnings: Warnings,
  list: Type.Object({
    states: Counts("How many of the list are in which state."),
    due: Type.Integer({ description: "Waiting, and their time has come." }),
    nextAt: Nullable(Instant("When the next one who waits is due.")),
    reasons: Type.Array(
      Type.Object({
        state: Type.Enum([...CONTACT_STATES]),
        code: Type.String({
          description:
            "`due`; `not-before` a time that the list says; `retry`; `for-an-agent` who was asked for; what the gate said last (`closed`, `too-many`, `refused` … as in POST /v1/campaigns/check); how it ended (`reached`, `exhausted` …).",
        }),
        text: Type.String({ description: "The same in plain words." }),
        count: Type.Integer(),
        nextAt: Nullable(Instant("Of those who wait: when the first is looked at again.")),
      }),
      { description: "Why people wait, or are not called any more; the commonest first." },
    ),
  }),
  attempts: Type.Object({
    since: Instant(),
    total: Type.Integer(),
    open: Type.Integer(),
    endings: Counts("By ending."),
  }),
  previews: Type.Object({
    shown: Type.Integer({ description: "How many are shown to agents now." }),
    outcomes: Counts(
      "Showings that ended since `attempts.since`: called, skipped, timed-out, returned, refused.",
    ),
  }),
  abandonment: Type.Object({
    since: Instant("The window of the policy, backwards from now."),
    abandoned: Type.Integer(),
    falsePositives: Type.Integer({ description: "Persons whom AMD took for machines, as far as corrected." }),
    live: Type.Integer({ description: "Calls that a person answered." }),
    numerator: Type.Integer(),
    denominator: Type.Integer(),
    percent: Nullable(Type.Number()),
    limitPercent: Type.Number(),
    exceeded: Type.Boolean(),
  }),
  agents: Nullable(
    Type.Object(
      {
        total: Type.Integer(),
        free: Type.Integer(),
        talking: Type.Integer(),
        wrapUp: Type.Integer(),
        onBreak: Type.Integer(),
        offline: Type.Integer(),
      },
      { description: "null while the engine is away." },
    ),
  ),
  connectSeconds: Type.Object({
    mean: Nullable(Type.Number({ description: "From the answer to the agent." })),
    p99: Nullable(Type.Number()),
  }),
  answerSeconds: Nullable(Type.Number({ description: "From the dial to the answer, on average." })),
  talkSeconds: Type.Number({ description: "Talk of the calls that are over." }),
  pacing: Nullable(Decision),
});
export const StatusQuery = Type.Object(
  { since: Type.Optional(Instant("Attempts since then; default: the last 24 hours.")) },
  Closed,
);

export const EvidenceQuery = Type.Object(
  {
    since: Type.Optional(Instant("Answered at this instant or later; default: the policy's window.")),
    until: Type.Optional(Instant("Answered before this instant; default: now.")),
  },
  Closed,
);

export const CheckRequest = Type.Object(
  {
    campaignId: Id(),
    phone: PhoneText,
    at: Type.Optional(Instant("At this moment instead of now.")),
    zone: Type.Optional(Zone),
  },
  Closed,
);
export const CheckAnswer = Type.Object({
  allowed: Type.Boolean(),
  code: Nullable(Type.Enum([...REFUSALS])),
  text: Nullable(Type.String()),
  notBefore: Nullable(
    Instant("It makes no sense to ask again before; null for a refusal: waiting alone does not help."),
  ),
  because: Type.Object({
    phone: PhoneView,
    at: Instant(),
    state: StateOf,
    zones: Type.Array(
      Type.Object({ zone: Type.String(), clock: Type.String({ examples: ["2026-03-03T09:30"] }) }),
      { description: "Several: the number does not say in which of them its owner is." },
    ),
    listed: Type.Boolean({ description: "Whether the number is on the campaign's list." }),
    onRefusalList: Type.Boolean(),
    consentId: Nullable(Id()),
    attempts: Type.Object({
      campaign: Type.Integer({ description: "By this campaign, for this contact." }),
      day: Type.Integer({ description: "By everybody, in the last 24 hours." }),
      week: Type.Integer(),
      month: Type.Integer(),
    }),
    policy: PolicyView,
  }),
});
