/** What is done with a conversation that goes on. */
import { Type } from "typebox";
import { Closed, Id, Nullable, PhoneText } from "./common.ts";

const Destination = Type.Union(
  [
    Type.Object({ agentId: Id() }, Closed),
    Type.Object(
      {
        shortNumber: Type.String({
          pattern: "^[0-9]{2,6}$",
          description: "Of an agent or a line.",
          examples: ["102"],
        }),
      },
      Closed,
    ),
    Type.Object({ number: PhoneText }, Closed),
    Type.Object({ lineId: Id() }, Closed),
  ],
  { description: "Whom to: an agent, a line, or a number outside." },
);

export const Transfer = Type.Object(
  {
    type: Type.Enum(["blind", "consultation", "conference"], {
      description:
        "blind: the caller rings the target at once; consultation: the caller waits while you talk; conference: all three as soon as the target answers.",
    }),
    to: Destination,
    acceptanceNeeded: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          "The target must accept before the caller is handed over, also if the target's card does not say so (XFER-14).",
      }),
    ),
  },
  Closed,
);

export const ConversationView = Type.Object({
  id: Id(),
  state: Type.Enum(
    ["talking", "held", "consulting", "returning", "handing", "transferring", "conference", "over"],
    { description: "returning and handing: the caller is on the way to whom they talk with next." },
  ),
  agentId: Nullable(Id("Whose conversation it is, or was until it was handed over.")),
  target: Nullable(
    Type.Object({
      kind: Type.Enum(["agent", "line", "number"]),
      id: Type.String({ description: "An id, or the number." }),
    }),
  ),
  answered: Nullable(Type.Boolean({ description: "Whether the one who is consulted has answered." })),
  acceptanceNeeded: Nullable(Type.Boolean()),
  muted: Type.Boolean(),
});

const Mode = Type.Enum(["listen", "whisper", "barge"], {
  description: "listen: nobody hears the supervisor; whisper: the agent does; barge: both do.",
});

export const Supervise = Type.Object(
  {
    mode: Mode,
    agentId: Type.Optional(Id("Whose phone rings for the supervisor; default: the key's own agent.")),
  },
  Closed,
);
export const Supervisor = Type.Object(
  { agentId: Type.Optional(Id("The supervisor as an agent; default: the key's own.")) },
  Closed,
);
export const SupervisionView = Type.Object({ id: Id(), agentId: Id(), mode: Nullable(Mode) });

export const EchoStarted = Type.Object({ agentId: Id("Whose phone rings now.") });
