/** Recordings. */
import { Type } from "typebox";
import { Closed, Id, Instant, Nullable, PageOf, Paging } from "./common.ts";

const State = Type.Enum(["kept", "empty", "lost"]);

export const RecordingView = Type.Object({
  id: Id(),
  callId: Id(),
  state: State,
  bytes: Nullable(Type.Integer()),
  sha256: Nullable(Type.String({ description: "Of the audio file, hexadecimal." })),
  durationMs: Nullable(Type.Integer()),
  channels: Nullable(Type.Integer({ description: "2: left is the customer, right is the agent." })),
  repaired: Type.Boolean(),
  adoptedAt: Instant(),
  audio: Nullable(Type.String({ description: "Where the audio is, when there is any." })),
});
export const RecordingPage = PageOf(RecordingView);
export const RecordingQuery = Type.Object(
  {
    callId: Type.Optional(Id()),
    state: Type.Optional(State),
    agentId: Type.Optional(Id()),
    lineId: Type.Optional(Id()),
    since: Type.Optional(Instant()),
    until: Type.Optional(Instant()),
    ...Paging,
  },
  Closed,
);
