/** Agents. */
import { Type } from "typebox";
import {
  AppliedView,
  ChangeOf,
  Closed,
  Id,
  IdParams,
  Instant,
  ListOf,
  Name,
  Nullable,
  PhoneText,
  PhoneView,
} from "./common.ts";

const fields = {
  name: Name("Full name."),
  shortNumber: Type.String({
    pattern: "^[0-9]{2,6}$",
    description: "For internal calls and transfers (SOFT-08).",
    examples: ["101"],
  }),
};
const habits = {
  acceptanceNeeded: Type.Boolean({
    description: "A call is handed to this agent only after they accepted it (XFER-14).",
  }),
  consultationOnly: Type.Boolean({
    description: "Talks to colleagues; no customer may be handed over (XFER-05).",
  }),
};
const deferredAutoCall = Nullable(
  Type.Boolean({
    description:
      "Whether this agent's calls for later are placed by themselves when they are due and the agent is free (DEFER-01); null: as the company has it.",
  }),
);
const email = Nullable(
  Type.String({
    maxLength: 254,
    pattern: "^[!-?A-~]+@[!-?A-~]+$",
    description: "Where notices of missed calls are sent (MISS-03); null: nowhere.",
    examples: ["anna@example.com"],
  }),
);
const callMode = Type.Enum(["phone", "external", "webrtc"], {
  description:
    "What is called first when the agent places a call: the SIP phone, the agent's own number outside (two legs, LINE-13), or the browser (LINE-11). With webrtc the agent's phone is a browser for all calls (GET /v1/agents/{id}/webrtc), and an ordinary one is no longer taken.",
});
const autoAnswer = Type.Boolean({
  description: "The phone is asked to answer by itself when the agent places a call.",
});
const placing = {
  callMode: Type.Optional(callMode),
  mobile: Type.Optional(Nullable(PhoneText)),
  autoAnswer: Type.Optional(autoAnswer),
};
const State = Type.Enum(["offline", "break", "inbound", "outbound"], {
  description: "What the agent chose (AGENT-04); talking is a phase of a call.",
});

const view = {
  id: Id(),
  name: Type.String(),
  shortNumber: Type.String(),
  ...habits,
  phone: Type.String({ description: "The SIP user of the agent's phone." }),
  state: State,
  stateSince: Instant(),
  shown: Type.Object(
    {
      state: Type.Enum([
        "offline",
        "break",
        "inbound",
        "outbound",
        "offered",
        "dialling",
        "talking",
        "wrap-up",
      ]),
      ru: Type.String(),
      en: Type.String(),
    },
    { description: "The word beside the agent's name (AGENT-10); `agent.changed` carries it too." },
  ),
  pendingState: Nullable(
    Type.Enum(["offline", "break", "inbound", "outbound"], {
      description: "Chosen during a call; begins when the call and its wrap-up are over (AGENT-09).",
    }),
  ),
  email,
  callMode,
  mobile: Nullable(PhoneView),
  autoAnswer,
  deferredAutoCall,
  forwardNumber: Nullable(PhoneView),
  forwardState: Type.Enum(["none", "pending", "verified", "approved"], {
    description: "Calls are forwarded to the agent's own number when it is approved (FWD-03).",
  }),
  console: Type.Object(
    {
      state: Type.Enum(["inactive", "inbound", "outbound", "break"], {
        description: "inactive: signed out (D-01).",
      }),
      since: Instant(),
      forMs: Type.Integer({ description: "How long it has been so." }),
    },
    { description: "The operator's console as a supervisor sees it, beside shortNumber (AGENT-12)." },
  ),
  lines: Type.Array(Type.Object({ id: Id(), name: Type.String(), number: PhoneView }), {
    description: "The lines whose calls this agent takes (LINE-17).",
  }),
  live: Nullable(
    Type.Object(
      {
        status: Type.String({
          description:
            "available, ringing, dialling, talking, wrap-up, outbound (in that state, and free), do-not-disturb or offline (AGENT-01); break for who serves no line (AGENT-03).",
          examples: ["available"],
        }),
        device: Type.String({ description: "What Asterisk says of the phone." }),
        openLine: Type.Boolean({ description: "Whether the agent keeps a line open for campaigns." }),
        call: Nullable(
          Type.Object({
            id: Id(),
            phase: Type.Enum(["offered", "dialling", "talking", "wrap-up"]),
            since: Instant(),
            until: Nullable(Instant("When a wrap-up ends by itself; null: when it is completed (AGENT-08).")),
            talkingForMs: Nullable(Type.Integer({ description: "The running timer (AGENT-07)." })),
          }),
        ),
      },
      { description: "null while the engine is away." },
    ),
  ),
  createdAt: Instant(),
};

const sip = Type.Object(
  { username: Type.String(), password: Type.String(), server: Type.String() },
  { description: "The phone's SIP account. The password is shown once; we keep only its digest." },
);

const forwardNumber = Nullable(PhoneText);
export const NewAgent = Type.Object(
  {
    ...fields,
    ...placing,
    email: Type.Optional(email),
    forwardNumber: Type.Optional(forwardNumber),
    acceptanceNeeded: Type.Optional(habits.acceptanceNeeded),
    consultationOnly: Type.Optional(habits.consultationOnly),
    deferredAutoCall: Type.Optional(deferredAutoCall),
  },
  Closed,
);
export const AgentChange = ChangeOf({
  ...fields,
  ...placing,
  email,
  forwardNumber,
  deferredAutoCall,
  ...habits,
});
export const AgentView = Type.Object(view);
export const AgentList = ListOf(AgentView);
export const AgentApplied = Type.Object({ ...view, applied: AppliedView });
export const AgentCreated = Type.Object({ ...view, applied: AppliedView, sip });
export const AgentPassword = Type.Object({ sip, applied: AppliedView });
export const StateChange = Type.Object({ state: State }, Closed);
export const LinesChange = Type.Object(
  { lineIds: Type.Array(Id(), { maxItems: 1000, uniqueItems: true }) },
  Closed,
);
export { IdParams };
