/** Where ARI is and how we name ourselves to it. */
import type { AriRequest } from "./port.ts";

/** `http://127.0.0.1:8088/ari` for the Asterisk of this configuration, which listens on loopback only. */
export function ariUrl(config: { readonly ariPort: number }): string {
  return `http://127.0.0.1:${config.ariPort}/ari`;
}

/** The Authorization header. It never enters a URL: URLs end up in logs. */
export function authorization(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** `ws://127.0.0.1:8088/ari/events?app=dozvon` */
export function eventsUrl(url: string, application: string): string {
  return `${url.replace(/^http/, "ws").replace(/\/+$/, "")}/events?app=${encodeURIComponent(application)}`;
}

/** The same request as HTTP: `http://…/ari/channels/7/continue?context=queue`. */
export function requestUrl(url: string, request: AriRequest): string {
  const base = `${url.replace(/\/+$/, "")}/${request.path}`;
  if (!request.query) return base;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(request.query)) query.set(name, String(value));
  return `${base}?${query}`;
}

/**
 * The request that tells Asterisk which events to send; it cuts 53 events per call down to about five.
 *
 * `ApplicationReplaced` always passes, or we would not learn that another engine took our application.
 * An earlier owner's list of forbidden events is emptied, because the filter outlives its connection.
 */
export function filterRequest(application: string, events: readonly string[], timeoutMs: number): AriRequest {
  const allowed = [...new Set([...events, "ApplicationReplaced"])].map((type) => ({ type }));
  return {
    method: "PUT",
    path: `applications/${encodeURIComponent(application)}/eventFilter`,
    body: { allowed, disallowed: [] },
    timeoutMs,
  };
}

/** How a request is called in errors and logs. Queries may carry customers' data and stay out. */
export function nameOf(request: AriRequest): string {
  return `${request.method} /${request.path}`;
}
