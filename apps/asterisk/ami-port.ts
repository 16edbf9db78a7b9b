/** What we ask of AMI and how it fails. */
import type { Block } from "asterisk-manager";
import type { AmiFields } from "./ami-fields.ts";
import type { LinkState, Log } from "./link.ts";

/** A response or an event: names in small letters, repeated names as lists. */
export type AmiMessage = Readonly<Block>;

export interface AmiReply {
  readonly response: AmiMessage;
  /** The list's entries in order, without the event that ended it; empty unless `collectUntil` was given. */
  readonly events: readonly AmiMessage[];
}

/** Ours to blame (`invalid`: nothing was sent), Asterisk's no, no answer in time, or no connection. */
export class AmiError extends Error {
  readonly kind: "invalid" | "refused" | "timeout" | "unavailable";
  readonly action: string;
  constructor(kind: AmiError["kind"], action: string, message: string) {
    super(`${action}: ${message}`);
    this.name = "AmiError";
    this.kind = kind;
    this.action = action;
  }
}

export interface AmiOptions {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly secret: string;
  readonly log: Log;
  /** AMI's EventMask; `off` (default) keeps Asterisk from writing events that nobody reads. */
  readonly eventMask?: string;
  /** How long an action, and the whole of a list, may take; default 2000. */
  readonly actionTimeoutMs?: number;
  /** How often an idle connection is tried; default 5000. One ping without an answer ends it. */
  readonly pingMs?: number;
  readonly reconnectMinMs?: number;
  readonly reconnectMaxMs?: number;
}

export interface AmiActionOptions {
  readonly timeoutMs?: number;
  /** The event that ends the list which this action asks for: `QueueStatusComplete`. */
  readonly collectUntil?: string;
}

export interface Ami {
  readonly state: LinkState;
  /** Settles with the first login; rejects with AmiError `refused` if that login is wrong. */
  connect(): Promise<void>;
  close(): Promise<void>;
  /** @throws AmiError */
  action(name: string, fields?: AmiFields, options?: AmiActionOptions): Promise<AmiReply>;
  /** Called after every login. */
  onConnected(listener: () => void): void;
  onLost(listener: (reason: string) => void): void;
  /** Events that no action of ours asked for; none come while `eventMask` is `off`. */
  onEvent(listener: (event: AmiMessage) => void): void;
}
