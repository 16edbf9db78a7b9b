/**
 * Our own ARI driver: one WebSocket per application carries events and requests.
 *
 * One socket keeps answers and events in Asterisk's order and costs the least of all measured ways; the event
 * filter is set anew on every connection because a restarted Asterisk does not remember it. Nothing that comes
 * over the wire can throw: what we cannot read is counted and logged, what we do not know is handed on.
 */
import WebSocket from "ws";
import type { Lost } from "../link.ts";
import { authorization, eventsUrl, filterRequest } from "./address.ts";
import { AriDriver, REPLACED } from "./driver.ts";
import { Exchange, unavailable } from "./exchange.ts";
import {
  AriError,
  type AriEvent,
  type AriOptions,
  type AriPort,
  type AriReply,
  type AriRequest,
  ARI_DEFAULTS as defaults,
} from "./port.ts";

const REST_RESPONSE = "RESTResponse";
/** With two pings unanswered when the third is due, three intervals have passed without a pong. */
const MISSED_PONGS = 2;
const CLOSING_MS = 500;

/** @see AriPort */
export function createNativeAri(options: AriOptions): AriPort {
  return new NativeAri(options);
}

class NativeAri extends AriDriver {
  #exchange: Exchange | undefined;

  async close(): Promise<void> {
    this.#exchange?.abandon("closed");
    this.#exchange = undefined;
    await this.link.close();
  }

  request(request: AriRequest): Promise<AriReply> {
    if (!this.#exchange) return Promise.reject(unavailable(request, "not connected"));
    return this.#exchange.request(request);
  }

  protected override async open(lost: Lost, signal: AbortSignal): Promise<() => Promise<void>> {
    const { url, username, password, application, events, pingMs } = this.options;
    const socket = new WebSocket(eventsUrl(url, application), ["ari"], {
      headers: { authorization: authorization(username, password) },
      handshakeTimeout: this.timeoutMs,
      perMessageDeflate: false,
      // A caller's name that is not UTF-8 must not cost us the connection.
      skipUTF8Validation: true,
      maxPayload: 16 * 1024 * 1024,
    });
    const exchange = new Exchange((text) => socket.send(text), this.timeoutMs);
    const abort = () => socket.terminate();
    signal.addEventListener("abort", abort);
    // All listeners stand before the socket does: its first events may come together with the handshake.
    const standing = opened(socket, () => {
      this.#exchange = exchange;
    });
    socket.on("message", (data) => this.#message(socket, exchange, lost, data as Buffer));
    socket.on("close", (code) => this.#gone(exchange, lost, `the connection closed (${code})`));
    try {
      await standing;
      ping(socket, pingMs ?? defaults.pingMs, (reason) => this.#gone(exchange, lost, reason));
      await exchange.request(filterRequest(application, [...events, REST_RESPONSE], this.timeoutMs));
      return () => end(socket);
    } catch (error) {
      socket.terminate();
      throw error;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  #gone(exchange: Exchange, lost: Lost, reason: string, retryMs?: number): void {
    if (this.#exchange === exchange) this.#exchange = undefined;
    exchange.abandon(reason);
    lost(reason, retryMs);
  }

  /** The hot path, once per event and per answer: one parse, two comparisons, no strings built. */
  #message(socket: WebSocket, exchange: Exchange, lost: Lost, data: Buffer): void {
    if (this.#exchange !== exchange) return;
    const message = parse(data);
    if (!message) {
      this.unreadable(data.length);
      return;
    }
    if (message.type === REST_RESPONSE) {
      exchange.answer(message);
      return;
    }
    if (this.replaces(message)) {
      this.#gone(exchange, lost, REPLACED, this.replacedRetryMs);
      socket.terminate();
    }
    this.handOn(message);
  }
}

function parse(data: Buffer): AriEvent | undefined {
  try {
    const message = JSON.parse(data.toString()) as AriEvent | null;
    return typeof message?.type === "string" ? message : undefined;
  } catch {
    return undefined;
  }
}

/** @throws AriError refused with Asterisk's HTTP status, or unavailable. */
function opened(socket: WebSocket, onOpen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (kind: AriError["kind"], status: number, text: string) =>
      reject(new AriError(kind, status, "connect", text));
    socket.once("open", () => {
      onOpen();
      resolve();
    });
    socket.once("unexpected-response", (request, response) => {
      const status = response.statusCode ?? 0;
      failed("refused", status, `${status} ${response.statusMessage ?? ""}`.trim());
      request.destroy();
    });
    // Stays for the socket's whole life: an error without a listener would end the process.
    socket.on("error", (error) => failed("unavailable", 0, error.message));
    socket.once("close", () => failed("unavailable", 0, "the connection closed"));
  });
}

/** Pings until the socket closes; missed answers are counted, not timed, so that our own pauses do no harm. */
function ping(socket: WebSocket, everyMs: number, dead: (reason: string) => void): void {
  let missed = 0;
  socket.on("pong", () => {
    missed = 0;
  });
  const timer = setInterval(() => {
    if (missed >= MISSED_PONGS) {
      dead(`no answer to ${missed} pings`);
      socket.terminate();
      return;
    }
    missed += 1;
    if (socket.readyState === WebSocket.OPEN) socket.ping();
  }, everyMs);
  socket.once("close", () => clearInterval(timer));
}

/** Says goodbye, and does not wait long for the answer. */
function end(socket: WebSocket): Promise<void> {
  if (socket.readyState === WebSocket.CLOSED) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.terminate(), CLOSING_MS);
    socket.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
    socket.close(1000);
  });
}
