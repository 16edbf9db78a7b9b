/**
 * The door for browsers as phones (LINE-12): SIP over secure WebSocket (RFC 7118) from the network to Asterisk's HTTP
 * port on the loopback address.
 *
 * Asterisk's own TLS port would serve the same paths as its plain one, ARI among them. Through this door leads one
 * path, `GET /ws` with the sub-protocol `sip`; everything else is 404 here and never gets to Asterisk. The request to
 * Asterisk is made anew, nothing of the stranger's but the key goes into it, and not a byte is passed on before
 * Asterisk has agreed to speak WebSocket: no second request can be smuggled in behind the first.
 */
import { request as ask, type IncomingMessage } from "node:http";
import { createServer } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** PEM texts. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

export interface DoorOptions {
  readonly identity: Identity;
  readonly host: string;
  readonly port: number;
  /** Asterisk's HTTP port on 127.0.0.1. */
  readonly asteriskPort: number;
  readonly log: { warn(fields: object, text: string): void };
}

export interface Door {
  /** Another certificate for new connections; those that are open stay. */
  renew(identity: Identity): void;
  close(): Promise<void>;
}

/**
 * Where browsers seem to come from, for Asterisk. Not 127.0.0.1, so that no browser is ever taken for a trunk or a PBX
 * on this machine, which are known by their addresses.
 */
const FROM = "127.0.0.7";
/** Each is a connection of Asterisk's HTTP server, which takes 1000 (http.conf) and needs one for the engine. */
const MOST_CONNECTIONS = 500;
/** So that one stranger cannot take them all; a proxy on this machine may stand for everybody. */
const MOST_PER_ADDRESS = 100;
const SLOW_MS = 10_000;
const KEEP_ALIVE_MS = 60_000;

/** Opens the door. @throws when it cannot listen there or the certificate is none. */
export async function openDoor(options: DoorOptions): Promise<Door> {
  const server = createServer({ ...options.identity, handshakeTimeout: SLOW_MS });
  server.maxConnections = MOST_CONNECTIONS;
  server.headersTimeout = SLOW_MS;
  server.requestTimeout = SLOW_MS;
  const open = new Set<Duplex>();
  const perAddress = new Map<string, number>();
  server.on("request", (_request, response) => response.writeHead(404, { connection: "close" }).end());
  server.on("upgrade", (request: IncomingMessage, browser: Socket, head: Buffer) => {
    browser.on("error", () => browser.destroy());
    const address = request.socket.remoteAddress ?? "";
    const refused = refusal(request) ?? crowded(address, perAddress);
    if (refused) return refuse(browser, refused);
    perAddress.set(address, (perAddress.get(address) ?? 0) + 1);
    open.add(browser);
    browser.once("close", () => {
      open.delete(browser);
      const left = (perAddress.get(address) ?? 1) - 1;
      if (left > 0) perAddress.set(address, left);
      else perAddress.delete(address);
    });
    lead(request.headers["sec-websocket-key"] ?? "", browser, head, options);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: options.host, port: options.port }, resolve);
  });
  return {
    renew: (identity) => server.setSecureContext(identity),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const browser of open) browser.destroy();
      }),
  };
}

/** Why a request is no browser phone's, as a status line. */
function refusal({ method, url, headers }: IncomingMessage): string | undefined {
  if (method !== "GET" || url !== "/ws") return "404 Not Found";
  if (headers.upgrade?.toLowerCase() !== "websocket") return "404 Not Found";
  if (headers["sec-websocket-version"] !== "13") return "426 Upgrade Required";
  if (!/^[A-Za-z0-9+/]{22}==$/.test(headers["sec-websocket-key"] ?? "")) return "400 Bad Request";
  const protocols = (headers["sec-websocket-protocol"] ?? "").split(",").map((each) => each.trim());
  return protocols.includes("sip") ? undefined : "400 Bad Request";
}

function crowded(address: string, perAddress: ReadonlyMap<string, number>): string | undefined {
  if (/^(::ffff:)?127\.|^::1$/.test(address)) return undefined;
  return (perAddress.get(address) ?? 0) < MOST_PER_ADDRESS ? undefined : "503 Service Unavailable";
}

function refuse(browser: Duplex, status: string): void {
  browser.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  );
}

/** Asks Asterisk for a WebSocket, and joins the two when it agrees. */
function lead(key: string, browser: Socket, head: Buffer, { asteriskPort, log }: DoorOptions): void {
  const upstream = ask({
    ...{
      host: "127.0.0.1",
      port: asteriskPort,
      localAddress: FROM,
      path: "/ws",
      agent: false,
      timeout: SLOW_MS,
    },
    headers: {
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Key": key,
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Protocol": "sip",
    },
  });
  const failed = (why: string): void => {
    log.warn({ why }, "Asterisk does not take a browser phone.");
    upstream.destroy();
    refuse(browser, "503 Service Unavailable");
  };
  const gone = (): void => void upstream.destroy();
  browser.once("close", gone);
  upstream.once("error", (error) => failed(error.message));
  upstream.once("timeout", () => failed("no answer"));
  upstream.once("response", (answer) => failed(`status ${answer.statusCode}`));
  upstream.once("upgrade", (answer, asterisk: Socket, first) => {
    browser.off("close", gone);
    const accept = String(answer.headers["sec-websocket-accept"] ?? "");
    browser.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: sip\r\n\r\n`,
    );
    browser.write(first);
    asterisk.write(head);
    for (const socket of [browser, asterisk])
      socket.setTimeout(0).setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS);
    asterisk.on("error", () => asterisk.destroy());
    asterisk.once("close", () => browser.destroy());
    browser.once("close", () => asterisk.destroy());
    browser.pipe(asterisk).pipe(browser);
  });
  upstream.end();
}
