/** The audit. */
import { Type } from "typebox";
import { Closed, Id, Instant, Nullable, PageOf, Paging } from "./common.ts";

export const AuditView = Type.Object({
  id: Id(),
  at: Instant(),
  keyId: Nullable(Id("null: the house itself, such as the daily deletion.")),
  keyName: Nullable(Type.String()),
  role: Nullable(Type.Enum(["admin", "supervisor", "agent"])),
  agentId: Nullable(Id("Whose key it was, if an agent's.")),
  action: Type.String({ examples: ["recording.listened"] }),
  subjectType: Type.String({ examples: ["recording"] }),
  subjectId: Nullable(Type.String()),
  detail: Type.Record(Type.String(), Type.Unknown()),
  address: Nullable(Type.String({ description: "Where the request came from." })),
});
export const AuditPage = PageOf(AuditView);
export const AuditQuery = Type.Object(
  {
    action: Type.Optional(
      Type.String({
        maxLength: 60,
        pattern: "^[a-z.-]+$",
        description: "Whole, or its beginning up to a dot: `recording` finds `recording.listened`.",
      }),
    ),
    keyId: Type.Optional(Id()),
    agentId: Type.Optional(Id()),
    subjectType: Type.Optional(Type.String({ maxLength: 40 })),
    subjectId: Type.Optional(Type.String({ maxLength: 100 })),
    since: Type.Optional(Instant("At this instant or later.")),
    until: Type.Optional(Instant("Before this instant.")),
    ...Paging,
  },
  Closed,
);
