/**
 * Standard Webhooks (standardwebhooks.com, v1): `webhook-signature` is `v1,` and base64 of HMAC-SHA256 over
 * `<id>.<timestamp>.<body>`; several, with spaces between, while a secret is being changed.
 */
import { createHmac } from "node:crypto";

const PREFIX = "whsec_";

/**
 * The headers of one attempt.
 * @param secrets `whsec_` and base64, the newest first
 * @param at when this attempt is made; receivers refuse what is five minutes old
 */
export function signedHeaders(
  id: string,
  at: Date,
  body: string,
  secrets: readonly string[],
): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), "base64");
    const hash = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
    return `v1,${hash}`;
  });
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatures.join(" "),
  };
}
