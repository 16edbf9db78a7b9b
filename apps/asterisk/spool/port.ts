/** What the spool reader takes and gives. */
import type { Keep } from "./files.ts";
import type { MultiLine } from "./splitter.ts";

/** A place in the spool that survives restarts: everything before it has been taken in. */
export interface Checkpoint {
  /** The file's generation (inode and fingerprint), not its name. */
  readonly file: string;
  /** Bytes from the beginning of that file. */
  readonly offset: number;
}

/** Complete records, in the file's order. */
export interface Batch {
  readonly lines: string[];
  /** One per line, `<generation>:<offset>`: globally unique and the same whenever the line is offered. */
  readonly positions: string[];
  /** Indexes of lines longer than 64 KiB, of which only the beginning is here. */
  readonly cut: number[];
  /** To be stored together with the lines. */
  readonly checkpoint: Checkpoint;
}

/** The part of pino that the reader uses. */
export interface SpoolLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** See `createSpoolReader`. */
export interface SpoolOptions {
  readonly path: string;
  /** Where the last process stopped; without it everything that lies there is read. */
  readonly from?: Checkpoint | undefined;
  /** Takes a batch in; rejecting offers the same batch again. Never called twice at a time. */
  onLines(batch: Batch): Promise<void>;
  readonly log: SpoolLog;
  /** Bytes waiting above which `onAlarm(true)` is called, once, and `onAlarm(false)` when below again. */
  readonly maxBytes: number;
  onAlarm(active: boolean, waitingBytes: number): void;
  /** For writers of records with newlines inside (cel_custom). */
  readonly multiLine?: MultiLine;
  /** A fully read live file of this size is renamed; default: never. */
  readonly rotateBytes?: number;
  /** Makes a writer that keeps its file open (queue_log) open a new one; asked again until it has. */
  readonly reopen?: () => Promise<void>;
  /** How long renamed files stay once taken in; default 7 days and 1 GiB. */
  readonly keep?: Keep;
  /** Most lines in a batch, default 1000. */
  readonly batchLines?: number;
  /** Whether to be told of writes (inotify), default true; a reader that may be late looks every `pollMs` instead. */
  readonly watch?: boolean;
  /** How often we look without being told, default 500 ms. */
  readonly pollMs?: number;
  /** How long a renamed file may still grow after its successor appeared, default 1000 ms. */
  readonly settleMs?: number;
}

/** A running reader. */
export interface SpoolReader {
  /**
   * Renames the live file as soon as it is fully read; resolves when that was tried (at once when there is none).
   */
  rotate(): Promise<void>;
  /** Resolves when everything that lay there at the start has been taken in, or there is nothing. */
  caughtUp(): Promise<void>;
  /** Bytes not taken in yet; 0 while no file is open. */
  waitingBytes(): Promise<number>;
  /** Stops after the batch in hand; one that keeps being rejected is given up (the next start offers it). */
  stop(): Promise<void>;
}
