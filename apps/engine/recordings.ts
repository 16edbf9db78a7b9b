/**
 * Recordings and messages, from Asterisk's spool to their place (REC-01, D-39): after the last hang-up, whoever was
 * alive meanwhile.
 *
 * The file is named after the call's channel. A sweep looks at what lies in the spool, so a recording that was
 * made while the engine was away is adopted like any other; nothing depends on having seen the call end.
 */
import { mkdir, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Adopted, adopt, findOrphans, type Orphan } from "../asterisk/recordings/adopt.ts";
import { measureSound } from "../asterisk/recordings/sound.ts";
import { headerBytes } from "../asterisk/recordings/wav.ts";
import { type FilePause, pausesInFile, type Span } from "../core/records/pauses.ts";
import type { MasterKey } from "../vault/keys.ts";
import type { Alarms } from "./alarms.ts";
import { callIdOf, voicemailIdOf } from "./call-id.ts";
import type { Log } from "./ports.ts";

export type Kind = "call" | "voicemail";

export interface RecordingRow {
  readonly id: string;
  readonly callId: string;
  readonly kind: Kind;
  readonly state: "kept" | "empty";
  /** Below the kept recordings' folder; null: nothing was recorded, and there is no file. */
  readonly path: string | null;
  readonly bytes: number | null;
  readonly sha256: string | null;
  readonly durationMs: number;
  readonly channels: number | null;
  readonly repaired: boolean;
  /** The master key; null: in the clear. */
  readonly keyId: string | null;
  readonly pauses: readonly FilePause[];
}

/** What the record says of a call whose file lies in the spool. */
export interface KnownCall {
  readonly arrivedAt: Date;
  readonly ended: boolean;
  readonly paused: boolean;
  readonly from: string | null;
  readonly lineId: string | null;
}

export interface RecordingStore {
  /** The calls among these that have a record. */
  known(calls: readonly string[]): Promise<ReadonlyMap<string, KnownCall>>;
  /** When the call's customer was bridged, and when its recording paused. */
  pausesOf(call: string): Promise<{ bridged: readonly Span[]; pauses: readonly Span[] }>;
  keep(row: RecordingRow): Promise<void>;
  /** Marks calls that should have been recorded, are over for a minute and have no recording; their number. */
  markLost(): Promise<number>;
}

/** Asterisk closes a file a moment after the last hang-up; until then it may still be written. */
const SETTLED_MS = 700;
/** A file that belongs to no call we know of is adopted after this long. A caller who waits has an empty file. */
const STRANGER_MS = 10 * 60_000;
/** A message is at least this long, and this much of it is sound (D-39): who says nothing leaves none. */
const MESSAGE_MS = 2000;
const MESSAGE_SOUND_MS = 500;

export interface RecordingSweep {
  /** Looks soon; many calls in a short time are one look. */
  soon(): void;
  /** Looks now and resolves when everything that is ready was adopted. */
  now(): Promise<void>;
  /** Resolves when what is being adopted at this moment is done. */
  settled(): Promise<void>;
  stop(): void;
}

export interface SweepOptions {
  readonly places: { readonly calls: string; readonly voicemail: string; readonly kept: string };
  readonly store: RecordingStore;
  /** What wraps a new recording's key; undefined: it is kept in the clear. @throws when the keys cannot be read */
  master(): MasterKey | undefined;
  readonly alarms: Alarms;
  readonly log: Log;
  /** A row was written. */
  onKept(row: RecordingRow, record: KnownCall | undefined): void;
}

/** Sweeps the spool into `kept/YYYY/MM/DD/<id>.wav[.enc]`, every 30 s and when asked. */
export function createRecordingSweep(options: SweepOptions): RecordingSweep {
  const { store, alarms, log } = options;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  const every = setInterval(() => sweep(), 30_000);

  function sweep(): Promise<void> {
    running ??= sweepOnce().finally(() => {
      running = undefined;
    });
    return running;
  }

  async function sweepOnce(): Promise<void> {
    try {
      for (const kind of ["call", "voicemail"] as const) await sweepKind(options, kind);
      alarms.set("recordings not kept", false);
      // Silence about a missing recording would be the worst: the call says so itself, and so do we.
      const lost = await store.markLost();
      if (lost > 0) log.error({ calls: lost }, "Calls that should have been recorded have no recording.");
    } catch (error) {
      log.warn({ error: String(error) }, "Recordings could not be taken over; the files stay in the spool.");
      alarms.set("recordings not kept", true);
    }
  }

  return {
    soon() {
      timer ??= setTimeout(() => {
        timer = undefined;
        void sweep();
      }, SETTLED_MS + 300);
    },
    now: sweep,
    settled: async () => running,
    stop() {
      clearInterval(every);
      clearTimeout(timer);
    },
  };
}

async function sweepKind(options: SweepOptions, kind: Kind): Promise<void> {
  const { places, store } = options;
  const folder = kind === "call" ? places.calls : places.voicemail;
  const found = await findOrphans(folder, SETTLED_MS);
  const files = found.filter((file) => !file.name.endsWith(".part"));
  const calls = new Map(files.map((file) => [linkedIdOf(file), file]));
  const known = await store.known([...calls.keys()].map(callIdOf));
  for (const [linkedId, file] of calls) {
    const call = callIdOf(linkedId);
    const record = known.get(call);
    const stranger = !record && Date.now() - file.changedAt > STRANGER_MS;
    if (!record?.ended && !stranger) continue;
    const id = kind === "call" ? call : voicemailIdOf(linkedId);
    await take(options, { id, call, kind, file, from: join(folder, file.name), record });
  }
}

function linkedIdOf(file: Orphan): string {
  return file.name.replace(/\.(raw|wav)$/, "");
}

interface Found {
  readonly id: string;
  readonly call: string;
  readonly kind: Kind;
  readonly file: Orphan;
  readonly from: string;
  readonly record: KnownCall | undefined;
}

async function take(options: SweepOptions, found: Found): Promise<void> {
  const { places, store, log, onKept } = options;
  const { id, call, kind, file, from, record } = found;
  if (kind === "voicemail" && !(await isMessage(from))) {
    log.info({ call }, "A caller left no message.");
    return unlink(from);
  }
  const common = { id, callId: call, kind };
  const empty = file.bytes <= (file.name.endsWith(".wav") ? headerBytes : 0);
  const keep = async (row: RecordingRow): Promise<void> => {
    await store.keep(row);
    onKept(row, record);
    const { durationMs, repaired } = row;
    log.info({ call, kind, durationMs, repaired }, "A recording was kept.");
  };
  if (empty) {
    // Nobody talked; an encrypted file of nothing would cost as much as a conversation's.
    await keep({ ...common, ...NOTHING });
    return unlink(from);
  }
  const master = options.master();
  const day = (record?.arrivedAt ?? new Date(file.changedAt)).toISOString().slice(0, 10).replaceAll("-", "/");
  const path = join(day, `${id}.wav${master ? ".enc" : ""}`);
  const to = join(places.kept, path);
  await mkdir(dirname(to), { recursive: true, mode: 0o750 });
  await adopt({
    from,
    to,
    seal: master && { id, master },
    async onDurable(adopted: Adopted) {
      const pauses = record?.paused ? await pausesOf(store, call, adopted.durationMs) : [];
      const state = adopted.durationMs > 0 ? "kept" : "empty";
      await keep({ ...common, ...adopted, state, path, keyId: master?.id ?? null, pauses });
    },
  });
}

const NOTHING = {
  state: "empty",
  path: null,
  bytes: null,
  sha256: null,
  durationMs: 0,
  channels: null,
  repaired: false,
  keyId: null,
  pauses: [],
} as const;

async function isMessage(path: string): Promise<boolean> {
  const { durationMs, soundMs } = await measureSound(path);
  return durationMs >= MESSAGE_MS && soundMs >= MESSAGE_SOUND_MS;
}

async function pausesOf(store: RecordingStore, call: string, durationMs: number): Promise<FilePause[]> {
  const { bridged, pauses } = await store.pausesOf(call);
  return pausesInFile(bridged, pauses, durationMs);
}
