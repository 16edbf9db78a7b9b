/** Numbers that customers see, and their proofs. */
import { Type } from "typebox";
import { ChangeOf, Closed, Id, Instant, Nullable, PhoneText, PhoneView } from "./common.ts";

const Source = Type.Enum(["line", "common", "personal"], {
  description:
    "line: the number of the line that a call counts for. common: one existing number for everybody. personal: each agent's own (LINE-01).",
});
const Display = Type.Enum(["own", "service"], {
  description: "own: the verified number. service: one that cannot be called back (LINE-02).",
});
const proof = {
  number: Nullable(PhoneView),
  verifiedUntil: Nullable(Instant("When the verification lapses (LINE-04); null: never verified.")),
  valid: Type.Boolean({ description: "Whether calls can be placed with it now." }),
};
export const NumbersView = Type.Object({
  source: Source,
  display: Display,
  serviceNumber: Nullable(PhoneView),
  common: Type.Object(proof, { description: "The company's common number." }),
  agents: Type.Array(Type.Object({ id: Id(), name: Type.String(), shortNumber: Type.String(), ...proof }), {
    description: "Each agent's own number (LINE-05); an agent's key sees its own.",
  }),
});
export const NumbersChange = ChangeOf({
  source: Source,
  display: Display,
  serviceNumber: Nullable(PhoneText),
});

const Language = Type.Enum(["ru", "en"], { description: "What the code is told in.", default: "ru" });
export const NewVerification = Type.Object(
  {
    number: PhoneText,
    method: Type.Enum(["call", "sms"], {
      description: "A call dictates the code, or an SMS brings it (LINE-03).",
    }),
    for: Type.Union(
      [
        Type.Object({ kind: Type.Literal("company") }, Closed),
        Type.Object(
          {
            kind: Type.Enum(["agent", "agent-forwarding", "line-forwarding"]),
            id: Id("The agent's or the line's."),
          },
          Closed,
        ),
      ],
      { description: "What the number becomes once it is verified." },
    ),
    language: Type.Optional(Language),
  },
  Closed,
);
export const VerificationView = Type.Object({
  id: Id(),
  number: PhoneView,
  expiresAt: Instant("The code has to be typed in before."),
  callId: Nullable(Id("The call that dictates the code; null for an SMS.")),
});
export const Code = Type.Object(
  { code: Type.String({ pattern: "^[0-9]{6}$", examples: ["042713"] }) },
  Closed,
);
export const VerifiedView = Type.Object({ number: PhoneView, verifiedUntil: Instant() });
