/** A small AMI server that behaves and misbehaves on command. */
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

/** An action as it arrived: names in small letters; repeated names joined by a line break. */
export type FakeAction = Readonly<Record<string, string>>;

export class FakeAmi {
  readonly #username: string;
  readonly #secret: string;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  port = 0;
  /** Every action that arrived, logins included. */
  readonly actions: FakeAction[] = [];
  silent = false;
  /** Blocks to send for an action, without their ActionID; undefined sends a plain Success. */
  answer: (action: FakeAction) => readonly Readonly<Record<string, string>>[] | undefined = () => undefined;

  constructor(username = "dozvon", secret = "correct") {
    this.#username = username;
    this.#secret = secret;
  }

  get connected(): number {
    return this.#sockets.size;
  }

  /** Names of the actions that arrived, apart from pings. */
  get names(): string[] {
    return this.actions.map(({ action }) => action ?? "").filter((name) => name !== "Ping");
  }

  async start(): Promise<void> {
    const server = createServer((socket) => this.#welcome(socket));
    await new Promise<void>((resolve) => server.listen(this.port, "127.0.0.1", resolve));
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** Sends anything to everybody. */
  sendText(text: string | Buffer): void {
    for (const socket of this.#sockets) socket.write(text);
  }

  /** Sends any text and hangs up behind it. */
  sendAndDrop(text: string): void {
    for (const socket of this.#sockets) socket.write(text, () => socket.destroy());
  }

  #welcome(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => {});
    socket.write("Asterisk Call Manager/11.0.0\r\n");
    let text = "";
    socket.on("data", (chunk) => {
      text += String(chunk);
      const blocks = text.split("\r\n\r\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) this.#take(socket, parse(block));
    });
  }

  #take(socket: Socket, action: FakeAction): void {
    this.actions.push(action);
    if (this.silent) return;
    const id = action.actionid ?? "";
    if (action.action === "login") {
      const known = action.username === this.#username && action.secret === this.#secret;
      if (known) write(socket, id, { Response: "Success", Message: "Authentication accepted" });
      else write(socket, id, { Response: "Error", Message: "Authentication failed" });
      return;
    }
    for (const block of this.answer(action) ?? [{ Response: "Success" }]) write(socket, id, block);
  }
}

function write(socket: Socket, id: string, block: Readonly<Record<string, string>>): void {
  const [first, ...rest] = Object.entries(block).map(([name, value]) => `${name}: ${value}`);
  socket.write(`${[first, `ActionID: ${id}`, ...rest].join("\r\n")}\r\n\r\n`);
}

function parse(block: string): FakeAction {
  const action: Record<string, string> = {};
  for (const line of block.split("\r\n")) {
    const colon = line.indexOf(": ");
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 2);
    action[name] = name in action ? `${action[name]}\n${value}` : value;
  }
  return action;
}
