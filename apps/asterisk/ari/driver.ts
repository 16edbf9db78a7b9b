/**
 * What both drivers are to those who use them: a link that comes back by itself, and one listener that cannot break
 * it. A driver adds how a connection is opened, how a request goes over it, and what comes from it.
 */
import { Link, type Lost } from "../link.ts";
import {
  AriError,
  type AriEvent,
  type AriOptions,
  type AriPort,
  type AriReply,
  type AriRequest,
  type AriState,
  ARI_DEFAULTS as defaults,
} from "./port.ts";

export abstract class AriDriver implements AriPort {
  protected readonly options: AriOptions;
  protected readonly link: Link;
  protected readonly timeoutMs: number;
  /** Longer than for other losses: taking our application back at once would only go round in circles. */
  protected readonly replacedRetryMs: number;
  #listener: (event: AriEvent) => void = () => {};
  #malformed = 0;

  constructor(options: AriOptions) {
    this.options = options;
    this.timeoutMs = options.requestTimeoutMs ?? defaults.requestTimeoutMs;
    this.replacedRetryMs = options.replacedRetryMs ?? defaults.replacedRetryMs;
    this.link = new Link({
      name: "ari",
      open: (lost, signal) => this.open(lost, signal),
      fatal: (error) => error instanceof AriError && (error.status === 401 || error.status === 403),
      closedError: () => new AriError("unavailable", 0, "connect", "closed"),
      minMs: options.reconnectMinMs ?? defaults.reconnectMinMs,
      maxMs: options.reconnectMaxMs ?? defaults.reconnectMaxMs,
      log: options.log,
    });
  }

  /** Opens a connection that events come from; resolves with what closes it. @throws AriError */
  protected abstract open(lost: Lost, signal: AbortSignal): Promise<() => Promise<void>>;

  abstract request(request: AriRequest): Promise<AriReply>;

  abstract close(): Promise<void>;

  get state(): AriState {
    return this.link.state;
  }

  connect(): Promise<void> {
    return this.link.connect();
  }

  onEvent(listener: (event: AriEvent) => void): void {
    this.#listener = listener;
  }

  onConnected(listener: () => void): void {
    this.link.onConnected = listener;
  }

  onLost(listener: (reason: string) => void): void {
    this.link.onLost = listener;
  }

  /** Whether an event says that another program took our application. */
  protected replaces(event: AriEvent): boolean {
    return event.type === "ApplicationReplaced" && event.application === this.options.application;
  }

  protected handOn(event: AriEvent): void {
    try {
      this.#listener(event);
    } catch (error) {
      this.options.log.warn({ err: error, event: event.type }, "handling an ARI event failed");
    }
  }

  /** A message of so many bytes is no event. */
  protected unreadable(bytes: number): void {
    this.#malformed += 1;
    this.options.log.warn({ bytes, malformed: this.#malformed }, "an ARI message cannot be read");
  }
}

/** Why the connection is lost when another program took our application. */
export const REPLACED = "another program took our ARI application";
