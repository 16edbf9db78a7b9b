/** A browser as a phone, as far as signalling goes: SIP over secure WebSocket (RFC 7118), by hand. */
import { createHash, randomUUID } from "node:crypto";
import WebSocket from "ws";
import { until } from "./until.ts";

/** What GET /v1/agents/{id}/webrtc answers. */
export interface BrowserAccount {
  readonly websocketUrl: string;
  readonly sipUri: string;
  readonly authorizationUser: string;
  readonly realm: string;
  readonly ha1: string;
}

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

/** The first value of a header. */
export function header(message: string, name: string): string {
  return new RegExp(`^${name}: *(.*)\\r$`, "im").exec(message)?.[1] ?? "";
}

export class Browser {
  /** Everything that came, the oldest first. */
  readonly messages: string[] = [];
  readonly #socket: WebSocket;
  readonly #account: BrowserAccount;
  readonly #host = `${randomUUID().slice(0, 12)}.invalid`;
  readonly #callId = randomUUID();
  #count = 0;

  constructor(socket: WebSocket, account: BrowserAccount) {
    this.#socket = socket;
    this.#account = account;
    socket.on("message", (data) => {
      const text = String(data);
      if (text.startsWith("OPTIONS ")) this.answer(text, "200 OK");
      else this.messages.push(text);
    });
  }

  /** Registers with digest authentication; answers the last status, 401 when the digest was refused. */
  async register(ha1 = this.#account.ha1): Promise<number> {
    const challenge = await this.#ask(this.#registration());
    const nonce = /nonce="([^"]+)"/.exec(header(challenge, "WWW-Authenticate"))?.[1] ?? "";
    const { authorizationUser: user, realm } = this.#account;
    const uri = `sip:${new URL(this.#account.websocketUrl).hostname}`;
    const response = md5(`${ha1}:${nonce}:00000001:c0ffee:auth:${md5(`REGISTER:${uri}`)}`);
    const digest = `Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=MD5, qop=auth, nc=00000001, cnonce="c0ffee"`;
    const opaque = /opaque="([^"]+)"/.exec(header(challenge, "WWW-Authenticate"))?.[1];
    const answer = await this.#ask(
      this.#registration(`Authorization: ${digest}${opaque ? `, opaque="${opaque}"` : ""}\r\n`),
    );
    return Number(answer.split(" ")[1]);
  }

  /** Waits for a request of Asterisk's. */
  async asked(method: string): Promise<string> {
    return until(`Asterisk sends ${method}`, () =>
      this.messages.find((message) => message.startsWith(`${method} `)),
    );
  }

  /** Answers a request. */
  answer(request: string, status: string): void {
    const copied = ["Via", "From", "To", "Call-ID", "CSeq"].map(
      (name) => `${name}: ${header(request, name)}`,
    );
    const to = copied.map((line) => (/^To: (?!.*;tag=)/.test(line) ? `${line};tag=browser` : line));
    this.#socket.send(
      `SIP/2.0 ${status}\r\n${to.join("\r\n")}\r\nContact: <sip:browser@${this.#host};transport=ws>\r\nContent-Length: 0\r\n\r\n`,
    );
  }

  /** The tab is closed. */
  close(): void {
    this.#socket.close();
  }

  async #ask(request: string): Promise<string> {
    this.#socket.send(request);
    const cseq = header(request, "CSeq");
    return until(`an answer to ${cseq}`, () =>
      this.messages.find(
        (message) =>
          message.startsWith("SIP/2.0 ") && header(message, "CSeq") === cseq && !/^\S+ 1/.test(message),
      ),
    );
  }

  #registration(more = ""): string {
    const { sipUri, websocketUrl } = this.#account;
    const number = ++this.#count;
    return [
      `REGISTER sip:${new URL(websocketUrl).hostname} SIP/2.0`,
      `Via: SIP/2.0/WSS ${this.#host};branch=z9hG4bK${randomUUID()}`,
      "Max-Forwards: 70",
      `From: <${sipUri}>;tag=${this.#callId.slice(0, 8)}`,
      `To: <${sipUri}>`,
      `Call-ID: ${this.#callId}`,
      `CSeq: ${number} REGISTER`,
      `Contact: <sip:browser@${this.#host};transport=ws>;expires=120`,
      `${more}Content-Length: 0`,
      "",
      "",
    ].join("\r\n");
  }
}

/** Connects; the certificate is self-signed. @throws Error with the status when it is refused. */
export async function openBrowser(account: BrowserAccount, url = account.websocketUrl, protocol?: string) {
  const socket = new WebSocket(url, protocol === undefined ? ["sip"] : protocol === "" ? [] : [protocol], {
    rejectUnauthorized: false,
  });
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  return new Browser(socket, account);
}
