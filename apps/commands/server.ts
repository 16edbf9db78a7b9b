/**
 * The engine's side of the command port: HTTP and JSON over a Unix socket.
 *
 *   POST /command/<name>  {args, by} → 200 answer | 404 409 422 429 503 {code, message, field}
 *   GET /floor            → 200 FloorView
 *   GET /figures          → 200 Figures
 */
import { chmodSync, lstatSync, mkdirSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { dirname } from "node:path";
import type { Handlers } from "./handlers.ts";
import {
  type Asker,
  type CommandName,
  CommandProblem,
  type Commands,
  type Figures,
  type FloorView,
} from "./port.ts";

export { commandSocket } from "./socket.ts";

interface Log {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
}

type Answer = readonly [status: number, body: unknown];

const LARGEST_BODY = 1024 * 1024;

/**
 * Takes commands until `close`, which lets those under way end.
 * @throws Error when another engine takes commands there, or the folder is somebody else's.
 */
export async function serveCommands(
  socketPath: string,
  handlers: Handlers,
  floor: () => FloorView,
  figures: () => Promise<Figures>,
  log: Log,
): Promise<{ close(): Promise<void> }> {
  const server = createServer((request, response) => {
    answer(request, handlers, floor, figures, log)
      .catch((error: unknown): Answer => refuse(error, request.url ?? "", log))
      .then(([status, body]) => {
        const text = JSON.stringify(body);
        response.writeHead(status, {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(text),
        });
        response.end(text);
      });
  });
  // A connection that were closed after five idle seconds might be in use by then: the next command would be lost in it.
  server.keepAliveTimeout = 0;
  ownFolder(dirname(socketPath));
  // The lock on the data folder says that no other engine is alive: a socket file is one's leftover.
  rmSync(socketPath, { force: true });
  await listen(server, socketPath);
  chmodSync(socketPath, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

/** In a temporary folder anybody can make ours first: it must be a real folder, ours, and closed to others. */
function ownFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const { uid } = lstatSync(path);
  if (!lstatSync(path).isDirectory() || uid !== process.getuid?.())
    throw new Error(`${path} does not belong to the account that runs the engine`);
  chmodSync(path, 0o700);
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => resolve());
  });
}

async function answer(
  request: IncomingMessage,
  handlers: Handlers,
  floor: () => FloorView,
  figures: () => Promise<Figures>,
  log: Log,
): Promise<Answer> {
  if (request.method === "GET" && request.url === "/floor") return [200, floor()];
  if (request.method === "GET" && request.url === "/figures") return [200, await figures()];
  const name = /^\/command\/([a-zA-Z.]+)$/.exec(request.url ?? "")?.[1];
  if (request.method !== "POST" || !name || !Object.hasOwn(handlers, name))
    return [404, { code: "no-such-command", message: "there is no such command" }];
  const { args, by } = (await readJson(request)) as { args: Commands[CommandName][0]; by: Asker };
  const handler = handlers[name as CommandName] as (
    args: Commands[CommandName][0],
    by: Asker,
  ) => Promise<unknown>;
  const result = await handler(args, by);
  log.info({ command: name, by: by.keyId, role: by.role }, "A command was carried out.");
  return [200, result];
}

function refuse(error: unknown, url: string, log: Log): Answer {
  if (error instanceof CommandProblem) {
    const { status, code, message, field } = error;
    return [status, { code, message, field }];
  }
  log.warn(
    { url, error: error instanceof Error ? (error.stack ?? error.message) : String(error) },
    "A command failed.",
  );
  return [500, { code: "fault", message: "the engine failed; see its log" }];
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    parts.push(part as Buffer);
    size += (part as Buffer).length;
    if (size > LARGEST_BODY) throw new CommandProblem(422, "too-large", "the command is too large");
  }
  return JSON.parse(Buffer.concat(parts).toString("utf8"));
}
