/**
 * What others can be told of by webhook: only facts that are committed. A new kind of event is a line here and a call
 * of `emitEvent` (apps/store/writes/outbox.ts) in the transaction that writes the fact.
 */
export const WEBHOOK_EVENTS = {
  "call.closed": "A call is over and its record is complete.",
  "call.missed":
    "A customer's call ended without a talk; `told` names who got a notice (MISS-01, MISS-02, D-43).",
  "call.completed":
    "An agent completed the service of a call: its topics, the comment, what comes next (WRAP-01).",
  "deferred.due": "A deferred call is due.",
  "callback.created": "A caller kept the place in a queue and will be called back.",
  "callback.connected": "A caller who kept the place was called back and spoke to an agent.",
  "callback.failed": "A caller who kept the place could not be reached, whatever was tried.",
  "callback.cancelled": "A call-back is not needed any more.",
  "agent.state-changed": "An agent went to another state.",
  "forwarding.requested": "An agent verified a number and asks that calls be forwarded to it (FWD-03).",
  "forwarding.approved": "The administrator allowed it.",
  "forwarding.rejected": "The administrator turned it down.",
  "queue.changed": "A queue was created, changed or deleted, or other agents serve it.",
  "line.changed": "A line was created, changed or deleted.",
  "recording.kept": "A call's recording is in its place.",
  "recording.deleted": "A recording's retention was over, or an administrator deleted it.",
  "voicemail.left": "A caller left a message (D-39).",
  "recording.lost": "A call should have been recorded and there is no recording.",
} as const;

export type WebhookEvent = keyof typeof WEBHOOK_EVENTS;

/** Subscribes to everything, also to kinds that later versions add. */
export const ALL_EVENTS = "*";

/** What `POST /v1/webhooks/{id}/test` sends; nobody subscribes to it. */
export const TEST_EVENT = "webhook.test";
