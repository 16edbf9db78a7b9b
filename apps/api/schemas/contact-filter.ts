/** Which contacts: the same words in lists, in work on many, and in campaigns. */
import { Type } from "typebox";
import { Closed, Id, Instant, PhoneText } from "./common.ts";

const Clock = (description: string) =>
  Type.String({ pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$", description, examples: ["09:00"] });

export const Kind = Type.Enum(["contact", "organisation"], {
  description: "An organisation can hold contacts: its people (CONT-01).",
});

/** Each narrows what the others leave. */
export const filterFields = {
  kind: Type.Optional(Kind),
  organisationId: Type.Optional(Id("People of this organisation.")),
  ownerId: Type.Optional(Id()),
  owned: Type.Optional(Type.Boolean({ description: "false: nobody's." })),
  tagId: Type.Optional(Id()),
  importId: Type.Optional(Id("Made by this import (IMP-21).")),
  phone: Type.Optional(PhoneText),
  createdSince: Type.Optional(Instant("Made then or later.")),
  createdUntil: Type.Optional(Instant("Made before that.")),
  email: Type.Optional(Type.String({ minLength: 3, maxLength: 254 })),
  q: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description: "Part of the name, a number, an address, or the organisation's name.",
    }),
  ),
  timeFrom: Type.Optional(
    Clock(
      "Only those where it is this time or later now, and before `timeTo`; a span over midnight is one too. Whose zone is unknown needs it everywhere in Russia.",
    ),
  ),
  timeTo: Type.Optional(Clock("Goes with `timeFrom`.")),
  scenarioId: Type.Optional(Id("The last call with a result was made by this script.")),
  resultId: Type.Optional(Id("The last result.")),
  calledSince: Type.Optional(Instant("The last call with a result arrived then or later.")),
  calledUntil: Type.Optional(Instant("The last call with a result arrived before that.")),
  called: Type.Optional(Type.Boolean({ description: "false: only those who were never in a call." })),
};

export const ContactFilter = Type.Object(filterFields, Closed);
