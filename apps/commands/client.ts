/** The API's side of the command port: HTTP over the engine's Unix socket. */
import { Agent, request } from "node:http";
import { type CommandPort, CommandProblem, type Figures, type FloorView } from "./port.ts";

/** A reload of a large configuration takes a second or two; nothing takes this long. */
const ANSWER_WITHIN_MS = 15_000;
/** Except the making of a sound, which may have to fetch the converter first. */
const SOUND_WITHIN_MS = 150_000;
/** A killed engine is back in about two seconds: a command that found nobody waits that long. */
const PATIENCE_MS = 10_000;
const RETRY_MS = 100;

/** A port to the engine that listens on this socket; `close` lets its idle connections go. */
export function createCommandClient(socketPath: string): CommandPort & { close(): void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const call = (method: "GET" | "POST", path: string, body?: unknown, timeout = ANSWER_WITHIN_MS) =>
    exchange(
      { socketPath, agent, method, path, timeout },
      body === undefined ? undefined : JSON.stringify(body),
    );
  return {
    send: async (name, args, by) => {
      const deadline = performance.now() + PATIENCE_MS;
      for (;;) {
        try {
          const within = name === "sound.create" ? SOUND_WITHIN_MS : ANSWER_WITHIN_MS;
          return (await call("POST", `/command/${name}`, { args, by }, within)) as never;
        } catch (error) {
          // Nobody listened, so the command cannot have been carried out: asking again is safe.
          if (!(error instanceof NobodyThere) || performance.now() > deadline) throw error;
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        }
      }
    },
    floor: async () => (await call("GET", "/floor")) as FloorView,
    figures: async () => (await call("GET", "/figures")) as Figures,
    close: () => agent.destroy(),
  };
}

/** The connection was refused: the engine has not seen the request. */
class NobodyThere extends CommandProblem {
  constructor() {
    super(503, "engine-away", "the engine does not answer; it is being started again");
  }
}

interface Target {
  readonly socketPath: string;
  readonly agent: Agent;
  readonly method: string;
  readonly path: string;
  /** Milliseconds without a sign. */
  readonly timeout: number;
}

function exchange(target: Target, text: string | undefined): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const away = (message: string) => reject(new CommandProblem(503, "engine-away", message));
    const headers = text === undefined ? {} : { "content-length": Buffer.byteLength(text) };
    const outgoing = request({ ...target, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", () => away("the engine broke off its answer"));
      response.on("end", () => {
        try {
          resolve(understand(response.statusCode ?? 0, Buffer.concat(parts).toString("utf8")));
        } catch (error) {
          reject(error);
        }
      });
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error("no answer in time")));
    outgoing.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED" || error.code === "ENOENT") reject(new NobodyThere());
      else away("the engine broke off before it answered");
    });
    outgoing.end(text);
  });
}

function understand(status: number, text: string): unknown {
  const body = JSON.parse(text) as { code: string; message: string; field?: string };
  if (status === 200) return body;
  if (
    status === 403 ||
    status === 404 ||
    status === 409 ||
    status === 422 ||
    status === 429 ||
    status === 503
  )
    throw new CommandProblem(status, body.code, body.message, body.field);
  throw new Error(`the engine answered ${status}: ${body.message}`);
}
