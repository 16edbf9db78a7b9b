/**
 * Recordings, from Asterisk's spool to their place (REC-01): after the last hang-up, whoever was alive meanwhile.
 *
 * The file is named after the call's channel. A sweep looks at what lies in the spool, so a recording that was
 * made while the engine was away is adopted like any other; nothing depends on having seen the call end.
 */
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { adopt, findOrphans } from "../asterisk/recordings/adopt.ts";
import type { Alarms } from "./alarms.ts";
import { callIdOf } from "./call-id.ts";
import type { Log } from "./ports.ts";

export interface RecordingRow {
  readonly id: string;
  readonly callId: string;
  readonly state: "kept" | "empty";
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly durationMs: number;
  readonly channels: number;
  readonly repaired: boolean;
}

export interface RecordingStore {
  /** The calls among these that have a record: when they arrived, and whether they are over. */
  known(calls: readonly string[]): Promise<ReadonlyMap<string, { arrivedAt: Date; ended: boolean }>>;
  keep(row: RecordingRow): Promise<void>;
  /** Marks calls that should have been recorded, are over for a minute and have no recording; their number. */
  markLost(): Promise<number>;
}

/** Asterisk closes a file a moment after the last hang-up; until then it may still be written. */
const SETTLED_MS = 700;
/** A file that belongs to no call we know of is adopted after this long. A caller who waits has an empty file. */
const STRANGER_MS = 10 * 60_000;

export interface RecordingSweep {
  /** Looks soon; many calls in a short time are one look. */
  soon(): void;
  /** Looks now and resolves when everything that is ready was adopted. */
  now(): Promise<void>;
  stop(): void;
}

/** Sweeps `spool` into `kept/YYYY/MM/DD/<call id>.wav`, every 30 s and when asked. */
export function createRecordingSweep(
  places: { spool: string; kept: string },
  store: RecordingStore,
  alarms: Alarms,
  log: Log,
): RecordingSweep {
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
      const files = (await findOrphans(places.spool, SETTLED_MS)).filter(
        (file) => !file.name.endsWith(".part"),
      );
      const calls = new Map(files.map((file) => [callIdOf(file.name.replace(/\.(raw|wav)$/, "")), file]));
      const known = await store.known([...calls.keys()]);
      for (const [call, file] of calls) {
        const record = known.get(call);
        const stranger = !record && Date.now() - file.changedAt > STRANGER_MS;
        if (record?.ended || stranger)
          await take(call, join(places.spool, file.name), record?.arrivedAt ?? new Date(file.changedAt));
      }
      alarms.set("recordings not kept", false);
      // Silence about a missing recording would be the worst: the call says so itself, and so do we.
      const lost = await store.markLost();
      if (lost > 0) log.error({ calls: lost }, "Calls that should have been recorded have no recording.");
    } catch (error) {
      log.warn({ error: String(error) }, "Recordings could not be taken over; the files stay in the spool.");
      alarms.set("recordings not kept", true);
    }
  }

  async function take(call: string, from: string, arrived: Date): Promise<void> {
    const path = join(arrived.toISOString().slice(0, 10).replaceAll("-", "/"), `${call}.wav`);
    const to = join(places.kept, path);
    await mkdir(dirname(to), { recursive: true, mode: 0o750 });
    const adopted = await adopt({ from, to });
    await store.keep({
      id: call,
      callId: call,
      path,
      state: adopted.durationMs > 0 ? "kept" : "empty",
      ...adopted,
    });
    log.info({ call, durationMs: adopted.durationMs, repaired: adopted.repaired }, "A recording was kept.");
  }

  return {
    soon() {
      timer ??= setTimeout(() => {
        timer = undefined;
        void sweep();
      }, SETTLED_MS + 300);
    },
    now: sweep,
    stop() {
      clearInterval(every);
      clearTimeout(timer);
    },
  };
}
