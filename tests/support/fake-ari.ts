/**
 * A small ARI server that behaves and misbehaves on command.
 *
 * It answers requests over HTTP and over the WebSocket alike, keeps Asterisk's rule that the event filter also
 * holds back RESTResponse, and serves just enough of an API description for the package ari-client to start.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export type FakeReply = { readonly status: number; readonly body?: unknown } | "no answer";

/** What this description knows; any other type is unknown to ari-client. */
const KNOWN_EVENTS = ["StasisStart", "StasisEnd", "ChannelDestroyed", "ApplicationReplaced"];

export class FakeAri {
  readonly #username: string;
  readonly #password: string;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #ws: WebSocketServer | undefined;
  #frozen = false;
  #allowed: readonly string[] | undefined;
  port = 0;
  /** Everything that was asked, apart from the API description and the event filter. */
  readonly requests: FakeRequest[] = [];
  /** Every event filter that was set, in order. */
  readonly filters: string[][] = [];
  /** Authorization headers and URLs of all WebSocket handshakes. */
  readonly handshakes: { readonly authorization: string | undefined; readonly url: string }[] = [];
  /** How requests are answered. */
  answer: (request: FakeRequest) => FakeReply = () => ({ status: 204 });

  constructor(username = "dozvon", password = "correct") {
    this.#username = username;
    this.#password = password;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/ari`;
  }

  /** Number of applications connected now. */
  get connected(): number {
    return this.#ws?.clients.size ?? 0;
  }

  /** Listens on the port of the last time, or on a free one. */
  async start(): Promise<void> {
    this.#frozen = false;
    this.#allowed = undefined;
    const server = createServer((request, response) => this.#http(request, response));
    const ws = new WebSocketServer({ noServer: true, autoPong: false });
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    server.on("upgrade", (request, socket, head) => this.#upgrade(ws, request, socket as Socket, head));
    await new Promise<void>((resolve) => server.listen(this.port, "127.0.0.1", resolve));
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.#ws = ws;
  }

  /** Goes away at once, like a killed Asterisk. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** From now on connections stay open but nothing is read into answers: no replies, no pongs. */
  freeze(): void {
    this.#frozen = true;
  }

  /** Sends an event if the filter lets it pass. */
  send(event: { readonly type: string; readonly [field: string]: unknown }): void {
    if (this.#allowed && !this.#allowed.includes(event.type)) return;
    this.sendText(JSON.stringify(event));
  }

  /** Sends any text, filter or not. */
  sendText(text: string): void {
    for (const client of this.#ws?.clients ?? []) client.send(text);
  }

  /** Announces 100 bytes, sends five and hangs up. */
  breakFrame(): void {
    for (const client of this.#ws?.clients ?? []) {
      const socket = (client as unknown as { _socket: Socket })._socket;
      socket.write(Buffer.from([0x81, 100, ...Buffer.from('{"typ')]), () => socket.destroy());
    }
  }

  #http(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? "/", this.url);
    const path = url.pathname.replace(/^\/ari\//, "");
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      if (this.#frozen) return;
      if (!this.#knows(request, url)) return reply(response, 401, { message: "Authentication required" });
      if (path.startsWith("api-docs/")) return reply(response, 200, this.#description(path));
      const text = Buffer.concat(parts).toString();
      const body = text === "" ? undefined : JSON.parse(text);
      const query = Object.fromEntries(url.searchParams);
      const answer = this.#ask({ method: request.method ?? "", path, query, body });
      if (answer !== "no answer") reply(response, answer.status, answer.body);
    });
  }

  #upgrade(ws: WebSocketServer, request: IncomingMessage, socket: Socket, head: Buffer): void {
    if (this.#frozen) return;
    const url = new URL(request.url ?? "/", this.url);
    this.handshakes.push({ authorization: request.headers.authorization, url: request.url ?? "" });
    if (!this.#knows(request, url)) {
      socket.end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      return;
    }
    ws.handleUpgrade(request, socket, head, (client) => {
      ws.clients.add(client);
      client.on("ping", (data) => {
        if (!this.#frozen) client.pong(data);
      });
      client.on("message", (data) => this.#message(client, String(data)));
      client.on("error", () => {});
    });
  }

  #message(client: WebSocket, text: string): void {
    if (this.#frozen) return;
    const message = JSON.parse(text);
    const pairs: { name: string; value: string }[] = message.query_strings ?? [];
    const answer = this.#ask({
      method: message.method,
      path: message.uri,
      query: Object.fromEntries(pairs.map(({ name, value }) => [name, value])),
      body: message.message_body === undefined ? undefined : JSON.parse(message.message_body),
    });
    if (answer === "no answer" || (this.#allowed && !this.#allowed.includes("RESTResponse"))) return;
    const body = answer.body === undefined ? {} : { message_body: JSON.stringify(answer.body) };
    const response = {
      type: "RESTResponse",
      request_id: message.request_id,
      status_code: answer.status,
      reason_phrase: answer.status === 404 ? "Not Found" : "OK",
      uri: message.uri,
    };
    client.send(JSON.stringify({ ...response, ...body }));
  }

  #ask(request: FakeRequest): FakeReply {
    if (request.path.endsWith("/eventFilter")) {
      const { allowed } = request.body as { allowed: { type: string }[] };
      this.#allowed = allowed.map(({ type }) => type);
      this.filters.push([...this.#allowed]);
      return { status: 200, body: {} };
    }
    if (request.path === "applications") return { status: 200, body: [] };
    this.requests.push(request);
    return this.answer(request);
  }

  #knows(request: IncomingMessage, url: URL): boolean {
    const pair = `${this.#username}:${this.#password}`;
    const basic = `Basic ${Buffer.from(pair).toString("base64")}`;
    return request.headers.authorization === basic || url.searchParams.get("api_key") === pair;
  }

  #description(path: string): unknown {
    const basePath = this.url;
    if (path === "api-docs/resources.json")
      return {
        swaggerVersion: "1.1",
        basePath,
        apis: [{ path: "/api-docs/events.{format}", description: "" }],
      };
    const models = KNOWN_EVENTS.map((id) => [id, { id, properties: { type: { type: "string" } } }]);
    return {
      swaggerVersion: "1.1",
      basePath,
      resourcePath: "/api-docs/events.{format}",
      apis: [],
      models: Object.fromEntries(models),
    };
  }
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  const text = body === undefined ? "" : JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}
