/** What the routes hold, and the types they share. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { Asker, CommandPort, FloorView } from "../commands/port.ts";
import { CommandProblem } from "../commands/port.ts";
import type { Db } from "../store/database.ts";
import type { KeySource } from "../vault/keys.ts";
import type { KeyRing } from "./keys.ts";
import type { LiveTail } from "./live/tail.ts";
import type { Tickets } from "./live/tickets.ts";
import type { Permission, Scope } from "./permissions.ts";

export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** Where browsers find us as phones (LINE-12). */
export interface BrowserPhones {
  readonly websocketUrl: string;
  /** `stun:host:port` each. */
  readonly stun: readonly string[];
  /** As Asterisk calls them, the preferred first. */
  readonly codecs: readonly string[];
}

export interface ApiContext {
  readonly db: Db;
  readonly commands: CommandPort;
  readonly keys: KeyRing;
  readonly tail: LiveTail;
  readonly tickets: Tickets;
  /** The folder that holds adopted recordings; nothing outside it is ever sent. */
  readonly recordingsDir: string;
  /** The folder with `incoming`, where uploads are left for the engine, and `listen`, what became of them. */
  readonly soundsDir: string;
  /** The folder with uploaded lists of contacts, for the jobs process. */
  readonly importsDir: string;
  /** Opens the sealed ones. */
  readonly recordingKeys: KeySource;
  /** How numbers without a country code are read (ISO 3166). */
  readonly country: string;
  /** Whether this number (E.164) is of those that may be called from here at all. */
  mayDial(phone: string): boolean;
  /** What browsers as phones are told; undefined: there are none here. */
  readonly browserPhones: BrowserPhones | undefined;
  /** Whether /metrics needs no key from loopback addresses. */
  readonly metricsOpen: boolean;
}

/** Who asks, and how far the route's permission reaches for them. */
export interface Caller extends Asker {
  readonly name: string;
  readonly scope: Scope;
  /** SHA-256 of the key, so that an open stream can be closed when the key is revoked. */
  readonly keyHash: string;
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** `public`: no key needed. */
    permission?: Permission | "public";
    /** No key is needed from this machine's loopback addresses. */
    loopback?: boolean;
  }
  interface FastifyRequest {
    caller: Caller;
  }
  interface FastifySchema {
    /** Entries of the feature ledger that the route serves. */
    "x-ledger"?: readonly string[];
  }
}

/** The agent to whom a caller's view is narrowed; undefined: they see all. */
export function onlyAgent(caller: Caller): string | undefined {
  return caller.scope === "own" ? (caller.agentId ?? "00000000-0000-0000-0000-000000000000") : undefined;
}

/** The live floor, or null while the engine is away: rows are still answered then. */
export async function floorOrNull(commands: CommandPort): Promise<FloorView | null> {
  try {
    return await commands.floor();
  } catch (error) {
    if (error instanceof CommandProblem && error.status === 503) return null;
    throw error;
  }
}
