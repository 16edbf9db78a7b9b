/** Health, readiness and the live stream. */
import { Type } from "typebox";
import { Closed, Instant } from "./common.ts";

export const HealthView = Type.Object({ status: Type.Literal("alive") });
const UpDown = Type.Enum(["up", "down"]);
export const ReadyView = Type.Object({
  ready: Type.Boolean(),
  database: UpDown,
  engine: UpDown,
  asterisk: Type.Enum(["up", "down", "unknown"]),
  alarms: Type.Array(Type.String(), { description: "Degraded modes by name." }),
});
export const TicketView = Type.Object({ ticket: Type.String(), expiresAt: Instant() });
export const StreamQuery = Type.Object(
  {
    topics: Type.String({
      pattern: "^(calls|agents|queues|system)(,(calls|agents|queues|system))*$",
      default: "calls,agents,queues",
    }),
    after: Type.Optional(
      Type.Integer({ minimum: 0, description: "The last `seq` you have; what came after it is sent first." }),
    ),
    ticket: Type.Optional(
      Type.String({ maxLength: 100, description: "Instead of the Authorization header." }),
    ),
  },
  Closed,
);
