/** One WebSocket on the stream: catches up, then follows; a slow one is sent away, never waited for. */
import type { Socket } from "node:net";
import type { WebSocket } from "ws";
import type { LiveRow } from "../../store/reads/live.ts";
import type { LiveTail } from "./tail.ts";
import type { Visibility } from "./visible.ts";

export const SLOW_BYTES = 1024 * 1024;
const BEAT_MS = 30_000;

export interface Subscription {
  readonly socket: WebSocket;
  /** The connection under it. */
  readonly wire: Socket;
  readonly tail: LiveTail;
  readonly visible: Visibility;
  /** The last number the client has; undefined: only what is new. */
  readonly after?: number | undefined;
  /** Asked every 30 s: a revoked key ends the stream. */
  stillAllowed(): Promise<boolean>;
}

/** Serves one subscriber until it leaves. @throws when the database does not answer while catching up. */
export async function serveSubscriber(subscription: Subscription): Promise<void> {
  const { socket, tail, visible } = subscription;
  let beat: NodeJS.Timeout | undefined;
  let leave = (): unknown => undefined;
  const end = (): void => {
    clearInterval(beat);
    leave();
  };
  socket.on("close", end);
  socket.on("error", end);
  // The stream is one way; whatever the client says is not kept.
  socket.on("message", () => {});
  beat = setInterval(() => void check(subscription), BEAT_MS);
  await tail.refresh();
  send(socket, { kind: "hello", seq: tail.latest() });
  let at = await catchUp(subscription, Math.min(subscription.after ?? tail.latest(), tail.latest()));
  if (socket.readyState !== socket.OPEN) return end();
  const pass = (rows: readonly LiveRow[]): void => {
    // The database may have shown rows that the tail has not read yet.
    const fresh = rows.filter((row) => row.seq > at);
    at = fresh.at(-1)?.seq ?? at;
    sendRows(subscription, fresh.filter(visible));
  };
  // In one turn, so that no row comes between the memory and the subscription.
  pass(tail.since(at) ?? []);
  leave = tail.subscribe(pass);
}

/** Sends pages from the database until the memory reaches back far enough; answers the last number that was sent. */
async function catchUp(subscription: Subscription, after: number): Promise<number> {
  const { socket, tail, visible } = subscription;
  let at = after;
  if (tail.since(at) === undefined) {
    const oldest = await tail.oldest();
    if (oldest > at + 1) {
      send(socket, { kind: "gap", from: at + 1, to: oldest - 1 });
      at = oldest - 1;
    }
  }
  while (tail.since(at) === undefined && socket.readyState === socket.OPEN) {
    const page = await tail.older(at);
    if (page.length === 0) break;
    sendRows(subscription, page.filter(visible));
    at = page.at(-1)?.seq ?? at;
    await drained(socket);
  }
  return at;
}

async function check({ socket, stillAllowed }: Subscription): Promise<void> {
  if (socket.readyState !== socket.OPEN) return;
  socket.ping();
  // A database that is away is no reason to cut people off.
  if (!(await stillAllowed().catch(() => true))) socket.close(1008, "the key was revoked");
}

/** What came together leaves together: one write to the network for all of them. */
function sendRows({ socket, wire }: Subscription, rows: readonly LiveRow[]): void {
  if (rows.length === 0) return;
  wire.cork();
  for (const row of rows) say(socket, inWords(row));
  wire.uncork();
}

/** Each row is put into words once, for all subscribers. */
const WORDS = new WeakMap<LiveRow, string>();

function inWords(row: LiveRow): string {
  const known = WORDS.get(row);
  if (known !== undefined) return known;
  const { seq, at, topic, kind, data } = row;
  const words = JSON.stringify({ seq, at, topic, kind, data });
  WORDS.set(row, words);
  return words;
}

function send(socket: WebSocket, message: object): void {
  say(socket, JSON.stringify(message));
}

function say(socket: WebSocket, words: string): void {
  if (socket.readyState !== socket.OPEN) return;
  if (socket.bufferedAmount > SLOW_BYTES) socket.close(1013, "too slow");
  else socket.send(words);
}

/** Waits until the client has taken most of what was sent, so that a long catch-up does not look like slowness. */
async function drained(socket: WebSocket): Promise<void> {
  while (socket.readyState === socket.OPEN && socket.bufferedAmount > SLOW_BYTES / 4)
    await new Promise((resolve) => setTimeout(resolve, 20));
}
