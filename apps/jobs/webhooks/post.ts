/**
 * One attempt: a signed POST to a checked address. Redirects are not followed (a receiver must not send us
 * elsewhere), the whole attempt is cut after 15 s, and the answer's body is not read.
 */
import * as http from "node:http";
import * as https from "node:https";
import { type Allowed, checkUrl, ForbiddenAddress, guardedLookup, type Resolve } from "./address.ts";

/** What came of an attempt. `gone` is 410: the receiver wants no more. */
export interface Outcome {
  readonly delivered: boolean;
  readonly gone: boolean;
  readonly status: number | null;
  /** In words, null when delivered; nothing of the receiver's answer is in it. */
  readonly error: string | null;
}

export interface Poster {
  post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<Outcome>;
  close(): void;
}

export interface PosterOptions {
  readonly allowed: Allowed;
  readonly timeoutMs?: number;
  readonly resolve?: Resolve;
}

export const TIMEOUT_MS = 15_000;
export const LARGEST_BODY = 256 * 1024;
const DRAIN_MS = 1000;
const IDLE_MS = 20_000;

/** Connections are kept for the next delivery; each was made to an address that was looked at. */
export function createPoster({ allowed, timeoutMs = TIMEOUT_MS, resolve }: PosterOptions): Poster {
  const kept = { keepAlive: true, maxFreeSockets: 4, timeout: IDLE_MS };
  const agents = { http: new http.Agent(kept), https: new https.Agent(kept) };

  const attempt = (url: URL, headers: Readonly<Record<string, string>>, body: string): Promise<number> =>
    new Promise((answer, fail) => {
      const secure = url.protocol === "https:";
      const request = (secure ? https : http).request(url, {
        method: "POST",
        agent: secure ? agents.https : agents.http,
        lookup: guardedLookup(url, allowed, resolve),
        headers: {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          "user-agent": "Dozvon",
          ...headers,
        },
      });
      const limit = setTimeout(
        () => request.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)),
        timeoutMs,
      );
      request.on("response", (response) => {
        clearTimeout(limit);
        answer(response.statusCode ?? 0);
        // A short answer leaves the connection for the next one; a long one is not waited for.
        const drain = setTimeout(() => response.destroy(), DRAIN_MS);
        response.on("close", () => clearTimeout(drain));
        response.on("error", () => {});
        response.resume();
      });
      request.on("error", (error) => {
        clearTimeout(limit);
        fail(Object.assign(error, { stale: request.reusedSocket }));
      });
      request.end(body);
    });

  return {
    async post(text, headers, body) {
      try {
        if (Buffer.byteLength(body) > LARGEST_BODY)
          return failed(`the event is larger than ${LARGEST_BODY / 1024} kB`);
        const url = checkUrl(text, allowed);
        const status = await attempt(url, headers, body).catch((error: Error & Broken) => {
          // A kept connection that the receiver had closed meanwhile says nothing about the receiver.
          if (error.stale && error.code === "ECONNRESET") return attempt(url, headers, body);
          throw error;
        });
        if (status >= 200 && status < 300) return { delivered: true, gone: false, status, error: null };
        return { delivered: false, gone: status === 410, status, error: `the receiver answered ${status}` };
      } catch (error) {
        return failed(inWords(error as Error & Broken));
      }
    },
    close() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

interface Broken {
  readonly code?: string;
  readonly stale?: boolean;
}

function failed(error: string): Outcome {
  return { delivered: false, gone: false, status: null, error };
}

function inWords(error: Error & Broken): string {
  if (error instanceof ForbiddenAddress) return `the address ${error.message}`;
  return error.code ? `no connection (${error.code})` : error.message;
}
