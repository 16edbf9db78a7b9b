/** API keys. */
import { Type } from "typebox";
import { Closed, Id, Instant, ListOf, Name, Nullable } from "./common.ts";

const Role = Type.Enum(["admin", "supervisor", "agent"]);

export const NewKey = Type.Object(
  {
    name: Name("Who or what uses it."),
    role: Role,
    agentId: Type.Optional(
      Nullable(
        Id(
          "For the role agent: whose key it is. For a supervisor: whose phone rings when listening to calls.",
        ),
      ),
    ),
  },
  Closed,
);
const view = {
  id: Id(),
  name: Type.String(),
  role: Role,
  agentId: Nullable(Id()),
  createdAt: Instant(),
  lastUsedAt: Nullable(Instant("Noted at most once a minute.")),
  revokedAt: Nullable(Instant()),
};
export const KeyList = ListOf(Type.Object(view));
export const KeyCreated = Type.Object({ ...view, key: Type.String({ description: "Shown once." }) });
export const MeView = Type.Object({
  keyId: Id(),
  name: Type.String(),
  role: Role,
  agentId: Nullable(Id()),
  permissions: Type.Record(Type.String(), Type.String(), {
    description: "Permission → `all`, or `own`: only what belongs to the key's agent.",
  }),
});
