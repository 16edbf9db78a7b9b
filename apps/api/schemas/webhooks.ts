/** Webhooks. */
import { Type } from "typebox";
import { ALL_EVENTS, WEBHOOK_EVENTS } from "../../core/webhook-events.ts";
import { ChangeOf, Closed, Id, Instant, ListOf, Nullable, PageOf, Paging } from "./common.ts";

const url = Type.String({
  minLength: 8,
  maxLength: 2000,
  pattern: "^https?://[^\\s]+$",
  description: "http or https, at a public address, without a password.",
  examples: ["https://crm.example.com/dozvon"],
});
const events = Type.Array(Type.Enum([...Object.keys(WEBHOOK_EVENTS), ALL_EVENTS]), {
  minItems: 1,
  maxItems: 50,
  uniqueItems: true,
  description: `\`${ALL_EVENTS}\`: every kind, also those of later versions. ${Object.entries(WEBHOOK_EVENTS)
    .map(([type, about]) => `\`${type}\`: ${about}`)
    .join(" ")}`,
});
const view = {
  id: Id(),
  url: Type.String(),
  events: Type.Array(Type.String()),
  enabled: Type.Boolean(),
  disabledBecause: Nullable(Type.String({ description: "Why we disabled it ourselves (410 Gone)." })),
  failingSince: Nullable(Instant("The receiver has failed since then; null: it is well.")),
  pending: Type.Integer({ description: "Deliveries that wait." }),
  dead: Type.Integer({ description: "Deliveries that were given up in the last 30 days." }),
  previousSecretUntil: Nullable(Instant("Until then the secret before signs as well.")),
  createdAt: Instant(),
};
const secret = Type.String({
  description: "Shown once. Standard Webhooks: HMAC-SHA256 over `<webhook-id>.<webhook-timestamp>.<body>`.",
});
const State = Type.Enum(["pending", "delivered", "dead"]);

export const NewWebhook = Type.Object({ url, events }, Closed);
export const WebhookChange = ChangeOf({ url, events, enabled: Type.Boolean() });
export const WebhookView = Type.Object(view);
export const WebhookList = ListOf(WebhookView);
export const WebhookCreated = Type.Object({ ...view, secret });
export const SecretRotated = Type.Object({
  secret,
  previousUntil: Instant("Until then both secrets sign."),
});
export const DeliveryView = Type.Object({
  id: Id(),
  webhookId: Id(),
  eventId: Id("`webhook-id` of every attempt."),
  type: Type.String(),
  callId: Nullable(Id()),
  sequence: Type.Integer({ description: "Of all that is told of this call, counted from 1 without gaps." }),
  state: State,
  attempts: Type.Integer(),
  lastStatus: Nullable(Type.Integer({ description: "The receiver's last answer." })),
  lastError: Nullable(Type.String()),
  lastAt: Nullable(Instant()),
  nextAt: Nullable(Instant("When it is tried again at the latest, unless the receiver is away.")),
  createdAt: Instant(),
});
export const DeliveryPage = PageOf(DeliveryView);
export const DeliveryQuery = Type.Object({ ...Paging, state: Type.Optional(State) }, Closed);
export const DeadQuery = Type.Object({ ...Paging, webhookId: Type.Optional(Id()) }, Closed);
