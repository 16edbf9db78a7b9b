/** The API's side of the command port: HTTP over the engine's Unix socket. */
import { Agent, request } from "node:http";
import { type CommandName, type CommandPort, CommandProblem, type Figures, type FloorView } from "./port.ts";

/** A reload of a large configuration takes a second or two; nothing takes this long. */
const ANSWER_WITHIN_MS = 15_000;
/** Except the making of a sound, which may have to fetch the converter first. */
const SOUND_WITHIN_MS = 150_000;
/** A killed engine is back in about two seconds: a command that found nobody waits that long. */
const PATIENCE_MS = 10_000;
const RETRY_MS = 100;

/**
 * Ways to the engine: how many requests go on each at once, and how long (ms) one waits for its turn. What takes long
 * keeps only its own kind waiting, so that a talk can be held while sounds are made and settings are saved.
 */
const LANES = {
  /** The floor and the figures: answered from memory. */
  views: { sockets: 4, turnWithinMs: 5000 },
  /** What people do in calls. */
  calls: { sockets: 16, turnWithinMs: 5000 },
  /** The engine makes one at a time; another may be on its way. */
  sounds: { sockets: 2, turnWithinMs: 60_000 },
  /** Wait for a PBX that does not answer, or for a thousand files. */
  slow: { sockets: 4, turnWithinMs: 10_000 },
  /** Settings and the rest, which the engine takes one after another. */
  others: { sockets: 8, turnWithinMs: 10_000 },
} as const;

type Lane = keyof typeof LANES;

const IN_CALLS =
  /^(call|conversation|callback)\.|^(agent\.state|(deferred|task|order|list)\.call|list\.(next|save)|recording\.(pause|resume))$/;
const SLOW = /^(pbx\.|recording\.|setting\.undo$)/;

function laneOf(name: CommandName): Lane {
  if (name === "sound.create") return "sounds";
  if (IN_CALLS.test(name)) return "calls";
  return SLOW.test(name) ? "slow" : "others";
}

/**
 * A port to the engine that listens on this socket; `close` lets its idle connections go.
 * @param turnWithinMs how long requests wait for their turn, instead of what each kind has.
 */
export function createCommandClient(
  socketPath: string,
  turnWithinMs?: number,
): CommandPort & { close(): void } {
  const open = (lane: Lane) => new Agent({ keepAlive: true, maxSockets: LANES[lane].sockets });
  const agents: Record<Lane, Agent> = {
    ...{ views: open("views"), calls: open("calls"), sounds: open("sounds") },
    ...{ slow: open("slow"), others: open("others") },
  };
  const call = (lane: Lane, path: string, body?: unknown, timeout = ANSWER_WITHIN_MS) =>
    exchange(
      {
        ...{ socketPath, path, timeout, agent: agents[lane], method: body === undefined ? "GET" : "POST" },
        turnWithinMs: turnWithinMs ?? LANES[lane].turnWithinMs,
      },
      body === undefined ? undefined : JSON.stringify(body),
    );
  return {
    send: async (name, args, by) => {
      const deadline = performance.now() + PATIENCE_MS;
      for (;;) {
        try {
          const within = name === "sound.create" ? SOUND_WITHIN_MS : ANSWER_WITHIN_MS;
          return (await call(laneOf(name), `/command/${name}`, { args, by }, within)) as never;
        } catch (error) {
          // Nobody listened, so the command cannot have been carried out: asking again is safe.
          if (!(error instanceof NobodyThere) || performance.now() > deadline) throw error;
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        }
      }
    },
    floor: async () => (await call("views", "/floor")) as FloorView,
    figures: async () => (await call("views", "/figures")) as Figures,
    close: () => {
      for (const agent of Object.values(agents)) agent.destroy();
    },
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
  /** Milliseconds until the request must be on its way. */
  readonly turnWithinMs: number;
}

function exchange({ turnWithinMs, ...target }: Target, text: string | undefined): Promise<unknown> {
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
    // Node counts no time for a request that has no connection yet; destroyed, it is never sent.
    const turn = setTimeout(() => {
      const text = "the engine is busy with requests of this kind; this one was not carried out";
      reject(new CommandProblem(503, "engine-busy", text));
      outgoing.destroy();
    }, turnWithinMs);
    outgoing.on("socket", () => clearTimeout(turn));
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
