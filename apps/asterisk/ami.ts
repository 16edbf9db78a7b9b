/**
 * AMI, for the few things that ARI cannot do: queues' members and state.
 *
 * The npm package asterisk-manager parses; everything around it is ours, because it lets line breaks through,
 * holds actions for ever after a failed login, merges what came before a break of the connection with what
 * comes after it, and has no time limits. Each connection gets a fresh instance of it.
 */
import createManager, { type Block, type Manager } from "asterisk-manager";
import { type AmiFields, findInvalid } from "./ami-fields.ts";
import { logIn } from "./ami-login.ts";
import {
  type Ami,
  type AmiActionOptions,
  AmiError,
  type AmiMessage,
  type AmiOptions,
  type AmiReply,
} from "./ami-port.ts";
import { Link, type LinkState, type Lost } from "./link.ts";

export type { AmiFields } from "./ami-fields.ts";
export {
  type Ami,
  type AmiActionOptions,
  AmiError,
  type AmiMessage,
  type AmiOptions,
  type AmiReply,
} from "./ami-port.ts";

interface Pending {
  readonly action: string;
  readonly until: string | undefined;
  readonly events: AmiMessage[];
  response: AmiMessage | undefined;
  readonly resolve: (reply: AmiReply) => void;
  readonly reject: (error: AmiError) => void;
  readonly timer: NodeJS.Timeout;
}

/** An AMI connection, not yet connected. */
export function createAmi(options: AmiOptions): Ami {
  return new ManagedAmi(options);
}

class ManagedAmi implements Ami {
  readonly #options: AmiOptions;
  readonly #link: Link;
  readonly #timeoutMs: number;
  readonly #pending = new Map<string, Pending>();
  #manager: Manager | undefined;
  #listener: (event: AmiMessage) => void = () => {};
  #lastId = 0;

  constructor(options: AmiOptions) {
    this.#options = options;
    this.#timeoutMs = options.actionTimeoutMs ?? 2000;
    this.#link = new Link({
      name: "ami",
      open: (lost, signal) => this.#open(lost, signal),
      fatal: (error) => error instanceof AmiError && error.kind === "refused",
      closedError: () => new AmiError("unavailable", "connect", "closed"),
      minMs: options.reconnectMinMs ?? 100,
      maxMs: options.reconnectMaxMs ?? 2000,
      log: options.log,
    });
  }

  get state(): LinkState {
    return this.#link.state;
  }

  connect(): Promise<void> {
    return this.#link.connect();
  }

  async close(): Promise<void> {
    this.#abandon("closed");
    await this.#link.close();
  }

  action(name: string, fields: AmiFields = {}, options: AmiActionOptions = {}): Promise<AmiReply> {
    const problem = findInvalid(name, fields);
    if (problem) return Promise.reject(new AmiError("invalid", name, problem));
    const manager = this.#manager;
    if (!manager) return Promise.reject(new AmiError("unavailable", name, "not connected"));
    return new Promise((resolve, reject) => {
      this.#lastId += 1;
      const id = `dozvon-${this.#lastId}`;
      const timeoutMs = options.timeoutMs ?? this.#timeoutMs;
      const timer = setTimeout(() => {
        manager.removeAllListeners(id);
        this.#settle(id, new AmiError("timeout", name, `no answer within ${timeoutMs} ms`));
      }, timeoutMs);
      const until = options.collectUntil?.toLowerCase();
      this.#pending.set(id, { action: name, until, events: [], response: undefined, resolve, reject, timer });
      manager.action({ ...fields, action: name, actionid: id }, (error, answer) =>
        this.#answered(id, error, answer),
      );
    });
  }

  onConnected(listener: () => void): void {
    this.#link.onConnected = listener;
  }

  onLost(listener: (reason: string) => void): void {
    this.#link.onLost = listener;
  }

  onEvent(listener: (event: AmiMessage) => void): void {
    this.#listener = listener;
  }

  async #open(lost: Lost, signal: AbortSignal): Promise<() => Promise<void>> {
    const { host, port, username, secret } = this.#options;
    const manager = createManager(0, host, username, secret);
    manager.on("managerevent", (event) => {
      if (this.#manager === manager) this.#event(event);
    });
    const hangUp = await logIn(manager, port, host, this.#timeoutMs, signal);
    const gone = (reason: string) => {
      if (this.#manager === manager) this.#abandon(reason);
      hangUp();
      lost(reason);
    };
    manager.on("close", () => gone("the connection closed"));
    this.#manager = manager;
    try {
      await this.action("Events", { EventMask: this.#options.eventMask ?? "off" });
    } catch (error) {
      gone((error as Error).message);
      throw error;
    }
    const pinging = setInterval(() => {
      this.action("Ping").catch((error: Error) => gone(error.message));
    }, this.#options.pingMs ?? 5000);
    manager.on("close", () => clearInterval(pinging));
    return async () => {
      clearInterval(pinging);
      hangUp();
    };
  }

  #event(event: AmiMessage): void {
    const pending = this.#pending.get(String(event.actionid));
    if (pending?.until !== undefined) {
      if (String(event.event).toLowerCase() === pending.until) this.#settle(String(event.actionid));
      else pending.events.push(event);
      return;
    }
    try {
      this.#listener(event);
    } catch (error) {
      this.#options.log.warn({ err: error, event: event.event }, "handling an AMI event failed");
    }
  }

  #answered(id: string, error: Block | Error | null | undefined, answer: Block | undefined): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    if (error) {
      this.#settle(id, new AmiError("refused", pending.action, String(error.message ?? "refused")));
      return;
    }
    pending.response = answer ?? {};
    if (pending.until === undefined) this.#settle(id);
  }

  #settle(id: string, error?: AmiError): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    clearTimeout(pending.timer);
    if (error) pending.reject(error);
    else pending.resolve({ response: pending.response ?? {}, events: pending.events });
  }

  #abandon(reason: string): void {
    this.#manager = undefined;
    for (const [id, { action }] of this.#pending)
      this.#settle(id, new AmiError("unavailable", action, reason));
  }
}
