/** Recordings. */
import { Type } from "typebox";
import { Closed, Id, Instant, ListOf, Nullable, PageOf, Paging } from "./common.ts";

const State = Type.Enum(["kept", "empty", "lost", "deleted"]);
const Kind = Type.Enum(["call", "voicemail"], {
  description: "`voicemail`: a message that a caller left (D-39); for supervisors.",
});

export const RecordingView = Type.Object({
  id: Id("Stays the same in every export (REC-01)."),
  callId: Id(),
  kind: Kind,
  state: State,
  bytes: Nullable(Type.Integer({ description: "Of the plain audio file." })),
  sha256: Nullable(
    Type.String({ description: "Of the plain audio file, hexadecimal; stays after a deletion." }),
  ),
  durationMs: Nullable(Type.Integer()),
  channels: Nullable(Type.Integer({ description: "2: left is the customer, right is the agent." })),
  repaired: Type.Boolean(),
  encrypted: Type.Boolean({ description: "On the disk; what is sent is a plain WAV." }),
  held: Type.Boolean({ description: "A legal hold keeps it from being deleted." }),
  pauses: Type.Array(Type.Object({ fromMs: Type.Integer(), toMs: Type.Integer() }), {
    description: "Where recording was paused, in milliseconds from the file's beginning: silence.",
  }),
  adoptedAt: Instant(),
  deletedAt: Nullable(Instant()),
  deletedBy: Nullable(Type.String({ description: "`retention`, or the id of the key that asked for it." })),
  audio: Nullable(Type.String({ description: "Where the audio is, when there is any." })),
});
export const RecordingPage = PageOf(RecordingView);
export const RecordingQuery = Type.Object(
  {
    callId: Type.Optional(Id()),
    kind: Type.Optional(Kind),
    state: Type.Optional(State),
    held: Type.Optional(Type.Boolean()),
    agentId: Type.Optional(Id()),
    lineId: Type.Optional(Id()),
    since: Type.Optional(Instant()),
    until: Type.Optional(Instant()),
    ...Paging,
  },
  Closed,
);
export const AudioQuery = Type.Object(
  {
    download: Type.Optional(
      Type.Boolean({ description: "To be saved under a name, and audited as a download, not as listening." }),
    ),
  },
  Closed,
);
export const DownloadRequest = Type.Object(
  { ids: Type.Array(Id(), { minItems: 1, maxItems: 200, uniqueItems: true }) },
  Closed,
);
export const DeletionQuery = Type.Object(
  { since: Type.Optional(Instant()), until: Type.Optional(Instant()), ...Paging },
  Closed,
);
const Reason = Type.String({ maxLength: 200, description: "For the audit." });
export const HoldRequest = Type.Object({ held: Type.Boolean(), reason: Type.Optional(Reason) }, Closed);
export const PauseRequest = Type.Object(
  {
    reason: Type.Optional(Reason),
    autoResumeSeconds: Type.Optional(
      Type.Integer({
        minimum: 5,
        maximum: 600,
        description: "Recording goes on by itself after this long. Left out: 120.",
      }),
    ),
  },
  Closed,
);
export const PauseView = Type.Object({ callId: Id(), paused: Type.Literal(true), resumesAt: Instant() });
export const ResumeView = Type.Object({ callId: Id(), paused: Type.Literal(false), resumedAt: Instant() });
export const RotatedView = Type.Object({
  keyId: Id("The new master key."),
  recordings: Type.Integer({
    description: "How many recordings' own keys are wrapped by it now, in the background.",
  }),
});
export const KeyList = ListOf(
  Type.Object({ keyId: Id(), recordings: Type.Integer({ description: "How many this key wraps." }) }),
);

const run = {
  startedAt: Instant(),
  endedAt: Instant(),
  deleted: Type.Integer({ description: "Recordings that went." }),
  failed: Type.Integer({ description: "Recordings that resisted; the next run tries them again." }),
};
export const RetentionRun = Type.Object(run);
export const RetentionView = Type.Object({
  due: Type.Integer({ description: "Recordings past their line's retention that the next run deletes." }),
  held: Type.Integer({ description: "Those that are past it and that a legal hold keeps." }),
  lastRun: Nullable(
    Type.Object({
      ...run,
      by: Type.String({ description: "`daily`, or the id of the key that asked for it." }),
    }),
  ),
});
