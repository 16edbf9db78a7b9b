/** Trunks. */
import { Type } from "typebox";
import { AppliedView, ChangeOf, Closed, Id, Instant, ListOf, Name, Nullable } from "./common.ts";

// These values are written into Asterisk's configuration: no spaces, no control characters, no list marks.
const Host = Type.String({
  pattern: "^[A-Za-z0-9.:_-]{1,253}$",
  examples: ["sip.carrier.example"],
  description: "Needed to place calls: they are sent there. null: the trunk takes calls only.",
});
const Network = Type.String({
  pattern:
    "^(((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])[.]){3}(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)(/[0-9]{1,3})?$",
  maxLength: 50,
  examples: ["203.0.113.0/24"],
});
const Word = (max: number, description: string) =>
  Type.String({ minLength: 1, maxLength: max, pattern: "^[!-:<-~]+$", description });

const fields = {
  name: Name(),
  addresses: Type.Array(Network, {
    minItems: 1,
    maxItems: 50,
    uniqueItems: true,
    description: "Where the carrier calls from: addresses or networks.",
  }),
  host: Nullable(Host),
  port: Type.Integer({ minimum: 1, maximum: 65535 }),
  username: Nullable(
    Word(100, "Only where we register (LINE-08); calls to host are authenticated with it too."),
  ),
  password: Nullable(Word(200, "Goes with username.")),
  numberFormat: Type.Enum(["e164", "digits"], {
    description: "How the carrier wants numbers: `+7495…` or `7495…`.",
  }),
  maxLines: Nullable(
    Type.Integer({
      minimum: 1,
      maximum: 10_000,
      description: "So many calls of campaigns at once; null: no limit.",
    }),
  ),
  callsPerSecond: Nullable(
    Type.Integer({
      minimum: 1,
      maximum: 1000,
      description: "So many calls of campaigns a second; null: no limit.",
    }),
  ),
};

const view = {
  id: Id(),
  name: Type.String(),
  addresses: Type.Array(Type.String()),
  host: Nullable(Type.String()),
  port: Type.Integer(),
  username: Nullable(Type.String()),
  numberFormat: fields.numberFormat,
  maxLines: fields.maxLines,
  callsPerSecond: fields.callsPerSecond,
  live: Type.Object(
    {
      state: Type.Enum(["reachable", "unreachable", "unknown"], {
        description:
          "Whether the host answers Asterisk's OPTIONS, every 30 s; calls to an unreachable one end at once. unknown: there is no host, or Asterisk does not say.",
      }),
    },
    { description: "As it is now." },
  ),
  hasPassword: Type.Boolean({ description: "The password itself is never shown." }),
  createdAt: Instant(),
};

export const NewTrunk = Type.Object(
  {
    name: fields.name,
    addresses: fields.addresses,
    host: Type.Optional(fields.host),
    port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65535, default: 5060 })),
    username: Type.Optional(fields.username),
    password: Type.Optional(fields.password),
    numberFormat: Type.Optional(fields.numberFormat),
    maxLines: Type.Optional(fields.maxLines),
    callsPerSecond: Type.Optional(fields.callsPerSecond),
  },
  Closed,
);
export const TrunkChange = ChangeOf(fields);
export const TrunkView = Type.Object(view);
export const TrunkList = ListOf(TrunkView);
export const TrunkApplied = Type.Object({ ...view, applied: AppliedView });
