/**
 * Requests and their answers over one WebSocket (REST over WebSocket, Asterisk 22.4 and newer).
 *
 * The message's shape is in Asterisk's res/ari/ari_websocket_requests.c: a `RESTRequest` with our `request_id`
 * comes back as a `RESTResponse` with the same id; bodies are JSON in a string; query values must be strings.
 */
import { nameOf } from "./address.ts";
import { AriError, type AriReply, type AriRequest } from "./port.ts";

interface Pending {
  readonly request: AriRequest;
  readonly resolve: (reply: AriReply) => void;
  readonly reject: (error: AriError) => void;
  readonly timer: NodeJS.Timeout;
}

/** More than this many unanswered requests mean that Asterisk has stopped answering. */
export const MAX_PENDING = 5000;

/** The requests that wait for an answer on one socket. */
export class Exchange {
  readonly #pending = new Map<string, Pending>();
  readonly #send: (text: string) => void;
  readonly #timeoutMs: number;
  #lastId = 0;

  constructor(send: (text: string) => void, timeoutMs: number) {
    this.#send = send;
    this.#timeoutMs = timeoutMs;
  }

  /** @throws AriError */
  request(request: AriRequest): Promise<AriReply> {
    if (this.#pending.size >= MAX_PENDING)
      return Promise.reject(unavailable(request, `${MAX_PENDING} requests are waiting already`));
    return new Promise((resolve, reject) => {
      this.#lastId += 1;
      const id = String(this.#lastId);
      const timeoutMs = request.timeoutMs ?? this.#timeoutMs;
      const timer = setTimeout(() => this.#expire(id, timeoutMs), timeoutMs);
      this.#pending.set(id, { request, resolve, reject, timer });
      try {
        this.#send(encode(id, request));
      } catch (error) {
        this.#pending.delete(id);
        clearTimeout(timer);
        reject(unavailable(request, (error as Error).message));
      }
    });
  }

  /** Takes a `RESTResponse`; one that nobody waits for any more is dropped. */
  answer(response: { readonly [field: string]: unknown }): void {
    const pending = this.#take(String(response.request_id));
    if (!pending) return;
    const status = Number(response.status_code);
    const body = parseBody(response.message_body);
    if (status >= 200 && status < 300) pending.resolve({ status, body });
    else pending.reject(refused(pending.request, status, body, String(response.reason_phrase ?? "")));
  }

  /** Rejects everything that waits; the connection is gone. */
  abandon(reason: string): void {
    const all = [...this.#pending.values()];
    this.#pending.clear();
    for (const { request, reject, timer } of all) {
      clearTimeout(timer);
      reject(unavailable(request, reason));
    }
  }

  #take(id: string): Pending | undefined {
    const pending = this.#pending.get(id);
    if (!pending) return undefined;
    this.#pending.delete(id);
    clearTimeout(pending.timer);
    return pending;
  }

  #expire(id: string, timeoutMs: number): void {
    const pending = this.#take(id);
    if (pending) pending.reject(timedOut(pending.request, timeoutMs));
  }
}

function encode(id: string, { method, path, query, body }: AriRequest): string {
  const message: Record<string, unknown> = { type: "RESTRequest", request_id: id, method, uri: path };
  if (query) {
    message.query_strings = Object.entries(query).map(([name, value]) => ({ name, value: String(value) }));
  }
  if (body !== undefined) {
    message.content_type = "application/json";
    message.message_body = JSON.stringify(body);
  }
  return JSON.stringify(message);
}

/** An answer's body: JSON where it is JSON, the bare text where it is not, undefined where there is none. */
export function parseBody(text: unknown): unknown {
  if (typeof text !== "string" || text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Asterisk's own no, with the sentence that it gives in `message`. */
export function refused(request: AriRequest, status: number, body: unknown, phrase: string): AriError {
  const said = (body as { message?: unknown } | null | undefined)?.message;
  const text = typeof said === "string" ? said : phrase;
  return new AriError("refused", status, nameOf(request), `${status} ${text}`.trim());
}

export function unavailable(request: AriRequest, reason: string): AriError {
  return new AriError("unavailable", 0, nameOf(request), reason);
}

export function timedOut(request: AriRequest, timeoutMs: number): AriError {
  return new AriError("timeout", 0, nameOf(request), `no answer within ${timeoutMs} ms`);
}
