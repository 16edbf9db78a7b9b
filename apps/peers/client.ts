/** The API as the terminal tools use it: with a key, over HTTP, and its live stream. */
import WebSocket from "ws";

/** One message of GET /v1/stream. */
export interface LiveMessage {
  readonly seq: number;
  readonly at: string;
  readonly topic: string;
  readonly kind: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The API did not do what it was asked for; `message` says why in its own words. */
export class ApiError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const ANSWER_WITHIN_MS = 20_000;
const OPEN_WITHIN_MS = 5000;

/** A client for one API. Answers are the API's own shapes, which the caller names. */
export class ApiClient {
  readonly #url: string;
  readonly #key: string;

  constructor(url: string, key: string) {
    this.#url = url;
    this.#key = key;
  }

  /** @throws ApiError with the API's own words; Error when nobody answers. */
  get<Answer>(path: string): Promise<Answer> {
    return this.send<Answer>("GET", path);
  }

  /** @throws ApiError with the API's own words; Error when nobody answers. */
  async send<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#key}`,
        ...(body && { "content-type": "application/json" }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const text = await response.text();
    if (!response.ok)
      throw new ApiError(response.status, `${method} ${path}: ${wordsOf(text, response.status)}`);
    return (text === "" ? undefined : JSON.parse(text)) as Answer;
  }

  /**
   * Follows the live stream from now on; resolves when it has begun.
   * @returns how to stop.
   */
  async follow(hear: (message: LiveMessage) => void, topics = "calls,agents,queues"): Promise<() => void> {
    const socket = new WebSocket(`${this.#url.replace(/^http/, "ws")}/v1/stream?topics=${topics}`, {
      headers: { authorization: `Bearer ${this.#key}` },
      handshakeTimeout: OPEN_WITHIN_MS,
    });
    await new Promise<void>((resolve, reject) => {
      socket.on("error", reject);
      socket.on("close", () => reject(new Error("the live stream was closed")));
      socket.on("message", (text) => {
        const message = JSON.parse(String(text)) as LiveMessage;
        if (message.kind === "hello") resolve();
        else if (message.data) hear(message);
      });
    });
    return () => socket.terminate();
  }
}

function wordsOf(text: string, status: number): string {
  try {
    const problem = JSON.parse(text) as { detail?: string; title?: string };
    return problem.detail ?? problem.title ?? String(status);
  } catch {
    return String(status);
  }
}
