/**
 * ARI requests over plain HTTP, for the driver whose package cannot report a status or give up in time.
 *
 * A few kept connections carry everything: one connection per request would use up Asterisk's HTTP sessions.
 */
import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { authorization, requestUrl } from "./address.ts";
import { MAX_PENDING, parseBody, refused, timedOut, unavailable } from "./exchange.ts";
import { ARI_DEFAULTS, AriError, type AriOptions, type AriReply, type AriRequest } from "./port.ts";

const CONNECTIONS = 4;

/** Requests of one user to one Asterisk. */
export class HttpRequests {
  readonly #options: AriOptions;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  readonly #pending = new Set<ClientRequest>();
  readonly #authorization: string;

  constructor(options: AriOptions) {
    this.#options = options;
    this.#authorization = authorization(options.username, options.password);
    if (!options.url.startsWith("http:")) throw new TypeError("the ari-client driver speaks http only");
  }

  /** @throws AriError */
  request(request: AriRequest): Promise<AriReply> {
    if (this.#pending.size >= MAX_PENDING)
      return Promise.reject(unavailable(request, `${MAX_PENDING} requests are waiting already`));
    return new Promise((resolve, reject) => {
      const body = request.body === undefined ? undefined : JSON.stringify(request.body);
      const sent = httpRequest(requestUrl(this.#options.url, request), {
        method: request.method,
        agent: this.#agent,
        headers: this.#headers(body),
      });
      const timeoutMs = request.timeoutMs ?? this.#options.requestTimeoutMs ?? ARI_DEFAULTS.requestTimeoutMs;
      const timer = setTimeout(() => sent.destroy(timedOut(request, timeoutMs)), timeoutMs);
      this.#pending.add(sent);
      sent.on("close", () => {
        clearTimeout(timer);
        this.#pending.delete(sent);
      });
      sent.on("error", (error) => reject(asAriError(request, error)));
      sent.on("response", (response) => {
        read(response).then(
          (text) => settle(request, response, text, resolve, reject),
          (error: Error) => reject(asAriError(request, error)),
        );
      });
      sent.end(body);
    });
  }

  /** Rejects everything that waits. */
  abandon(reason: string): void {
    for (const sent of this.#pending) sent.destroy(new Error(reason));
  }

  /** Rejects everything that waits and lets go of the connections. */
  close(): void {
    this.abandon("closed");
    this.#agent.destroy();
  }

  #headers(body: string | undefined): Record<string, string | number> {
    const headers = { authorization: this.#authorization };
    if (body === undefined) return headers;
    return { ...headers, "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  }
}

function asAriError(request: AriRequest, error: Error): AriError {
  return error instanceof AriError ? error : unavailable(request, error.message);
}

async function read(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

function settle(
  request: AriRequest,
  response: IncomingMessage,
  text: string,
  resolve: (reply: AriReply) => void,
  reject: (error: AriError) => void,
): void {
  const status = response.statusCode ?? 0;
  const body = parseBody(text);
  if (status >= 200 && status < 300) resolve({ status, body });
  else reject(refused(request, status, body, response.statusMessage ?? ""));
}
