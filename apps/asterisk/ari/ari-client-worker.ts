/**
 * The thread in which the npm package ari-client lives.
 *
 * The package throws outside of every promise (a wrong password, an event that is missing in the API
 * description it read at start, a malformed frame). Here such a throw ends this thread, which the driver sees
 * as a lost connection; the engine goes on. What can be caught is caught, so that one odd frame costs nothing.
 */
import { createRequire } from "node:module";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";

/** What the driver hands to the thread. */
export interface WorkerInput {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly application: string;
}

/** What the thread reports. */
export type WorkerReport =
  | { readonly kind: "open" }
  | { readonly kind: "pong" }
  | { readonly kind: "event"; readonly event: { readonly type: string } }
  | { readonly kind: "malformed"; readonly bytes: number }
  | { readonly kind: "lost"; readonly reason: string };

/** The part of the package that we use, and the socket that it keeps in `_ws`. */
interface Client {
  _ws: Socket;
  on(event: string, listener: (argument: unknown) => void): void;
  start(application: string): Promise<void>;
  ping(): void;
}

interface Socket {
  on(event: string, listener: (...args: unknown[]) => void): unknown;
}

type Package = { connect(url: string, username: string, password: string): Promise<Client> };

if (parentPort) {
  const port = parentPort;
  run(port, workerData as WorkerInput).catch((error: Error) =>
    report(port, { kind: "lost", reason: error.message }),
  );
}

async function run(port: MessagePort, input: WorkerInput): Promise<void> {
  const { connect } = createRequire(import.meta.url)("ari-client") as Package;
  const client = await connect(input.url, input.username, input.password);
  guardSockets(client, port);
  client.on("*", (event) => report(port, { kind: "event", event: event as { type: string } }));
  client.on("pong", () => report(port, { kind: "pong" }));
  // The package's own reconnecting gives up for ever after ten tries; the driver starts a new thread instead.
  client.on("WebSocketReconnecting", (error) => {
    const reason = error instanceof Error ? error.message : "the connection closed";
    report(port, { kind: "lost", reason });
  });
  await client.start(input.application);
  port.on("message", () => client.ping());
  report(port, { kind: "open" });
}

/** Wraps the package's message handler of every socket it makes: it throws on what it does not know. */
function guardSockets(client: Client, port: MessagePort): void {
  let current: Socket | undefined;
  Object.defineProperty(client, "_ws", {
    get: () => current,
    set: (socket: Socket) => {
      current = socket;
      const on = socket.on.bind(socket);
      socket.on = (event, listener) =>
        on(event, event === "message" ? (...args) => guarded(listener, args, port) : listener);
    },
  });
}

function guarded(listener: (...args: unknown[]) => void, args: unknown[], port: MessagePort): void {
  try {
    listener(...args);
  } catch {
    const text = String(args[0]);
    const event = parse(text);
    report(port, event ? { kind: "event", event } : { kind: "malformed", bytes: text.length });
  }
}

function parse(text: string): { type: string } | undefined {
  try {
    const message = JSON.parse(text) as { type?: unknown } | null;
    return typeof message?.type === "string" ? (message as { type: string }) : undefined;
  } catch {
    return undefined;
  }
}

function report(port: MessagePort, message: WorkerReport): void {
  port.postMessage(message);
}
