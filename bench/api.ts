/** A bench talks to the API. */
import type { Running } from "../apps/bin/start.ts";

export type Send = <Answer = { id: string }>(method: string, path: string, body?: object) => Promise<Answer>;

/** Requests with the administrator's key. @throws Error of the returned function when the answer is no success */
export function sender({ url, secrets }: Pick<Running, "url" | "secrets">): Send {
  return async <Answer>(method: string, path: string, body?: object) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${secrets.adminApiKey}`,
        ...(body && { "content-type": "application/json" }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text ? JSON.parse(text) : undefined) as Answer;
  };
}
