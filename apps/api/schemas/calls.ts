/** Calls. */
import { Type } from "typebox";
import { ENDINGS } from "../../core/ending.ts";
import { Closed, Id, Instant, ListOf, Nullable, PageOf, Paging, PhoneView } from "./common.ts";
import { RecordingView } from "./recordings.ts";
import { ChargeView, TotalView } from "./tariffs.ts";

const CallType = Type.Enum(["inbound", "missed", "internal", "outbound"], {
  description: "`missed` is a type of its own (MISS-04).",
});

const view = {
  id: Id(),
  type: CallType,
  from: Nullable(PhoneView),
  to: Nullable(PhoneView),
  lineId: Nullable(Id()),
  lineName: Nullable(Type.String()),
  queueId: Nullable(Id()),
  contactId: Nullable(Id()),
  ownerId: Nullable(Id()),
  agentId: Nullable(Id("Who talked.")),
  firstOfferedId: Nullable(Id("Who was asked first (MISS-02).")),
  arrivedAt: Instant(),
  connectedAt: Nullable(Instant()),
  endedAt: Nullable(Instant("null while the call is going on.")),
  waitMs: Nullable(Type.Integer({ description: "From arrival to an agent's voice (ROUTE-12)." })),
  talkMs: Nullable(Type.Integer()),
  holdMs: Nullable(Type.Integer({ description: "How long the caller was on hold (SOFT-02)." })),
  transfers: Type.Integer({ description: "How often the caller was handed to somebody else." }),
  ending: Nullable(Type.String({ description: `One of ${ENDINGS.join(", ")}.` })),
  culprit: Nullable(Type.Enum(["ours", "theirs", "carrier"])),
  cause: Nullable(Type.Integer({ description: "Q.850 cause of the hang-up." })),
  fallback: Type.Boolean({ description: "The dialplan routed this call without the engine." }),
  forwardedTo: Nullable(PhoneView),
  recordingId: Nullable(Id()),
  voicemailId: Nullable(Id("The message that the caller left (D-39); a recording of the kind `voicemail`.")),
};

export const CallView = Type.Object(view);
export const CallPage = PageOf(CallView);
export const CallDetail = Type.Object({
  ...view,
  charges: Nullable(
    Type.Array(ChargeView, {
      description:
        "One for each answered connection to a number outside, at the rate of its own direction, whoever else talked meanwhile (XFER-12); there when the connection is over. null for keys that may not see what calls cost (REP-07).",
    }),
  ),
  chargeTotals: Nullable(
    Type.Array(TotalView, { description: "Of the charges with an amount, by currency." }),
  ),
  legs: Type.Array(
    Type.Object({
      channel: Type.String(),
      name: Type.String(),
      agentId: Nullable(Id()),
      startedAt: Instant(),
      answeredAt: Nullable(Instant()),
      endedAt: Nullable(Instant()),
      cause: Nullable(Type.Integer()),
      talkMs: Nullable(Type.Integer({ description: "With the caller; null: never." })),
      toNumber: Nullable(PhoneView),
    }),
  ),
  parts: Type.Array(
    Type.Object({
      kind: Type.Enum(["talk", "conference", "consult", "hold"]),
      agentId: Nullable(Id()),
      channel: Type.String(),
      from: Instant(),
      to: Nullable(Instant()),
    }),
    { description: "Who was with whom, in order." },
  ),
  recording: Nullable(RecordingView),
  recordingPausedUntil: Nullable(
    Instant("What is said now is not recorded; it goes on by itself at this instant."),
  ),
});
export const CallQuery = Type.Object(
  {
    type: Type.Optional(CallType),
    lineId: Type.Optional(Id()),
    queueId: Type.Optional(Id()),
    agentId: Type.Optional(Id()),
    contactId: Type.Optional(Id()),
    from: Type.Optional(Type.String({ minLength: 2, maxLength: 40 })),
    to: Type.Optional(Type.String({ minLength: 2, maxLength: 40 })),
    since: Type.Optional(Instant("Arrived at this instant or later.")),
    until: Type.Optional(Instant("Arrived before this instant.")),
    ending: Type.Optional(Type.Enum([...ENDINGS])),
    open: Type.Optional(Type.Boolean({ description: "true: going on now; false: over." })),
    ...Paging,
  },
  Closed,
);
export const JournalQuery = Type.Object(Paging, Closed);
export const EventList = ListOf(
  Type.Object({
    at: Instant(),
    source: Type.Enum(["cel", "queue", "engine"]),
    kind: Type.String(),
    data: Type.Record(Type.String(), Type.Unknown()),
  }),
);
export const WhyView = Type.Object({
  callId: Id(),
  summary: Type.String({ description: "One sentence." }),
  decisions: Type.Array(
    Type.Object({
      at: Instant(),
      decision: Type.Enum([
        "welcomed",
        "offered",
        "offer-ended",
        "held",
        "taken-back",
        "consulted",
        "consultation-over",
        "joined",
        "handed-over",
        "handing-failed",
        "answered",
        "queued",
        "owner-awaited",
        "dialled-outside",
        "menu",
        "chosen",
        "refused",
        "dialled",
        "customer-waited",
        "abandoned",
        "hung-up-early",
        "fallback",
      ]),
      rule: Nullable(Type.String({ description: "The ledger entry or law that decided." })),
      because: Type.String(),
      agentId: Nullable(Type.String()),
      queueId: Nullable(Type.String()),
      considered: Type.Array(
        Type.Object({ agent: Type.String(), name: Type.String(), verdict: Type.String() }),
        { description: "Who was looked at, and why they were not chosen." },
      ),
    }),
  ),
});
