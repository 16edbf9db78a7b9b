/**
 * A FastAGI server: Asterisk asks during a call, we answer in a few milliseconds or not at all.
 *
 * The dialplan goes on by itself whatever happens here (AGISTATUS), so every trouble ends in a closed
 * connection: too many sessions, one that takes too long, a handler that throws.
 */
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import {
  AgiError,
  type AgiReply,
  encodeCommand,
  encodeSetVariable,
  Lines,
  parseReply,
  parseVariable,
} from "./agi-protocol.ts";
import type { Log } from "./link.ts";

export { AgiError, type AgiReply, quote } from "./agi-protocol.ts";

/** One call's question. */
export interface AgiSession {
  /** `agi_callerid`, `agi_network_script`, `agi_arg_1`, … without a prototype. */
  readonly variables: Readonly<Record<string, string>>;
  /**
   * Sends one line and waits for its answer; later commands wait for earlier ones. Put values in `quote()`.
   * @throws AgiError
   */
  command(text: string): Promise<AgiReply>;
  /** @throws AgiError */
  setVariable(name: string, value: string): Promise<void>;
}

export interface AgiOptions {
  /** Default 127.0.0.1: AGI knows no passwords. */
  readonly host?: string;
  /** 0 for a free one. */
  readonly port: number;
  readonly handle: (session: AgiSession) => Promise<void>;
  readonly log: Log;
  /** More sessions at once are hung up on; default 500. */
  readonly maxSessions?: number;
  /** How long a session may take in all; default 2000. */
  readonly sessionTimeoutMs?: number;
}

export interface AgiServer {
  /** Resolves with the port. @throws Error of `listen`, such as EADDRINUSE. */
  listen(): Promise<number>;
  /** Stops listening and ends all sessions. */
  close(): Promise<void>;
  readonly sessions: number;
}

const MAX_LINE_BYTES = 16 * 1024;
const MAX_VARIABLES = 300;

/** An AGI server, not yet listening. */
export function createAgiServer(options: AgiOptions): AgiServer {
  const { log, handle, port, host = "127.0.0.1", maxSessions = 500, sessionTimeoutMs = 2000 } = options;
  const sessions = new Set<Session>();
  const server: Server = createServer((socket) => {
    socket.on("error", () => {});
    if (sessions.size >= maxSessions) {
      log.warn({ sessions: sessions.size }, "too many AGI sessions");
      socket.destroy();
      return;
    }
    const session = new Session(socket, handle, sessionTimeoutMs, log);
    sessions.add(session);
    socket.on("close", () => sessions.delete(session));
  });
  return {
    get sessions() {
      return sessions.size;
    },
    listen: () =>
      new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, host, () => {
          server.off("error", reject);
          server.on("error", (error) => log.warn({ err: error }, "the AGI server failed"));
          resolve((server.address() as AddressInfo).port);
        });
      }),
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const session of sessions) session.end(new AgiError("closed", "the AGI server is closing"));
      await closed;
    },
  };
}

interface Waiting {
  readonly line: string;
  readonly resolve: (reply: AgiReply) => void;
  readonly reject: (error: AgiError) => void;
}

class Session implements AgiSession {
  readonly variables: Record<string, string> = Object.create(null) as Record<string, string>;
  readonly #socket: Socket;
  readonly #handle: (session: AgiSession) => Promise<void>;
  readonly #log: Log;
  readonly #lines = new Lines(MAX_LINE_BYTES);
  /** The first one has been sent. */
  readonly #queue: Waiting[] = [];
  #variablesLeft = MAX_VARIABLES;
  #started = false;
  #over: AgiError | undefined;

  constructor(socket: Socket, handle: (session: AgiSession) => Promise<void>, timeoutMs: number, log: Log) {
    this.#socket = socket;
    this.#handle = handle;
    this.#log = log;
    const late = () => this.end(new AgiError("timeout", `the session took more than ${timeoutMs} ms`));
    const timer = setTimeout(late, timeoutMs);
    socket.setNoDelay(true);
    socket.on("data", (chunk) => this.#read(chunk));
    socket.on("end", () => this.end(new AgiError("hangup", "Asterisk closed the session")));
    socket.on("close", () => {
      clearTimeout(timer);
      this.end(new AgiError("hangup", "the connection closed"));
    });
  }

  async command(text: string): Promise<AgiReply> {
    const line = encodeCommand(text);
    if (this.#over) throw this.#over;
    return new Promise((resolve, reject) => {
      this.#queue.push({ line, resolve, reject });
      if (this.#queue.length === 1) this.#socket.write(line);
    });
  }

  async setVariable(name: string, value: string): Promise<void> {
    await this.command(encodeSetVariable(name, value));
  }

  /** Rejects what waits and everything later, and hangs up. */
  end(reason: AgiError): void {
    this.#stop(reason);
    this.#socket.destroy();
  }

  #stop(reason: AgiError): void {
    this.#over ??= reason;
    for (const { reject } of this.#queue.splice(0)) reject(reason);
  }

  #read(chunk: Buffer): void {
    try {
      for (const line of this.#lines.take(chunk)) {
        if (this.#over) return;
        if (this.#started) this.#answer(line);
        else this.#variable(line);
      }
    } catch (error) {
      this.#log.warn({ err: error }, "an AGI session cannot be read");
      this.end(new AgiError("closed", (error as Error).message));
    }
  }

  #variable(line: string): void {
    if (line === "") {
      this.#started = true;
      void this.#run();
      return;
    }
    this.#variablesLeft -= 1;
    if (this.#variablesLeft < 0) throw new RangeError("too many variables");
    const pair = parseVariable(line);
    if (pair) this.variables[pair[0]] = pair[1];
  }

  #answer(line: string): void {
    if (line === "HANGUP") {
      this.#stop(new AgiError("hangup", "the caller hung up"));
      return;
    }
    const reply = parseReply(line);
    if (reply === "more") return;
    const waiting = this.#queue.shift();
    const next = this.#queue[0];
    if (next) this.#socket.write(next.line);
    if (reply instanceof AgiError) waiting?.reject(reply);
    else waiting?.resolve(reply);
  }

  async #run(): Promise<void> {
    try {
      await this.#handle(this);
    } catch (error) {
      // A caller who hangs up in between is ordinary.
      if (!(error instanceof AgiError && error.kind === "hangup"))
        this.#log.warn({ err: error, script: this.variables.agi_network_script }, "an AGI session failed");
    }
    this.#over ??= new AgiError("closed", "the session has ended");
    this.#socket.end();
  }
}
