/**
 * What is known about one call, from the three records: Asterisk's channels (CEL), Asterisk's queues (queue_log)
 * and our own decisions. A fact is one line of them; the same line is always the same fact (`origin`).
 */
import type { Millis } from "../floor.ts";

export interface Fact {
  /** `<source>:<file>:<offset>`. */
  readonly origin: string;
  readonly at: Millis;
  readonly source: "cel" | "queue" | "engine";
  /** The CEL event's type, the queue_log event, or the domain event's kind. */
  readonly kind: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What we keep of a CEL line. */
export interface ChannelFact {
  readonly channel: string;
  readonly uniqueId: string;
  readonly exten?: string;
  readonly context?: string;
  readonly callerNumber?: string;
  readonly accountCode?: string;
  readonly userEvent?: string;
  readonly extra?: Readonly<Record<string, unknown>>;
}
