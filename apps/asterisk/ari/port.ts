/**
 * What we ask of ARI, whatever driver is behind it.
 *
 * Two drivers stand behind this port and pass one contract suite (tests/contract): `native.ts`, our own
 * (default), and `ari-client.ts`, the well-known npm package (optional).
 */

/** An ARI event as Asterisk sends it. Only the fields we rely on are typed; the rest is carried along. */
export interface AriEvent {
  readonly type: string;
  readonly timestamp?: string;
  readonly application?: string;
  readonly [field: string]: unknown;
}

/** Asterisk's answer to a request that it carried out (2xx). `body` is parsed JSON or undefined. */
export interface AriReply {
  readonly status: number;
  readonly body: unknown;
}

export type AriMethod = "GET" | "POST" | "PUT" | "DELETE";

export interface AriRequest {
  readonly method: AriMethod;
  /** Path below /ari without a leading slash, each part already safe: `channels/1763.4/continue`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: unknown;
  readonly timeoutMs?: number;
}

/** Why a request failed: Asterisk's own no (with its status), no answer in time, or no connection. */
export class AriError extends Error {
  readonly kind: "refused" | "timeout" | "unavailable";
  /** HTTP status for `refused`, 0 otherwise. */
  readonly status: number;
  readonly request: string;
  constructor(kind: AriError["kind"], status: number, request: string, message: string) {
    super(`${request}: ${message}`);
    this.name = "AriError";
    this.kind = kind;
    this.status = status;
    this.request = request;
  }
  /** 404 and 409: the channel is gone or no longer ours. Ordinary news, not a fault. */
  get gone(): boolean {
    return this.status === 404 || this.status === 409;
  }
}

export type AriState = "connecting" | "up" | "down" | "closed";

export interface AriOptions {
  /** `http://127.0.0.1:8088/ari` */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly application: string;
  /** Event types that Asterisk should send; RESTResponse is added by the driver where it needs it. */
  readonly events: readonly string[];
  /** How long a request waits for its answer unless it says otherwise. */
  readonly requestTimeoutMs?: number;
  /** How often we ping; a connection without a pong for three times as long is dropped and made anew. */
  readonly pingMs?: number;
  readonly reconnectMinMs?: number;
  readonly reconnectMaxMs?: number;
  /** How long we stay away after another program has taken our application. */
  readonly replacedRetryMs?: number;
  readonly log: { info(fields: object, text: string): void; warn(fields: object, text: string): void };
}

export const ARI_DEFAULTS = {
  requestTimeoutMs: 2000,
  pingMs: 1000,
  reconnectMinMs: 100,
  reconnectMaxMs: 2000,
  replacedRetryMs: 5000,
} as const;

/** One ARI application on one Asterisk. */
export interface AriPort {
  readonly state: AriState;
  /**
   * Settles when the first connection stands. Rejects with AriError (status 401 or 403) on a wrong password;
   * anything else is tried again until `close`. Never kills the process.
   */
  connect(): Promise<void>;
  /** Stops for good; pending requests are rejected. */
  close(): Promise<void>;
  /** @throws AriError */
  request(request: AriRequest): Promise<AriReply>;
  /**
   * The only listener for events; set before `connect`. Events can come just before `onConnected`, and then
   * requests work already. Unknown event types are handed over as they are.
   */
  onEvent(listener: (event: AriEvent) => void): void;
  /** Called after every (re)connect, once the event filter is set: the place to re-read Asterisk's state. */
  onConnected(listener: () => void): void;
  /** Called when the connection is lost. */
  onLost(listener: (reason: string) => void): void;
}
